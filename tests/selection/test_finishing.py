"""After the stop: the final model, its predictions, what is accepted, and what is taken away."""

import csv
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from annotation.models import AuditEntry, Consensus, Run, Seed
from annotation.services import projects, runs
from selection import final_files, model_files, origins
from selection.estimates import final_report_of
from selection.models import Acceptance, Final, SelectionConfig
from selection.services import accepting
from tests.factories import NOW, add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts, truth
from tests.support.exporting import rows_of, write_file

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
N = 240


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    """Return a paused project with 80 labels, 40 of them of audit items."""
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, N, texts=texts(N))
    SelectionConfig.objects.create(
        project=project,
        config={"batch_size": 40, "reserve_size": 0, "audit_share": 0.5, "audit_adapts": False},
    )
    for _ in range(2):
        do_rounds(project)
        label_batch(project, lead)
    pause(project)
    return project


def pause(project):
    projects.set_status(project=project, status="paused", actor=None, now=NOW)


def make_final(project, lead):
    accepting.finish(project=project, actor=lead)
    for run in Run.objects.filter(project=project, kind="final", state="queued"):
        runs.execute.call(run.pk)
    return Final.objects.latest("number")


def said(project):
    """Return what an export gets of the final model; nothing else is asked, so no run is needed."""
    return origins.origins_of(project.pk).predict(None, None)


def results(project):
    return rows_of(project, "results", predictions=said(project), names=True)


def test_final_model_trains_on_every_label_and_predicts_every_item(project, lead):
    final = make_final(project, lead)

    said = list(final_files.read_all(final.file, 2))
    assert (final.n_labelled, final.n_audit, final.n_items) == (80, 40, N)
    assert [each.item_id for each in said] == list(project.items.values_list("pk", flat=True))
    right = sum(
        each.answer == (truth(item),)
        for each, item in zip(said, project.items.order_by("pk"), strict=True)
    )
    assert right > 0.95 * N
    assert all(0.5 <= each.confidence <= 1 for each in said)
    assert model_files.read(final.judge_file).digest()[:40] == final.judge_version
    assert final.judge_version != final.model_version


def test_judge_is_the_same_whatever_the_audit_items_were_answered(project, lead):
    first = make_final(project, lead)
    flipped = Consensus.objects.get(item=project.items.order_by("audit_rank").first())
    other = [c.pk for c in project.classes.all() if [c.pk] != flipped.value]
    Consensus.objects.filter(pk=flipped.pk).update(value=other)

    second = make_final(project, lead)

    assert second.judge_version == first.judge_version
    assert second.model_version != first.model_version


def test_final_model_made_twice_is_the_same(project, lead):
    first, second = make_final(project, lead), make_final(project, lead)

    assert (second.number, second.model_version) == (2, first.model_version)
    # The same audit labels looked at again are no new look.
    assert final_report_of(second.report).look == 1


def test_active_project_gets_no_final_model(project, lead):
    projects.set_status(project=project, status="active", actor=None, now=NOW)

    with pytest.raises(ValidationError, match="Pause or stop the project first"):
        accepting.finish(project=project, actor=lead)


def test_project_that_went_on_meanwhile_is_left_alone_by_the_worker(project, lead):
    accepting.finish(project=project, actor=lead)
    projects.set_status(project=project, status="active", actor=None, now=NOW)

    runs.execute.call(Run.objects.get(kind="final").pk)

    assert Run.objects.get(kind="final").state == "failed"
    assert not Final.objects.exists()


def test_project_without_two_classes_fails_with_a_plain_reason(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 30, texts=["the same thing"] * 30)
    pause(project)

    accepting.finish(project=project, actor=lead)
    run = Run.objects.get(kind="final")
    for _ in range(3):
        Run.objects.filter(pk=run.pk).update(due_at=NOW)
        runs.execute.call(run.pk)

    run.refresh_from_db()
    assert run.state == "failed"


def test_offer_is_what_the_audit_items_prove(project, lead):
    final = make_final(project, lead)

    found = accepting.offer(final, 0.2)
    none = accepting.offer(final, 0.01)

    # 40 audit items of which every one was right: with 1/18 of 2.5 % or less in reserve, none of
    # 40 wrong proves an error of at most 1 - (0.025 / 9)^(1/40) = 13.7 %.
    assert found.level.n_errors == 0
    assert found.level.bound <= 0.2
    assert none.level is None
    # ln(9 / 0.025) / -ln(0.99) = 586 in all, if no error shows up
    assert 400 < none.missing < 700
    with pytest.raises(ValidationError, match="must be between"):
        accepting.offer(final, 0.9)


def test_accepting_is_written_down_and_can_be_taken_back(project, lead):
    final = make_final(project, lead)

    row = accepting.accept(project=project, actor=lead, number=1, limit=0.2, now=NOW)

    assert (row.final, row.accepted_by, row.accepted_at, row.limit) == (final, lead, NOW, 0.2)
    assert row.bound <= 0.2
    assert AuditEntry.objects.get(action="predictions.accept").actor == lead
    with pytest.raises(ValidationError, match="accepted already"):
        accepting.accept(project=project, actor=lead, number=1, limit=0.2, now=NOW)

    assert accepting.withdraw(project=project, actor=lead, now=NOW)
    assert not accepting.withdraw(project=project, actor=lead, now=NOW)
    assert accepting.standing(project.pk) is None
    assert Acceptance.objects.count() == 1


def test_nothing_is_accepted_by_a_limit_that_is_not_proved(project, lead):
    make_final(project, lead)

    with pytest.raises(ValidationError, match="No predictions are proved"):
        accepting.accept(project=project, actor=lead, number=1, limit=0.01, now=NOW)
    with pytest.raises(ValidationError, match="newer final model"):
        accepting.accept(project=project, actor=lead, number=7, limit=0.2, now=NOW)


def test_database_refuses_an_acceptance_beyond_its_limit(project, lead):
    final = make_final(project, lead)

    with pytest.raises(IntegrityError), transaction.atomic():
        Acceptance.objects.create(
            project=project, final=final, limit=0.05, bound=0.06, threshold=0.9, n_items=1,
            n_audit=1, accepted_by=lead, accepted_at=NOW,
        )  # fmt: skip


def test_most_useful_items_are_doubted_most_and_never_audit_items(project, lead):
    final = make_final(project, lead)

    found = accepting.useful(final, None, n=500)

    doubts = [each.confidence for each in found]
    assert doubts == sorted(doubts)
    # 240 items, 60 reserved to measure; 40 of the other 180 have a label.
    assert len(found) == 140
    reserved = set(project.items.order_by("audit_rank").values_list("pk", flat=True)[:60])
    assert not reserved & {each.item_id for each in found}


def test_going_on_asks_the_most_useful_first(project, lead):
    final = make_final(project, lead)
    wanted = [each.item_id for each in accepting.useful(final, None, n=5)]

    assert accepting.label_next(project=project, actor=lead, n=5, now=NOW) == 5

    project.refresh_from_db()
    assert project.is_active
    assert set(Seed.objects.values_list("item", flat=True)) == set(wanted)
    do_rounds(project)
    asked = project.assignments.filter(state="open", item__in=wanted, in_reserve=False)
    assert asked.count() == 5


def test_export_says_of_every_item_what_to_use_and_where_it_comes_from(project, lead):
    make_final(project, lead)
    accepting.accept(project=project, actor=lead, number=1, limit=0.2, now=NOW)

    rows = results(project)

    assert len(rows) == N
    labelled = [row for row in rows if row["source"] == "label"]
    assert len(labelled) == 80
    one = next(row for row in labelled if row["purpose"] == "audit")
    assert one["value"] == one["agreed"] == one["labels"][0]["classes"]
    assert one["labels"][0]["annotator"] == "lead"
    # 60 of 240 are reserved: a quarter is the chance of being one.
    assert one["probability"] == 0.25
    assert (one["round"], one["strategy"]) == (0, "auto")
    assert one["seed"]
    accepted = [row for row in rows if row["accepted"]]
    assert {row["source"] for row in accepted} == {"accepted"}
    assert len(accepted) == accepting.standing(project.pk).n_items
    assert not [row for row in accepted if row["labels"]]

    accepting.withdraw(project=project, actor=lead, now=NOW)
    again = results(project)
    assert not [row for row in again if row["accepted"]]
    assert sum(row["source"] == "prediction" for row in again) == N - 80


def test_csv_holds_the_same_and_no_formula(project, lead, tmp_path):
    make_final(project, lead)
    first = project.items.order_by("pk").first()
    first.payload.text = "=HYPERLINK(1)"
    first.payload.save()
    path = tmp_path / "results.csv"

    write_file(path, project, "results", "csv", predictions=said(project), names=True, is_safe=True)

    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == N
    assert rows[0]["content"] == "'=HYPERLINK(1)"
    assert {row["value"] for row in rows} == {"money", "parcel"}
    assert any('"annotator":"lead"' in row["labels"] for row in rows)


def test_results_have_every_column_of_the_earlier_downloads(lead):
    project = make_project(n_items=1, owner=lead)
    earlier = (
        "item key content value source agreed certainty labels predicted confidence accepted round "
        "purpose strategy score probability reason model seed final_model"
    )

    assert set(results(project)[0]) == {*earlier.split(), "split"}


def test_export_before_any_model_gives_labels_only(lead):
    project = make_project(classes=("yes", "no"), owner=lead, n_items=3)

    rows = results(project)

    assert [(row["value"], row["source"], row["predicted"]) for row in rows] == [
        (None, "", None)
    ] * 3


def test_items_imported_after_the_final_model_have_no_prediction(project, lead):
    make_final(project, lead)
    late = add_items(project, 1, texts=["late"])[0]

    rows = {row["item"]: row for row in results(project)}

    assert (rows[late.pk]["value"], rows[late.pk]["confidence"]) == (None, None)
    assert len(rows) == N + 1


def test_results_read_a_fixed_number_of_statements_for_each_page_of_rows(
    project, lead, django_assert_num_queries
):
    make_final(project, lead)

    # The acceptance and the final model. Then once: the last audit rank, classes, who answered and
    # their names, columns of the items, rounds, sought items, classes again for the table. A page
    # of 240 items, how each was asked, picks, known answers, answers; and the look for more items.
    with django_assert_num_queries(2 + 8 + 6):
        results(project)


# The page


def url(name, project):
    return reverse(name, args=[project.slug])


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


def test_page_leads_from_nothing_to_accepted_and_back(as_lead, project, lead):
    assert "There is none yet" in as_lead.get(url("after", project)).content.decode()

    as_lead.post(url("finish", project))
    runs.execute.call(Run.objects.get(kind="final").pk)
    page = as_lead.get(url("after", project), {"limit": "20"}).content.decode()
    assert "predictions can be accepted" in page
    assert "0 were wrong" in page

    as_lead.post(url("accept", project), {"limit": "20", "number": "1"})
    page = as_lead.get(url("after", project)).content.decode()
    assert "predictions are accepted" in page

    as_lead.post(url("withdraw", project))
    page = as_lead.get(url("after", project)).content.decode()
    assert "None can be accepted at 5 % errors" in page
    assert "more audit labels" in page


def test_page_refuses_what_cannot_be(as_lead, project):
    assert as_lead.get(url("after", project), {"limit": "80"}).status_code == 422
    refused = as_lead.post(url("accept", project), {"limit": "20", "number": "1"})
    assert refused.status_code == 422
    assert as_lead.post(url("label-next", project), {"n": "0"}).status_code == 422


def test_active_project_is_told_to_stop_first(as_lead, project):
    projects.set_status(project=project, status="active", actor=None, now=NOW)

    page = as_lead.get(url("after", project)).content.decode()

    assert "Pause or stop the project" in page
    assert "Make the final model" not in page


def test_files_are_asked_of_the_exports_with_people_and_cells_as_they_were(as_lead, project):
    page = as_lead.get(url("after", project)).content.decode()
    form = re.search(r'<form method="post" action="([^"]+)">(.*?value="csv".*?)</form>', page)

    sent = dict(re.findall(r'name="(contents|people|is_safe|format)" value="([^"]+)"', form[2]))
    reply = as_lead.post(form[1], sent)

    asked = Run.objects.get(kind="export").params
    assert reply.status_code == 302
    assert reply["Location"] == form[1] == url("export", project)
    assert (asked["contents"], asked["format"]) == ("results", "csv")
    assert (asked["names"], asked["is_safe"]) == (True, True)


def test_page_is_not_for_others(client, project):
    client.force_login(make_user(), backend=BACKEND)

    assert client.get(url("after", project)).status_code == 404


def test_statements_of_the_page_are_few(as_lead, project, lead, django_assert_max_num_queries):
    make_final(project, lead)

    with django_assert_max_num_queries(14):
        as_lead.get(url("after", project))
