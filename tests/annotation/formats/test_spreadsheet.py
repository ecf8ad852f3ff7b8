from decimal import Decimal

import pytest

from annotation.formats import spreadsheet


@pytest.mark.parametrize(
    "hostile",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"],  # noqa: RUF001
)
def test_text_that_could_be_a_formula_is_made_text(hostile):
    assert spreadsheet.cell(hostile) == "'" + hostile


@pytest.mark.parametrize(
    ("value", "written"),
    [("plain", "plain"), (-5, "-5"), (Decimal("-0.5"), "-0.5"), (None, ""), ("a=b", "a=b")],
)
def test_other_values_are_written_as_they_are(value, written):
    assert spreadsheet.cell(value) == written
