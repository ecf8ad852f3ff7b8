from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.models import Label, Run, Seed
from annotation.services import projects, seeds
from tests.factories import NOW, add_items, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
# One for who asks; of the search two find, two count, and the others fill its form.
STATEMENTS = (("find", 9), ("seeds", 7), ("groups", 4))
TEXTS = ["My card was charged twice", "Refunds take long", "A refund for my card"]


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(owner=lead, budget=50)
    add_items(project, len(TEXTS), texts=TEXTS)
    return project


@pytest.fixture
def signed_in(client, lead):
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(name, project, *more):
    return reverse(name, args=[project.slug, *more])


def items(project):
    return list(project.items.order_by("pk"))


def test_search_shows_what_it_finds(signed_in, project):
    page = signed_in.get(url("find", project), {"words": "card"}).text

    assert "2 items" in page
    assert TEXTS[0] in page
    assert TEXTS[1] not in page


def test_search_that_cannot_be_asked_says_why(signed_in, project):
    reply = signed_in.get(url("find", project), {"words": "-card"})

    assert reply.status_code == 422
    assert "at least one word" in reply.text


def test_nothing_found_is_said(signed_in, project):
    assert "Nothing found" in signed_in.get(url("find", project), {"words": "zebra"}).text


def test_hostile_text_and_search_are_shown_as_text(signed_in, project):
    add_items(project, 1, texts=["<script>alert(1)</script> evil"])

    page = signed_in.get(url("find", project), {"words": 'evil "><'}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert 'value="evil &quot;&gt;&lt;"' in page


def test_ticked_items_are_picked_with_their_likely_class(signed_in, lead, project):
    first, _, third = items(project)
    yes = project.classes.first()

    page = signed_in.post(
        url("seeds-add", project),
        {"item": [first.pk, third.pk], "suggested": yes.pk, "back": "words=card"},
        follow=True,
    )

    assert page.redirect_chain[0][0] == url("find", project) + "?words=card"
    assert "2 picked." in page.text
    picks = Seed.objects.values_list("item", "suggested", "added_by")
    assert list(picks) == [(first.pk, yes.pk, lead.pk), (third.pk, yes.pk, lead.pk)]


def test_address_to_go_back_to_cannot_lead_elsewhere(signed_in, project):
    reply = signed_in.post(url("seeds-add", project), {"back": "//evil.example/?a=b"})

    assert reply.url.startswith(url("find", project) + "?")


def test_seed_set_lists_picks_and_counts_them_by_class(signed_in, lead, project):
    yes = project.classes.first()
    seeds.add(
        project=project, item_ids=[items(project)[1].pk], actor=lead, now=NOW, suggested_id=yes.pk
    )

    page = signed_in.get(url("seeds", project)).text

    assert TEXTS[1] in page
    assert "1 of 1 waits" in page


def test_pick_is_taken_out_and_another_class_suggested(signed_in, lead, project):
    first, second, _ = items(project)
    no = project.classes.last()
    seeds.add(project=project, item_ids=[first.pk, second.pk], actor=lead, now=NOW)

    signed_in.post(url("seeds-remove", project), {"item": first.pk})
    signed_in.post(url("seeds-suggest", project, second.pk), {"suggested": no.pk})

    assert seeds.waiting_ids(project.pk) == [second.pk]
    assert Seed.objects.get(item=second).suggested == no


def test_lead_answers_where_they_found_it(signed_in, lead, project):
    item, yes = items(project)[0], project.classes.first()
    page = signed_in.get(url("find-item", project, item.pk) + "?words=card")
    assert TEXTS[0] in page.text

    reply = signed_in.post(
        url("find-item", project, item.pk),
        {"classes": yes.pk, "client_token": uuid4(), "active_ms": 900, "back": "words=card"},
    )

    assert reply.url == url("find", project) + "?words=card"
    label = Label.objects.get()
    assert (label.annotator, label.purpose, label.active_ms) == (lead, "seed", 900)


def test_item_that_is_out_says_so_and_offers_no_answer(signed_in, project):
    item = items(project)[0]
    publish(project, [item])
    claim(project, make_user())

    assert url("find-item", project, item.pk) not in signed_in.get(url("find", project)).text
    page = signed_in.post(
        url("find-item", project, item.pk),
        {"classes": project.classes.first().pk, "client_token": uuid4()},
    )
    assert "Somebody has this item at the moment." in page.text


def test_groups_are_looked_for_by_a_worker(signed_in, project):
    assert "No groups yet" in signed_in.get(url("groups", project)).text

    page = signed_in.post(url("groups-look", project), follow=True).text

    assert "Looking for groups" in page
    assert Run.objects.get(kind="groups").project == project


@pytest.mark.parametrize("role", ["annotator", "reviewer", None])
def test_only_leads_find_and_pick(client, project, role):
    person = make_user()
    if role:
        projects.set_role(project=project, user=person, role=role, actor=None)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    item = items(project)[0].pk

    for name, more in (("find", ()), ("find-item", (item,)), ("seeds", ()), ("groups", ())):
        assert client.get(url(name, project, *more)).status_code == 404
    for name, more in (
        ("seeds-add", ()), ("seeds-remove", ()), ("seeds-suggest", (item,)), ("groups-look", ())
    ):  # fmt: skip
        assert client.post(url(name, project, *more), {"item": item}).status_code == 404
    assert not Seed.objects.exists()


def test_pages_take_a_fixed_number_of_statements(
    signed_in, lead, project, django_assert_num_queries
):
    seeds.add(project=project, item_ids=[items(project)[0].pk], actor=lead, now=NOW)
    for name, n in STATEMENTS:
        with django_assert_num_queries(n):
            signed_in.get(url(name, project))
    add_items(project, 30)
    seeds.add(project=project, item_ids=[i.pk for i in items(project)], actor=lead, now=NOW)
    for name, n in STATEMENTS:
        with django_assert_num_queries(n):
            signed_in.get(url(name, project))
