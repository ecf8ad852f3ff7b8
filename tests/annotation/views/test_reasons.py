"""Why an item was asked: shown when the project says so, and never telling the purpose."""

import re
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation import exchange
from annotation.models import Assignment, LabelClass, Project, State
from annotation.services import projects
from tests.factories import add_items, make_project, make_user, publish

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
PURPOSES = ("query", "audit", "gold", "relabel")


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def desk(client, annotator):
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(project, *, code="hesitates", expected=1):
    refund, exchanged = project.classes.all()[:2]
    return {
        "code": code,
        "class_ids": [refund.pk, exchanged.pk] if code in ("hesitates", "between") else [],
        "expected": project.classes.all()[expected].pk if code == "hesitates" else None,
    }


def asked(annotator, *, show="after", purpose="query", code="hesitates", n=4, **fields):
    """A project with a batch of one purpose; leads are told why, annotators what `said` has."""
    project = make_project(classes=("refund", "exchange"), **fields)
    Project.objects.filter(pk=project.pk).update(show_reason=show, name="P")
    projects.set_role(project=project, user=annotator, role="annotator", actor=None)
    secret = "Drawn at random, to measure the model." if purpose == "audit" else f"SECRET {purpose}"
    wanted = [
        exchange.WantedItem(
            item_id=item.pk,
            position=place,
            purpose=purpose,
            in_reserve=False,
            score=None if purpose == "audit" else 0.5,
            reason={"code": purpose, "text": secret},
            said=said(project, code=code),
            prediction={"class_id": project.classes.all()[1].pk, "confidence": 0.987654},
        )
        for place, item in enumerate(add_items(project, n))
    ]
    with transaction.atomic():
        exchange.publish(project_id=project.pk, number=0, wanted=wanted, model_version="v1")
    project.refresh_from_db()
    return project


def page_of(desk, project):
    return desk.get(reverse("label", args=[project.slug])).content.decode()


def reply_to(desk, project, page, *, place=0):
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    held = Assignment.objects.filter(project=project, state=State.LEASED)
    return desk.post(
        reverse("answer", args=[project.slug]),
        {"ticket": ticket, "client_token": uuid4(), "classes": project.classes.all()[place].pk},
        headers={**HTMX, "X-Have": " ".join(str(each.pk) for each in held)},
    )


def without_names(html, project):
    """Drop what is another in every project: numbers, tokens, its own address, and how far the
    annotator has come today."""
    html = re.sub(r'<p id="pace".*?</p>', "", html)
    html = re.sub(r'value="[^"]*"|(?<=card[-=])"?\d+"?|data-order="[^"]*"', "", html)
    return html.replace(project.slug, "").replace(project.name, "")


@pytest.mark.parametrize("show", ["before", "after", "never"])
def test_page_and_reply_are_the_same_whatever_the_purpose(desk, annotator, show):
    pages, replies = [], []
    for purpose in PURPOSES:
        project = asked(annotator, show=show, purpose=purpose)
        page = page_of(desk, project)
        pages.append(without_names(page, project))
        replies.append(without_names(reply_to(desk, project, page).content.decode(), project))

    assert len(set(pages)) == 1
    assert len(set(replies)) == 1


@pytest.mark.parametrize("show", ["before", "after", "never"])
def test_statements_are_the_same_whatever_the_purpose(desk, annotator, show):
    counts = set()
    for purpose in PURPOSES:
        project = asked(annotator, show=show, purpose=purpose)
        page_of(desk, project)
        page = page_of(desk, project)
        with CaptureQueriesContext(
            connection,
        ) as look:
            page_of(desk, project)
        with CaptureQueriesContext(connection) as turn:
            reply_to(desk, project, page)
        shapes = [re.sub(r"\d+|'[^']*'", "?", each["sql"]) for each in turn.captured_queries]
        counts.add((len(look), len(turn), tuple(shape[:60] for shape in shapes)))

    assert len(counts) == 1


def test_item_the_queue_drew_by_itself_looks_like_the_others(desk, annotator):
    project = asked(annotator, show="before", n=1)
    spare = add_items(project, 30)
    batch = project.batches.get(number=0)
    batch.spare = {str(item.pk): said(project) for item in spare}
    batch.save()

    # One of the batch, one the queue drew by itself.
    cards = re.findall("<article.*?</article>", page_of(desk, project), re.DOTALL)

    assert project.assignments.filter(reason__code="fallback", state="leased").count() == 1
    shapes = [re.sub(r"text \d+|\d+", "?", without_names(card, project)) for card in cards]
    assert shapes[0] == shapes[1].replace('to label" hidden>', 'to label">')


def test_further_opinions_of_an_item_are_told_the_same(annotator):
    project = asked(annotator, n=1)
    project.overlap = 3
    project.save()
    publish(project, add_items(project, 1), number=1)
    with transaction.atomic():
        exchange.publish(
            project_id=project.pk,
            number=2,
            wanted=[
                exchange.WantedItem(
                    item_id=add_items(project, 1)[0].pk,
                    position=0,
                    purpose="query",
                    in_reserve=False,
                    said=said(project),
                )
            ],
            model_version="",
        )

    rows = Assignment.objects.filter(batch__number=2)
    assert [row.purpose for row in rows.order_by("slot")] == ["query", "overlap", "overlap"]
    assert all(row.said == said(project) for row in rows)


@pytest.mark.parametrize("show", ["after", "never"])
def test_nothing_is_sent_before_the_answer_unless_the_project_shows_it(desk, annotator, show):
    project = asked(annotator, show=show)

    page = page_of(desk, project)

    for secret in ("hesitate", "0.987", "SECRET", "query", "expected", "likeliest", "said"):
        assert secret not in page


def test_before_the_answer_the_doubt_is_shown_and_no_expectation(desk, annotator):
    project = asked(annotator, show="before")

    page = page_of(desk, project)
    reply = reply_to(desk, project, page).content.decode()

    assert "The model hesitates between refund and exchange." in page
    for secret in ("would have said", "0.987", "SECRET"):
        assert secret not in page
    assert "desk-told" not in page + reply


def test_after_the_answer_the_doubt_and_what_the_model_expected_are_told(desk, annotator):
    project = asked(annotator)

    reply = reply_to(desk, project, page_of(desk, project)).content.decode()

    told = re.search(r'id="desk-told".*?</p>', reply, re.DOTALL)[0]
    assert "You said refund." in told
    assert "The model hesitated between refund and exchange. It would have said exchange." in told


def test_never_means_never(desk, annotator):
    project = asked(annotator, show="never")

    reply = reply_to(desk, project, page_of(desk, project)).content.decode()

    assert "desk-told" not in reply
    assert "hesitat" not in reply


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("unlike", "It was unlike anything the model had learnt from."),
        ("unknown", "The model could not say anything about it yet."),
        ("between", "two likeliest classes, in their order here: refund and exchange."),
    ],
)
def test_each_code_has_its_words(desk, annotator, code, words):
    project = asked(annotator, code=code)

    assert words in reply_to(desk, project, page_of(desk, project)).content.decode().replace(
        "&#x27;", "'"
    )


def test_answer_sent_again_is_told_the_same(desk, annotator):
    project = asked(annotator)
    page = page_of(desk, project)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    sent = {"ticket": ticket, "client_token": uuid4(), "classes": project.classes.all()[0].pk}

    replies = [
        desk.post(reverse("answer", args=[project.slug]), sent, headers=HTMX).content.decode()
        for _ in range(2)
    ]

    assert all("It would have said exchange." in reply for reply in replies)


def test_class_that_is_gone_leaves_nothing_to_say(desk, annotator):
    project = asked(annotator)
    page = page_of(desk, project)
    LabelClass.objects.filter(project=project, name="exchange").delete()

    reply = reply_to(desk, project, page).content.decode()

    assert "hesitat" not in reply


def test_hostile_class_names_are_shown_as_text(desk, annotator):
    project = asked(annotator, show="before")
    LabelClass.objects.filter(project=project, name="refund").update(name="<b>{0.pk}</b>")

    page = page_of(desk, project)

    assert "hesitates between &lt;b&gt;{0.pk}&lt;/b&gt; and exchange." in page
