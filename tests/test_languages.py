"""Pages in other languages: which one is chosen, and whether the translations are whole."""

import gettext
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alapp.languages import catalog, collecting
from alapp.languages.catalog import Entry, Text
from annotation.services import projects
from tests.factories import add_items, make_project, make_user, publish

GERMAN = Path(settings.BASE_DIR) / "locale/de/LC_MESSAGES/django.po"

# Files


def test_written_translations_are_read_back_the_same():
    entries = [
        Entry(Text(""), ("Language: de\nPlural-Forms: nplurals=2;\n",)),
        Entry(Text('say "no"\\'), ("sag „nein“\\",), ("a.html", "b.py")),
        Entry(Text("%(n)s item", "%(n)s items"), ("%(n)s Ding", "%(n)s Dinge")),
        Entry(Text("May", context="month"), ("Mai",), is_fuzzy=True),
    ]

    assert catalog.read(catalog.write(entries)) == entries


def test_line_that_is_none_is_named():
    with pytest.raises(ValueError, match="line 2 .*msgstr Hallo"):
        catalog.read('msgid "Hello"\nmsgstr Hallo')


def test_texts_are_found_in_templates_and_python():
    template = """{% translate "It's on" %} {% blocktranslate count n=x trimmed %}
        {{ n }} item{% plural %}{{ n }} items{% endblocktranslate %}
        {% translate "May" context "month" %} {% include "a" with b=_("There") %} gettext("no")"""
    code = "_('One'); gettext_lazy('Two'); ngettext('a', 'b', n); gettext(word); print('Three')"

    assert collecting.of_template(template) == [
        Text("It's on"),
        Text("%(n)s item", "%(n)s items"),
        Text("May", context="month"),
        Text("There"),
    ]
    assert collecting.of_python(code) == [Text("One"), Text("Two"), Text("a", "b")]


def test_merging_keeps_what_is_translated_and_drops_what_nobody_says_any_more():
    kept = [Entry(Text("")), Entry(Text("Old"), ("Alt",)), Entry(Text("Yes"), ("Ja",), ("x",))]

    merged = catalog.merge(kept, {Text("Yes"): ["b", "a", "a"], Text("1", "n"): ["a"]})

    assert merged == [
        Entry(Text("")),
        Entry(Text("1", "n"), ("", ""), ("a",)),
        Entry(Text("Yes"), ("Ja",), ("a", "b")),
    ]


def test_compiled_translations_are_what_gettext_reads():
    header = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
    entries = [
        Entry(Text(""), (header,)),
        Entry(Text("Yes"), ("Jä",)),
        Entry(Text("May", context="month"), ("Mai",)),
        Entry(Text("one", "many"), ("eins", "viele")),
        Entry(Text("No"), ("",)),
        Entry(Text("Maybe"), ("Vielleicht",), is_fuzzy=True),
    ]

    said = gettext.GNUTranslations(io.BytesIO(catalog.compile_mo(entries)))

    assert [said.gettext(text) for text in ("Yes", "No", "Maybe")] == ["Jä", "No", "Maybe"]
    assert said.pgettext("month", "May") == "Mai"
    assert [said.ngettext("one", "many", n) for n in (1, 2)] == ["eins", "viele"]


def test_faults_are_named():
    assert catalog.faults(Entry(Text("Yes"), ("Ja",))) == []
    assert catalog.faults(Entry(Text("Yes"), ("",))) == ["'Yes' is not translated"]
    assert catalog.faults(Entry(Text("Yes"), ("Ja",), is_fuzzy=True)) == ["'Yes' is fuzzy"]
    wrong = Entry(Text("%(n)s of {m}"), ("%(n)s von m",))
    assert "other placeholders" in catalog.faults(wrong)[0]


# German


def test_german_is_compiled_from_its_translations():
    compiled = GERMAN.with_suffix(".mo").read_bytes()

    assert compiled == catalog.compile_mo(catalog.read(GERMAN.read_text())), "run make messages"


def test_nothing_german_is_missing_fuzzy_or_has_other_placeholders():
    entries = catalog.read(GERMAN.read_text())

    assert [fault for entry in entries for fault in catalog.faults(entry)] == []


def test_every_text_of_the_pages_is_in_the_german_translations():
    known = {entry.text for entry in catalog.read(GERMAN.read_text())}

    assert [text.words for text in collecting.texts() if text not in known] == [], (
        "run make messages, translate, and run it again"
    )


# Choosing


@pytest.fixture
def ada(db):
    return make_user("ada")


@pytest.fixture
def project(ada):
    project = make_project()
    publish(project, add_items(project, 3))
    projects.set_role(project=project, user=ada, role="annotator", actor=None)
    return project


def test_page_speaks_what_the_browser_asks_for(client, db):
    page = client.get(reverse("sign-in"), headers={"Accept-Language": "fr, de-AT;q=0.8, en;q=0.5"})

    assert '<html lang="de"' in page.text
    assert "<h1>Anmelden</h1>" in page.text
    assert page.headers["Content-Language"] == "de"
    assert "Accept-Language" in page.headers["Vary"]


def test_own_language_counts_more_than_the_browser(client, ada, project):
    client.force_login(ada)
    answer = client.post(reverse("language"), {"language": "de"}, follow=True)
    assert "<h1>Konto</h1>" in answer.text

    page = client.get(reverse("label", args=[project.slug]), headers={"Accept-Language": "en"})

    assert '<html lang="de"' in page.text
    assert "Überspringen" in page.text
    client.post(reverse("language"), {"language": ""})
    assert '<html lang="en"' in client.get(reverse("account")).text


def test_language_nobody_translated_is_refused(client, ada):
    client.force_login(ada)

    answer = client.post(reverse("language"), {"language": "xx"})

    assert answer.status_code == 422
    ada.refresh_from_db()
    assert ada.language == ""


def test_leads_pages_are_english_whole(client, ada):
    project = make_project(owner=ada)
    client.force_login(ada)

    page = client.get(reverse("settings", args=[project.slug]), headers={"Accept-Language": "de"})

    assert '<html lang="en"' in page.text
    assert "Sign out" in page.text
    assert page.headers["Content-Language"] == "en"


def test_errors_speak_the_language_too(client, ada):
    client.force_login(ada)

    page = client.get("/projects/none/label/", headers={"Accept-Language": "de"})

    assert page.status_code == 404
    assert "<h1>Hier ist nichts</h1>" in page.text


def test_numbers_are_written_as_the_language_does(client, ada):
    make_project(owner=ada, budget=12_345)
    client.force_login(ada)

    assert "12,345 labels" in client.get("/").text
    assert "12.345 Labels" in client.get("/", headers={"Accept-Language": "de"}).text


def test_own_language_costs_no_statement(client, ada, project):
    client.force_login(ada)
    url = reverse("label", args=[project.slug])
    client.get(url)
    with CaptureQueriesContext(connection) as before:
        client.get(url)
    client.post(reverse("language"), {"language": "de"})

    with CaptureQueriesContext(connection) as after:
        page = client.get(url)

    assert '<html lang="de"' in page.text
    assert len(after) == len(before)
