import pytest

from annotation.highlighting import keywords_of
from annotation.markdown import render


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://example.org/track.png)",
        "![x][1]\n\n[1]: https://example.org/track.png",
        "<https://example.org/'onload='x>",
        "```<script>\n</script>\n```",
        "`<img src=x>`",
        '[a](https://x.org "onmouseover=alert(1)")',
        "<iframe src=//example.org></iframe>",
        "<style>*{display:none}</style>",
        "[![x](https://example.org/a.png)](https://example.org)",
    ],
)
def test_hostile_markdown_loads_and_runs_nothing(text):
    html = render(text, keywords_of("x\nimg\nscript\nsrc")).lower()

    for forbidden in ("<script", "<img", "<iframe", "<style", 'href="javascript', 'href="data'):
        assert forbidden not in html
    assert "onerror" not in html.replace("&lt;", "<").partition("<a")[2].partition(">")[0]


def test_picture_is_shown_as_its_words():
    assert render("![a *cat*](https://example.org/cat.png)") == "<p><em>a cat</em></p>\n"


def test_keywords_are_marked_in_paragraphs_lists_tables_and_code():
    text = "A refund.\n\n- **refund**\n\n| refund |\n|---|\n| no `refund` |"

    assert render(text, keywords_of("refund")).count("<mark>refund</mark>") == 4


def test_phrase_is_found_across_lines_and_escapes():
    html = render("credit\ncard &amp; R&D", keywords_of("credit card\nr&d"))

    assert html == "<p><mark>credit\ncard</mark> &amp; <mark>R&amp;D</mark></p>\n"


def test_words_of_addresses_are_not_marked():
    html = render("[here](https://refund.example.org)", keywords_of("refund\nhttps"))

    assert "<mark>" not in html
    assert 'rel="noopener noreferrer nofollow"' in html
