import pytest

from annotation import wordlist
from annotation.wordlist import SearchError, Term


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("My card, charged TWICE!", ["my", "card", "charged", "twice"]),
        ("Crème brûlée, Straße", ["creme", "brulee", "strasse"]),
        ("e-mail foo_bar 3.5", ["e", "mail", "foo", "bar", "3", "5"]),
        ("退款 please", ["退", "款", "please"]),
        ("İstanbul ﬁne", ["istanbul", "fine"]),
        ("'; DROP TABLE x --", ["drop", "table", "x"]),
        ("…!?", []),
    ],
)
def test_words_are_small_without_accents_and_signs(text, words):
    assert wordlist.words_of(text) == words


def test_item_is_found_by_text_values_and_id():
    words = wordlist.words_of_item("invoice-7.png", "Paid late", {"amount": 12, "city": "Köln"})

    assert words == ["paid", "late", "12", "koln", "invoice", "7", "png"]


def test_words_of_a_book_are_cut_off():
    assert len(wordlist.words_of_item("", "word " * 20_000, {})) == wordlist.MAX_WORDS


def test_search_has_words_rows_of_words_beginnings_and_exclusions():
    assert wordlist.parse('refund* "card charged" -test e-mail') == [
        Term(("refund",), is_start=True),
        Term(("card", "charged")),
        Term(("test",), is_excluded=True),
        Term(("e", "mail")),
    ]


@pytest.mark.parametrize(
    ("search", "why"),
    [
        ("-only -these", "at least one word that is to be found"),
        ("a*", "at least 2 letters before"),
        ("?!", "no letter or digit"),
        ("w " * 21, "21 words are too many: at most 20"),
    ],
)
def test_search_that_cannot_be_asked_says_why(search, why):
    with pytest.raises(SearchError, match=why):
        wordlist.parse(search)


def test_search_in_the_words_of_each_database():
    terms = wordlist.parse('refund* "card charged" -test')

    assert wordlist.as_fts5(terms, project_id=4) == (
        'project : "p4" AND words : ("refund" * AND "card charged" NOT "test")'
    )
    assert wordlist.as_tsquery(terms, project_id=4) == (
        "'@4' & ('refund':*) & ('card' <-> 'charged') & !('test')"
    )


def test_words_keep_their_places():
    words = wordlist.as_tsvector(["to", "be", "or", "to"], project_id=4)

    assert words == "'@4' 'to':1,4 'be':2 'or':3"
