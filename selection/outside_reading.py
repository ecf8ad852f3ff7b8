"""Files of what an outside model says, and of what it was trained on, as rows."""

from collections.abc import Iterator
from pathlib import Path

from django.core.exceptions import ValidationError

from annotation import exchange
from annotation.exchange import BadRow
from selection.outside_rows import Record, WrongRowError, reference


def records(path: Path, filename: str) -> Iterator[tuple[int, Record] | BadRow]:
    """Yield a file's rows. Raises ValidationError when the file cannot be read."""
    try:
        yield from exchange.file_records(path, filename)
    except exchange.FormatError as error:
        raise ValidationError(str(error)) from None


def references(path: Path, filename: str) -> Iterator[int | str]:
    """Yield the items a file names, by id or key. Raises ValidationError where a row does not."""
    for each in records(path, filename):
        if isinstance(each, BadRow):
            raise ValidationError(f"{filename}, row {each.number}, {each.field}: {each.reason}.")
        number, record = each
        try:
            yield reference(record)
        except WrongRowError as wrong:
            raise ValidationError(
                f"{filename}, row {number}, {wrong.field}: {wrong.reason}."
            ) from None
