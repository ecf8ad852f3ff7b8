"""Pushing what an outside model says: by file, by page, and choosing it in the settings."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile as Upload
from django.core.management import call_command

from annotation.services import projects
from selection import configuration, outside_reading, outside_use
from selection.models import OutsideVersion
from tests.factories import make_user
from tests.selection.test_outside import lead, models_of_a_test_only, project, push, rows

__all__ = ["lead", "models_of_a_test_only", "project"]
pytestmark = pytest.mark.django_db


# By file


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_command_pushes_a_file(project, tmp_path, suffix, capsys):
    path = tmp_path / f"p.{suffix}"
    records = [record for _, record in rows(project)]
    if suffix == "csv":
        lines = [",".join(records[0]), *(",".join(map(str, r.values())) for r in records)]
    else:
        lines = [json.dumps(record) for record in records]
    path.write_text("\n".join(lines) + "\n")

    call_command("push_predictions", project.slug, str(path), "--name=bert", "--json")

    said = json.loads(capsys.readouterr().out)
    assert (said["model"], said["version"], said["items"], said["new"]) == ("bert", 1, 80, True)


def test_parquet_says_the_same_as_csv(project, tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    records = [record for _, record in rows(project)]
    pq.write_table(pa.Table.from_pylist(records), tmp_path / "p.parquet")

    by_file, _ = push(project, outside_reading.records(tmp_path / "p.parquet", "p.parquet"))
    _, is_new = push(project, enumerate(records))

    assert by_file.n_items == 80
    assert not is_new


# The settings


def test_strategy_by_scores_needs_scores_and_a_committee_its_own_model(project, lead, client):
    push(project, rows(project))
    client.force_login(lead)
    address = f"/projects/{project.slug}/selection/"
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    by_scores = client.post(address, sent | {"strategy": "outside_score"})
    by_committee = client.post(address, sent | {"strategy": "bald", "predictions": "bert"})
    good = client.post(address, sent | {"predictions": "bert"})

    assert "needs scores" in str(by_scores.context["form"].errors["scores"])
    assert "only predictions are known" in str(by_committee.context["form"].errors["strategy"])
    assert good.status_code == 302
    config = configuration.config_of(project.pk).config
    assert config["predictions"] == "bert"
    assert outside_use.used(config) == {"predictions": "bert"}


def test_page_takes_a_file_and_names_bad_rows(project, lead, client, django_assert_num_queries):
    client.force_login(lead)
    address = f"/projects/{project.slug}/outside/"
    good = "\n".join(["key,money,parcel", "0,0.5,0.5", "1,1,0"])
    bad = good + "\n2,0.5,0.6"

    refused = client.post(
        address, {"name": "bert", "kind": "predictions", "file": Upload("p.csv", bad.encode())}
    )
    taken = client.post(
        address, {"name": "bert", "kind": "predictions", "file": Upload("p.csv", good.encode())}
    )
    with django_assert_num_queries(7):
        page = client.get(address).content.decode()

    assert refused.status_code == 422
    assert "Row 4, probabilities: sum to 1.1, not to 1." in refused.content.decode()
    assert taken.status_code == 302
    assert "2 of 80" in page
    assert OutsideVersion.objects.get().pushed_by == lead


# By program


def test_program_pushes_and_lists(project, lead, client):
    client.force_login(lead)
    address = f"/api/v1/projects/{project.slug}/outside-models/"
    sent = {"name": "bert", "kind": "scores", "rows": [{"key": "0", "score": 2}]}

    made = client.post(address, sent, content_type="application/json")
    again = client.post(address, sent, content_type="application/json")
    listed = client.get(address).json()

    assert made.status_code == 200, made.content
    assert (made.json()["is_new"], again.json()["is_new"]) == (True, False)
    assert [(each["newest"]["name"], each["newest"]["n_items"]) for each in listed] == [("bert", 1)]


def test_program_is_told_each_bad_row(project, lead, client):
    client.force_login(lead)
    rows = [{"key": "0", "probabilities": {"money": 1, "parcel": 1}}, {"key": "gone"}]
    sent = {"name": "bert", "kind": "predictions", "rows": rows}
    address = f"/api/v1/projects/{project.slug}/outside-models/"

    refused = client.post(address, sent, content_type="application/json")

    assert refused.status_code == 422
    assert "Row 1, probabilities: sum to 2, not to 1." in refused.content.decode()
    assert "Row 2, money: has no probability" in refused.content.decode()


def test_annotators_may_not_push(project, client):
    person = make_user("ben")
    projects.set_role(project=project, user=person, role="annotator", actor=None)
    client.force_login(person)
    sent = {"name": "x", "kind": "scores", "rows": [{"key": "0", "score": 2}]}

    by_program = client.post(
        f"/api/v1/projects/{project.slug}/outside-models/", sent, content_type="application/json"
    )

    assert by_program.status_code in (403, 404)
    assert client.get(f"/projects/{project.slug}/outside/").status_code in (403, 404)
    assert not OutsideVersion.objects.exists()
