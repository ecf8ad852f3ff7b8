"""The report: everything a lead sends on, and nothing that should stay."""

import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.urls import reverse

from annotation.models import QualityReport
from annotation.services import projects
from selection import curve_svg
from selection.curve_svg import Place
from selection.models import Acceptance, Final, GoneOn, Round
from tests.factories import NOW, add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead, budget=200)
    add_items(project, 80, texts=texts(80))
    return project


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


def report(client, project, **query):
    return client.get(reverse("report", args=[project.slug]), query)


def test_fresh_project_has_a_report_too(as_lead, project):
    page = report(as_lead, project).content.decode()

    assert "There is no measured model yet" in page
    assert "<svg" not in page


def test_report_says_how_good_how_dear_and_from_what(as_lead, project, lead):
    for _ in range(2):
        do_rounds(project)
        label_batch(project, lead)
    do_rounds(project)

    page = report(as_lead, project).content.decode()

    newest = Round.objects.latest("number")
    assert newest.model_version in page
    assert str(newest.seed) in page
    assert "accuracy (" in page
    # Two batches of twenty.
    assert "40 labels were given" in page
    assert "Budget: 40 of 200 labels spent" in page
    assert "<svg" in page


def test_people_are_letters_unless_names_are_asked_for(as_lead, project, lead):
    do_rounds(project)
    label_batch(project, lead)

    plain = report(as_lead, project, file="yes").content.decode()
    named = report(as_lead, project, file="yes", names="yes").content.decode()

    assert "Person A" in plain
    assert '<th scope="row">lead</th>' not in plain
    assert '<th scope="row">lead</th>' in named


AGAINST = {
    "state": "fewer", "value": 0.9, "n_train": 20, "labels": [30.0, 50.0, 90.0], "audit": 44,
    "opinions": 1.0, "sizes": [10, 20], "values": [0.5, 0.8],
}  # fmt: skip
AGREED = {"name": "percent", "value": 0.8751, "low": 0.811, "high": 0.934, "n_items": 1041}


def test_report_says_how_selection_stands_how_people_agree_and_what_was_accepted(
    as_lead, project, lead
):
    do_rounds(project)
    label_batch(project, lead)
    do_rounds(project)
    newest = Round.objects.latest("number")
    newest.facts |= {"against_random": AGAINST}
    newest.save(update_fields=["facts"])
    QualityReport.objects.update_or_create(
        project=project, defaults={"data": {"agreement": [AGREED]}, "measured_at": NOW}
    )
    GoneOn.objects.create(
        project=project, actor=lead, rule="plateau", round_number=1, n_labels=20, until_labels=60,
        reason="Rare classes are short.",
    )  # fmt: skip
    final = Final.objects.create(
        project=project, number=1, seed=1, config={}, features_version="f", label_revision=1,
        class_ids=[], model_version="m", model_file="m", judge_version="j", judge_file="j",
        n_items=80, n_labelled=20, n_audit=10, file="f",
    )  # fmt: skip
    Acceptance.objects.create(
        project=project, final=final, limit=0.05, bound=0.042, threshold=0.9, n_items=31,
        n_audit=70, accepted_by=lead, accepted_at=NOW,
    )  # fmt: skip

    page = report(as_lead, project).content.decode()

    assert "About 20 labels instead of about 50 labels" in page
    assert "same answer in 88% of pairs" in page
    assert "81% to 93%), on 1,041 items" in page
    assert "31 predictions were accepted without a human" in page
    assert "at most 4.2 % of them are wrong" in page
    assert newest.verdicts[0]["reason"] in page
    assert "A lead went on against <i>Plateau</i> after round 1" in page
    assert "Rare classes are short." in page
    named = report(as_lead, project, names="yes").content.decode()
    assert "lead went on against <i>Plateau</i>" in named
    assert "A lead went on" not in named


def test_report_asks_the_database_a_fixed_number_of_times(
    as_lead, project, lead, django_assert_num_queries
):
    for _ in range(2):
        do_rounds(project)
        label_batch(project, lead)
    do_rounds(project)

    # PostgreSQL is asked for the time; SQLite's clock is the process's own.
    clock = int(connection.vendor == "postgresql")
    with django_assert_num_queries(30 + clock):
        report(as_lead, project)


def test_file_needs_nothing_else_and_runs_nothing(as_lead, project, lead):
    do_rounds(project)
    label_batch(project, lead)
    do_rounds(project)

    response = report(as_lead, project, file="yes")
    page = response.content.decode()

    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert not re.search(r"<(script|link|img|iframe)|\ssrc=|\shref=|@import|url\(", page)
    assert ".report h1" in page


def test_hostile_names_are_text(as_lead, project):
    hostile = "</style><script>alert(1)</script>"
    project.name = hostile
    project.save(update_fields=["name"])

    for query in ({}, {"file": "yes"}):
        assert hostile not in report(as_lead, project, **query).content.decode()


@pytest.mark.parametrize("role", ["reviewer", "annotator", None])
def test_only_leads_make_reports(client, project, role):
    person = make_user()
    if role:
        projects.set_role(project=project, user=person, role=role, actor=None)
    client.force_login(person, backend=BACKEND)

    assert report(client, project).status_code == 404


# The drawing


def test_drawing_is_xml_without_styles_and_numbers_lie_where_they_should():
    curve = [Place(0, 0.5, 0.4, 0.6), Place(100, 0.8, 0.7, 0.9)]
    path = [Place(100, 0.8, 0.75, 0.85), Place(200, 0.9, 0.85, 0.95)]

    drawn = curve_svg.draw(curve, path, target=0.9)

    root = ElementTree.fromstring(drawn)
    assert "style" not in drawn
    dots = root.findall(".//{*}circle")
    # From 0.4 at 266 to 1.0 at 14: 0.5 is a sixth of 252 above 266. 200 labels are 664 wide.
    assert [(d.get("cx"), d.get("cy")) for d in dots] == [("44.0", "224.0"), ("376.0", "98.0")]
    assert "target 0.90" in drawn
    assert root.findall(".//{*}path[@class='forecast']")


def test_random_labels_are_drawn_where_they_are_known_and_change_the_frame():
    curve = [Place(100, 0.8, 0.7, 0.9)]
    random = [Place(50, 0.4, 0.4, 0.4), Place(100, 0.6, 0.6, 0.6)]

    root = ElementTree.fromstring(curve_svg.draw(curve, random=random))

    # From 0.4 at 266 to 0.9 at 14: 0.6 is two fifths of 252 above 266. 100 labels are 664 wide.
    line = root.find(".//{*}path[@class='random']").get("d")
    assert line == "M376.0 266.0L708.0 165.2"


def test_nothing_is_drawn_of_no_points_and_one_point_is_a_dot():
    assert curve_svg.draw([]) == ""
    alone = ElementTree.fromstring(curve_svg.draw([Place(0, 1.0, 0.9, 1.0)]))
    assert len(alone.findall(".//{*}circle")) == 1
    assert not alone.findall(".//{*}path[@class='line']")
