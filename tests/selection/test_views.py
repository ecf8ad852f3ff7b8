import pytest
from django.urls import reverse

from annotation.models import AuditEntry, Run
from annotation.services import projects
from selection.configuration import config_of
from selection.models import Round
from tests.factories import add_items, answer, claim, make_project, make_user, publish
from tests.selection.test_retraining import do_rounds, label_batch, texts

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 80, texts=texts(80))
    return project


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


def url(name, project, *args):
    return reverse(name, args=[project.slug, *args])


def test_fresh_project_says_what_comes_next(as_lead, project):
    page = as_lead.get(url("progress", project)).content.decode()

    assert "No model yet" in page
    assert "The worker is choosing the first items" in page
    assert "No worker has shown a sign of life yet" in page


def test_running_project_shows_accuracy_with_interval_and_n(as_lead, project, lead):
    for _ in range(2):
        do_rounds(project)
        label_batch(project, lead)
    do_rounds(project)

    page = as_lead.get(url("progress", project)).content.decode()

    # Two batches of twenty, a fifth of them audit items.
    assert "from 8 audit labels" in page
    assert "accuracy" in page
    assert "40 <span" in page


def test_page_that_looks_again_gets_nothing_when_nothing_changed(as_lead, project, lead):
    first = as_lead.get(url("progress", project))
    seen = first.context["overview"].fingerprint

    same = as_lead.get(url("progress", project), {"seen": seen})
    do_rounds(project)
    changed = as_lead.get(url("progress", project), {"seen": seen})

    assert (same.status_code, changed.status_code) == (204, 200)


def test_failed_round_is_told_with_its_reason(as_lead, project):
    Run.objects.create(kind="round", project=project, state="failed", error="The disk is full.")

    page = as_lead.get(url("progress", project)).content.decode()

    assert "Round failed" in page
    assert "The disk is full." in page


def test_curve_can_be_had_as_csv(as_lead, project, lead):
    do_rounds(project)
    label_batch(project, lead)
    do_rounds(project)

    lines = as_lead.get(url("curve-csv", project)).content.decode().split()

    assert lines[0] == "round,labels,accuracy,low,high,audit_labels,hours,money,changes"
    # The model of round 0 knows the names of the classes only.
    assert [line.split(",")[:2] for line in lines[1:]] == [["0", "0"], ["1", "20"]]


def test_train_now_opens_a_round_once(as_lead, project):
    do_rounds(project)

    for _ in range(2):
        as_lead.post(url("train", project))

    assert Run.objects.filter(state="queued").count() == 1


def test_round_page_shows_what_it_takes_to_repeat_it(as_lead, project):
    do_rounds(project)

    page = as_lead.get(url("round", project, 0)).content.decode()

    assert str(Round.objects.get().seed) in page
    assert page.count("Drawn at random, to measure the model.") == 8


def test_changed_settings_are_kept_and_logged(as_lead, project):
    form = as_lead.get(url("selection-settings", project)).context["form"]
    sent = {name: form[name].value() for name in form.fields} | {"batch_size": 33}
    sent |= {"labels_per_point": "400", "target_value": "0.85", "features": "vectors+text_tfidf"}
    sent |= {"kappa": "0.995", "gain": "0.02", "looks": "3"}

    as_lead.post(url("selection-settings", project), sent)

    assert config_of(project.pk).config["batch_size"] == 33
    assert config_of(project.pk).config["target_value"] == 0.85
    rules = config_of(project.pk).config["stopping"]
    assert rules["poor_value"] == {"labels": 400, "looks": 3}
    assert rules["plateau"] == {"kappa": 0.995, "gain": 0.02, "looks": 3}
    assert rules["stabilised"] == {"kappa": 0.995, "looks": 3}
    assert config_of(project.pk).features == "vectors+text_tfidf"
    assert AuditEntry.objects.filter(action="selection.change").exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("batch_size", "0", "1"),
        ("audit_share", "2", "0.9"),
        ("relabel_share", "2", "0.9"),
        ("target_value", "1.5", "1"),
        ("strategy", "astrology", "astrology"),
        ("labels_per_point", "5000000", "1000000"),
        ("kappa", "2", "1"),
        ("gain", "-1", "0"),
        ("looks", "0", "1"),
        ("features", "image_plain", "image_plain"),
        ("features", "text_sentence+text_tfidf", "No sentence model is at hand"),
    ],
)
def test_settings_out_of_range_are_refused_at_their_field(as_lead, project, field, value, words):
    form = as_lead.get(url("selection-settings", project)).context["form"]
    sent = {name: form[name].value() for name in form.fields} | {field: value}
    sent = {name: "" if given is None else given for name, given in sent.items()}

    response = as_lead.post(url("selection-settings", project), sent)

    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])


@pytest.mark.parametrize("name", ["progress", "curve-csv", "selection-settings"])
@pytest.mark.parametrize("role", [None, "annotator"])
def test_pages_of_a_project_are_not_found_by_others(client, project, name, role):
    person = make_user()
    if role:
        projects.set_role(project=project, user=person, role=role, actor=None)
    client.force_login(person, backend=BACKEND)

    assert client.get(url(name, project)).status_code == 404


def test_reviewer_watches_but_neither_trains_nor_sets(client, project):
    person = make_user()
    projects.set_role(project=project, user=person, role="reviewer", actor=None)
    client.force_login(person, backend=BACKEND)

    assert client.get(url("progress", project)).status_code == 200
    assert client.post(url("train", project)).status_code == 404
    assert client.get(url("selection-settings", project)).status_code == 404


def test_progress_page_asks_the_database_few_times(
    as_lead, project, lead, django_assert_max_num_queries
):
    do_rounds(project)
    label_batch(project, lead)
    do_rounds(project)

    with django_assert_max_num_queries(32):
        as_lead.get(url("progress", project))


def test_fallback_is_said_while_it_is_in_use_and_afterwards(as_lead, project, lead):
    publish(project, [])
    held = claim(project, lead)
    during = as_lead.get(url("progress", project)).content.decode()
    answer(project, lead, held)
    after = as_lead.get(url("progress", project)).content.decode()

    assert "annotators hold 1 drawn at random" in during
    assert url("queue", project) in during
    assert "1 item was handed out at random" in after


def test_failed_import_is_said_with_a_link_to_the_runs(as_lead, project):
    Run.objects.create(project=project, kind="import", state="failed", error="Row 3 is empty")

    page = as_lead.get(url("progress", project)).content.decode()

    assert "Import failed" in page
    assert "Row 3 is empty" in page
    assert url("runs", project) in page


def test_failed_import_that_a_later_one_made_good_is_not_said(as_lead, project):
    for state in ("failed", "done"):
        Run.objects.create(project=project, kind="import", state=state, error="")

    assert "Import failed" not in as_lead.get(url("progress", project)).content.decode()
