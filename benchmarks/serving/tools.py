"""What the load driver asks of a tool, so that all are driven the same way."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Annotator(Protocol):
    def sign_in(self) -> None:
        """Sign in and bring the first item on screen."""

    def label(self) -> str:
        """Send an answer and bring the next item; return the name of what was acknowledged."""


@dataclass(frozen=True)
class Kept:
    """What a tool has stored: the acknowledged names it knows, and items labelled twice."""

    names: frozenset[str]
    duplicates: int = 0


class Tool(Protocol):
    name: str

    def start(self) -> None:
        """Start the server with a project of the wanted size."""

    def annotator(self, number: int) -> Annotator: ...

    def roots(self) -> dict[str, list[int]]:
        """Return the processes whose families serve: of the application, of the database."""

    def kept(self) -> Kept: ...

    def stop(self) -> None: ...


@dataclass
class Measured:
    """One level of one tool."""

    tool: str
    n: int
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    app_ms: float = 0.0
    database_ms: float = 0.0
    load: float = 0.0

    def row(self) -> dict[str, object]:
        n = len(self.latencies)
        return {
            "tool": self.tool,
            "n": self.n,
            "labels": n,
            "labels_per_s": round(n / self.seconds, 2) if self.seconds else 0,
            "p50_ms": quantile(self.latencies, 0.50),
            "p95_ms": quantile(self.latencies, 0.95),
            "p99_ms": quantile(self.latencies, 0.99),
            "cpu_app_ms": round(self.app_ms / max(n, 1), 1),
            "cpu_database_ms": round(self.database_ms / max(n, 1), 1),
            "errors": len(self.errors),
            "first_error": self.errors[0] if self.errors else "",
            "load": round(self.load, 1),
        }


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value in milliseconds below which the share lies; 0 without values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 1)
