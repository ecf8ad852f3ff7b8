"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

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

ClassShareShown = TypedDict(
    "ClassShareShown",
    {
        "name": "str",
        "n_labels": "int",
        "n_picked": "int",
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

GoOnSent = TypedDict(
    "GoOnSent",
    {
        "rule": "str",
        "labels": "int",
        "reason": "str",
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

ListedShown = TypedDict(
    "ListedShown",
    {
        "round": "RoundShown",
        "accuracy": "EstimateShown | None",
        "changes": "list[str]",
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

OnStopEnum = Literal['advise', 'pause']

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

PageOfListedShown = TypedDict(
    "PageOfListedShown",
    {
        "results": "list[ListedShown]",
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

StoppingShown = TypedDict(
    "StoppingShown",
    {
        "round": "int | None",
        "should_stop": "bool",
        "reasons": "list[str]",
        "rules": "list[RuleShown]",
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
