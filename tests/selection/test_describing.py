"""Names of regions, and what a round keeps of what it picked from."""

import pytest

from selection.describing import telling_words
from selection.models import Round
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts


def test_region_is_named_by_words_the_others_lack():
    named = telling_words(
        [
            ["my card was charged", "the card was declined", "card fee", "the fee of my card"],
            ["the parcel is lost", "my parcel is lost", "parcel box", "the box was lost"],
        ]
    )

    # "the" and "my" stand in both; "was" is not more than twice as common in the first. In the
    # second "lost" and "parcel" stand in three of four, "box" in two.
    assert named[0].split(", ") == ["card", "fee"]
    assert named[1].split(", ") == ["lost", "parcel", "box"]


def test_region_without_a_telling_word_has_no_name():
    assert telling_words([["same words"], ["same words"]]) == ["", ""]


@pytest.mark.django_db
def test_round_keeps_what_it_picked_from():
    project = make_project(classes=("money", "parcel"))
    add_items(project, 80, texts=texts(80))
    person = make_user()
    for _ in range(2):
        do_rounds(project)
        label_batch(project, person)
    do_rounds(project)

    kept = Round.objects.get(number=2).facts["distribution"]

    assert sum(kept["sources"].values()) == 20
    assert [row[0] for row in kept["classes"]] == [c.pk for c in project.classes.all()]
    assert sum(row[1] for row in kept["classes"]) == kept["pool"]
    assert sum(each["pool"] for each in kept["regions"]) == kept["pool"]
    assert any("parcel" in each["name"] or "card" in each["name"] for each in kept["regions"])
