"""Row 35: with settings that give everything away nothing starts, and a sentence says why."""

import pytest

from alapp.safety import dangers
from tests.test_server import run_manage

GOOD = {
    "debug": False, "hosts": ["label.example.org"], "key": "q8Zr-1vN_x7TkB2mLw9YcD4sGh6Jf0aP",
    "https": True,
}  # fmt: skip


def test_settings_of_production_are_let_through():
    assert dangers(**GOOD) == []


def test_debug_on_ones_own_machine_is_let_through():
    here = {"debug": True, "https": False, "hosts": ["localhost", "127.0.0.1", "[::1]"]}

    assert dangers(**{**GOOD, **here}) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"debug": True}, "ALAPP_DEBUG"),
        ({"debug": True, "https": False}, "ALAPP_DEBUG"),
        ({"debug": True, "hosts": ["localhost"], "https": True}, "ALAPP_DEBUG"),
        ({"debug": True, "hosts": ["192.168.1.4"], "https": False}, "ALAPP_DEBUG"),
        ({"hosts": ["*"]}, "ALAPP_HOSTS"),
        ({"hosts": ["label.example.org", "*"]}, "ALAPP_HOSTS"),
        ({"hosts": ["*.example.org"]}, "ALAPP_HOSTS"),
        ({"hosts": []}, "ALAPP_HOSTS"),
        ({"key": "changeme"}, "ALAPP_SECRET_KEY"),
        (
            {"key": f"django-insecure-{GOOD['key']}"},
            "ALAPP_SECRET_KEY",
        ),
        ({"key": "a" * 60}, "ALAPP_SECRET_KEY"),
        ({"key": "short-Zr1vNx7"}, "ALAPP_SECRET_KEY"),
    ],
)
def test_each_danger_is_named(changes, says):
    found = dangers(**{**GOOD, **changes})

    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"ALAPP_DEBUG": "on", "ALAPP_HOSTS": "label.example.org"}, "ALAPP_DEBUG shows code"),
        ({"ALAPP_HOSTS": "*"}, "name the hosts alapp answers to"),
        ({"ALAPP_SECRET_KEY": "changeme"}, "ALAPP_SECRET_KEY is known"),
    ],
)
def test_nothing_starts_with_a_bad_setting(tmp_path, bad, says):
    done = run_manage(
        "check", ALAPP_DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="alapp.settings", **bad
    )

    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
