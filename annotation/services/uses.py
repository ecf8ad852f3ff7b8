"""How often somebody asks: counted in the database, so that every process counts the same."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from annotation.models import ApiUse

SWEPT = 50


@dataclass(frozen=True)
class Rate:
    """So many requests in so many seconds."""

    n: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> "Rate":
        """Read "600/60": six hundred in sixty seconds. Raises ValueError for anything else."""
        n, _, seconds = text.partition("/")
        rate = cls(int(n), int(seconds))
        if rate.n < 1 or rate.seconds < 1:
            raise ValueError(f"{text!r} is no rate: requests/seconds, as in 600/60.")
        return rate

    def stretch(self, now: datetime) -> int:
        """Return the number of the stretch of time that now is in, since 1970."""
        return int(now.timestamp()) // self.seconds

    def ends_at(self, now: datetime) -> datetime:
        return datetime.fromtimestamp((self.stretch(now) + 1) * self.seconds, tz=UTC)


def count(*, holder: str, rate: Rate, n: int, now: datetime) -> int:
    """Count n more requests and return how many this stretch of time has seen, in one statement."""
    stretch = rate.stretch(now)
    table = connection.ops.quote_name(ApiUse._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS u (holder, stretch, n, ends_at) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (holder, stretch) DO UPDATE SET n = u.n + excluded.n RETURNING n",
            [holder, stretch, n, connection.ops.adapt_datetimefield_value(rate.ends_at(now))],
        )
        counted = int(cursor.fetchone()[0])
    if counted == n:
        _sweep(now)
    return counted


def _sweep(now: datetime) -> None:
    """Forget stretches that are over: with each new one a few old ones go."""
    old = ApiUse.objects.filter(ends_at__lt=now - timedelta(hours=1)).order_by("ends_at")
    ids = list(old.values_list("pk", flat=True)[:SWEPT])
    if ids:
        ApiUse.objects.filter(pk__in=ids).delete()
