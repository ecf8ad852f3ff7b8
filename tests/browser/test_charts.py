"""Charts in a real browser: drawn from their tables, by keyboard, kept while pages look again."""

import pytest
from playwright.sync_api import expect

from selection.models import Round
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(sign_in):
    lead = make_user("ada")
    sign_in(lead)
    project = make_project(owner=lead, n_items=8)
    measure(project, 3)
    return project


def measure(project, n):
    """Publish a round whose model was measured n times: 0.5, 0.6, ... after 10, 20, ... labels."""
    points = [
        {"round": k, "n_labels": 10 * k, "value": 0.4 + k / 10, "low": 0.3 + k / 10,
         "high": 0.5 + k / 10, "n": 20}
        for k in range(1, n + 1)
    ]  # fmt: skip
    return Round.objects.create(
        project=project, number=n, seed=1, config={"strategy": "auto", "target_value": 0.9},
        features_version="v", label_revision=n, n_items=8, n_labels=10 * n, n_train=10 * n,
        n_audit=20, audit_reserved=20, model_version="m", facts={"curve": points},
    )  # fmt: skip


@pytest.fixture
def chart(page, project):
    page.goto(f"/projects/{project.slug}/")
    box = page.locator("#curve-plot")
    expect(box.locator("canvas")).to_be_visible()
    return box


def readout(page):
    return page.locator("#curve-readout")


def test_arrow_keys_walk_through_the_points_and_say_them(page, chart):
    chart.focus()

    page.keyboard.press("ArrowRight")
    expect(readout(page)).to_have_text("Labels 10: Accuracy 0.500 (0.400 to 0.600)")
    page.keyboard.press("End")
    expect(readout(page)).to_have_text("Labels 30: Accuracy 0.700 (0.600 to 0.800)")
    page.keyboard.press("ArrowLeft")
    expect(readout(page)).to_have_text("Labels 20: Accuracy 0.600 (0.500 to 0.700)")


def test_new_round_is_drawn_and_cursor_focus_and_folds_stay(page, chart, project):
    page.locator("summary", has_text="Table").click()
    chart.focus()
    page.keyboard.press("ArrowRight")
    page.evaluate("window.scrollTo(0, 120)")

    measure(project, 4)

    expect(page.locator("#curve-table tbody tr")).to_have_count(4)
    expect(readout(page)).to_have_text("Labels 10: Accuracy 0.500 (0.400 to 0.600)")
    expect(chart).to_be_focused()
    expect(page.locator("#curve-table")).to_be_visible()
    assert page.evaluate("window.scrollY") == 120
    page.keyboard.press("End")
    expect(readout(page)).to_contain_text("Labels 40")
    expect(page.locator("#curve-plot canvas")).to_have_count(1)


LIGHT_ACCENT, DARK_ACCENT = [36, 86, 200], [140, 178, 255]
# How many pixels have a colour, give or take what smoothing does to the edge of a line.
COUNT = """(seen, colour) => {
    let n = 0;
    for (let i = 0; i < seen.length; i += 4)
        n += seen[i + 3] === 255 && colour.every((value, k) => Math.abs(seen[i + k] - value) < 24);
    return n;
}"""


def test_picture_is_light_and_of_one_size_on_a_dark_phone(page, chart):
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})

    with page.expect_download() as caught:
        page.get_by_role("button", name="PNG").click()

    data = caught.value.path().read_bytes()
    assert caught.value.suggested_filename.endswith("-curve.png")
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    # 960 by 480 with a margin of 24 around it and 36 for the title.
    assert (width, height) == (1008, 564)
    first, light, dark = page.evaluate(
        f"""async ([bytes, light, dark]) => {{
            const count = {COUNT};
            const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
            canvas.drawImage(bitmap, 0, 0);
            const seen = canvas.getImageData(0, 0, bitmap.width, bitmap.height).data;
            return [[...seen.slice(0, 3)], count(seen, light), count(seen, dark)];
        }}""",
        [list(data), LIGHT_ACCENT, DARK_ACCENT],
    )
    assert first == [255, 255, 255]
    assert light > 300 > 10 * dark


def test_colours_follow_the_theme(page, chart):
    inked = f"""([wanted, other]) => {{
        const canvas = document.querySelector('#curve-plot canvas');
        const seen = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        const count = {COUNT};
        return count(seen, wanted) > Math.max(300, 10 * count(seen, other));
    }}"""

    page.wait_for_function(inked, arg=[LIGHT_ACCENT, DARK_ACCENT])
    page.emulate_media(color_scheme="dark")

    page.wait_for_function(inked, arg=[DARK_ACCENT, LIGHT_ACCENT])


def test_table_is_there_without_script(chromium, live_server, browser_context, project):
    bare = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    bare.add_cookies(browser_context.cookies())
    page = bare.new_page()
    page.goto(f"/projects/{project.slug}/")

    page.locator("summary", has_text="Table").click()

    expect(page.locator("#curve-table tbody tr")).to_have_count(3)
    expect(page.locator("#curve-plot")).to_be_hidden()
    expect(page.get_by_role("button", name="PNG")).to_be_hidden()
    bare.close()
