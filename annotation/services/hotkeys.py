"""Keys of one's own instead of the defaults: checked as a whole, kept with the account."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from annotation import keys
from annotation.models import User

# What scrolls the page, moves a zoomed picture and goes through lists.
MOVES = frozenset({"Home", "End", "PageUp", "PageDown"}) | {
    f"Arrow{way}" for way in ("Up", "Down", "Left", "Right")
}
NAMES = {name.casefold(): name for name in keys.NAMED}
MAX_TYPED = 60


def current(user: User) -> Mapping[str, tuple[str, ...]]:
    """Return each action's keys as they hold for this person where no class has one of them."""
    return keys.keymap(user.hotkeys).keys


def read(typed: str) -> tuple[str, ...]:
    """Return the keys somebody typed, apart by spaces, as pages name them; each once."""
    found = (NAMES.get(each.casefold(), keys.plain(each)) for each in typed[:MAX_TYPED].split())
    return tuple(dict.fromkeys(found))


def choose(*, user: User, wanted: Mapping[str, Sequence[str]]) -> None:
    """Keep these keys; what is not named stays as it is.

    Raises ValidationError by action: a key that cannot be one, too many, or one that another
    action has. Of two actions with the same key the one that changed is refused.
    """
    before = current(user)
    named = {name: tuple(those) for name, those in wanted.items() if name in keys.ACTION}
    after = {**before, **named}
    changed = [name for name in after if after[name] != before[name]]
    errors = {name: why for name in changed if (why := _wrong(after[name]))}
    errors |= _clashes(after, changed)
    if errors:
        raise ValidationError(errors)
    own = {name: list(those) for name, those in after.items() if those != keys.ACTION[name].keys}
    User.objects.filter(pk=user.pk).update(hotkeys=own)


def reset(*, user: User) -> None:
    """Go back to the defaults."""
    User.objects.filter(pk=user.pk).update(hotkeys={})


def _wrong(those: Sequence[str]) -> str:
    """Return what is wrong with an action's keys by themselves; empty when nothing is."""
    if len(those) > keys.MAX_KEYS:
        said = {"n": len(those), "most": keys.MAX_KEYS}
        return _("%(n)d keys; %(most)d is the limit.") % said
    for key in those:
        if key in MOVES:
            return _("%(key)s moves and scrolls; it cannot be chosen.") % {"key": keys.printed(key)}
        if not keys.is_key(key):
            return _(
                "“%(key)s” cannot be a key: a letter, a digit, a sign, or one of Enter, "
                "Backspace, Delete, Insert, F2, F4, F8, F9, F10 can."
            ) % {"key": key}
    return ""


def _clashes(after: Mapping[str, Sequence[str]], changed: Sequence[str]) -> dict[str, str]:
    """Return the changed actions that want a key another has, each with that other's name."""
    owner: dict[str, str] = {}
    errors = {}
    for name in sorted(after, key=lambda name: name in changed):
        for key in after[name]:
            other = owner.setdefault(key, name)
            if other != name:
                said = {"key": keys.printed(key), "other": keys.ACTION[other].title}
                errors[name] = _("“%(key)s” is the key of “%(other)s” already.") % said
    return errors
