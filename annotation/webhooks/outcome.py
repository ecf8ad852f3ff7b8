"""What came of sending one message once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What came of one try. `status` is None when there was no answer; `error` says why then."""

    status: int | None
    took_ms: int
    error: str = ""
    retry_after_seconds: int | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == 410
