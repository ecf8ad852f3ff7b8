"""The queue of disagreements: what waits, in which order, and what one item tells before and after
it is decided."""

import pytest

from annotation.models import AuditEntry, Consensus, Project, Remark
from annotation.services import decisions, disputes
from annotation.services import remarks as remarks_
from tests.factories import NOW, answer, claim, make_project, make_user, publish
from tests.support.panel import items_of, panel, remark

pytestmark = pytest.mark.django_db


def waiting(project, reason=""):
    return [row.item.key for row in disputes.page_of(project, reason=reason)[0]]


def test_ties_wait_and_agreement_does_not():
    project, _ = panel([[0, 0, 1], [0, 1, 0]])

    assert waiting(project) == ["1", "2"]
    assert disputes.counts(project) == {"tied": 2, "many": 0, "unsure": 2, "said": 0}


def test_what_two_strangers_agree_on_is_no_disagreement():
    """With nothing known of either, two who agree are 4/5 sure: the same as the limit."""
    project, _ = panel([[0, 1], [0, 1]])

    assert Consensus.objects.first().certainty == pytest.approx(0.8)
    assert waiting(project) == []


def test_while_somebody_is_still_asked_a_tie_waits_for_them():
    project = make_project(n_items=1)
    publish(project, items_of(project), overlap=3)
    for place in (0, 1):
        who = make_user()
        answer(project, who, claim(project, who), place=place)
    assert waiting(project) == []

    third = make_user()
    answer(project, third, claim(project, third), place=0)

    # Two against one: log odds 2 log 2 - log 2, so 2/3 sure.
    assert waiting(project) == ["0"]
    assert waiting(project, "unsure") == ["0"]
    assert waiting(project, "tied") == []


def test_five_answers_that_stay_unsure_wait_and_surer_ones_do_not():
    """Of strangers 3 : 2 is 2/3 sure, 4 : 1 is 8/9 sure, 5 : 0 is 32/33 sure."""
    said = [[0, 0, 0]] * 3 + [[1, 0, 0], [1, 1, 0]]
    project, _ = panel(said)

    assert waiting(project, "many") == ["0", "1"]
    assert waiting(project, "unsure") == ["0"]
    assert disputes.counts(project)["many"] == 2


def test_the_least_sure_come_first_page_by_page(monkeypatch):
    monkeypatch.setattr(disputes, "PER_PAGE", 2)
    # Of three: tied at none; of five as above. Items 0..3 at 2/3, 8/9, 2/3, 8/9.
    said = [[0, 0, 0, 0]] * 3 + [[1, 0, 1, 0], [1, 1, 1, 1]]
    project, _ = panel(said)

    first, more = disputes.page_of(project)
    second, end = disputes.page_of(project, after=more)

    assert [row.item.key for row in first] == ["0", "2"]
    assert [row.item.key for row in second] == ["1", "3"]
    assert end is None
    place = first[1].place
    assert disputes.following(project, place).item_id == second[0].item.pk
    assert disputes.preceding(project, place).item_id == first[0].item.pk
    assert disputes.preceding(project, first[0].place) is None


def test_what_was_flagged_waits_also_unanswered_and_after_what_is_unsure():
    project, people = panel([[0, 0, 1], [0, 1, 0]])
    items = items_of(project)
    remark(project, items[0], people[0], kind="wrong_data")

    # The agreed one is 4/5 sure, the ties a half.
    assert waiting(project) == ["1", "2", "0"]
    assert waiting(project, "said") == ["0"]
    assert disputes.counts(project)["said"] == 1
    rows, _ = disputes.page_of(project, reason="said")
    assert rows[0].reasons == ["Flagged or commented"]

    remarks_.settle(project=project, item_id=items[0].pk, actor=people[0], now=NOW)
    assert waiting(project) == ["1", "2"]


def test_an_item_of_two_reasons_stands_there_once():
    project, people = panel([[0], [1]])
    remark(project, items_of(project)[0], people[0], kind="comment", text="which one?")

    rows, _ = disputes.page_of(project)

    assert [row.reasons for row in rows] == [["Tied", "Flagged or commented"]]


def test_what_is_decided_or_withdrawn_waits_no_more():
    project, _ = panel([[0, 0], [1, 1]])
    items = items_of(project)
    decide(project, items[0])
    project.items.filter(pk=items[1].pk).update(withdrawn_at=NOW)

    assert waiting(project) == []


def decide(project, item, *, place=0, comment=""):
    return decisions.decide(
        project=project,
        item_id=item.pk,
        class_ids=[project.classes.all()[place].pk],
        actor=make_user(),
        now=NOW,
        comment=comment,
    )


def test_names_are_known_once_it_is_decided_with_who_was_right():
    project, people = panel([[0], [1], [0]])
    item = items_of(project)[0]

    before = disputes.case_of(project, item)
    assert [each.letter for each in before.opinions] == ["A", "B", "C"]
    assert {each.who for each in before.opinions} == {None}
    assert {each.is_right for each in before.opinions} == {None}

    decide(project, item, place=1)
    after = disputes.case_of(project, item)
    assert {each.who: each.is_right for each in after.opinions} == {
        people[0]: False,
        people[1]: True,
        people[2]: False,
    }
    assert [each.label_id for each in after.opinions] == [each.label_id for each in before.opinions]
    assert [each.name for each in after.decided] == ["no"]


def test_letters_are_drawn_anew_for_each_item():
    """Of 24 items with two people each is A in about half: all or none is 1 in 8 million."""
    project, _ = panel([[0] * 24, [1] * 24])

    firsts = [disputes.case_of(project, each).opinions[0] for each in items_of(project)]

    assert {each.classes[0].name for each in firsts} == {"yes", "no"}


def test_a_decision_ticks_off_what_was_said_and_is_logged():
    project, people = panel([[0], [1]])
    item = items_of(project)[0]
    remark(project, item, people[0], kind="guideline")

    decide(project, item)

    assert not Remark.objects.waiting().exists()
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"item.decide", "remark.settle"} <= actions


def test_a_decision_taken_back_waits_again_where_it_was():
    project, _ = panel([[0], [1]])
    item = items_of(project)[0]
    decide(project, item)
    assert [each[0].item for each in disputes.decided(project, before=None)[0]] == [item]

    decisions.undo(project=project, item_id=item.pk, actor=make_user(), now=NOW)

    assert waiting(project) == ["0"]
    assert disputes.decided(project, before=None) == ([], None)


def test_decisions_are_paged_newest_first(monkeypatch):
    monkeypatch.setattr(disputes, "PER_PAGE", 2)
    project, _ = panel([[0, 0, 0], [1, 1, 1]])
    for item in items_of(project):
        decide(project, item)

    first, more = disputes.decided(project, before=None)
    second, end = disputes.decided(project, before=more)

    assert [row.item.key for row, _ in [*first, *second]] == ["2", "1", "0"]
    assert end is None


@pytest.mark.parametrize(
    "sent", ["", "x", "0.5", "nan_1", "2_1", "0.5_-1", "inf_3", f"0.5_{2**63}"]
)
def test_a_place_that_is_none_is_no_place(sent):
    assert disputes.Place.read(sent) is None


def test_a_place_is_read_as_it_was_written():
    place = disputes.Place(1 / 3, 7)

    assert disputes.Place.read(str(place)) == place


def test_another_projects_items_are_not_in_the_queue():
    panel([[0], [1]])

    assert waiting(make_project()) == []
    assert Project.objects.count() == 2
