"""Cells for files that people open in a spreadsheet."""

# What Excel, LibreOffice and Google Sheets take for the start of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def cell(value: object) -> str:
    """Return the value as text that no spreadsheet takes for a formula.

    A text that could be one gets an apostrophe in front, which spreadsheets do not show; numbers
    stay numbers. None is an empty cell.
    """
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text
