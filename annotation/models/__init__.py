"""The tables of the desk."""

from annotation.models.annotators import Membership, Role, SignInLink, User
from annotation.models.audit import AuditEntry
from annotation.models.budgets import Account, Budget, Charge
from annotation.models.guesses import Group, Guess
from annotation.models.guidelines import GuidelinesRead, GuidelinesVersion
from annotation.models.invitations import Invitation
from annotation.models.items import Item, ItemPayload, KnownAnswer
from annotation.models.labels import Consensus, Label
from annotation.models.projects import (
    FurtherBy,
    LabelClass,
    Modality,
    PayBy,
    Project,
    ShowReason,
    Status,
    Task,
    TextFormat,
)
from annotation.models.quality import (
    Decision,
    Gold,
    QualityReport,
    Reliability,
    Returned,
    Suspect,
    Trust,
)
from annotation.models.queue import Assignment, Batch, Purpose, Skip, State
from annotation.models.remarks import Remark
from annotation.models.runs import Run, WorkerBeat
from annotation.models.seeds import Seed
from annotation.models.sessions import Session
from annotation.models.tokens import ApiToken, ApiUse, KeptReply
from annotation.models.webhooks import Delivery, Webhook

__all__ = [
    "Account",
    "ApiToken",
    "ApiUse",
    "Assignment",
    "AuditEntry",
    "Batch",
    "Budget",
    "Charge",
    "Consensus",
    "Decision",
    "Delivery",
    "FurtherBy",
    "Gold",
    "Group",
    "Guess",
    "GuidelinesRead",
    "GuidelinesVersion",
    "Invitation",
    "Item",
    "ItemPayload",
    "KeptReply",
    "KnownAnswer",
    "Label",
    "LabelClass",
    "Membership",
    "Modality",
    "PayBy",
    "Project",
    "Purpose",
    "QualityReport",
    "Reliability",
    "Remark",
    "Returned",
    "Role",
    "Run",
    "Seed",
    "Session",
    "ShowReason",
    "SignInLink",
    "Skip",
    "State",
    "Status",
    "Suspect",
    "Task",
    "TextFormat",
    "Trust",
    "User",
    "Webhook",
    "WorkerBeat",
]
