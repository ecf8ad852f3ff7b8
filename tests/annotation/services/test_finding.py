import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from annotation.models import Guess, Item
from annotation.services import finding, search_index, seeds
from annotation.services.finding import Wanted
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db

TEXTS = [
    "My card was charged twice",
    "Refunds take too long",
    "Where is the refund for my card?",
    "Le café refusé",
    "Card refund refused, card blocked",
]


@pytest.fixture
def project():
    project = make_project()
    add_items(project, len(TEXTS), texts=TEXTS)
    return project


def found(project, words="", **more):
    page = finding.page_of(project, Wanted(words, **more))
    return [each.item.payload.text for each in page.items]


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("card", [0, 2, 4]),
        ("CARD refund", [2, 4]),
        ("refund*", [1, 2, 4]),
        ('"my card"', [0, 2]),
        ('"refund for my"', [2]),
        ("card -refund", [0]),
        ("cafe", [3]),
        ("refusé", [3]),
        ("nothing", []),
        ("' OR 1=1 --", []),
        ('card") OR words:("x', []),
    ],
)
def test_items_are_found_by_their_words(project, words, places):
    assert found(project, words) == [TEXTS[place] for place in places]


def test_items_of_another_project_are_not_found(project):
    other = make_project()
    add_items(other, 1, texts=["a card elsewhere"])

    assert found(other, "card") == ["a card elsewhere"]
    assert len(found(project, "card")) == 3


def test_number_of_a_project_is_no_word_of_its_items(project):
    assert found(project, f"p{project.pk}") == []


def test_withdrawn_item_is_not_found(project):
    Item.objects.filter(payload__text=TEXTS[0]).update(withdrawn_at=NOW)

    assert found(project, "card") == [TEXTS[2], TEXTS[4]]


def test_words_of_a_deleted_item_are_gone(project):
    Item.objects.filter(payload__text=TEXTS[0]).delete()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM annotation_itemsearch")
        assert cursor.fetchone()[0] == len(TEXTS) - 1


def test_rebuilt_index_finds_the_same(project):
    before = found(project, "refund*")

    assert search_index.rebuild() == len(TEXTS)
    assert found(project, "refund*") == before


def test_filters_tell_what_became_of_an_item(project):
    labelled, queued, picked = project.items.order_by("pk")[:3]
    publish(project, [labelled, queued])
    person = make_user()
    answer(project, person, claim(project, person), place=1)
    seeds.add(project=project, item_ids=[picked.pk], actor=person, now=NOW)

    assert found(project, state="labelled") == TEXTS[:1]
    assert found(project, state="unlabelled") == TEXTS[1:]
    assert found(project, state="queue") == TEXTS[1:2]
    assert found(project, state="free") == TEXTS[2:]
    assert found(project, state="seeds") == TEXTS[2:3]
    assert found(project, "card", state="labelled") == TEXTS[:1]
    yes, no = project.classes.all()
    assert found(project, class_id=no.pk) == TEXTS[:1]
    assert found(project, class_id=yes.pk) == []


def test_guesses_and_groups_filter_with_and_without_words(project):
    yes = project.classes.first()
    for place, item in enumerate(project.items.order_by("pk")):
        Guess.objects.create(
            item=item, project=project, number=place % 2,
            class_id=yes.pk if place < 3 else None, confidence=0.7,
        )  # fmt: skip

    assert found(project, predicted_id=yes.pk) == TEXTS[:3]
    assert found(project, group=1) == [TEXTS[1], TEXTS[3]]
    assert found(project, group=0, predicted_id=yes.pk) == [TEXTS[0], TEXTS[2]]
    assert found(project, "refund*", predicted_id=yes.pk) == [TEXTS[1], TEXTS[2]]
    [shown] = finding.page_of(project, Wanted('"for my"')).items
    assert (shown.predicted, shown.confidence) == (yes, 0.7)


def test_pages_follow_each_other_without_gap_or_repeat():
    project = make_project()
    add_items(project, 95, texts=[f"same words {n}" for n in range(95)])
    seen, after = [], 0

    while after is not None:
        page = finding.page_of(project, Wanted("words", after=after))
        seen += [each.item.pk for each in page.items]
        after = page.after

    assert seen == list(project.items.order_by("pk").values_list("pk", flat=True))
    assert finding.count(project, Wanted("words", after=50)) == 95


def test_what_cannot_be_searched_is_refused(project):
    with pytest.raises(ValidationError, match="at least one word"):
        found(project, "-card")
    with pytest.raises(ValidationError, match="'x' is not what items"):
        found(project, state="x")


def test_reserved_items_look_like_all_others(project):
    """What a lead sees of an item must not depend on its place in the audit order."""
    items = list(project.items.order_by("audit_rank"))
    page = finding.page_of(project, Wanted())

    shown = {(each.is_free, each.place, each.is_picked) for each in page.items}

    assert len(items) == len(page.items)
    assert shown == {(True, "", False)}


def test_page_takes_a_fixed_number_of_statements(project, django_assert_num_queries):
    project.classes.count()
    with django_assert_num_queries(3):
        found(project, "card")
