from datetime import UTC, date, datetime

import pytest

from annotation.cells import LONG, Separators, cell, cells, in_order, is_code, is_link, number

ENGLISH, GERMAN = Separators(",", "."), Separators(".", ",")


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("12345", "12,345", "12.345"),
        ("1234567.50", "1,234,567.50", "1.234.567,50"),
        ("-98765.4321", "-98,765.4321", "-98.765,4321"),
        ("1234", "1234", "1234"),
        ("0.1", "0.1", "0,1"),
        ("0", "0", "0"),
        ("1234567890123456", "1234567890123456", "1234567890123456"),
    ],
)
def test_numbers_get_their_thousands_apart_and_keep_every_digit(text, english, german):
    assert (number(text, ENGLISH), number(text, GERMAN)) == (english, german)


@pytest.mark.parametrize(
    "text", ["00123", "+49 30 12345", "1e5", "12345 kg", "12,345", "1.2.3", "٣٤٥٦٧"]
)
def test_what_only_looks_like_a_number_is_text(text):
    assert cell("value", text, ENGLISH).kind == "text"
    assert cell("value", text, ENGLISH).value == text


@pytest.mark.parametrize("name", ["id", "customer_id", "orderId", "ZIP", "Year", "phone no"])
def test_numbers_that_are_names_stay_as_they_are(name):
    assert cell(name, 20240501, ENGLISH).value == "20240501"


@pytest.mark.parametrize("name", ["width", "paid", "identity", "coded", "amount"])
def test_other_columns_are_no_codes(name):
    assert not is_code(name)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, "empty", ""),
        ("", "empty", ""),
        ("  \n", "empty", ""),
        (True, "boolean", True),
        ("False", "boolean", False),
        (0, "number", "0"),
        (12.5, "number", "12.5"),
        ("2024-02-29", "date", date(2024, 2, 29)),
        ("2023-02-29", "text", "2023-02-29"),
        ("2024-05-01T12:30:00Z", "moment", datetime(2024, 5, 1, 12, 30, tzinfo=UTC)),
        ("2024-05-01 12:30", "moment", datetime(2024, 5, 1, 12, 30)),
        ("2024-05-01T99:30", "text", "2024-05-01T99:30"),
        ("https://example.org/a?b=c", "link", "https://example.org/a?b=c"),
        ("x" * LONG, "text", "x" * LONG),
        ("x" * (LONG + 1), "long", "x" * (LONG + 1)),
        ("12 kg", "text", "12 kg"),
    ],
)
def test_each_value_is_its_kind(value, kind, shown):
    found = cell("name", value, ENGLISH)

    assert (found.kind, found.value) == (kind, shown)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "//example.org",
        "ftp://example.org",
        "https://",
        "https:///path",
        "http://[broken",
        'https://example.org/"onmouseover="x',
        "https://example.org/ and more",
        " https://example.org",
        "https://example.org\n",
        "see https://example.org",
    ],
)
def test_only_whole_addresses_of_the_web_are_links(text):
    assert not is_link(text)


def test_values_stand_in_the_order_of_the_files_columns_and_new_ones_follow():
    fields = {"b": 1, "z": 2, "a": 3}

    assert [name for name, _ in in_order(fields, ["a", "b"])] == ["a", "b", "z"]


def test_long_value_begins_at_a_word():
    text = "word " * 100

    found = cells([("note", text)], ENGLISH)[0]

    # 240 characters are 48 words of five; the last space is not kept.
    assert found.beginning == ("word " * 48).rstrip()
