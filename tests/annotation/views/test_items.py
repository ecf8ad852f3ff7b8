"""Items: the list, the way in for new ones, and their images."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from annotation.models import AuditEntry, Item, ItemPayload, Run
from annotation.services import browse, projects, runs
from tests.factories import add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
CSV = b"text,label,id\ngood film,yes,a\nbad film,no,b\n,yes,c\n"


@pytest.fixture
def lead(client):
    user = make_user("ada")
    client.force_login(user, backend=BACKEND)
    return user


@pytest.fixture
def project(lead):
    return make_project(owner=lead, is_active=False)


def url(name, project, *more):
    return reverse(name, args=[project.slug, *more])


def upload(client, project, content=CSV, name="reviews.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post(url("upload", project), {"file": file})


def do_the_work(project):
    run = project.runs.get(kind="import")
    runs.perform(runs.claim(run.pk, now=run.due_at))


COLUMNS = {"text": "text", "label": "label", "key": "id"}


def test_upload_shows_what_is_in_the_file_and_imports_nothing(client, project):
    response = upload(client, project)

    page = client.get(response.url).content.decode()
    assert "good film" in page
    assert '<option value="text" selected>' in page
    assert not Item.objects.exists()
    assert not Run.objects.exists()


def test_confirmed_upload_becomes_items_and_a_report(client, project):
    asked = upload(client, project).url

    response = client.post(asked, COLUMNS)
    while_it_runs = client.get(response.url).content.decode()
    do_the_work(project)
    page = client.get(url("items", project)).content.decode()

    assert "Importing reviews.csv" in while_it_runs
    assert "hx-get" in while_it_runs
    assert "2 items added, 1 bad row left out" in page
    assert "is empty" in page
    assert sorted(project.items.values_list("key", flat=True)) == ["a", "b"]


def test_classes_are_made_from_the_label_column(client, lead):
    project = make_project(owner=lead, classes=(), is_active=False)
    asked = upload(client, project).url

    client.post(asked, {**COLUMNS, "makes_classes": "on"})

    assert [each.name for each in project.classes.all()] == ["no", "yes"]


def test_file_can_be_imported_once_and_is_asked_about_once(client, project):
    asked = upload(client, project).url
    client.post(asked, COLUMNS)

    again = client.post(asked, COLUMNS, follow=True)

    assert "was imported already" in again.content.decode()
    assert project.runs.count() == 1


def test_second_import_waits_for_the_first_and_its_file_is_not_lost(client, project):
    client.post(upload(client, project).url, COLUMNS)
    asked = upload(client, project, CSV + b"new,yes,d\n").url

    refused = client.post(asked, COLUMNS)
    do_the_work(project)
    accepted = client.post(asked, COLUMNS)

    assert refused.status_code == 422
    assert "still running" in refused.content.decode()
    assert accepted.url == url("items", project)


def test_file_of_another_tool_is_known_and_can_be_read_otherwise(client, project):
    line = b'{"text": "one", "label": "yes", "answer": "accept", "_annotator_id": "anna"}'
    asked = upload(client, project, line, name="rows.jsonl").url

    page = client.get(asked).content.decode()
    plain = client.get(asked + "?as=plain").content.decode()
    unknown = client.get(asked + "?as=nonsense").content.decode()

    assert "Prodigy in JSONL" in page
    assert '<input type="hidden" name="dialect" value="prodigy"' in page
    assert '<option value="answer">' not in page
    assert '<option value="answer">' in plain
    assert '<input type="hidden" name="dialect" value="plain"' in plain
    assert "cannot be read as &#x27;nonsense&#x27;" in unknown


def test_labels_come_in_under_the_name_of_who_gave_them(client, project):
    asked = upload(client, project, b"text,label,who,at\none,yes,anna,1777896000\n").url

    client.post(asked, {"text": "text", "label": "label", "person": "who", "moment": "at"})
    do_the_work(project)

    (label,) = project.labels.all()
    assert str(label.annotator) == "anna (imported)"
    assert label.created_at.isoformat() == "2026-05-04T12:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.pdf", b"x", "cannot be imported"),
        ("empty.csv", b"", "empty"),
        ("reviews.csv", b"a,a\n1,2\n", "Two columns are named"),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_words(client, project, name, content, message):
    response = upload(client, project, content, name)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert b'class="errors"' in response.content


def test_file_over_the_limit_is_refused_with_the_limit(client, project, settings):
    settings.ALAPP_MAX_UPLOAD_BYTES = 20

    response = upload(client, project)

    assert response.status_code == 422
    assert "larger than 20 bytes" in response.content.decode()


def test_upload_of_another_project_is_out_of_reach(client, lead, project):
    other = make_project(owner=lead, is_active=False)
    token = upload(client, project).url.rstrip("/").rpartition("/")[2]

    response = client.get(url("import", other, token))

    assert response.url == url("items", other)
    assert client.get(url("import", other, uuid4())).url == url("items", other)


def test_name_of_the_file_is_shown_as_text_and_leads_nowhere(client, project):
    response = upload(client, project, name="../../<b>x.csv")

    page = client.get(response.url).content.decode()
    assert "<b>x.csv" not in page
    assert "&lt;b&gt;x.csv" in page


def test_list_says_where_each_item_is(client, project, lead):
    items = add_items(project, 4)
    publish(project, items[:3])
    answer(project, lead, claim(project, lead), place=1)
    claim(project, lead)

    rows = client.get(url("items", project)).context["rows"]

    places = [[c.name for c in row.classes] if row.classes else row.place for row in rows]
    assert places == [["no"], "With an annotator", "In the queue", "In the pool"]


def test_search_of_a_large_pool_pauses_and_goes_on(client, project, monkeypatch):
    monkeypatch.setattr(browse, "SEARCHED", 4)
    monkeypatch.setattr(browse, "PER_PAGE", 2)
    add_items(project, 10, texts=[f"fox {n}" if n in (1, 5, 6, 7, 9) else "dog" for n in range(10)])

    pages, address = [], f"{url('items', project)}?search=fox"
    while address:
        page = client.get(address)
        pages.append([row.item.payload.text for row in page.context["rows"]])
        after = page.context["found"].after
        address = f"{url('items', project)}?search=fox&after={after}" if after else ""

    # Four at a time: 0 to 3, then 4 to 7 which hold one more than a page, 7 to 9 is the rest.
    assert pages == [["fox 1"], ["fox 5", "fox 6"], ["fox 7", "fox 9"]]


def test_search_finds_text_and_id(client, project):
    add_items(project, 3, texts=["a quick fox", "100% sure", "a slow fox"])

    def found(words):
        page = client.get(url("items", project), {"search": words})
        return [row.item.key for row in page.context["rows"]]

    assert found("FOX") == ["0", "2"]
    assert found("0%") == ["1"]
    assert found("2") == ["2"]
    assert found("nothing") == []


def test_list_takes_the_same_statements_for_any_length(
    client, project, django_assert_max_num_queries
):
    add_items(project, 60)

    with django_assert_max_num_queries(10):
        page = client.get(url("items", project), {"page": 99})

    assert len(page.context["rows"]) == 10


@pytest.fixture
def picture(project, data_dir):
    item = add_items(project, 1)[0]
    (data_dir / "media" / "made-up.png").write_bytes(b"\x89PNG")
    ItemPayload.objects.filter(item=item).update(file="made-up.png", width=1, height=1)
    return item


def test_image_is_served_to_the_project_and_may_be_kept_by_the_browser(client, project, picture):
    response = client.get(url("item-image", project, picture.pk, "full"))

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("private, max-age=31536000")


def test_display_size_is_its_own_file_or_the_picture_itself(client, project, picture, data_dir):
    whole = client.get(url("item-image", project, picture.pk, "display"))
    (data_dir / "media" / "made-up-1600.png").write_bytes(b"display")
    smaller = client.get(url("item-image", project, picture.pk, "display"))

    assert b"".join(whole.streaming_content) == b"\x89PNG"
    assert b"".join(smaller.streaming_content) == b"display"


def test_image_is_not_served_to_others_nor_through_another_project(client, project, picture):
    theirs = make_user()
    other = make_project(owner=theirs)
    client.force_login(theirs, backend=BACKEND)

    assert client.get(url("item-image", project, picture.pk, "full")).status_code == 404
    assert client.get(url("item-image", other, picture.pk, "full")).status_code == 404


def test_reviewer_may_look_and_not_import(client, project):
    reviewer = make_user()
    projects.set_role(project=project, user=reviewer, role="reviewer", actor=None)
    client.force_login(reviewer, backend=BACKEND)

    page = client.get(url("items", project)).content.decode()

    assert url("upload", project) not in page
    assert url("settings", project) not in page


def test_import_tried_again_is_in_the_audit_log_and_needs_no_other_to_be_open(
    client, project, lead
):
    failed = Run.objects.create(project=project, kind="import", state="failed", error="No space.")

    client.post(url("import-retry", project))

    entry = AuditEntry.objects.get(action="run.retry")
    assert (entry.actor_name, entry.before) == ("ada", "No space.")
    failed.refresh_from_db()
    assert failed.state == Run.State.QUEUED
    Run.objects.create(project=project, kind="import", state="failed", error="Again.")
    page = client.post(url("import-retry", project), follow=True).content.decode()
    assert "Another import is already open for this project." in page
