import io
import json

import pytest
from django.core.management import CommandError, call_command

from annotation.models import AuditEntry, Run
from tests.factories import answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    lead = make_user("lead")
    project = make_project(n_items=3, owner=lead)
    publish(project, list(project.items.order_by("pk")))
    answer(project, lead, claim(project, lead))
    return project


def export(project, file, *arguments):
    out = io.StringIO()
    call_command("export", project.slug, str(file), *arguments, stdout=out)
    return out.getvalue()


def test_file_and_manifest_lie_where_they_were_wanted(project, tmp_path, data_dir):
    file = tmp_path / "out.csv"

    told = export(project, file, "--without-provenance", "--status", "labelled")

    assert told == f"{file}: 1 rows, {file.stat().st_size} bytes\n"
    assert file.read_text().splitlines() == ["id,text,label", "0,text 0,yes"]
    manifest = json.loads((tmp_path / "out.csv.manifest.json").read_text())
    assert (manifest["counts"], manifest["file"]["name"]) == ({"rows": 1}, "out.csv")
    assert [each.name for each in data_dir.glob("exports/*/*")] == []
    assert sorted(each.name for each in tmp_path.glob(".*")) == []


def test_manifest_can_be_read_by_programs(project, tmp_path):
    told = json.loads(
        export(project, tmp_path / "a.jsonl", "--what", "labels", "--as", "lead", "--json")
    )

    assert told["counts"]["rows"] == 1
    assert told["made_by"] == "lead"
    assert AuditEntry.objects.get(action="export.ask").actor.username == "lead"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "a.csv"), "There is no project 'nowhere'"),
        (("{slug}", "a.html"), "does not say a format by its ending"),
        (("{slug}", "there.csv"), "--force overwrites it"),
        (("{slug}", "no/where.csv"), "There is no folder"),
        (("{slug}", "a.csv", "--class", "maybe"), "There is no class 'maybe'; there are: yes, no."),
        (("{slug}", "a.csv", "--since", "soon"), "'soon' is no day and no time."),
        (("{slug}", "a.csv", "--as", "nobody"), "There is no account 'nobody'."),
        (("{slug}", "a.zip"), "ZIP with images is not for projects of texts."),
    ],
)
def test_arguments_that_make_no_sense_end_with_status_2(
    project, tmp_path, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.csv").write_text("mine")

    with pytest.raises(CommandError, match=".") as refused:
        call_command("export", *(each.format(slug=project.slug) for each in arguments))

    assert said in str(refused.value)
    assert refused.value.returncode == 2
    assert not Run.objects.exists()
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_what_cannot_be_made_ends_with_status_1_and_leaves_nothing(project, tmp_path):
    with pytest.raises(CommandError, match="There is no model yet") as failed:
        export(project, tmp_path / "a.csv", "--what", "predictions")

    assert failed.value.returncode == 1
    assert list(tmp_path.glob("a.csv*")) == []
