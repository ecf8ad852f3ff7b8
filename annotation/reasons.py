"""Why an item was asked, in words for annotators. What is told never tells the purpose: see
docs/decisions/0023."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from annotation.models import LabelClass

Said = Mapping[str, Any] | None


def before(said: Said, classes: Iterable[LabelClass]) -> str:
    """Return the sentence shown with an item; "" where there is nothing to say."""
    code, names = _code_and_names(said, classes)
    match code, len(names):
        case "unknown", _n:
            return _("The model cannot say anything about this yet.")
        case "unlike", _n:
            return _("Unlike anything the model has learnt from so far.")
        case "hesitates", 2:
            return _("The model hesitates between {} and {}.").format(*names)
        case "hesitates", 1:
            return _("The model hesitates whether {} applies.").format(*names)
        case "between", 2:
            return _("The model's two likeliest classes, in their order here: {} and {}.").format(
                *names
            )
        case "between", 1:
            return _("Of all classes the model is least sure about {}.").format(*names)
    return ""


def after(said: Said, classes: Iterable[LabelClass]) -> str:
    """Return the sentence shown of the item just answered, with what the model expected where
    that is told; "" where there is nothing to say."""
    code, names = _code_and_names(said, classes)
    match code, len(names):
        case "unknown", _n:
            return _("The model could not say anything about it yet.")
        case "unlike", _n:
            return _("It was unlike anything the model had learnt from.")
        case "hesitates", 2:
            told = _("The model hesitated between {} and {}.").format(*names)
            return told + _expected(said, classes)
        case "hesitates", 1:
            return _("The model hesitated whether {} applies.").format(*names)
        case "between", 2:
            return _("The model's two likeliest classes, in their order here: {} and {}.").format(
                *names
            )
        case "between", 1:
            return _("Of all classes the model was least sure about {}.").format(*names)
    return ""


def _expected(said: Said, classes: Iterable[LabelClass]) -> str:
    wanted = said.get("expected") if said else None
    name = next((each.name for each in classes if each.pk == wanted), None)
    return " " + _("It would have said {}.").format(name) if name is not None else ""


def _code_and_names(said: Said, classes: Iterable[LabelClass]) -> tuple[str, list[str]]:
    """Return the code and the classes it speaks of; no code when one of them is gone."""
    if not said:
        return "", []
    names = {each.pk: each.name for each in classes}
    wanted = said.get("class_ids", [])
    if any(pk not in names for pk in wanted):
        return "", []
    return str(said.get("code", "")), [names[pk] for pk in wanted]
