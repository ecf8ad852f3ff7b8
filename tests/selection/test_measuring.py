"""What a round measured, stored for the pages and read back by them."""

from dataclasses import asdict

import pytest
from django.urls import reverse

from selection.estimates import AuditPlanFacts, Estimate, audit_plan_of, measured_of
from selection.models import Round, SelectionConfig
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 80, texts=texts(80))
    config = {"batch_size": 20, "reserve_size": 4, "target_value": 0.9}
    SelectionConfig.objects.create(project=project, config=config)
    return project


def labelled_rounds(project, lead, n):
    for _ in range(n):
        do_rounds(project)
        label_batch(project, lead)
    do_rounds(project)
    return Round.objects.latest("number")


def test_round_keeps_its_estimates_and_its_audit_plan(project, lead):
    newest = labelled_rounds(project, lead, 2)

    measured, plan = measured_of(newest.facts), audit_plan_of(newest.facts)
    # Two batches of twenty, a fifth of them audit items, all right: 0.025^(1/8) = 0.6306
    assert measured.exact == Estimate(1.0, pytest.approx(0.6306, abs=1e-4), 1.0, 8)
    assert measured.speaks == "exact"
    assert [each.class_id for each in measured.classes] == [c.pk for c in project.classes.all()]
    assert sum(each.n_true for each in measured.classes) == 8
    assert (plan.reason, plan.n_batch, plan.n_batch_audit) == ("first", 20, 4)


def test_round_without_anything_to_measure_says_none(project):
    do_rounds(project)

    newest = Round.objects.get()
    assert measured_of(newest.facts) is None
    assert audit_plan_of(newest.facts).n_audit == 0


def test_stored_form_is_read_back_as_it_was(project, lead):
    stored = labelled_rounds(project, lead, 1).facts["measured"]

    assert asdict(measured_of(stored and {"measured": stored})) == stored


def test_round_from_before_there_were_estimates_is_read():
    assert measured_of({}) is None
    assert audit_plan_of({}) is None


def test_page_gives_the_estimate_its_doubt_and_the_plan(client, project, lead):
    labelled_rounds(project, lead, 2)
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(reverse("progress", args=[project.slug])).content.decode()

    assert "95 % interval of this one look" in page
    assert "The exact estimate speaks" in page
    assert "4 of the 20 in this batch are audit items: 8 have been labelled" in page
    assert "8 audit labels; the next certified look waits for more." in page
    assert "Class by class" in page


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("needed", "about 140 are needed to tell 90 % from 88 %, and 60 have been labelled."),
        ("beyond", "about 140 would be needed to tell 90 % from 88 %, more than the 300"),
        ("look", "enough to tell 90 % from 88 %, and the target is looked at again with 75."),
        ("far", "clearly below the target of 88 %"),
        ("close", "the estimate, 90 %, is not above the target of 88 % yet"),
        ("enough", "60 have been labelled, which is enough for now"),
        ("off", "audit items are switched off"),
    ],
)
def test_plan_is_told_in_a_sentence(reason, said):
    plan = AuditPlanFacts(0.24, reason, 50, 12, 60, 300, 0.9, 0.88, 140, 75)

    assert plan.sentence.startswith("12 of the 50 in this batch are audit items: ")
    assert said in plan.sentence


def test_plan_of_an_empty_batch_counts_nothing():
    plan = AuditPlanFacts(0.24, "first", 0, 0, 22, 300, 0.9, 0.88, 140, 75)

    assert plan.sentence.startswith("Nothing is asked now: 22 have been labelled")
