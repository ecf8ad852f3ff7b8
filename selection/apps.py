from importlib import import_module

from django.apps import AppConfig


class ReaderConfig(AppConfig):
    name = "selection"
    verbose_name = "The reader"

    def ready(self) -> None:
        import_module("selection.checks")
