"""Written by `manage.py client_code` from the schema: change that, not this."""

from alapp.client.generated.operations.account import AccountOperations
from alapp.client.generated.operations.budgets import BudgetsOperations
from alapp.client.generated.operations.exports import ExportsOperations
from alapp.client.generated.operations.finishing import FinishingOperations
from alapp.client.generated.operations.items import ItemsOperations
from alapp.client.generated.operations.labelling import LabellingOperations
from alapp.client.generated.operations.map import MapOperations
from alapp.client.generated.operations.people import PeopleOperations
from alapp.client.generated.operations.projects import ProjectsOperations
from alapp.client.generated.operations.quality import QualityOperations
from alapp.client.generated.operations.queue import QueueOperations
from alapp.client.generated.operations.runs import RunsOperations
from alapp.client.generated.operations.selection import SelectionOperations
from alapp.client.generated.operations.webhooks import WebhooksOperations
from alapp.client.generated.operations.what_if import WhatIfOperations


class Operations(
    AccountOperations,
    BudgetsOperations,
    ExportsOperations,
    FinishingOperations,
    ItemsOperations,
    LabellingOperations,
    MapOperations,
    PeopleOperations,
    ProjectsOperations,
    QualityOperations,
    QueueOperations,
    RunsOperations,
    SelectionOperations,
    WebhooksOperations,
    WhatIfOperations,
):
    """Every operation of the API, by its name there."""
