"""Which keys do what: defaults, a person's own, and the classes that come first."""

import pytest
from django.template import Context, Template

from annotation import keys
from annotation.services.projects import KEYS
from tests.factories import make_project


def test_every_default_key_can_be_a_key_and_belongs_to_one_action():
    defaults = [key for each in keys.ACTIONS for key in each.keys]

    assert all(keys.is_key(key) and keys.plain(key) == key for key in defaults)
    assert len(defaults) == len(set(defaults))


def test_every_action_has_a_default_that_no_class_can_take():
    assert all(any(key not in KEYS for key in each.keys) for each in keys.ACTIONS)


def test_every_action_is_in_a_group_that_exists():
    assert {each.group for each in keys.ACTIONS} == {each.name for each in keys.GROUPS}


@pytest.mark.parametrize("key", ["Shift", "Control", "Alt", "Meta", "Escape", "Tab", " ", "", "ab"])
def test_modifier_keys_and_keys_of_the_browser_are_none(key):
    assert not keys.is_key(key)


@pytest.mark.parametrize("key", ["a", "ö", "ж", "?", "F8", "ArrowUp", "1"])
def test_visible_characters_and_named_keys_are_keys(key):
    assert keys.is_key(key)


def test_own_keys_stand_instead_of_the_defaults():
    found = keys.keymap({"undo": ["z"]})

    assert found.of("undo") == ("z",)
    assert found.of("skip") == ("s",)


def test_own_key_comes_before_the_same_default_of_another_action():
    found = keys.keymap({"flag": ["u"]})

    assert found.of("flag") == ("u",)
    assert found.of("undo") == ("Backspace",)


def test_class_keeps_its_key_and_the_action_says_what_it_lost():
    found = keys.keymap({"undo": ["x"]}, class_keys=["1", "X", ""])

    assert found.of("undo") == ()
    assert found.lost["undo"] == ("x",)


def test_stored_keys_of_an_action_that_is_gone_do_not_count():
    found = keys.keymap({"teleport": ["u"]})

    assert found.of("undo") == ("u", "Backspace")


def shown(markup, **context):
    return Template("{% load hotkeys %}" + markup).render(Context(context))


def test_hotkey_writes_the_keys_and_what_screen_readers_say():
    assert shown("<b{% hotkey 'zoom_in' %}>") == ('<b data-key="+ =" aria-keyshortcuts="Plus =">')


def test_hostile_key_stays_text():
    keymap = keys.keymap({"undo": ['"']})

    assert shown("<b{% hotkey 'undo' %}>{% keycap 'undo' %}", keymap=keymap) == (
        '<b data-key="&quot;" aria-keyshortcuts="&quot;"><kbd>&quot;</kbd>'
    )


def test_action_without_a_key_writes_nothing():
    keymap = keys.keymap({"undo": []})

    assert shown("<b{% hotkey 'undo' %}>{% keycap 'undo' %}", keymap=keymap) == "<b>"


def listed(name, **context):
    rows = "{% for r in g.rows %}{{ " + name + " }} {% endfor %}"
    return shown("{% key_groups as all %}{% for g in all %}" + rows + "{% endfor %}", **context)


@pytest.mark.django_db
def test_list_of_keys_names_only_what_the_page_has():
    project = make_project(classes=("a1", "b1"), guidelines="")

    found = set(listed("r.name", project=project, classes=list(project.classes.all())).split())

    assert {"undo", "skip", "keys"} <= found
    assert not found & {"submit", "find", "guidelines", "zoom_in"}


@pytest.mark.django_db
def test_list_of_keys_says_which_key_stands_for_a_class():
    project = make_project(classes=("a1", "b1"))
    project.classes.filter(name="a1").update(key="x")
    keymap = keys.keymap({"undo": ["x"]}, class_keys=["x", "2"])

    assert listed("r.lost", project=project, keymap=keymap).split() == ["x"]
