"""The door between the desk and the reader: ids and arrays in, picks out, nothing else.

Known answers (`KnownAnswer`) never pass through here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from annotation.exchange.agreed import Concord, concord
from annotation.exchange.cards import Card, answered_items, cards
from annotation.exchange.costs import Cost, cost_until
from annotation.exchange.desk import (
    Progress,
    WantedItem,
    announce,
    go_on,
    has_open_run,
    has_waiting_runs,
    is_resting,
    n_askable,
    open_run,
    pause,
    progress,
    publish,
)
from annotation.exchange.facts import (
    Payload,
    ProjectFacts,
    audit_answers,
    is_active,
    is_stopped,
    load_payloads,
    n_labels,
    project_facts,
    revision,
)
from annotation.exchange.items import audit_labelled, item_ids
from annotation.exchange.watch import (
    PersonAtWork,
    RunView,
    Spending,
    class_counts,
    failed_runs,
    n_items,
    people_at_work,
    recent_runs,
    spending,
    worker_seen_at,
)
from annotation.formats import BadRow, FormatError
from annotation.formats import records as file_records
from annotation.formats.spreadsheet import cell as spreadsheet_cell
from annotation.models import Project, User
from annotation.permissions import Can, get_project_or_404, is_allowed, person
from annotation.services.audit import note
from annotation.services.exports.origins import (
    Origins,
    PickOrigin,
    Predicted,
    Predictions,
    RoundOrigin,
)
from annotation.services.groups import KIND as GROUPS
from annotation.services.groups import GroupDraft, GuessDraft
from annotation.services.groups import write as write_groups
from annotation.services.runs import Attempt
from annotation.services.seeds import Added as SeedsAdded
from annotation.services.seeds import add as add_seeds
from annotation.services.seeds import waiting_ids as waiting_seeds
from annotation.services.standing import fallback

if TYPE_CHECKING:
    from annotation.exchange.past import KnownItems, known_items, labels_digest
    from annotation.exchange.people import (
        Opinions,
        doubt_labels,
        measure_people,
        worth_asking_again,
    )
    from annotation.exchange.pool import Answers, Pool, load_answers, load_pool
else:

    def __getattr__(name: str) -> Any:
        """Load numpy for those who ask for arrays only: a web process never does."""
        if name in ("Answers", "Pool", "load_answers", "load_pool"):
            return getattr(import_module("annotation.exchange.pool"), name)
        if name in ("Opinions", "doubt_labels", "measure_people", "worth_asking_again"):
            return getattr(import_module("annotation.exchange.people"), name)
        if name in ("KnownItems", "known_items", "labels_digest"):
            return getattr(import_module("annotation.exchange.past"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "GROUPS",
    "Answers",
    "Attempt",
    "BadRow",
    "Can",
    "Card",
    "Concord",
    "Cost",
    "FormatError",
    "GroupDraft",
    "GuessDraft",
    "KnownItems",
    "Opinions",
    "Origins",
    "Payload",
    "PersonAtWork",
    "PickOrigin",
    "Pool",
    "Predicted",
    "Predictions",
    "Progress",
    "Project",
    "ProjectFacts",
    "RoundOrigin",
    "RunView",
    "SeedsAdded",
    "Spending",
    "User",
    "WantedItem",
    "add_seeds",
    "announce",
    "answered_items",
    "audit_answers",
    "audit_labelled",
    "cards",
    "class_counts",
    "concord",
    "cost_until",
    "doubt_labels",
    "failed_runs",
    "fallback",
    "file_records",
    "get_project_or_404",
    "go_on",
    "has_open_run",
    "has_waiting_runs",
    "is_active",
    "is_allowed",
    "is_resting",
    "is_stopped",
    "item_ids",
    "known_items",
    "labels_digest",
    "load_answers",
    "load_payloads",
    "load_pool",
    "measure_people",
    "n_askable",
    "n_items",
    "n_labels",
    "note",
    "open_run",
    "pause",
    "people_at_work",
    "person",
    "progress",
    "project_facts",
    "publish",
    "recent_runs",
    "revision",
    "spending",
    "spreadsheet_cell",
    "waiting_seeds",
    "worker_seen_at",
    "worth_asking_again",
    "write_groups",
]
