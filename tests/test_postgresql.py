"""What alapp needs of PostgreSQL: a server that was restarted is used as if nothing had been."""

import threading

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="about PostgreSQL"),
    pytest.mark.django_db(transaction=True),
]

# Looking at dead connections one after the other took the pool over its ten seconds from five on.
N_IDLE = 7


def fill_the_pool() -> None:
    together = threading.Barrier(N_IDLE)

    def hold_one() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        together.wait()
        connection.close()

    threads = [threading.Thread(target=hold_one) for _ in range(N_IDLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def cut_all_others() -> int:
    """End every other connection to this database, as a restart of the server does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_pool_full_of_dead_connections_still_serves_whoever_comes_next():
    fill_the_pool()
    n_cut = cut_all_others()
    assert n_cut >= N_IDLE - 1
    # The one that cut them goes back behind them.
    connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
