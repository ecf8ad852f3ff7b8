"""Does the ledger add up? Reads only; says everything that contradicts itself."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, QuerySet, Sum

from annotation.models import Account, Charge, Project, State

Sums = dict[tuple[int, str], tuple[int, int]]


def check_ledger(*, project: Project | None = None) -> list[str]:
    """Return every contradiction between accounts, charges, leases and labels, in words.

    Empty when all is well. Reads in several statements: while people work, what is out at that
    moment may be seen half done, so a finding counts when it is found twice.
    """
    accounts, charges = Account.objects.all(), Charge.objects.all()
    if project is not None:
        accounts = accounts.filter(budget__project=project)
        charges = charges.filter(account__budget__project=project)
    return [*_sums(accounts, charges), *_limits(accounts), *_settled(charges), *_reserved(charges)]


def _sums(accounts: QuerySet[Account], charges: QuerySet[Charge]) -> Iterator[str]:
    """Compare each account with the sum of its charges."""
    sums = _by_account(charges)
    for account in accounts.order_by("pk").iterator():
        spent, n_settled = sums.get((account.pk, Charge.State.SETTLED), (0, 0))
        reserved, _ = sums.get((account.pk, Charge.State.RESERVED), (0, 0))
        if account.spent != spent:
            yield f"account {account.pk}: spent is {account.spent}, its charges say {spent}"
        if account.reserved != reserved:
            said = f"reserved is {account.reserved}, its charges say {reserved}"
            yield f"account {account.pk}: {said}"
        if account.n_settled != n_settled:
            yield f"account {account.pk}: {account.n_settled} settled, {n_settled} charges are"


def _by_account(charges: QuerySet[Charge]) -> Sums:
    rows = charges.order_by().values("account", "state").annotate(sum=Sum("amount"), n=Count("pk"))
    return {(row["account"], row["state"]): (row["sum"], row["n"]) for row in rows}


def _limits(accounts: QuerySet[Account]) -> Iterator[str]:
    for account in accounts.filter(limit__lt=F("spent") + F("reserved")):
        yield f"account {account.pk}: overdrawn, {account.spent} + {account.reserved}"
    for account in accounts.exclude(limit=F("budget__limit")):
        yield f"account {account.pk}: its limit is not that of budget {account.budget_id}"


def _settled(charges: QuerySet[Charge]) -> Iterator[str]:
    """Find settled charges that do not point to the standing label they paid for."""
    settled = charges.filter(state=Charge.State.SETTLED)
    wrong = {
        "no label": Q(label=None),
        "a label of another assignment": ~Q(label__assignment=F("assignment")),
        "a label taken back": Q(label__isnull=False, label__value__isnull=True),
        "a superseded label": Q(label__superseded_by__isnull=False),
        "an extra label, which no budget pays": Q(label__is_extra=True),
        "somebody else's label": Q(account__annotator__isnull=False)
        & ~Q(account__annotator=F("label__annotator")),
    }
    for what, condition in wrong.items():
        for pk in settled.filter(condition).values_list("pk", flat=True):
            yield f"charge {pk}: settled for {what}"
    for pk in settled.exclude(assignment__state=State.DONE).values_list("pk", flat=True):
        yield f"charge {pk}: settled, but its assignment is not answered"


def _reserved(charges: QuerySet[Charge]) -> Iterator[str]:
    """Find charges reserved for a lease that is not there, or is another's."""
    reserved = charges.filter(state=Charge.State.RESERVED)
    for pk in reserved.exclude(assignment__state=State.LEASED).values_list("pk", flat=True):
        yield f"charge {pk}: reserved, but its assignment is with nobody"
    theirs = Q(account__annotator=None) | Q(account__annotator=F("assignment__annotator"))
    leased = reserved.filter(assignment__state=State.LEASED)
    for pk in leased.exclude(theirs).values_list("pk", flat=True):
        yield f"charge {pk}: reserved by somebody else than holds its assignment"
