"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

AcceptSent = TypedDict(
    "AcceptSent",
    {
        "number": "int",
        "limit": "float",
    },
)

AcceptanceShown = TypedDict(
    "AcceptanceShown",
    {
        "final": "int",
        "limit": "float",
        "bound": "float",
        "threshold": "float",
        "n_items": "int",
        "n_audit": "int",
        "accepted_by": "Person",
        "accepted_at": "str",
    },
)

AccountShown = TypedDict(
    "AccountShown",
    {
        "person": "Person | None",
        "day": "str | None",
        "spent": "float",
        "reserved": "float",
        "left": "float",
    },
)

AgainShown = TypedDict(
    "AgainShown",
    {
        "id": "int",
        "label": "int",
        "item": "int",
        "said": "list[ClassShown]",
        "comment": "str",
    },
)

AnswerSent = TypedDict(
    "AnswerSent",
    {
        "ticket": "str",
        "client_token": "str",
        "classes": "list[int]",
        "active_ms": NotRequired["int"],
        "wall_ms": NotRequired["int"],
        "have": NotRequired["list[int]"],
    },
)

AnswerTogetherSent = TypedDict(
    "AnswerTogetherSent",
    {
        "items": "list[GivenSent]",
        "classes": "list[int]",
        "active_ms": NotRequired["int"],
        "wall_ms": NotRequired["int"],
        "group": NotRequired["str"],
        "have": NotRequired["list[int]"],
    },
)

AnsweredShown = TypedDict(
    "AnsweredShown",
    {
        "classes": "list[int]",
        "reason": "str",
    },
)

AnsweredTogetherShown = TypedDict(
    "AnsweredTogetherShown",
    {
        "n_recorded": "int",
        "refused": "list[RefusedShown]",
        "table": "TableShown | None",
    },
)

BandsShown = TypedDict(
    "BandsShown",
    {
        "n_sure": "int",
        "n_check": "int",
        "n_unsure": "int",
        "n_tied": "int",
        "n_decided": "int",
    },
)

BatchShown = TypedDict(
    "BatchShown",
    {
        "number": "int | None",
        "n_wanted": "int",
        "n_closed": "int",
        "n_out": "int",
        "reserve_left": "int",
        "budget_left": "int | None",
        "is_complete": "bool",
    },
)

BeatShown = TypedDict(
    "BeatShown",
    {
        "guidelines_version": "int",
        "beat_seconds": "int",
    },
)

BesideShown = TypedDict(
    "BesideShown",
    {
        "place": "int",
        "name": "str",
        "gain": "GainShown | None",
        "verdict": "str",
    },
)

BudgetShown = TypedDict(
    "BudgetShown",
    {
        "id": "int",
        "scope": "str",
        "unit": "str",
        "limit": "float",
        "is_frozen": "bool",
        "accounts": "list[AccountShown]",
    },
)

CalibrationShown = TypedDict(
    "CalibrationShown",
    {
        "before": "float | None",
        "after": "float | None",
        "n": "int",
        "is_fair": "bool",
    },
)

CandidateShown = TypedDict(
    "CandidateShown",
    {
        "item": "int",
        "classes": "list[ClassShown]",
    },
)

CardShown = TypedDict(
    "CardShown",
    {
        "slug": "str",
        "name": "str",
        "modality": "str",
        "task": "str",
        "status": "str",
        "role": "str",
        "n_items": "int",
        "spent": "int",
        "limit": "int | None",
        "created_at": "str",
    },
)

CaseShown = TypedDict(
    "CaseShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "reasons": "list[str]",
        "opinions": "list[OpinionShown]",
        "others": "list[OwnRemarkShown]",
        "decision": "DecisionShown | None",
    },
)

ChargeShown = TypedDict(
    "ChargeShown",
    {
        "charge": "int",
        "state": "str",
        "scope": "str",
        "unit": "str",
        "amount": "str",
        "person": "str | None",
        "item": "int",
        "item_key": "str",
        "assignment": "int",
        "label": "int | None",
        "reserved_at": "str",
        "settled_at": "str | None",
    },
)

ClaimSent = TypedDict(
    "ClaimSent",
    {
        "have": NotRequired["list[int]"],
    },
)

ClaimTogetherSent = TypedDict(
    "ClaimTogetherSent",
    {
        "group": NotRequired["str"],
        "have": NotRequired["list[int]"],
    },
)

ClassEstimateShown = TypedDict(
    "ClassEstimateShown",
    {
        "class_id": "int",
        "n_true": "int",
        "n_predicted": "int",
        "precision": "EstimateShown | None",
        "recall": "EstimateShown | None",
        "f1": "EstimateShown | None",
    },
)

ClassSent = TypedDict(
    "ClassSent",
    {
        "id": NotRequired["int | None"],
        "name": "str",
        "description": NotRequired["str"],
        "key": NotRequired["str"],
    },
)

ClassShareShown = TypedDict(
    "ClassShareShown",
    {
        "name": "str",
        "n_labels": "int",
        "n_picked": "int",
    },
)

ClassShown = TypedDict(
    "ClassShown",
    {
        "id": "int",
        "name": "str",
        "description": "str",
        "key": "str",
        "colour": "str",
    },
)

ClassesSent = TypedDict(
    "ClassesSent",
    {
        "classes": "list[ClassSent]",
    },
)

ContentsEnum = Literal['labels', 'consensus', 'soft', 'predictions', 'items', 'results']

CorrectSent = TypedDict(
    "CorrectSent",
    {
        "label": "int",
        "client_token": "str",
        "classes": "list[int]",
    },
)

Count = TypedDict(
    "Count",
    {
        "n": "int",
    },
)

CountsShown = TypedDict(
    "CountsShown",
    {
        "batch_done": "int",
        "batch_size": "int",
        "spent": "int",
        "limit": "int | None",
    },
)

DecideSent = TypedDict(
    "DecideSent",
    {
        "classes": "list[int]",
        "comment": NotRequired["str"],
    },
)

DecisionShown = TypedDict(
    "DecisionShown",
    {
        "item": "int",
        "classes": "list[int]",
        "comment": "str",
        "decided_by": "Person",
        "decided_at": "str",
    },
)

DeliveryShown = TypedDict(
    "DeliveryShown",
    {
        "id": "str",
        "event": "str",
        "state": "str",
        "created_at": "str",
        "tries": "int",
        "tried_at": "str | None",
        "status": "int | None",
        "took_ms": "int | None",
        "error": "str",
    },
)

DeskShown = TypedDict(
    "DeskShown",
    {
        "order": "list[int]",
        "cards": "list[HandedShown]",
        "counts": "CountsShown",
        "nothing": "NothingShown | None",
        "answered": "AnsweredShown | None",
    },
)

DisputeShown = TypedDict(
    "DisputeShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "certainty": "float | None",
        "n_labels": "int",
        "reasons": "list[str]",
    },
)

DoubtShown = TypedDict(
    "DoubtShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "label": "list[ClassShown]",
        "predicted": "list[ClassShown]",
        "belief": "float",
        "confidence": "float",
        "said": "list[SaidShown]",
        "is_asked": "bool",
    },
)

DrawSent = TypedDict(
    "DrawSent",
    {
        "method": NotRequired["MethodEnum"],
    },
)

EstimateShown = TypedDict(
    "EstimateShown",
    {
        "value": "float",
        "low": "float",
        "high": "float",
        "n": "int",
    },
)

EstimatesShown = TypedDict(
    "EstimatesShown",
    {
        "speaks": "str",
        "accuracy": "EstimateShown",
        "exact": "EstimateShown",
        "assisted": "EstimateShown | None",
        "macro_f1": "EstimateShown",
        "classes": "list[ClassEstimateShown]",
    },
)

EventsEnum = Literal['batch.completed', 'round.published', 'stop.advised', 'budget.near_end', 'run.failed', 'run.finished', 'project.started', 'project.paused', 'project.stopped']

ExampleShown = TypedDict(
    "ExampleShown",
    {
        "item": "int",
        "payload": "PayloadShown",
    },
)

ExportSent = TypedDict(
    "ExportSent",
    {
        "contents": "ContentsEnum",
        "format": NotRequired["FormatEnum"],
        "status": NotRequired["ExportSentStatusEnum"],
        "purposes": NotRequired["list[PurposesEnum]"],
        "classes": NotRequired["list[int]"],
        "since": NotRequired["str | None"],
        "first_round": NotRequired["int | None"],
        "last_round": NotRequired["int | None"],
        "standing_only": NotRequired["bool"],
        "with_content": NotRequired["bool"],
        "with_provenance": NotRequired["bool"],
        "names": NotRequired["bool"],
        "is_safe": NotRequired["bool"],
    },
)

ExportSentStatusEnum = Literal['all', 'labelled', 'unlabelled']

ExportShown = TypedDict(
    "ExportShown",
    {
        "id": "int",
        "contents": "str",
        "format": "str",
        "filename": "str",
        "state": "StateEnum",
        "step": "str",
        "progress": "int",
        "total": "int | None",
        "error": "str",
        "created_by": NotRequired["str | None"],
        "created_at": "str",
        "finished_at": "str | None",
        "expires_at": "str | None",
        "manifest": "Any",
        "file": "str | None",
    },
)

FigureShown = TypedDict(
    "FigureShown",
    {
        "name": "str",
        "title": "str",
        "value": "float | None",
        "low": "float | None",
        "high": "float | None",
        "n_items": "int",
        "reason": "str",
    },
)

FinalModelShown = TypedDict(
    "FinalModelShown",
    {
        "number": "int",
        "model_version": "str",
        "label_revision": "int",
        "n_items": "int",
        "n_labelled": "int",
        "n_audit": "int",
        "made_at": "str",
    },
)

FinalShown = TypedDict(
    "FinalShown",
    {
        "final": "FinalModelShown | None",
        "is_active": "bool",
        "is_coming": "bool",
        "is_old": "bool",
        "n_open": "int",
        "calibration": "CalibrationShown | None",
        "levels": "list[LevelShown]",
        "offer": "OfferShown | None",
        "accepted": "AcceptanceShown | None",
        "useful": "list[UsefulShown]",
        "run": "RunStateShown | None",
    },
)

FormatEnum = Literal['csv', 'tsv', 'jsonl', 'parquet', 'zip', 'label-studio', 'label-studio-images', 'prodigy', 'doccano', 'hugging-face']

FoundPointShown = TypedDict(
    "FoundPointShown",
    {
        "item": "int",
        "text": "str",
        "predicted": "str",
        "sure": "float | None",
        "answer": "str | None",
    },
)

FoundShown = TypedDict(
    "FoundShown",
    {
        "id": "int",
        "key": "str",
        "payload": "PayloadShown",
        "classes": "list[ClassShown] | None",
        "predicted": "ClassShown | None",
        "confidence": "float | None",
        "is_picked": "bool",
        "place": "str",
    },
)

FreezeSent = TypedDict(
    "FreezeSent",
    {
        "is_frozen": "bool",
    },
)

FurtherByEnum = Literal['anyone', 'reviewers']

GainShown = TypedDict(
    "GainShown",
    {
        "value": "float",
        "low": "float",
        "high": "float",
    },
)

GivenSent = TypedDict(
    "GivenSent",
    {
        "ticket": "str",
        "client_token": "str",
    },
)

GoOnSent = TypedDict(
    "GoOnSent",
    {
        "rule": "str",
        "labels": "int",
        "reason": "str",
    },
)

GroupShown = TypedDict(
    "GroupShown",
    {
        "key": "str",
        "size": "int",
        "n_labelled": "int",
        "words": "list[str]",
        "examples": "list[ExampleShown]",
    },
)

GroupsShown = TypedDict(
    "GroupsShown",
    {
        "groups": "list[GroupShown]",
        "run": "RunShown | None",
    },
)

HandedShown = TypedDict(
    "HandedShown",
    {
        "assignment": "int",
        "item": "int",
        "payload": "PayloadShown",
        "ticket": "str",
        "client_token": "str",
        "remark_token": "str",
        "reason": "str",
        "answered": "list[int]",
    },
)

HealthShown = TypedDict(
    "HealthShown",
    {
        "level": "str",
        "word": "str",
        "text": "str",
        "to_do": "str",
    },
)

HolderShown = TypedDict(
    "HolderShown",
    {
        "person": "Person",
        "leases": "list[LeaseShown]",
    },
)

InvitationShown = TypedDict(
    "InvitationShown",
    {
        "id": "int",
        "role": "str",
        "name": "str",
        "email": "str",
        "state": "str",
        "n_uses": "int",
        "max_uses": "int",
        "invited_by": "Person | None",
        "created_at": "str",
        "expires_at": "str",
    },
)

InviteSent = TypedDict(
    "InviteSent",
    {
        "role": NotRequired["RoleEnum"],
        "name": NotRequired["str"],
        "email": NotRequired["str"],
        "days": NotRequired["int"],
        "max_uses": NotRequired["int"],
    },
)

InvitedShown = TypedDict(
    "InvitedShown",
    {
        "invitation": "InvitationShown",
        "link": "str | None",
        "is_sent": "bool",
    },
)

ItemIdsSent = TypedDict(
    "ItemIdsSent",
    {
        "items": "list[int]",
    },
)

ItemSent = TypedDict(
    "ItemSent",
    {
        "key": NotRequired["str"],
        "text": NotRequired["str"],
        "fields": NotRequired["dict[str, str | float | bool | None]"],
        "labels": NotRequired["list[str]"],
    },
)

ItemShown = TypedDict(
    "ItemShown",
    {
        "id": "int",
        "key": "str",
        "payload": "PayloadShown",
        "classes": "list[ClassShown] | None",
        "n_labels": "int",
        "certainty": "float",
        "place": "str",
    },
)

ItemsSent = TypedDict(
    "ItemsSent",
    {
        "items": "list[ItemSent]",
    },
)

KnownAnswersSent = TypedDict(
    "KnownAnswersSent",
    {
        "answers": "list[KnownSent]",
    },
)

KnownFileSent = TypedDict(
    "KnownFileSent",
    {
        "file": "str",
    },
)

KnownSent = TypedDict(
    "KnownSent",
    {
        "item": "int",
        "classes": "list[int]",
    },
)

KnownShown = TypedDict(
    "KnownShown",
    {
        "item": "int",
        "classes": "list[ClassShown]",
        "source": "str",
        "n": "int",
        "right": "int",
        "is_doubtful": "bool",
        "retired_at": "str | None",
    },
)

LabelShown = TypedDict(
    "LabelShown",
    {
        "id": "int",
        "item": "int",
        "classes": "list[int]",
        "created_at": "str",
    },
)

LeaseShown = TypedDict(
    "LeaseShown",
    {
        "assignment": "int",
        "item": "int",
        "age_seconds": "float",
        "left_seconds": "float",
    },
)

LeaveOutSent = TypedDict(
    "LeaveOutSent",
    {
        "is_left_out": "bool",
        "reason": NotRequired["str"],
    },
)

LevelShown = TypedDict(
    "LevelShown",
    {
        "share": "float",
        "threshold": "float",
        "n_pool": "int",
        "n_audit": "int",
        "n_errors": "int",
        "bound": "float",
    },
)

LimitSent = TypedDict(
    "LimitSent",
    {
        "scope": NotRequired["ScopeEnum"],
        "unit": NotRequired["UnitEnum"],
        "limit": "str",
        "reason": NotRequired["str"],
    },
)

LineShown = TypedDict(
    "LineShown",
    {
        "name": "str",
        "labels": "list[int]",
        "value": "list[float]",
        "low": "list[float]",
        "high": "list[float]",
    },
)

ListedShown = TypedDict(
    "ListedShown",
    {
        "round": "RoundShown",
        "accuracy": "EstimateShown | None",
        "changes": "list[str]",
    },
)

LookStartedShown = TypedDict(
    "LookStartedShown",
    {
        "is_started": "bool",
    },
)

MapPointShown = TypedDict(
    "MapPointShown",
    {
        "item": "int",
        "x": "int",
        "y": "int",
        "predicted": "int | None",
        "sure": "float | None",
    },
)

MapShown = TypedDict(
    "MapShown",
    {
        "method": "str",
        "n_points": "int",
        "n_items": "int",
        "n_waiting": "int",
        "round": "int | None",
        "placed_at": "str",
        "made_at": "str",
    },
)

MapsShown = TypedDict(
    "MapsShown",
    {
        "map": "MapShown | None",
        "run": "RunStateShown | None",
        "methods": "list[MethodShown]",
    },
)

MeShown = TypedDict(
    "MeShown",
    {
        "id": "int",
        "username": "str",
        "name": "str",
        "is_admin": "bool",
        "token": "TokenShown | None",
    },
)

MemberSent = TypedDict(
    "MemberSent",
    {
        "username": "str",
        "role": NotRequired["RoleEnum"],
    },
)

MemberShown = TypedDict(
    "MemberShown",
    {
        "person": "Person",
        "role": "str",
        "pay_rate": "float | None",
        "created_at": "str",
    },
)

MethodEnum = Literal['pca', 'umap']

MethodShown = TypedDict(
    "MethodShown",
    {
        "name": "str",
        "title": "str",
    },
)

MetricShown = TypedDict(
    "MetricShown",
    {
        "value": "float",
        "low": "float",
        "high": "float",
        "n": "int",
        "name": "str",
    },
)

ModalityEnum = Literal['text', 'image', 'table']

NewAccountShown = TypedDict(
    "NewAccountShown",
    {
        "member": "MemberShown",
        "password": "str | None",
    },
)

NextSent = TypedDict(
    "NextSent",
    {
        "n": "int",
    },
)

NotesShown = TypedDict(
    "NotesShown",
    {
        "waiting": "list[AgainShown]",
        "decided": "list[ToldShown]",
        "known": "list[ToldShown]",
    },
)

NothingShown = TypedDict(
    "NothingShown",
    {
        "code": "str",
        "title": "str",
        "text": "str",
    },
)

NumberSent = TypedDict(
    "NumberSent",
    {
        "number": "int",
    },
)

OfferShown = TypedDict(
    "OfferShown",
    {
        "limit": "float",
        "level": "LevelShown | None",
        "missing": "int | None",
    },
)

OnStopEnum = Literal['advise', 'pause']

OpinionShown = TypedDict(
    "OpinionShown",
    {
        "letter": "str",
        "label": "int",
        "classes": "list[ClassShown]",
        "active_ms": "int",
        "remarks": "list[OwnRemarkShown]",
        "is_returned": "bool",
        "who": "Person | None",
        "is_right": "bool | None",
    },
)

OutsideModelShown = TypedDict(
    "OutsideModelShown",
    {
        "newest": "OutsideVersionShown",
        "is_used": "bool",
        "n_rounds": "int",
    },
)

OutsidePushSent = TypedDict(
    "OutsidePushSent",
    {
        "name": "str",
        "kind": "OutsidePushSentKindEnum",
        "rows": "list[dict[str, Any]]",
        "trained_on": NotRequired["list[str]"],
    },
)

OutsidePushSentKindEnum = Literal['predictions', 'scores']

OutsidePushShown = TypedDict(
    "OutsidePushShown",
    {
        "version": "OutsideVersionShown",
        "is_new": "bool",
    },
)

OutsideVersionShown = TypedDict(
    "OutsideVersionShown",
    {
        "name": "str",
        "kind": "str",
        "number": "int",
        "digest": "str",
        "n_items": "int",
        "n_trained": "int | None",
        "pushed_at": "str",
    },
)

OwnAnswerSent = TypedDict(
    "OwnAnswerSent",
    {
        "classes": "list[int]",
        "client_token": "str",
        "active_ms": NotRequired["int"],
        "wall_ms": NotRequired["int"],
    },
)

OwnAnswerShown = TypedDict(
    "OwnAnswerShown",
    {
        "label": "int",
        "item": "int",
        "text": "str",
        "classes": "list[ClassShown]",
        "remarks": "list[OwnRemarkShown]",
        "created_at": "str",
        "active_ms": "int",
        "is_taken_back": "bool",
        "can_change": "bool",
    },
)

OwnRateSent = TypedDict(
    "OwnRateSent",
    {
        "pay_rate": "str | None",
    },
)

OwnRemarkShown = TypedDict(
    "OwnRemarkShown",
    {
        "kind": "str",
        "text": "str",
        "created_at": "str",
    },
)

OwnWorkShown = TypedDict(
    "OwnWorkShown",
    {
        "n_labels": "int",
        "active_seconds": "float",
        "mean_seconds": "float | None",
        "money": "str",
        "n_shared": "int",
    },
)

PageOfCardShown = TypedDict(
    "PageOfCardShown",
    {
        "results": "list[CardShown]",
        "next": "str | None",
    },
)

PageOfChargeShown = TypedDict(
    "PageOfChargeShown",
    {
        "results": "list[ChargeShown]",
        "next": "str | None",
    },
)

PageOfDecisionShown = TypedDict(
    "PageOfDecisionShown",
    {
        "results": "list[DecisionShown]",
        "next": "str | None",
    },
)

PageOfDeliveryShown = TypedDict(
    "PageOfDeliveryShown",
    {
        "results": "list[DeliveryShown]",
        "next": "str | None",
    },
)

PageOfDisputeShown = TypedDict(
    "PageOfDisputeShown",
    {
        "results": "list[DisputeShown]",
        "next": "str | None",
    },
)

PageOfDoubtShown = TypedDict(
    "PageOfDoubtShown",
    {
        "results": "list[DoubtShown]",
        "next": "str | None",
    },
)

PageOfFoundShown = TypedDict(
    "PageOfFoundShown",
    {
        "results": "list[FoundShown]",
        "next": "str | None",
    },
)

PageOfItemShown = TypedDict(
    "PageOfItemShown",
    {
        "results": "list[ItemShown]",
        "next": "str | None",
    },
)

PageOfKnownShown = TypedDict(
    "PageOfKnownShown",
    {
        "results": "list[KnownShown]",
        "next": "str | None",
    },
)

PageOfListedShown = TypedDict(
    "PageOfListedShown",
    {
        "results": "list[ListedShown]",
        "next": "str | None",
    },
)

PageOfMapPointShown = TypedDict(
    "PageOfMapPointShown",
    {
        "results": "list[MapPointShown]",
        "next": "str | None",
    },
)

PageOfOwnAnswerShown = TypedDict(
    "PageOfOwnAnswerShown",
    {
        "results": "list[OwnAnswerShown]",
        "next": "str | None",
    },
)

PageOfPersonAnswerShown = TypedDict(
    "PageOfPersonAnswerShown",
    {
        "results": "list[PersonAnswerShown]",
        "next": "str | None",
    },
)

PageOfPickShown = TypedDict(
    "PageOfPickShown",
    {
        "results": "list[PickShown]",
        "next": "str | None",
    },
)

PageOfRunShown = TypedDict(
    "PageOfRunShown",
    {
        "results": "list[RunShown]",
        "next": "str | None",
    },
)

PartShown = TypedDict(
    "PartShown",
    {
        "name": "str",
        "wall": "float",
        "cpu": "float | None",
    },
)

PatchedSelectionSent = TypedDict(
    "PatchedSelectionSent",
    {
        "is_enabled": NotRequired["bool"],
        "on_stop": NotRequired["OnStopEnum"],
        "features": NotRequired["str"],
        "settings": NotRequired["dict[str, Any]"],
    },
)

PatchedSettingsSent = TypedDict(
    "PatchedSettingsSent",
    {
        "name": NotRequired["str"],
        "guidelines": NotRequired["str"],
        "overlap": NotRequired["int"],
        "overlap_percent": NotRequired["int"],
        "further_by": NotRequired["FurtherByEnum"],
        "leads_label": NotRequired["bool"],
        "reviewers_label": NotRequired["bool"],
        "batch_share_percent": NotRequired["int"],
        "lease_seconds": NotRequired["int"],
        "max_skips": NotRequired["int"],
        "straggler_percent": NotRequired["int"],
        "straggler_leases": NotRequired["int"],
        "text_format": NotRequired["TextFormatEnum"],
        "keywords": NotRequired["str"],
        "show_reason": NotRequired["ShowReasonEnum"],
        "confirm_answers": NotRequired["bool"],
        "corrections_allowed": NotRequired["bool"],
        "bulk_allowed": NotRequired["bool"],
        "gold_percent": NotRequired["int"],
        "gold_floor_percent": NotRequired["int"],
        "gold_pauses": NotRequired["bool"],
        "gold_feedback": NotRequired["bool"],
    },
)

PatchedWebhookSent = TypedDict(
    "PatchedWebhookSent",
    {
        "url": NotRequired["str"],
        "events": NotRequired["list[EventsEnum]"],
    },
)

PauseSent = TypedDict(
    "PauseSent",
    {
        "is_paused": "bool",
        "reason": NotRequired["str"],
    },
)

PayByEnum = Literal['label', 'hour']

PaySent = TypedDict(
    "PaySent",
    {
        "pay_by": "PayByEnum",
        "pay_rate": "str",
        "currency": "str",
        "max_paid_seconds": "int",
    },
)

PayShown = TypedDict(
    "PayShown",
    {
        "pay_by": "str",
        "pay_rate": "float",
        "currency": "str",
        "max_paid_seconds": "int",
    },
)

PayloadShown = TypedDict(
    "PayloadShown",
    {
        "text": "str",
        "fields": "dict[str, Any]",
        "image": "str | None",
        "width": "int | None",
        "height": "int | None",
    },
)

Person = TypedDict(
    "Person",
    {
        "id": "int",
        "username": "str",
        "name": "str",
    },
)

PersonAnswerShown = TypedDict(
    "PersonAnswerShown",
    {
        "label": "int",
        "item": "int",
        "item_key": "str",
        "text": "str",
        "classes": "list[ClassShown]",
        "agreed": "list[ClassShown] | None",
        "differs": "bool",
        "active_ms": "int",
        "created_at": "str",
    },
)

PersonWorkShown = TypedDict(
    "PersonWorkShown",
    {
        "person": "Person",
        "role": "str",
        "n_labels": "int",
        "n_today": "int",
        "n_week": "int",
        "active_seconds": "float",
        "median_seconds": "float | None",
        "n_corrected": "int",
        "n_undone": "int",
        "n_late": "int",
        "n_skips": "int",
        "n_agreed": NotRequired["int | None"],
        "n_compared": NotRequired["int | None"],
        "n_flags": "int",
        "n_comments": "int",
        "last_answer": "str | None",
    },
)

PickShown = TypedDict(
    "PickShown",
    {
        "place": "int",
        "item": "int",
        "purpose": "str",
        "in_reserve": "bool",
        "strategy": "str",
        "score": "float | None",
        "probability": "float | None",
        "confidence": "float | None",
        "predicted": "str",
        "answer": "str | None",
        "agrees": "bool | None",
    },
)

PointShown = TypedDict(
    "PointShown",
    {
        "value": "float",
        "low": "float",
        "high": "float",
        "n": "int",
        "round": "int",
        "n_labels": "int",
        "hours": "float | None",
        "money": "float | None",
        "changes": "list[str]",
    },
)

Problem = TypedDict(
    "Problem",
    {
        "type": "str",
        "title": "str",
        "status": "int",
        "detail": "str",
        "errors": NotRequired["list[ProblemField]"],
    },
)

ProblemField = TypedDict(
    "ProblemField",
    {
        "field": "str",
        "message": "str",
        "limit": NotRequired["str"],
    },
)

ProblemRowShown = TypedDict(
    "ProblemRowShown",
    {
        "row": "int",
        "kind": "str",
        "field": "str",
        "reason": "str",
        "limit": "str",
    },
)

ProgressShown = TypedDict(
    "ProgressShown",
    {
        "n_items": "int",
        "n_labels": "int",
        "round": NotRequired["int | None"],
        "batch": "BatchShown",
        "accuracy": "PointShown | None",
        "certificate": "str",
        "classes": "list[ClassShareShown]",
        "alarms": "list[HealthShown]",
        "is_training": "bool",
    },
)

ProjectSent = TypedDict(
    "ProjectSent",
    {
        "name": "str",
        "modality": NotRequired["ModalityEnum"],
        "task": NotRequired["TaskEnum"],
        "classes": NotRequired["list[ClassSent]"],
        "guidelines": NotRequired["str"],
        "budget": NotRequired["int"],
    },
)

ProjectShown = TypedDict(
    "ProjectShown",
    {
        "slug": "str",
        "name": "str",
        "modality": "str",
        "task": "str",
        "status": "str",
        "role": "str",
        "classes": "list[ClassShown]",
        "guidelines_version": "int",
        "corrections_allowed": "bool",
        "bulk_allowed": "bool",
        "lease_seconds": "int",
        "created_at": "str",
        "started_at": "str | None",
    },
)

PurposesEnum = Literal['query', 'audit', 'overlap', 'relabel', 'gold', 'seed']

QualityShown = TypedDict(
    "QualityShown",
    {
        "measured_at": "str | None",
        "figures": "list[FigureShown]",
        "people": "list[ReliabilityShown]",
        "bands": "BandsShown | None",
        "mean_skill": "float | None",
        "n_doubted": "int",
    },
)

QueueShown = TypedDict(
    "QueueShown",
    {
        "standing": "StandingShown",
        "remarks": "list[RemarkShown]",
        "holders": "list[HolderShown]",
    },
)

ReaderShown = TypedDict(
    "ReaderShown",
    {
        "name": "str",
        "role": "str",
        "last_read": "int",
        "read_at": "str | None",
    },
)

ReadingShown = TypedDict(
    "ReadingShown",
    {
        "number": "int",
        "text": "str",
        "last_read": "int",
        "is_unread": "bool",
    },
)

ReasonEnum = Literal['unsure', 'unreadable', 'no_class', 'other']

RefusedShown = TypedDict(
    "RefusedShown",
    {
        "assignment": "int",
        "why": "str",
    },
)

ReleaseSent = TypedDict(
    "ReleaseSent",
    {
        "assignments": NotRequired["list[int]"],
        "person": NotRequired["int"],
    },
)

ReliabilityShown = TypedDict(
    "ReliabilityShown",
    {
        "person": "Person",
        "skill": "float",
        "low": "float",
        "high": "float",
        "n_shared": "int",
        "n_labels": "int",
        "looks_random": "bool",
        "known_right": "int",
        "known_n": "int",
        "is_left_out": "bool",
        "is_paused": "bool",
    },
)

RemarkSaidShown = TypedDict(
    "RemarkSaidShown",
    {
        "person": "Person",
        "kind": "str",
        "text": "str",
        "created_at": "str",
    },
)

RemarkSent = TypedDict(
    "RemarkSent",
    {
        "ticket": "str",
        "remark_token": "str",
        "kind": "RemarkSentKindEnum",
        "text": NotRequired["str"],
    },
)

RemarkSentKindEnum = Literal['wrong_data', 'guideline', 'other', 'comment']

RemarkShown = TypedDict(
    "RemarkShown",
    {
        "level": "str",
        "word": "str",
        "text": "str",
    },
)

RemarkedShown = TypedDict(
    "RemarkedShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "remarks": "list[RemarkSaidShown]",
    },
)

ReturnSent = TypedDict(
    "ReturnSent",
    {
        "label": "int",
        "comment": "str",
    },
)

RoleEnum = Literal['owner', 'lead', 'reviewer', 'annotator']

RoleSent = TypedDict(
    "RoleSent",
    {
        "role": "RoleEnum",
    },
)

RoundDetailShown = TypedDict(
    "RoundDetailShown",
    {
        "number": "int",
        "published_at": "str",
        "n_items": "int",
        "n_labels": "int",
        "n_train": "int",
        "n_audit": "int",
        "model_version": "str",
        "seed": "int",
        "label_revision": "int",
        "features_version": "str",
        "settings": "dict[str, Any]",
        "verdicts": "list[dict[str, Any]]",
        "metrics": "list[MetricShown]",
        "steps": "list[PartShown]",
    },
)

RoundShown = TypedDict(
    "RoundShown",
    {
        "number": "int",
        "published_at": "str",
        "n_items": "int",
        "n_labels": "int",
        "n_train": "int",
        "n_audit": "int",
        "model_version": "str",
    },
)

RuleShown = TypedDict(
    "RuleShown",
    {
        "rule": "str",
        "title": "str",
        "word": "str",
        "value": "str",
        "threshold": "str",
        "reason": "str",
        "can_go_on": "bool",
    },
)

RunDetailShown = TypedDict(
    "RunDetailShown",
    {
        "id": "int",
        "kind": "str",
        "title": "str",
        "about": "str",
        "state": "str",
        "step": "str",
        "progress": "int",
        "total": "int | None",
        "result": "str",
        "error": "str",
        "created_by": NotRequired["str | None"],
        "created_at": "str",
        "started_at": "str | None",
        "finished_at": "str | None",
        "problems": "list[ProblemRowShown]",
    },
)

RunShown = TypedDict(
    "RunShown",
    {
        "id": "int",
        "kind": "str",
        "title": "str",
        "about": "str",
        "state": "str",
        "step": "str",
        "progress": "int",
        "total": "int | None",
        "result": "str",
        "error": "str",
        "created_by": NotRequired["str | None"],
        "created_at": "str",
        "started_at": "str | None",
        "finished_at": "str | None",
    },
)

RunStateShown = TypedDict(
    "RunStateShown",
    {
        "id": "int",
        "state": "str",
        "step": "str",
        "progress": "int",
        "total": "int | None",
        "error": "str",
    },
)

SaidShown = TypedDict(
    "SaidShown",
    {
        "person": "Person",
        "classes": "list[ClassShown]",
        "is_label": "bool",
    },
)

ScopeEnum = Literal['project', 'annotator', 'annotator_day']

SeedShown = TypedDict(
    "SeedShown",
    {
        "item": "int",
        "suggested": "int | None",
        "added_at": "str",
    },
)

SeedsAdded = TypedDict(
    "SeedsAdded",
    {
        "n_new": "int",
        "n_before": "int",
        "n_unknown": "int",
    },
)

SeedsSent = TypedDict(
    "SeedsSent",
    {
        "items": "list[int]",
        "suggested": NotRequired["int | None"],
    },
)

SelectionShown = TypedDict(
    "SelectionShown",
    {
        "is_enabled": "bool",
        "on_stop": "str",
        "features": "str",
        "settings": "dict[str, Any]",
    },
)

SettingsShown = TypedDict(
    "SettingsShown",
    {
        "slug": "str",
        "name": "str",
        "status": "str",
        "guidelines": "str",
        "guidelines_version": "int",
        "overlap": "int",
        "overlap_percent": "int",
        "further_by": "str",
        "leads_label": "bool",
        "reviewers_label": "bool",
        "batch_share_percent": "int",
        "lease_seconds": "int",
        "max_skips": "int",
        "straggler_percent": "int",
        "straggler_leases": "int",
        "text_format": "str",
        "keywords": "str",
        "show_reason": "str",
        "confirm_answers": "bool",
        "corrections_allowed": "bool",
        "bulk_allowed": "bool",
        "gold_percent": "int",
        "gold_floor_percent": "int",
        "gold_pauses": "bool",
        "gold_feedback": "bool",
    },
)

SettleSent = TypedDict(
    "SettleSent",
    {
        "keeps": NotRequired["bool"],
        "client_token": NotRequired["str"],
        "classes": NotRequired["list[int]"],
    },
)

ShowReasonEnum = Literal['before', 'after', 'never']

SimilarShown = TypedDict(
    "SimilarShown",
    {
        "key": "str",
        "class_id": "int | None",
        "words": "list[str]",
        "n": "int",
    },
)

SkipSent = TypedDict(
    "SkipSent",
    {
        "ticket": "str",
        "reason": "ReasonEnum",
        "have": NotRequired["list[int]"],
    },
)

SkippedShown = TypedDict(
    "SkippedShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "reasons": "list[str]",
        "people": "list[Person]",
        "since": "str | None",
    },
)

SpenderShown = TypedDict(
    "SpenderShown",
    {
        "person": "Person",
        "n_labels": "int",
        "active_seconds": "float | None",
        "money": "str",
        "own_rate": "str",
    },
)

StandingShown = TypedDict(
    "StandingShown",
    {
        "batch": "int | None",
        "n_wanted": "int",
        "n_answered": "int",
        "n_out": "int",
        "n_open": "int",
        "n_skipped": "int",
        "n_stragglers": "int",
        "reserve_size": "int",
        "reserve_left": "int",
        "n_fallback": "int",
        "n_elsewhere": "int",
        "n_for_lead": "int",
    },
)

StartedShown = TypedDict(
    "StartedShown",
    {
        "is_started": "bool",
    },
)

StateEnum = Literal['queued', 'running', 'done', 'failed', 'cancelled']

StatusSent = TypedDict(
    "StatusSent",
    {
        "status": "StatusSentStatusEnum",
    },
)

StatusSentStatusEnum = Literal['active', 'paused', 'stopped']

StepShown = TypedDict(
    "StepShown",
    {
        "name": "str",
        "is_done": "bool",
        "is_needed": "bool",
        "hint": "str",
    },
)

StoppingShown = TypedDict(
    "StoppingShown",
    {
        "round": "int | None",
        "should_stop": "bool",
        "reasons": "list[str]",
        "rules": "list[RuleShown]",
    },
)

SuggestedSent = TypedDict(
    "SuggestedSent",
    {
        "suggested": "int | None",
    },
)

SwitchSent = TypedDict(
    "SwitchSent",
    {
        "is_on": "bool",
    },
)

TableShown = TypedDict(
    "TableShown",
    {
        "order": "list[int]",
        "cards": "list[HandedShown]",
        "counts": "CountsShown",
        "groups": "list[SimilarShown]",
        "group": "str | None",
        "nothing": "NothingShown | None",
    },
)

TakeBackSent = TypedDict(
    "TakeBackSent",
    {
        "label": "int",
        "client_token": "str",
    },
)

TaskEnum = Literal['single', 'multi']

TextFormatEnum = Literal['plain', 'markdown']

TokenShown = TypedDict(
    "TokenShown",
    {
        "id": "int",
        "name": "str",
        "scopes": "list[str]",
        "expires_at": "str",
    },
)

ToldShown = TypedDict(
    "ToldShown",
    {
        "item": "int",
        "said": "list[ClassShown]",
        "holds": "list[ClassShown]",
        "comment": "str",
        "is_right": "bool",
    },
)

UndoSent = TypedDict(
    "UndoSent",
    {
        "client_token": "str",
        "have": NotRequired["list[int]"],
    },
)

UndoTogetherSent = TypedDict(
    "UndoTogetherSent",
    {
        "answers": "list[str]",
        "client_token": "str",
        "group": NotRequired["str"],
        "have": NotRequired["list[int]"],
    },
)

UndoneTogetherShown = TypedDict(
    "UndoneTogetherShown",
    {
        "n": "int",
        "table": "TableShown | None",
    },
)

UnitEnum = Literal['labels', 'hours', 'money']

UploadSent = TypedDict(
    "UploadSent",
    {
        "file": "str",
        "text": NotRequired["str"],
        "label": NotRequired["str"],
        "key": NotRequired["str"],
        "dialect": NotRequired["str"],
        "makes_classes": NotRequired["bool"],
        "truth": NotRequired["bool"],
    },
)

UseSent = TypedDict(
    "UseSent",
    {
        "variant": "int",
    },
)

UsefulShown = TypedDict(
    "UsefulShown",
    {
        "item": "int",
        "content": "str",
        "answer": "str",
        "confidence": "float",
    },
)

VariantShown = TypedDict(
    "VariantShown",
    {
        "name": "str",
        "strategy": "str",
        "batch_size": "int",
    },
)

VersionShown = TypedDict(
    "VersionShown",
    {
        "number": "int",
        "text": "str",
        "author": NotRequired["str | None"],
        "restores": "int | None",
        "created_at": "str",
        "is_current": "bool",
    },
)

WebhookListedShown = TypedDict(
    "WebhookListedShown",
    {
        "webhook": "WebhookShown",
        "newest": "DeliveryShown | None",
    },
)

WebhookMadeShown = TypedDict(
    "WebhookMadeShown",
    {
        "webhook": "WebhookShown",
        "secret": "str | None",
    },
)

WebhookSent = TypedDict(
    "WebhookSent",
    {
        "url": "str",
        "events": "list[EventsEnum]",
    },
)

WebhookShown = TypedDict(
    "WebhookShown",
    {
        "id": "int",
        "url": "str",
        "events": "list[str]",
        "is_on": "bool",
        "off_reason": "str",
        "failing_since": "str | None",
        "former_until": "str | None",
        "created_by": "Person | None",
        "created_at": "str",
    },
)

WhatIfDetailShown = TypedDict(
    "WhatIfDetailShown",
    {
        "id": "int",
        "variants": "list[VariantShown]",
        "n_seeds": "int",
        "minutes": "int",
        "is_cancelled": "bool",
        "created_by": "Person | None",
        "created_at": "str",
        "finished_at": "str | None",
        "run": "RunStateShown | None",
        "cpu_seconds": "float",
        "said": "str",
        "n_test": "int | None",
        "beside": "list[BesideShown]",
        "lines": "list[LineShown]",
    },
)

WhatIfSent = TypedDict(
    "WhatIfSent",
    {
        "strategies": NotRequired["list[str]"],
        "batch_sizes": NotRequired["list[int]"],
        "n_seeds": NotRequired["int"],
        "minutes": NotRequired["int"],
    },
)

WhatIfShown = TypedDict(
    "WhatIfShown",
    {
        "id": "int",
        "variants": "list[VariantShown]",
        "n_seeds": "int",
        "minutes": "int",
        "is_cancelled": "bool",
        "created_by": "Person | None",
        "created_at": "str",
        "finished_at": "str | None",
    },
)

WithdrawnShown = TypedDict(
    "WithdrawnShown",
    {
        "is_withdrawn": "bool",
    },
)

WordShown = TypedDict(
    "WordShown",
    {
        "rule": "str",
        "until_labels": "int",
        "reason": "str",
    },
)
