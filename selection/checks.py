"""What keeps alapp from starting: entries of your own that cannot be used."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from selection.core.catalog import OWN_PROBLEMS


@register("plugins")
def check_own_entries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    hint = "Mend it or take it out of the setting; manage.py check_plugins says more."
    return [Error(problem, hint=hint, id="selection.E001") for problem in OWN_PROBLEMS]
