"""Hostile words in every field that holds what people, files or other servers say."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat

from tests.support.tampering import rows_may_change

# Out of an attribute, a text area and a script, then two ways to run; as short as most names.
WORDS = "\"'><img src=x onerror=pwned=1></textarea></script><svg onload=pwned=1>"
ROOM_FOR_NUMBER = 8

SAID = {
    "User": {"username", "first_name", "last_name", "email"},
    "Project": {"name", "guidelines", "keywords"},
    "LabelClass": {"name", "description"},
    "AuditEntry": {"project_slug", "actor_name", "action", "target", "address"},
    "Item": {"key"},
    "ItemPayload": {"text"},
    "GuidelinesVersion": {"text"},
    "Invitation": {"name", "email"},
    "Trust": {"reason"},
    "Decision": {"comment"},
    "Returned": {"comment"},
    "Remark": {"text"},
    "Run": {"step", "error", "traceback"},
    "Session": {"agent", "address"},
    "ApiToken": {"name"},
    "Webhook": {"url", "off_reason"},
    "Delivery": {"error"},
    "OutsideModel": {"name"},
    "OutsideVersion": {"source"},
    "GoneOn": {"reason"},
}
# What alapp itself writes: numbers, names from its own catalogs, digests, files it named. Nobody
# outside chooses a letter of it.
OWN = {
    "User": {"password", "language"},
    "SignInLink": {"token_hash"},
    "Project": {"slug", "currency"},
    "LabelClass": {"key", "colour"},
    "Item": {"content_hash"},
    "ItemPayload": {"file", "thumbnail"},
    "Assignment": {"model_version"},
    "Label": {"model_version"},
    "Account": {"holder"},
    "Invitation": {"token_hash"},
    "Run": {"kind", "worker"},
    "WorkerBeat": {"worker"},
    "Session": {"session_key", "session_data"},
    "ApiToken": {"scopes", "token_hash", "password_mark"},
    "KeptReply": {"key", "request_hash"},
    "ApiUse": {"holder"},
    "Webhook": {"salt", "secret_check", "former_salt"},
    "Delivery": {"event"},
    "OutsideVersion": {"digest", "file"},
    "SelectionConfig": {"features"},
    "Round": {"features_version", "model_version", "model_file"},
    "Pick": {"purpose", "strategy"},
    "Metric": {"name"},
    "Replay": {"model_version"},
    "PoolMap": {"file", "method", "features_version"},
    "Final": {
        "features_version", "model_version", "model_file", "judge_version", "judge_file", "file",
    },
    "GoneOn": {"rule"},
}  # fmt: skip


def text_fields() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Yield every field of ours that takes any text."""
    for room in ("annotation", "selection"):
        for table in apps.get_app_config(room).get_models():
            for field in table._meta.get_fields():
                if isinstance(field, models.CharField | models.TextField) and not field.choices:
                    yield table, field


def fill_every_field() -> None:
    """Put the words, behind the row's number where it must be unique, into whatever is said."""
    with rows_may_change():
        for table, field in text_fields():
            if field.name in SAID.get(table.__name__, ()):
                begin = "https://example.org/" if field.name == "url" else ""
                said = Concat(
                    Value(begin), Cast(F("pk"), models.CharField()), Value(_clipped(field))
                )
                table._base_manager.update(**{field.name: said})
        record = {"before": {WORDS: WORDS}, "after": {WORDS: [WORDS]}}
        apps.get_model("annotation", "AuditEntry")._base_manager.update(**record)
    apps.get_model("annotation", "ItemPayload")._base_manager.update(fields={WORDS: WORDS})
    apps.get_model("annotation", "Group")._base_manager.update(words=[WORDS])


def _clipped(field: models.Field) -> str:
    longest = getattr(field, "max_length", None)
    return WORDS if longest is None else WORDS[: longest - ROOM_FOR_NUMBER]
