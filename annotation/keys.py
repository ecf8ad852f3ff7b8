"""What can be done by key, and by which keys: the defaults, and one person's own.

The one list of actions. A page writes an action's keys with the tags of templatetags/hotkeys.py;
static/js/hotkeys.js clicks whatever names the pressed key. A key is called what the browser calls
it (`event.key`), letters small.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Keys with a name that no browser and no screen reader needs for itself. Shift, Control, Alt and
# Meta alone are never keys; Tab, Escape and Space move, close and press.
NAMED = MappingProxyType(
    {
        "Enter": _("Enter"),
        "Backspace": _("Backspace"),
        "Delete": _("Delete"),
        "Insert": _("Insert"),
        "Home": _("Home"),
        "End": _("End"),
        "PageUp": _("Page up"),
        "PageDown": _("Page down"),
        "ArrowLeft": "←",
        "ArrowRight": "→",
        "ArrowUp": "↑",
        "ArrowDown": "↓",
        "F2": "F2",
        "F4": "F4",
        "F8": "F8",
        "F9": "F9",
        "F10": "F10",
    }
)
MAX_KEYS = 3


@dataclass(frozen=True)
class Group:
    """Actions that stand together in the lists of keys."""

    name: str
    title: str | Promise


@dataclass(frozen=True)
class Action:
    """Something a page does at a key. `keys` are the defaults, the one shown first."""

    name: str
    title: str | Promise
    group: str
    keys: tuple[str, ...]


GROUPS = (
    Group("answer", _("Answering")),
    Group("page", _("Page")),
    Group("image", _("Images")),
)
ACTIONS = (
    Action("submit", _("Save and go on"), "answer", ("Enter",)),
    Action("undo", _("Undo the last answer"), "answer", ("u", "Backspace")),
    Action("skip", _("Skip, then a digit for the reason"), "answer", ("s",)),
    Action("flag", _("Flag the item, then a digit for the reason"), "answer", ("f",)),
    Action("comment", _("Write a comment"), "answer", ("c",)),
    Action("find", _("Find a class by typing"), "answer", ("/",)),
    Action("next_classes", _("Keys of the next classes"), "answer", (">",)),
    Action("previous_classes", _("Keys of the classes before"), "answer", ("<",)),
    Action("guidelines", _("Guidelines"), "page", ("g",)),
    Action("answers", _("My answers"), "page", ("F2",)),
    Action("keys", _("Keys and classes"), "page", ("?",)),
    Action("zoom_in", _("Zoom in"), "image", ("+", "=")),
    Action("zoom_out", _("Zoom out"), "image", ("-",)),
    Action("fit", _("Fit to the page"), "image", ("*",)),
    Action("rotate", _("Rotate by a quarter"), "image", (";", "r")),
    Action("brighter", _("Brighter"), "image", (".",)),
    Action("darker", _("Darker"), "image", (",",)),
)
ACTION = MappingProxyType({each.name: each for each in ACTIONS})


def plain(key: str) -> str:
    """Return the key as pages name it: letters small, names as the browser writes them."""
    return key.lower() if len(key) == 1 else key


def is_key(key: str) -> bool:
    """Say whether an action may have this key: one visible character, or a named key."""
    return key in NAMED or (len(key) == 1 and key.isprintable() and not key.isspace())


def printed(key: str) -> str:
    """Return what stands on the key, or its name."""
    return str(NAMED.get(key, key))


def shortcut(key: str) -> str:
    """Return the key as `aria-keyshortcuts` wants it."""
    return {"+": "Plus"}.get(key, key)


@dataclass(frozen=True)
class Keymap:
    """Which keys do what for one person on one page. A class keeps its key: what an action loses
    to a class is in `lost`."""

    keys: Mapping[str, tuple[str, ...]]
    lost: Mapping[str, tuple[str, ...]]

    def of(self, name: str) -> tuple[str, ...]:
        return self.keys[name]


def keymap(own: Mapping[str, Sequence[str]], *, class_keys: Iterable[str] = ()) -> Keymap:
    """Return the defaults with the person's own keys instead, and without those of the classes.

    What is stored and cannot be (an action that is gone, a key two actions have) does not count:
    the person's own choice comes before a default.
    """
    taken = {plain(key) for key in class_keys if key}
    wanted = {each.name: _wanted(each, own) for each in ACTIONS}
    owned = {key for name in own if name in ACTION for key in wanted[name]}
    keys: dict[str, tuple[str, ...]] = {}
    lost: dict[str, tuple[str, ...]] = {}
    used: set[str] = set()
    for name, those in wanted.items():
        free = [key for key in those if key not in used and (name in own or key not in owned)]
        keys[name] = tuple(key for key in free if key not in taken)
        lost[name] = tuple(key for key in free if key in taken)
        used.update(free)
    return Keymap(keys=keys, lost=lost)


def _wanted(action: Action, own: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(own.get(action.name, action.keys))
