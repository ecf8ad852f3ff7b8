"""What an import says of itself: counts, and every row that was left out with its reason."""

from dataclasses import asdict, dataclass, field
from typing import Any

from annotation.formats import BadRow

MAX_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was not imported. `kind` is "bad" or "duplicate"."""

    row: int
    kind: str
    field: str
    reason: str
    limit: str = ""

    @classmethod
    def of(cls, bad: BadRow) -> "Problem":
        return cls(bad.number, "bad", bad.field, bad.reason, bad.limit)

    def __str__(self) -> str:
        limit = f" (limit: {self.limit})" if self.limit else ""
        return f"row {self.row:,}, {self.field}: {self.reason}{limit}"


@dataclass
class Tally:
    """The counts of an import as it goes; the first 1,000 problems are kept."""

    filename: str
    rows: int = 0
    added: int = 0
    duplicates: int = 0
    # Rows that gave another person's answer to an item of the same file.
    further: int = 0
    bad: int = 0
    labels: int = 0
    known_answers: int = 0
    vectors: int = 0
    # What models said of items in the file: counted, and left out.
    predictions: int = 0
    problems: list[Problem] = field(default_factory=list)

    def note_bad(self, bad: BadRow) -> None:
        self.bad += 1
        self._keep(Problem.of(bad))

    def note_duplicate(self, problem: Problem) -> None:
        self.duplicates += 1
        self._keep(problem)

    def _keep(self, problem: Problem) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    @property
    def is_hopeless(self) -> bool:
        """Say whether more than half of the rows are bad: rather the wrong file or column."""
        return 2 * self.bad > self.rows

    def report(self) -> dict[str, Any]:
        """Return the run's report; `problems_left_out` counts those beyond the first 1,000."""
        left_out = self.bad + self.duplicates - len(self.problems)
        in_order = [asdict(each) for each in sorted(self.problems, key=lambda each: each.row)]
        return asdict(self) | {"problems": in_order, "problems_left_out": left_out}

    def counts(self) -> dict[str, Any]:
        """Return the report without its problems."""
        report = self.report()
        return {name: report[name] for name in report if not name.startswith("problems")}


def problems_of(report: dict[str, Any]) -> list[Problem]:
    """Return the problems of a run's report, as they are shown to people."""
    return [Problem(**each) for each in report.get("problems", [])]
