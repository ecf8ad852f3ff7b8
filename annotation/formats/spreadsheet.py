"""Cells for files that people open in a spreadsheet. Pure: no Django."""

# What Excel, LibreOffice and Google Sheets take for the start of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
# A column that says: the texts of this file were made safe, so whoever reads it may undo that.
MARK = "alapp_cells_are_safe"


def cell(value: object) -> str:
    """Return the value as text that no spreadsheet takes for a formula.

    A text that could be one gets an apostrophe in front, which spreadsheets do not show; numbers
    stay numbers. None is an empty cell.
    """
    if value is None:
        return ""
    return safe(value) if isinstance(value, str) else str(value)


def safe(text: str) -> str:
    """Return the text with an apostrophe in front where it could be taken for a formula.

    Also where it looks like one made safe already, so that `undone` finds every text again.
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def undone(text: str) -> str:
    """Return the text that `safe` was given."""
    is_safe = text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS)
    return text[1:] if is_safe else text
