"""The map of a pool: drawn by the worker, drawn again when due, told as points and as a table."""

import numpy as np
import pytest
from django.urls import reverse

from annotation.models import Assignment, AuditEntry, Item, Run, Seed
from annotation.services import projects, runs
from selection import asking, map_files, map_list
from selection.map_files import NO_CLASS, NO_DOUBT
from selection.models import PoolMap, Round, SelectionConfig
from tests.factories import NOW, add_items, answer, claim, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts, truth

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 60, texts=texts(60))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8, "reserve_size": 4})
    return project


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


def url(name, project, *args):
    return reverse(name, args=[project.slug, *args])


def draw(project, lead, method="pca") -> PoolMap:
    assert asking.draw_map(project_id=project.pk, method=method, actor_id=lead.pk)
    do_maps(project)
    return PoolMap.objects.get(project=project)


def do_maps(project) -> None:
    for run in Run.objects.filter(project=project, kind="map", state="queued"):
        runs.execute.call(run.pk)
        run.refresh_from_db()
        assert run.error == ""


def points(project):
    return map_files.read(PoolMap.objects.get(project=project).file)


def test_map_holds_every_item_once_in_id_order(project, lead):
    drawn = draw(project, lead)

    found = points(project)
    ids = [found.item_id(place) for place in range(found.header.n)]
    assert ids == list(project.items.order_by("pk").values_list("pk", flat=True))
    assert (drawn.n_points, drawn.n_items, drawn.n_waiting) == (60, 60, 0)
    # Texts of two kinds: the widest direction fills the square.
    assert max(max(found.x) - min(found.x), max(found.y) - min(found.y)) == 65_535


def test_map_without_a_model_knows_places_only(project, lead):
    drawn = draw(project, lead)

    found = points(project)
    assert drawn.round_number is None
    assert set(found.predicted) == {NO_CLASS}
    assert set(found.doubt) == {NO_DOUBT}


def test_every_round_colours_the_map_of_a_project_that_has_one(project, lead):
    draw(project, lead)
    before = points(project)
    for _ in range(2):
        do_rounds(project)
        label_batch(project, lead)
    do_rounds(project)
    do_maps(project)

    drawn, found = PoolMap.objects.get(), points(project)

    assert drawn.round_number == Round.objects.latest("number").number
    assert (found.x, found.y) == (before.x, before.y)
    kinds = [truth(Item.objects.get(pk=found.item_id(place))) for place in range(60)]
    right = sum(kind == guess for kind, guess in zip(kinds, found.predicted, strict=True))
    assert right >= 55
    assert all(0 <= doubt <= 254 // 2 for doubt in found.doubt)


def test_project_without_a_map_gets_none_by_itself(project):
    do_rounds(project)

    assert not Run.objects.filter(kind="map").exists()


def test_few_new_items_wait_and_many_bring_new_places(project, lead):
    add_items(project, 10, texts=texts(10, seed=2))
    draw(project, lead)
    add_items(project, 5, texts=texts(5, seed=3))
    asking.refresh_map(project.pk)
    do_maps(project)
    few = PoolMap.objects.get()
    add_items(project, 5, texts=texts(5, seed=4))
    asking.refresh_map(project.pk)
    do_maps(project)
    many = PoolMap.objects.get()

    # 75 items are less than a tenth more than 70, 80 are not.
    assert (few.n_points, few.n_waiting) == (70, 5)
    assert (many.n_points, many.n_waiting) == (80, 0)
    assert many.placed_at > few.placed_at


def test_withdrawn_items_leave_the_map(project, lead):
    draw(project, lead)
    gone = project.items.first()
    Item.objects.filter(pk=gone.pk).update(withdrawn_at=NOW)
    asking.refresh_map(project.pk)
    do_maps(project)

    assert map_list.place_of(points(project), gone.pk) is None
    assert PoolMap.objects.get().n_points == 59


def test_same_pool_gives_the_same_map(project, lead):
    first = draw(project, lead).file

    assert draw(project, lead).file == first


def test_only_the_newest_file_is_kept(project, lead):
    draw(project, lead)
    add_items(project, 20, texts=texts(20, seed=3))
    draw(project, lead)

    names = [path.name for path in (map_files.folder() / str(project.pk)).iterdir()]
    assert names == [PoolMap.objects.get().file.split("/")[1]]


def test_points_are_served_as_they_lie_on_disk(as_lead, project, lead):
    drawn = draw(project, lead)

    response = as_lead.get(url("map-points", project))

    content = b"".join(response.streaming_content)
    assert content == (map_files.folder() / drawn.file).read_bytes()
    assert "immutable" in response["Cache-Control"]


def test_answers_tell_class_and_round_by_their_places(as_lead, project, lead):
    do_rounds(project)
    held = claim(project, lead)
    answer(project, lead, held, place=1)

    found = as_lead.get(url("map-answers", project)).json()

    assert found == {"items": [held.item_id], "classes": [1], "rounds": [0]}


def test_page_says_what_comes_before_the_first_map_and_while_it_is_drawn(as_lead, project):
    fresh = as_lead.get(url("map", project)).content.decode()
    as_lead.post(url("map-draw", project), {"method": "pca"})
    waiting = as_lead.get(url("map", project)).content.decode()
    do_maps(project)
    state = as_lead.get(url("map-state", project))

    assert "No map yet" in fresh
    assert "It starts as soon as a worker is free." in waiting
    assert state["HX-Refresh"] == "true"


def test_failed_drawing_says_why(as_lead, project):
    Run.objects.create(project=project, kind="map", state="failed", error="The disk is full.")

    assert "The disk is full." in as_lead.get(url("map", project)).content.decode()


@pytest.mark.parametrize("method", ["umap", "astrology"])
def test_method_that_is_not_there_is_refused(as_lead, project, method):
    response = as_lead.post(url("map-draw", project), {"method": method}, follow=True)

    assert "not installed here" in response.content.decode()
    assert not Run.objects.filter(kind="map").exists()


def test_items_of_the_map_go_into_the_seed_set_once(as_lead, project, lead):
    draw(project, lead)
    ids = list(project.items.values_list("pk", flat=True)[:3])
    sent = {"ids": [f"{ids[0]},{ids[1]}", str(ids[2])]}

    first = as_lead.post(url("map-seed", project), sent, headers={"HX-Request": "true"})
    again = as_lead.post(url("map-seed", project), sent, headers={"HX-Request": "true"})

    assert "3 items put into the seed set." in first.content.decode()
    assert "3 were in it already." in again.content.decode()
    assert list(Seed.objects.values_list("item", flat=True)) == ids
    assert AuditEntry.objects.filter(action="seeds.add").count() == 1


def test_seeded_items_are_asked_first_in_the_next_batch(as_lead, project, lead):
    draw(project, lead)
    ids = list(project.items.order_by("-pk").values_list("pk", flat=True)[:2])
    as_lead.post(url("map-seed", project), {"ids": ",".join(map(str, ids))})

    do_rounds(project)

    batch = Assignment.objects.filter(in_reserve=False)
    assert set(ids) <= set(batch.values_list("item", flat=True))


@pytest.mark.parametrize(
    ("ids", "words"), [("", "Nothing is selected."), ("1," * 1001 + "x", "Nothing")]
)
def test_nothing_to_seed_is_refused_in_words(as_lead, project, ids, words):
    given = ",".join(str(n) for n in range(1, 1_100)) if len(ids) > 9 else ids

    response = as_lead.post(
        url("map-seed", project), {"ids": given}, headers={"HX-Request": "true"}
    )

    assert response.status_code == 422
    assert ("1,099 items at once are too many" if len(ids) > 9 else words) in (
        response.content.decode()
    )


def test_table_finds_the_neighbours_of_an_item(as_lead, project, lead):
    draw(project, lead)
    centre = project.items.first().pk

    response = as_lead.get(url("map-table", project), {"order": "near", "near": centre})

    found, at = points(project), [row.card.id for row in response.context["rows"]]
    assert at[0] == centre
    places = np.stack([np.array(found.x, float), np.array(found.y, float)], axis=1)
    away = np.hypot(*(places - places[map_list.place_of(found, centre)]).T)
    order = [away[map_list.place_of(found, item)] for item in at]
    assert order == sorted(order)


def test_table_shows_the_least_sure_first_and_filters(as_lead, project, lead):
    for _ in range(2):
        do_rounds(project)
        label_batch(project, lead)
    do_rounds(project)
    draw(project, lead)
    parcel = project.classes.get(name="parcel")

    every = as_lead.get(url("map-table", project), {"state": "open"}).context["rows"]
    some = as_lead.get(url("map-table", project), {"predicted": parcel.pk}).context["rows"]

    assert [row.sure for row in every] == sorted(row.sure for row in every)
    assert len(every) == 60 - 16
    assert {row.predicted for row in some} == {"parcel"}


def test_table_lists_what_is_selected_on_the_map(as_lead, project, lead):
    draw(project, lead)
    ids = list(project.items.order_by("-pk").values_list("pk", flat=True)[:4])

    response = as_lead.post(url("map-table", project), {"ids": ",".join(map(str, ids))})

    assert [row.card.id for row in response.context["rows"]] == ids


def test_card_shows_the_item_with_guess_and_answer(as_lead, project, lead):
    draw(project, lead)
    item = project.items.first()

    page = as_lead.get(url("map-item", project, item.pk)).content.decode()

    assert item.payload.text in page
    assert "none yet" in page


def test_items_of_other_projects_are_not_shown(as_lead, project, lead):
    draw(project, lead)
    other = make_project(n_items=1).items.get()

    assert as_lead.get(url("map-item", project, other.pk)).status_code == 404
    response = as_lead.post(url("map-table", project), {"ids": str(other.pk)})
    assert response.context["rows"] == []


@pytest.mark.parametrize("role", ["reviewer", "annotator"])
def test_map_is_for_leads_only(client, project, lead, role):
    draw(project, lead)
    person = make_user()
    projects.set_role(project=project, user=person, role=role, actor=None)
    client.force_login(person, backend=BACKEND)

    for name in ("map", "map-points", "map-answers", "map-table", "map-state"):
        assert client.get(url(name, project)).status_code == 404
    assert client.get(url("map-item", project, 1)).status_code == 404
    for name in ("map-draw", "map-seed"):
        assert client.post(url(name, project)).status_code == 404


def test_pages_of_the_map_ask_the_database_few_times(
    as_lead, project, lead, django_assert_max_num_queries
):
    draw(project, lead)

    with django_assert_max_num_queries(11):
        as_lead.get(url("map", project))
    with django_assert_max_num_queries(14):
        as_lead.get(url("map-table", project))
    with django_assert_max_num_queries(11):
        as_lead.get(url("map-item", project, project.items.first().pk))
