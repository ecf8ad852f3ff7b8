"""PostgreSQL whose restart nobody notices: what the pool holds of the old server goes at once.

The pool tries a connection before it gives it out, but finds one dead connection at a time and
waits longer before each next one: with five of them in the pool, the first request after a restart
would wait ten seconds and then fail. Where one is dead, all that were idle beside it are.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection from the pool, tried before use."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if self.pool is None or _answers(connection):
            return connection
        self.pool.drain()
        self.pool.putconn(connection)
        return super().get_new_connection(conn_params)


def _answers(connection: Any) -> bool:
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.OperationalError:
        return False
    return True
