"""A large project for lead_pages: three real rounds, then filled up in bulk."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Max

from alapp.clock import database_now
from annotation.models import (
    Account,
    Assignment,
    Batch,
    Charge,
    Consensus,
    Item,
    ItemPayload,
    KnownAnswer,
    Label,
    Project,
    Run,
    User,
)
from annotation.services import budgets, projects
from annotation.services.projects import ClassDraft
from selection.models import Metric, Pick, Predictions, Round
from tests.support import lead_states

CLASSES = ("Refund", "Card payment", "Transfer", "Exchange rate", "Account", "Other")
WORDS = (
    "refund money back charged twice", "card payment declined shop fee",
    "transfer pending sister bank days", "exchange rate currency statement abroad",
    "account phone lost password login", "asdf test nothing other line",
)  # fmt: skip
BATCH = 100
PEOPLE = 12


def make(n_items: int, n_rounds: int) -> tuple[Project, User]:
    owner = User.objects.create_superuser("lead", password=None)
    project = _real_rounds(owner)
    _add_items(project, n_items - project.items.count())
    with transaction.atomic():
        _add_rounds(project, n_rounds)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return project, owner


def _real_rounds(owner: User) -> Project:
    project = projects.create(
        name="Support tickets", modality="text", owner=owner,
        classes=[ClassDraft(name) for name in CLASSES], budget=100_000,
    )  # fmt: skip
    classes = list(project.classes.all())
    items = Item.objects.bulk_create(
        Item(project=project, content_hash=f"{n:064d}", audit_rank=n * 7919 % 10_007)
        for n in range(600)
    )
    ItemPayload.objects.bulk_create(
        ItemPayload(item=item, text=f"{WORDS[n % 6]} {n}") for n, item in enumerate(items)
    )
    KnownAnswer.objects.bulk_create(
        KnownAnswer(item=item, value=[classes[n % 6].pk]) for n, item in enumerate(items)
    )
    for unit in ("hours", "money"):
        budgets.set_limit(project=project, scope="project", unit=unit, limit=10**12, actor=owner)
    people = tuple(User.objects.create_user(f"person-{n}") for n in range(PEOPLE))
    for person in people:
        projects.set_role(project=project, user=person, role="annotator", actor=owner)
    projects.set_status(project=project, status="active", actor=owner, now=database_now())
    team = lead_states.Team(owner, people[:3], project)
    for _ in range(3):
        lead_states.work_rounds(project)
        lead_states.label(team, now=database_now())
    lead_states.work_rounds(project)
    return Project.objects.get(pk=project.pk)


def _add_items(project: Project, n: int) -> None:
    """Count to n in the database, which makes a row of each number."""
    start = Item.objects.aggregate(last=Max("pk"))["last"]
    numbers = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %s) "
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            "INSERT INTO annotation_item (id, project_id, key, content_hash, audit_rank) "
            + numbers
            + "SELECT i + %s, %s, 'k' || i, 'h' || i, i * 7919 %% 1000003 + 20000 FROM c",
            [n, start, project.pk],
        )
        cursor.execute(
            "INSERT INTO annotation_itempayload (item_id, text, fields, file, thumbnail) "
            + numbers
            + "SELECT i + %s, 'My transfer of ' || i || ' still says pending after four days. "
            "When will it arrive, and whom may I call?', '{}', '', '' FROM c",
            [n, start],
        )
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('annotation_item', 'id'), %s)", [start + n]
            )


def _add_rounds(project: Project, n_rounds: int) -> None:
    """Repeat the newest real round: its batch answered, with picks, labels and charges."""
    model = project.rounds.order_by("-number").select_related("predictions").first()
    assert model is not None
    first = model.number + 1
    curve = _long_curve(model, first, n_rounds)
    fresh = Item.objects.filter(project=project, consensus=None, assignments=None, picks=None)
    ids = list(fresh.order_by("pk").values_list("pk", flat=True)[: (n_rounds - first) * BATCH])
    for place, number in enumerate(range(first, n_rounds)):
        facts = deepcopy(model.facts)
        # Every round keeps the curve as it was then.
        facts["curve"] = curve[: number + 1]
        _add_round(project, model, number, facts, ids[place * BATCH : (place + 1) * BATCH])


def _long_curve(model: Round, first: int, n_rounds: int) -> list[dict[str, object]]:
    known = model.facts["curve"]
    return [
        {**known[-1], "round": n, "n_labels": 20 * first + BATCH * n, "value": 0.9 - 0.4 / (n + 1),
         "low": 0.8 - 0.4 / (n + 1), "high": 0.95 - 0.4 / (n + 1)}
        for n in range(n_rounds)
    ]  # fmt: skip


def _add_round(
    project: Project, model: Round, number: int, facts: dict[str, object], ids: list[int]
) -> None:
    kept = {f.name: getattr(model, f.name) for f in Round._meta.concrete_fields}
    changed = {"id": None, "number": number, "facts": facts, "n_labels": number * BATCH}
    row = Round.objects.create(**{**kept, **changed})
    old = model.predictions
    Predictions.objects.create(round=row, audit=old.audit, stop_set=old.stop_set)
    Metric.objects.bulk_create(
        Metric(round=row, name=m.name, value=m.value, low=m.low, high=m.high, n=m.n)
        for m in model.metrics.all()
    )
    batch = Batch.objects.create(project=project, number=number)
    Run.objects.create(project=project, kind="round", state="done", report={"published": number})
    _answer_batch(project, row, batch, ids)


def _answer_batch(project: Project, row: Round, batch: Batch, ids: list[int]) -> None:
    people = [m.user for m in project.memberships.select_related("user").order_by("pk")][1:]
    classes = list(project.classes.all())
    at = database_now() - timedelta(hours=200 - row.number)
    reason = {"code": "uncertain", "text": "The model hesitates between Refund and Transfer."}
    common = {"position": 0, "purpose": "query", "score": 0.5, "reason": reason}
    Pick.objects.bulk_create(
        Pick(**{**common, "position": n}, round=row, item_id=i, strategy="auto", confidence=0.5,
             predicted_class=classes[n % 6].pk)
        for n, i in enumerate(ids)
    )  # fmt: skip
    asked = Assignment.objects.bulk_create(
        Assignment(**{**common, "position": n}, project=project, batch=batch, item_id=i,
                   state="done", annotator=people[n % PEOPLE], closed_at=at)
        for n, i in enumerate(ids)
    )  # fmt: skip
    labels = Label.objects.bulk_create(
        Label(project=project, item_id=each.item_id, assignment=each, annotator=each.annotator,
              value=[classes[n % 6].pk], client_token=uuid4(), active_ms=2_000 + 37 * n,
              wall_ms=3_000, created_at=at)
        for n, each in enumerate(asked)
    )  # fmt: skip
    Consensus.objects.bulk_create(
        Consensus(item_id=each.item_id, project=project, value=each.value, certainty=1, n_labels=1)
        for each in labels
    )
    for account in Account.objects.filter(budget__project=project).select_related("budget"):
        amount = {"labels": 1, "hours": 3_850, "money": 1_600}[account.budget.unit]
        Charge.objects.bulk_create(
            Charge(account=account, assignment=each.assignment, label=each, state="settled",
                   amount=amount)
            for each in labels
        )  # fmt: skip
        account.spent += amount * len(labels)
        account.n_settled += len(labels)
        account.save()
