"""Pictures on the label page: seen at once, looked at closely, broken ones said."""

import io
import math
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import expect

from annotation import images
from annotation.models import ItemPayload, Label, Skip
from tests.factories import add_items, make_user, publish
from tests.support.browser import keep
from tests.support.desk import make_labelled_project, open_desk, saved

pytestmark = pytest.mark.django_db(transaction=True)

RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture
def annotator():
    return make_user("ada")


def two_halves(width, height, *, orientation=1, kind="JPEG"):
    """Return a picture, its left half red and its right half blue, with an EXIF orientation."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, kind, quality=90, **({"exif": exif} if kind == "JPEG" else {}))
    return file.getvalue()


def make_images(annotator, *contents):
    project = make_labelled_project(annotator, n_items=0, modality="image")
    items = add_items(project, len(contents), texts=[""] * len(contents))
    for item, content in zip(items, contents, strict=True):
        stored = images.store(
            images.decode(content), media_root=Path(settings.MEDIA_ROOT), folder=str(project.pk)
        )
        ItemPayload.objects.filter(item=item).update(
            file=stored.file,
            thumbnail=stored.thumbnail,
            width=stored.width,
            height=stored.height,
        )
    publish(project, items, number=1)
    return project


def shot(page):
    return page.locator(".work:not([hidden]) .shot")


def stage(page):
    return page.locator(".work:not([hidden]) .stage")


def level(page):
    return page.locator(".work:not([hidden]) .zoom-level")


def expect_drawn(page):
    page.wait_for_function(
        "() => document.querySelector('.work:not([hidden]) .shot')?.naturalWidth > 0"
    )
    expect(page.locator(".work:not([hidden]) .first")).to_have_count(0)


def matrix(page):
    """Return scale, turn in degrees, and shift of the picture in front."""
    a, b, _, _, x, y = shot(page).evaluate(
        "e => { const m = new DOMMatrix(getComputedStyle(e).transform); "
        "return [m.a, m.b, m.c, m.d, m.e, m.f]; }"
    )
    return math.hypot(a, b), round(math.degrees(math.atan2(b, a))) % 360, x, y


def requested(page, size):
    return page.evaluate(
        "size => performance.getEntriesByType('resource')"
        ".filter(each => each.name.includes(`/${size}/`)).length",
        size,
    )


def test_thumbnail_comes_first_then_the_display_size_and_the_original_only_on_zoom(
    page, sign_in, annotator
):
    project = make_images(annotator, two_halves(4000, 2000))
    sign_in(annotator)
    open_desk(page, project)
    expect_drawn(page)

    assert shot(page).evaluate("e => e.naturalWidth") == images.DISPLAY_PIXELS
    assert [requested(page, size) for size in ("small", "display", "full")] == [1, 1, 0]
    for _ in range(3):
        page.keyboard.press("+")
    page.wait_for_function(
        "() => document.querySelector('.work:not([hidden]) .shot').naturalWidth === 4000"
    )
    # 1.5 three times is 3.375.
    expect(level(page)).to_have_text("338 %")
    assert requested(page, "full") == 1
    page.keyboard.press("1")
    saved(page)
    assert Label.objects.count() == 1


def test_zoom_rotate_brightness_and_fit_by_key(page, sign_in, annotator):
    project = make_images(annotator, two_halves(600, 300), two_halves(300, 300))
    sign_in(annotator)
    open_desk(page, project)
    expect_drawn(page)

    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("-")
    expect(level(page)).to_have_text("150 %")
    page.keyboard.press("*")
    expect(level(page)).to_have_text("100 %")
    page.keyboard.press(";")
    scale, turn, _, _ = matrix(page)
    # Lying on its side, 600 pixels must fit into the height of 300: half the size.
    assert (round(scale, 2), turn) == (0.5, 90)
    page.keyboard.press(".")
    page.keyboard.press(".")
    page.keyboard.press(",")
    assert shot(page).evaluate("e => getComputedStyle(e).filter") == "brightness(1.2)"

    page.keyboard.press("1")
    expect_drawn(page)
    saved(page)
    assert matrix(page)[:2] == (1, 0)
    # Brightness is the screen's matter more than the item's: it stays.
    assert shot(page).evaluate("e => getComputedStyle(e).filter") == "brightness(1.2)"
    page.keyboard.press("*")
    assert shot(page).evaluate("e => getComputedStyle(e).filter") == "brightness(1)"


def test_undone_item_is_shown_as_at_first(page, sign_in, annotator):
    project = make_images(annotator, two_halves(600, 300), two_halves(300, 300))
    sign_in(annotator)
    open_desk(page, project)
    expect_drawn(page)
    page.keyboard.press("+")
    page.keyboard.press("1")
    saved(page)

    page.keyboard.press("u")

    expect(page.locator(".work:not([hidden]) [data-earlier]")).to_be_visible()
    expect(level(page)).to_have_text("100 %")


def test_zoomed_picture_is_moved_by_arrows_and_by_dragging_and_not_beyond_its_edge(
    page, sign_in, annotator
):
    project = make_images(annotator, two_halves(1000, 500))
    sign_in(annotator)
    open_desk(page, project)
    expect_drawn(page)
    box = stage(page).bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    page.keyboard.press("ArrowLeft")
    assert matrix(page)[2:] == (0, 0)
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    assert matrix(page)[2] == 80
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 50, middle[1], steps=4)
    page.mouse.up()
    assert matrix(page)[2] == 30
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    # At 150 % half of the stage's width lies outside, a quarter on each side.
    assert abs(matrix(page)[2] + box["width"] / 4) < 1


def test_wheel_zooms_at_the_pointer_and_a_double_click_there_and_back(page, sign_in, annotator):
    project = make_images(annotator, two_halves(1000, 500))
    sign_in(annotator)
    open_desk(page, project)
    expect_drawn(page)
    box = stage(page).bounding_box()
    left = (box["x"] + 40, box["y"] + box["height"] / 2)

    page.mouse.move(*left)
    page.mouse.wheel(0, -300)
    expect(level(page)).not_to_have_text("100 %")
    scale, _, x, _ = matrix(page)
    # What lay under the pointer is still there: x' = p - p * zoom, from the middle of the stage.
    point = 40 - box["width"] / 2
    assert abs(x - (point - point * scale)) < 1
    page.mouse.dblclick(*left)
    expect(level(page)).to_have_text("100 %")
    page.mouse.dblclick(*left)
    expect(level(page)).to_have_text("250 %")


def test_two_fingers_zoom_and_a_double_tap_goes_closer(browser_context, page, sign_in, annotator):
    page.set_viewport_size({"width": 390, "height": 844})
    project = make_images(annotator, two_halves(1000, 500))
    sign_in(annotator)
    open_desk(page, project)
    expect_drawn(page)
    touch = browser_context.new_cdp_session(page)
    box = stage(page).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def fingers(kind, *gaps):
        points = [{"x": x + gap, "y": y, "id": n} for n, gap in enumerate(gaps)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", -20, 20)
    for gap in (30, 40, 50, 60):
        fingers("touchMove", -gap, gap)
    fingers("touchEnd")
    # The fingers are three times as far apart as they began.
    expect(level(page)).to_have_text("300 %")

    for _ in range(2):
        fingers("touchStart", 0)
        fingers("touchEnd")
    expect(level(page)).to_have_text("100 %")


def test_buttons_do_what_the_keys_do(page, sign_in, annotator):
    project = make_images(annotator, two_halves(600, 300))
    sign_in(annotator)
    open_desk(page, project)
    expect_drawn(page)
    tools = page.get_by_role("toolbar", name="Picture")

    for name in ("Zoom in", "Rotate by a quarter", "Brighter"):
        tools.get_by_role("button", name=name).click()
    expect(level(page)).to_have_text("150 %")
    assert matrix(page)[1] == 90
    keep(page, "label-image-tools")
    tools.get_by_role("button", name="Fit").click()
    assert matrix(page)[:2] == (1, 0)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_every_size_is_upright(page, sign_in, annotator, orientation):
    project = make_images(annotator, two_halves(2400, 1200, orientation=orientation))
    sign_in(annotator)
    open_desk(page, project)
    item = ItemPayload.objects.get(item__project=project)

    # 6 and 8 lie on their side: the left half is then above (turned right) or below.
    first = {1: (0.25, 0.5), 3: (0.75, 0.5), 6: (0.5, 0.25), 8: (0.5, 0.75)}[orientation]
    for size in ("small", "display", "full"):
        colour, width, height = page.evaluate(
            """async ([url, x, y]) => {
              const image = new Image();
              image.src = url;
              await image.decode();
              const canvas = document.createElement('canvas');
              Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight });
              const pen = canvas.getContext('2d');
              pen.drawImage(image, 0, 0);
              const at = [Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1];
              return [[...pen.getImageData(...at).data], canvas.width, canvas.height];
            }""",
            [f"/projects/{project.slug}/items/{item.pk}/{size}/", *first],
        )
        assert colour[0] > 150
        assert colour[2] < 100
        assert (width > height) == (orientation in (1, 3))


def test_next_picture_is_there_before_it_is_asked_for(page, sign_in, annotator):
    project = make_images(annotator, two_halves(900, 600), two_halves(2000, 900))
    sign_in(annotator)
    open_desk(page, project)

    page.wait_for_function(
        "() => document.querySelector('.work[hidden] .shot')?.naturalWidth === 1600"
    )
    before = requested(page, "display")
    page.keyboard.press("1")

    expect_drawn(page)
    assert shot(page).evaluate("e => e.naturalWidth") == 1600
    assert requested(page, "display") == before == 2


def test_broken_picture_says_so_and_can_be_skipped(page, sign_in, annotator, page_problems):
    page_problems.allow("status of 404")
    project = make_images(annotator, two_halves(900, 600), two_halves(300, 200))
    gone = ItemPayload.objects.filter(item__project=project).order_by("pk").first()
    (Path(settings.MEDIA_ROOT) / gone.file).unlink()
    (Path(settings.MEDIA_ROOT) / gone.thumbnail).unlink()
    sign_in(annotator)
    open_desk(page, project)

    expect(page.locator(".work:not([hidden]) .broken")).to_contain_text("cannot be shown")
    expect(stage(page)).to_be_hidden()
    keep(page, "label-image-broken")
    page.keyboard.press("s")
    page.keyboard.press("2")

    expect_drawn(page)
    saved(page)
    assert Skip.objects.get().reason == "unreadable"


def test_small_picture_is_its_own_display_size(page, sign_in, annotator):
    project = make_images(annotator, two_halves(28, 28, kind="PNG"))
    sign_in(annotator)
    open_desk(page, project)

    expect_drawn(page)
    assert shot(page).evaluate("e => e.naturalWidth") == 28
    assert shot(page).bounding_box()["height"] >= 160


@pytest.mark.parametrize("width", [390, 1280])
def test_tall_picture_leaves_the_answers_in_view(page, sign_in, annotator, width):
    page.set_viewport_size({"width": width, "height": 844})
    project = make_images(annotator, two_halves(1000, 4000))
    sign_in(annotator)
    open_desk(page, project)

    expect_drawn(page)
    expect(page.locator(".work:not([hidden]) .choice").last).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
