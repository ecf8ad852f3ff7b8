"""The keys of an action, in the markup of whatever does it.

    {% load hotkeys %}
    <button type="button"{% hotkey "rotate" %}>Rotate {% keycap "rotate" %}</button>

The keys are those of the person who looks, less those that stand for a class of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from annotation import keys
from annotation.models import LabelClass, Project

register = template.Library()
NOTHING = mark_safe("")
# With more classes than this there is a field to type into.
FILTERED_FROM = 12


@register.simple_tag(takes_context=True)
def hotkey(context: dict[str, Any], name: str) -> SafeString:
    """Write the attributes that let the action's keys click this element; none if it has none."""
    return attributes(keymap_of(context).of(name))


@register.simple_tag(takes_context=True)
def keycap(context: dict[str, Any], name: str) -> SafeString:
    """Write the action's first key as it is printed; nothing if it has none."""
    return _caps(keymap_of(context).of(name)[:1])


@register.simple_tag(takes_context=True)
def keycaps(context: dict[str, Any], name: str) -> SafeString:
    """Write all of the action's keys."""
    return _caps(keymap_of(context).of(name))


@register.simple_tag
def key_attributes(*those: str) -> SafeString:
    """Write the attributes for given keys: a class's, or a digit in a menu."""
    return attributes([key for key in those if key])


def attributes(those: Sequence[str]) -> SafeString:
    if not those:
        return NOTHING
    names = " ".join(those), " ".join(keys.shortcut(key) for key in those)
    return format_html(' data-key="{}" aria-keyshortcuts="{}"', *names)


def _caps(those: Sequence[str]) -> SafeString:
    return format_html_join(" ", "<kbd>{}</kbd>", ((keys.printed(key),) for key in those))


def keymap_of(context: dict[str, Any]) -> keys.Keymap:
    """Return the keys the page was given, else those of whoever looks."""
    given = context.get("keymap")
    if isinstance(given, keys.Keymap):
        return given
    classes: Sequence[LabelClass] = context.get("classes") or ()
    user = getattr(context.get("request"), "user", None)
    own = getattr(user, "hotkeys", None) or {}
    return keys.keymap(own, class_keys=[each.key for each in classes])


@dataclass(frozen=True)
class Row:
    """One action in a list of keys; `lost` names keys it would have, were they not a class's."""

    name: str
    title: str
    caps: SafeString
    lost: str


@dataclass(frozen=True)
class Listed:
    title: str
    rows: list[Row]


@register.simple_tag(takes_context=True)
def key_groups(context: dict[str, Any]) -> list[Listed]:
    """Return the actions of the page with their keys, group by group."""
    keymap, unused = keymap_of(context), _unused(context)
    found = []
    for group in keys.GROUPS:
        actions = [each for each in keys.ACTIONS if each.group == group.name]
        rows = [_row(each, keymap) for each in actions if each.name not in unused]
        if rows and group.name not in unused:
            found.append(Listed(str(group.title), rows))
    return found


def _row(action: keys.Action, keymap: keys.Keymap) -> Row:
    those, lost = keymap.of(action.name), keymap.lost[action.name]
    told = "" if those else ", ".join(keys.printed(key) for key in lost)
    return Row(action.name, str(action.title), _caps(those), told)


def _unused(context: dict[str, Any]) -> set[str]:
    """Return the actions and groups that this page has nothing for."""
    project, classes = context.get("project"), context.get("classes") or ()
    if not isinstance(project, Project):
        return set()
    is_asked = {
        "submit": project.task == "multi" or project.confirm_answers,
        "find": len(classes) > FILTERED_FROM,
        "next_classes": False,
        "previous_classes": False,
        "guidelines": bool(project.guidelines),
        "image": project.modality == "image",
    }
    return {name for name, is_there in is_asked.items() if not is_there}
