"""Writers on SQLite take turns, and nothing waits for a turn for ever."""

import fcntl
import os

import pytest
from django.db import connection, connections, transaction

from alapp.sqlite import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite"),
]


def is_free():
    file = os.open(f"{connection.settings_dict['NAME']}-turn", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def test_transaction_holds_the_turn_to_its_end():
    with transaction.atomic():
        with transaction.atomic():
            assert not is_free()
        assert not is_free()

    assert is_free()


def test_rollback_gives_the_turn_back():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _ = 1 / 0

    assert is_free()


def test_closed_connection_gives_the_turn_back():
    with transaction.atomic():
        transaction.set_rollback(True)
        connections["default"].connection.rollback()
        connection._close()

        assert is_free()


def test_turn_that_never_comes_is_not_waited_for_long(monkeypatch):
    monkeypatch.setattr(base, "PATIENCE_SECONDS", 0.05)
    hanging = os.open(f"{connection.settings_dict['NAME']}-turn", os.O_RDWR | os.O_CREAT)
    fcntl.flock(hanging, fcntl.LOCK_EX)
    try:
        with transaction.atomic():
            is_through = True
    finally:
        os.close(hanging)

    assert is_through
