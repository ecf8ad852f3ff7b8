from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "annotation"
    verbose_name = "The desk"
