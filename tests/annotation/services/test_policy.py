import pytest
from django.core.exceptions import ValidationError

from annotation.models import Project
from annotation.services import policy, projects, queue
from annotation.services.queue import Nothing
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


def member(project, role):
    user = make_user()
    projects.set_role(project=project, user=user, role=role, actor=None)
    return user


def with_rules(project, **rules):
    Project.objects.filter(pk=project.pk).update(**rules)
    project.refresh_from_db()
    return project


@pytest.fixture
def project():
    project = make_project(n_items=10)
    publish(project, project.items.all())
    return project


def test_safe_defaults_cost_no_statement(project, django_assert_num_queries):
    person = member(project, "annotator")

    with django_assert_num_queries(0):
        policy.may_take(project, person)
        policy.is_handed_items(project, person)
        policy.has_share(project, person)


@pytest.mark.parametrize(
    ("rules", "role"),
    [
        ({"leads_label": False}, "lead"),
        ({"leads_label": False}, "owner"),
        ({"reviewers_label": False}, "reviewer"),
    ],
)
def test_role_that_is_handed_nothing_is_told_so(project, rules, role):
    person = member(project, role)
    with_rules(project, **rules)

    desk = queue.sit_down(project=project, annotator=person, now=NOW)

    assert desk == queue.Desk([], Nothing.ROLE)


@pytest.mark.parametrize("role", ["annotator", "reviewer"])
def test_other_roles_are_handed_items_all_the_same(project, role):
    with_rules(project, leads_label=False)

    assert claim(project, member(project, role))


def test_admin_without_a_role_counts_as_owner(project):
    admin = make_user(is_superuser=True)
    assert claim(project, admin)

    with_rules(project, leads_label=False)

    assert queue.claim(project=project, annotator=admin, now=NOW) is None


def test_dry_queue_hands_nothing_to_a_role_that_is_handed_nothing():
    project = make_project(n_items=3)
    publish(project, [])
    with_rules(project, leads_label=False)

    assert queue.claim(project=project, annotator=member(project, "lead"), now=NOW) is None
    assert claim(project, member(project, "annotator"))


@pytest.fixture
def twice():
    """One item wanted of two people, the second opinion of reviewers and leads only."""
    project = make_project(n_items=1)
    publish(project, project.items.all(), overlap=2)
    return with_rules(project, further_by="reviewers")


def test_further_opinions_go_to_reviewers_and_leads_only(twice):
    assert claim(twice, member(twice, "annotator")).slot == 0

    assert queue.claim(project=twice, annotator=member(twice, "annotator"), now=NOW) is None
    assert claim(twice, member(twice, "reviewer")).slot == 1


def test_reviewers_who_are_handed_nothing_give_no_further_opinions(twice):
    with_rules(twice, reviewers_label=False)
    claim(twice, member(twice, "annotator"))

    assert queue.claim(project=twice, annotator=member(twice, "reviewer"), now=NOW) is None
    assert claim(twice, member(twice, "lead")).slot == 1


def test_nobody_gets_more_than_their_share_of_a_batch(project):
    # 40 % of ten.
    with_rules(project, batch_share_percent=40)
    one, two = member(project, "annotator"), member(project, "annotator")
    for _ in range(4):
        answer(project, one, claim(project, one))

    desk = queue.sit_down(project=project, annotator=one, now=NOW)

    assert desk == queue.Desk([], Nothing.SHARE)
    assert claim(project, two)


def test_share_counts_what_is_held_and_starts_anew_with_each_batch(project):
    with_rules(project, batch_share_percent=10)
    person = member(project, "annotator")
    claim(project, person)
    assert queue.claim(project=project, annotator=person, now=NOW) is None

    free = project.items.filter(assignments__state="open")
    publish(project, list(free), number=1)

    assert claim(project, person).batch.number == 1


def test_share_that_leaves_part_of_a_batch_to_nobody_is_refused(project):
    # The owner and two annotators: a third each is enough, a quarter is not.
    member(project, "annotator")
    member(project, "annotator")
    project.batch_share_percent = 34
    policy.check(project)
    project.batch_share_percent = 25

    with pytest.raises(ValidationError, match="3 people label here, so it must be at least 34 %"):
        policy.check(project)


def test_share_that_became_too_small_does_not_stand_in_the_way_of_other_changes(project):
    with_rules(project, batch_share_percent=50)

    projects.describe(project=project, actor=None, name="Another name")

    with pytest.raises(ValidationError, match="leaves part of every batch to nobody"):
        projects.describe(project=project, actor=None, leads_label=True, batch_share_percent=50)
