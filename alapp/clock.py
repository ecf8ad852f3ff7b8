"""One clock for all processes: the database's."""

from datetime import datetime

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """Return the time leases and budgets are judged by, the same for every process.

    PostgreSQL is asked, since web processes may run on many hosts. SQLite lives inside the
    process, on one host: its clock is ours, and asking would cost a statement for nothing.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
