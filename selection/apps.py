from django.apps import AppConfig


class ReaderConfig(AppConfig):
    name = "selection"
    verbose_name = "The reader"
