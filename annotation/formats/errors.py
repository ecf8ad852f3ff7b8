"""What is wrong with a file, in words for the person who brought it."""


class FormatError(ValueError):
    """The file as a whole cannot be imported; nothing of it is."""


class RowError(ValueError):
    """One row cannot be imported; the others can."""

    def __init__(self, field: str, reason: str, limit: str = "") -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
        self.limit = limit
