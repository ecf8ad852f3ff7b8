"""Whatever people typed or uploaded is text on the label page, in every place that shows it."""

import io
import zipfile

import pytest
from django.db import transaction
from PIL import Image
from playwright.sync_api import expect

from annotation import exchange
from annotation.formats import ColumnMap
from annotation.models import ItemPayload, LabelClass, Project, User
from annotation.services import guidelines, projects
from tests.annotation.services.import_support import import_file, write_upload
from tests.factories import add_items, make_user, publish
from tests.support.desk import make_labelled_project, open_desk, saved

pytestmark = pytest.mark.django_db(transaction=True)

PAYLOADS = (
    "<img src=x onerror=window.pwned=1>",
    "<script>window.pwned=1</script>",
    "\"'><svg onload=window.pwned=1>",
    "javascript:window.pwned=1",
    "</textarea></script><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "{{ 7|add:7 }}{% load x %}${7*7}",
    "<a href=javascript:window.pwned=1 autofocus onfocus=window.pwned=1>x</a>",
    "<details open ontoggle=window.pwned=1><style>*{display:none}</style>",
    "<b hx-get='/account/' hx-trigger='load'>x</b>",
)


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def watched(page):
    """The page, and every address it asked for."""
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    return page


def expect_harmless(page, live_server):
    assert page.evaluate("window.pwned") is None
    main = page.locator("main")
    assert main.locator("iframe, svg, style, script, [onerror], [onload], [onfocus]").count() == 0
    assert main.locator("a[href^='javascript']").count() == 0
    assert main.locator("b[hx-get]").count() == 0
    assert all(url.startswith((live_server.url, "data:")) for url in page.asked)
    assert not [url for url in page.asked if url.endswith(("/x", "/account/"))]


def hostile_project(annotator, payload, **fields):
    """A project with the payload in every field that the label page shows."""
    project = make_labelled_project(annotator, n_items=0, classes=(payload[:90], "no"))
    LabelClass.objects.filter(project=project).update(description=payload)
    Project.objects.filter(pk=project.pk).update(name=payload, keywords=payload, **fields)
    project.refresh_from_db()
    for text in (f"# {payload}\n{payload}", f"# New {payload}\n\n[x]({payload})"):
        projects.describe(project=project, actor=None, guidelines=text)
        project.refresh_from_db()
    guidelines.mark_read(project=project, number=1, user=annotator)
    User.objects.filter(pk=annotator.pk).update(first_name=payload[:150])
    return project


def fill(project, payload):
    items = add_items(project, 3, texts=[f"{payload}\n\n{payload}"] * 3)
    long = payload + " " + "word " * 100 + payload
    ItemPayload.objects.filter(item__in=items).update(
        fields={payload: payload, "url": f"https://example.org/{payload}", "long": long}
    )
    classes = [each.pk for each in project.classes.all()]
    said = {"code": "hesitates", "class_ids": classes, "expected": classes[0]}
    wanted = [
        exchange.WantedItem(
            item_id=item.pk, position=place, purpose="query", in_reserve=False, said=said
        )
        for place, item in enumerate(items)
    ]
    with transaction.atomic():
        exchange.publish(project_id=project.pk, number=1, wanted=wanted, model_version="")


@pytest.mark.parametrize("text_format", ["plain", "markdown"])
@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_hostile_words_are_shown_as_text_everywhere(
    watched, sign_in, annotator, live_server, payload, text_format
):
    project = hostile_project(annotator, payload, text_format=text_format)
    fill(project, payload)
    sign_in(annotator)
    page = watched
    open_desk(page, project)

    expect(page.locator(".work:not([hidden]) .item-text")).to_contain_text(
        payload.split("\n")[0][:20]
    )
    page.keyboard.press("g")
    expect(page.locator("#guidelines .diff")).to_be_visible()
    expect(page.locator(".work:not([hidden]) .choice").first).to_contain_text(payload[:20])
    page.locator(".work:not([hidden]) .choice").first.hover()
    expect(page.get_by_role("tooltip")).to_have_text(payload)
    page.locator(".work:not([hidden]) details.long summary").click()
    page.keyboard.press("1")
    saved(page)
    expect(page.locator("#desk-told")).to_contain_text(f"You said {payload[:90].strip()}.")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text(payload[:20])

    expect_harmless(page, live_server)


def test_hostile_file_names_and_metadata_reach_no_page(
    watched, sign_in, annotator, live_server, data_dir
):
    name = "<img src=x onerror=window.pwned=1>.png"
    picture, archive = io.BytesIO(), io.BytesIO()
    info = Image.Exif()
    info[0x010E] = "<script>window.pwned=1</script>"
    Image.new("RGB", (300, 200), "teal").save(picture, "PNG", exif=info)
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr(name, picture.getvalue())
        files.writestr("labels.csv", f'file,note\n"{name}","<svg onload=window.pwned=1>"\n')
    project = make_labelled_project(annotator, n_items=0, modality="image")
    path = write_upload(data_dir / "uploads", archive.getvalue(), "evil<b>.zip")
    run = import_file(project, path, ColumnMap(key="file"), actor=annotator)
    assert run.report["added"] == 1
    publish(project, list(project.items.all()), number=1)
    sign_in(annotator)
    page = watched
    open_desk(page, project)

    expect(page.locator(".work:not([hidden]) .item-fields")).to_contain_text("<svg onload")
    stored = ItemPayload.objects.get()
    assert "<" not in stored.file + stored.thumbnail
    assert b"pwned" not in (data_dir / "media" / stored.file).read_bytes()
    expect_harmless(page, live_server)
