import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.highlighting import keywords_of, marked, spans

# The full-width letters of East Asian keyboards.
WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in "refund")


def found(text, *lines):
    return [text[start:end] for start, end in spans(text, keywords_of("\n".join(lines)))]


@pytest.mark.parametrize(
    ("text", "lines", "wanted"),
    [
        ("A refund, please.", ["refund"], ["refund"]),
        ("REFUND Refund refunds prerefund", ["refund"], ["REFUND", "Refund"]),
        ("my credit card, creditcard", ["credit card"], ["credit card"]),
        ("credit\n  card", ["credit card"], ["credit\n  card"]),
        ("credit card", ["credit card", "credit"], ["credit card"]),
        ("an e-mail, an e mail, email", ["e-mail"], ["e-mail"]),
        ("C++ and C", ["c++"], ["C++"]),
        ("see #refund and refund", ["#refund"], ["#refund"]),
        ("good :-) bad", [":-)"], [":-)"]),
        ("snake_case is one word", ["snake"], []),
        ("don't", ["don't"], ["don't"]),
        ("Straße STRASSE", ["straße"], ["Straße", "STRASSE"]),
        ("cafe\u0301 café cafe", ["café"], ["cafe\u0301", "café"]),
        ("ÉCOLE", ["école"], ["ÉCOLE"]),
        ("我要退款。谢谢", ["退款"], ["退款"]),
        ("返金してください", ["返金"], ["返金"]),
        ("ขอคืนเงินครับ", ["คืนเงิน"], ["คืนเงิน"]),
        ("أريد استرداد المال", ["استرداد"], ["استرداد"]),
        ("धन वापसी", ["वापसी"], ["वापसी"]),
        ("वापसीकर", ["वापसी"], []),
        (WIDE, ["refund"], [WIDE]),
        ("a\u00a0b", ["a b"], ["a\u00a0b"]),
        ("nothing here", [], []),
        ("", ["x"], []),
    ],
)
def test_whole_words_and_phrases_are_found_whatever_their_case_and_script(text, lines, wanted):
    assert found(text, *lines) == wanted


def test_of_two_that_overlap_the_first_stands():
    assert found("one two three", "one two", "two three") == ["one two"]


def test_empty_and_doubled_lines_do_not_count():
    assert found("a refund", "", "  ", "refund", " refund ") == ["refund"]


def test_text_around_and_inside_marks_is_escaped():
    html = marked("<b>R&D</b> & <i>", keywords_of("r&d"))

    assert html == "&lt;b&gt;<mark>R&amp;D</mark>&lt;/b&gt; &amp; &lt;i&gt;"


@given(
    text=st.text(alphabet="aAbB <&\n\u0301é退", max_size=60),
    lines=st.lists(st.text(alphabet="aAbB <&é退", min_size=1, max_size=6), max_size=4),
)
@settings(max_examples=200)
def test_marks_add_nothing_and_take_nothing(text, lines):
    html = marked(text, keywords_of("\n".join(lines)))

    plain = html.replace("<mark>", "").replace("</mark>", "")
    assert plain == marked(text, keywords_of(""))
    assert html.count("<mark>") == html.count("</mark>")
    assert "<" not in plain


def test_two_hundred_keywords_in_a_long_text_take_a_blink():
    rng = random.Random(5)
    words = [
        "".join(rng.choices("abcdefghijklmnopqräöü", k=rng.randint(3, 9))) for _ in range(2000)
    ]
    text = " ".join(rng.choices(words, k=16_000))[:100_000]
    few, many = keywords_of("\n".join(words[:2])), keywords_of("\n".join(words[:200]))

    def seconds(keywords):
        began = time.process_time()
        marked(text, keywords)
        return time.process_time() - began

    least = min(seconds(few) for _ in range(3))
    # The time is the text's: a search per keyword would take a hundred times as long.
    assert min(seconds(many) for _ in range(3)) < 4 * least
