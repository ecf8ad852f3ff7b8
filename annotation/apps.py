from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from annotation import append_only


class DeskConfig(AppConfig):
    name = "annotation"
    verbose_name = "The desk"

    def ready(self) -> None:
        # They need the models, which are not there yet when this file is read.
        import_module("annotation.sign_ins")
        import_module("annotation.signing_in.receivers")
        import_module("annotation.signing_in.checks")
        post_migrate.connect(protect, sender=self)


def protect(using: str, **_: Any) -> None:
    append_only.protect(connections[using])
