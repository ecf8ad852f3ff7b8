"""The map in a real browser: drawn, coloured, pointed at, drawn around, and moved by keys."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from annotation.models import Seed
from selection import map_files
from selection.models import PoolMap, SelectionConfig
from tests.factories import add_items, make_project, make_user
from tests.selection.test_mapping import draw
from tests.selection.test_retraining import do_rounds, label_batch, texts

pytestmark = pytest.mark.django_db(transaction=True)

# Where a point of the plane lies on the screen, with the whole map in view.
ON_SCREEN = """([x, y]) => {
  const box = document.getElementById('map').getBoundingClientRect();
  const side = Math.min(box.width, box.height) - 48;
  return [box.x + (box.width - side) / 2 + x / 65536 * side,
          box.y + (box.height + side) / 2 - y / 65536 * side];
}"""
# How many pixels of the picture have this colour.
COUNT = """(css) => {
  const [r, g, b] = css.match(/\\d+/g).map(Number);
  const canvas = document.querySelector('#map canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let p = 0; p < data.length; p += 4) {
    if (data[p + 3] === 255 && data[p] === r && data[p + 1] === g && data[p + 2] === b) n += 1;
  }
  return n;
}"""
BLUE, ORANGE = "rgb(0, 114, 178)", "rgb(230, 159, 0)"


@pytest.fixture
def lead(sign_in):
    user = make_user("ada")
    sign_in(user)
    return user


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8, "reserve_size": 4})
    for _ in range(2):
        do_rounds(project)
        label_batch(project, lead)
    do_rounds(project)
    draw(project, lead)
    return project


@pytest.fixture
def on_map(page, project):
    page.goto(f"/projects/{project.slug}/map/")
    expect(page.locator("#map.drawn")).to_be_visible()
    return page


def points(project):
    return map_files.read(PoolMap.objects.get(project=project).file)


def at(page, found, place):
    return page.evaluate(ON_SCREEN, [found.x[place], found.y[place]])


def count(page, colour):
    return page.evaluate(COUNT, colour)


def test_map_draws_every_point_in_the_colour_of_its_class(on_map, project):
    found = points(project)

    assert count(on_map, BLUE) > 100
    assert count(on_map, ORANGE) > 100
    money = sum(guess == 0 for guess in found.predicted)
    expect(on_map.get_by_role("button", name=f"money {money}")).to_be_visible()


def test_colours_follow_the_mode_and_the_legend_hides_a_class(on_map):
    on_map.get_by_role("button", name="money").click()
    on_map.wait_for_function(f"() => ({COUNT})('{BLUE}') === 0")
    assert count(on_map, ORANGE) > 100

    on_map.get_by_label("Answer").check(force=True)
    expect(on_map.get_by_role("button", name="No answer 64")).to_be_visible()
    on_map.get_by_label("Doubt").check(force=True)
    expect(on_map.locator("#map-legend button").first).to_contain_text("Surest")
    on_map.get_by_label("Round").check(force=True)
    expect(on_map.get_by_role("button", name="In no round 64")).to_be_visible()


def test_hovering_shows_the_item_and_a_click_keeps_it(on_map, project):
    found = points(project)
    first, other = 0, 40
    on_map.mouse.move(*at(on_map, found, first))
    card = on_map.locator("#map-card")
    expect(card).to_contain_text("Guess")

    on_map.mouse.click(*at(on_map, found, first))
    kept = card.inner_text()
    on_map.mouse.move(*at(on_map, found, other))
    on_map.wait_for_timeout(300)

    assert card.inner_text() == kept


def test_lasso_takes_items_into_the_seed_set(on_map, project):
    on_map.get_by_label("Lasso").check(force=True)
    box = on_map.locator("#map").bounding_box()
    right, bottom = box["width"] - 3, box["height"] - 3
    on_map.mouse.move(box["x"] + 3, box["y"] + 3)
    on_map.mouse.down()
    for x, y in ((right, 3), (right, bottom), (3, bottom)):
        on_map.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    on_map.mouse.up()

    expect(on_map.get_by_role("heading", name="80 selected")).to_be_visible()
    on_map.get_by_role("button", name="Ask these next").click()

    expect(on_map.get_by_text("80 items put into the seed set.")).to_be_visible()
    assert set(Seed.objects.values_list("item", flat=True)) == set(
        project.items.values_list("pk", flat=True)
    )


def test_rectangle_selects_what_is_inside_and_lists_it(on_map, project):
    found = points(project)
    on_map.get_by_label("Rectangle").check(force=True)
    x, y = at(on_map, found, 0)
    on_map.mouse.move(x - 6, y - 6)
    on_map.mouse.down()
    on_map.mouse.move(x + 6, y + 6, steps=3)
    on_map.mouse.up()
    expect(on_map.locator("#map-count")).not_to_have_text("Nothing selected")

    on_map.get_by_role("button", name="List").click()

    expect(on_map.get_by_role("heading", name="Selected on the map")).to_be_visible()
    text = project.items.order_by("pk").first().payload.text
    expect(on_map.get_by_text(text, exact=True)).to_be_visible()


def test_map_works_by_keyboard_alone(on_map):
    on_map.locator("#map").focus()
    for key in ("+", "+", "ArrowLeft", "ArrowUp", "-", "0", "Enter"):
        on_map.keyboard.press(key)
    expect(on_map.locator("#map-card")).to_contain_text("Guess")
    on_map.keyboard.press(" ")
    expect(on_map.get_by_role("heading", name="1 selected")).to_be_visible()
    expect(on_map.locator("#map-said")).to_have_text("1 items selected.")

    on_map.keyboard.press("Escape")

    expect(on_map.get_by_role("heading", name="Nothing selected")).to_be_visible()


def test_wheel_zooms_at_the_cursor(on_map, project):
    found = points(project)
    x, y = at(on_map, found, 0)
    on_map.mouse.move(x, y)
    for _ in range(3):
        on_map.mouse.wheel(0, -200)
    on_map.wait_for_timeout(100)
    on_map.mouse.move(x + 1, y)

    # The place under the cursor stayed there; its words are shared by a few items.
    words = project.items.order_by("pk").first().payload.text.rsplit(maxsplit=1)[0]
    expect(on_map.locator("#map-card")).to_contain_text(words)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_map_and_its_table_have_no_accessibility_faults(page, project, scheme):
    page.emulate_media(color_scheme=scheme)
    for path in ("map/", "map/table/", "rounds/", "rounds/1/"):
        page.goto(f"/projects/{project.slug}/{path}")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_round_is_turned_by_keys_and_replayed(page, project):
    page.goto(f"/projects/{project.slug}/rounds/1/")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Round 0")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Round 1", exact=True)).to_be_visible()

    page.get_by_role("button", name="Replay this round").click()

    expect(page.get_by_text("It starts as soon as a worker is free.")).to_be_visible()
