"""Budgets: limits and what counts against them, freezing, pay, and the ledger."""

from typing import Any

from django.http import Http404
from django.utils import timezone

from annotation import units
from annotation.api.endpoints import Call, Endpoint, Page, operation
from annotation.api.serializers import leading as shapes
from annotation.models import Budget, Project, User
from annotation.permissions import Can, check_owner
from annotation.scopes import Scope
from annotation.services import budgets, spending
from annotation.services.budgets import Standing

PER_PAGE = 200


class Budgets(Endpoint):
    tag = "budgets"

    @operation("list_budgets", Scope.READ, can=Can.LEAD, answers=shapes.BudgetShown, is_list=True)
    def get(self, call: Call) -> list[dict[str, Any]]:
        """List the limits with what is spent and left; per day as of today."""
        return _all(call)

    @operation(
        "set_budget",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.LimitSent,
        answers=shapes.BudgetShown,
    )
    def put(self, call: Call) -> dict[str, Any]:
        """Make a limit, or raise or lower it; money only as an owner. From the next claim on."""
        sent = call.sent
        if sent["unit"] == units.MONEY:
            check_owner(call.user, call.project)
        amount = units.to_amount(sent["unit"], sent["limit"])
        made = budgets.set_limit(
            project=call.project, actor=call.user, **(sent | {"limit": amount})
        )
        return _one(call, made.pk)


class Freeze(Endpoint):
    tag = "budgets"

    @operation(
        "freeze_budget",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.FreezeSent,
        answers=shapes.BudgetShown,
    )
    def post(self, call: Call, budget_id: int) -> dict[str, Any]:
        """Stop a budget from giving, or let it give again: money only as an owner."""
        standing = Budget.objects.filter(project=call.project, pk=budget_id).first()
        if standing is None:
            raise Http404("No such budget.")
        is_frozen = call.sent["is_frozen"]
        if standing.unit == units.MONEY and not is_frozen:
            check_owner(call.user, call.project)
        budgets.freeze(budget=standing, is_frozen=is_frozen, actor=call.user)
        return _one(call, standing.pk)


class Pay(Endpoint):
    tag = "budgets"

    @operation("read_pay", Scope.READ, can=Can.LEAD, answers=shapes.PayShown)
    def get(self, call: Call) -> dict[str, Any]:
        """Read what a label costs."""
        return _pay(call.project)

    @operation("set_pay", Scope.LEAD, can=Can.LEAD, sends=shapes.PaySent, answers=shapes.PayShown)
    def put(self, call: Call) -> dict[str, Any]:
        """Say what a label costs, as an owner; in force from the next claim on."""
        check_owner(call.user, call.project)
        rate = units.to_amount(units.MONEY, call.sent["pay_rate"])
        changed = budgets.set_pay(
            project=call.project, actor=call.user, **(call.sent | {"pay_rate": rate})
        )
        return _pay(changed)


class MemberPay(Endpoint):
    tag = "budgets"

    @operation("set_member_pay", Scope.LEAD, can=Can.LEAD, sends=shapes.OwnRateSent, status=204)
    def put(self, call: Call, user_id: int) -> None:
        """Give a member a rate of their own, as an owner; null is the project's again."""
        check_owner(call.user, call.project)
        member = User.objects.filter(memberships__project=call.project, pk=user_id).first()
        if member is None:
            raise Http404("No such member.")
        said = call.sent["pay_rate"]
        rate = None if said is None else units.to_amount(units.MONEY, said)
        budgets.set_member_pay(project=call.project, user=member, pay_rate=rate, actor=call.user)


class Spending(Endpoint):
    tag = "budgets"

    @operation("read_spending", Scope.READ, can=Can.LEAD, answers=shapes.SpenderShown, is_list=True)
    def get(self, call: Call) -> list[dict[str, Any]]:
        """List who spent what, most labels first."""
        return [
            {
                "person": each.person,
                "n_labels": each.n_labels,
                "active_seconds": each.active.total_seconds() if each.active else None,
                "money": each.money,
                "own_rate": each.own_rate,
            }
            for each in spending.spenders(call.project)
        ]


class Ledger(Endpoint):
    tag = "budgets"

    @operation("read_ledger", Scope.READ, can=Can.LEAD, answers=shapes.ChargeShown, is_paged=True)
    def get(self, call: Call) -> Page:
        """List every charge, the oldest first."""
        rows, more = spending.ledger_page(call.project, after=call.after() or 0, n=PER_PAGE)
        return Page([dict(zip(spending.LEDGER, each, strict=True)) for each in rows], more)


def _all(call: Call) -> list[dict[str, Any]]:
    day = timezone.localdate(call.now)
    accounts: dict[int, list[Standing]] = {}
    for each in budgets.standings(call.project, day=day):
        accounts.setdefault(each.budget.pk, []).append(each)
    rows = Budget.objects.filter(project=call.project).order_by("pk")
    return [_budget(each, accounts.get(each.pk, [])) for each in rows]


def _one(call: Call, budget_id: int) -> dict[str, Any]:
    return next(each for each in _all(call) if each["id"] == budget_id)


def _budget(budget: Budget, accounts: list[Standing]) -> dict[str, Any]:
    def said(amount: int) -> float:
        return float(units.to_said(budget.unit, amount))

    return {
        "id": budget.pk,
        "scope": budget.scope,
        "unit": budget.unit,
        "limit": said(budget.limit),
        "is_frozen": budget.is_frozen,
        "accounts": [
            {
                "person": each.holder,
                "day": each.day,
                "spent": said(each.spent),
                "reserved": said(each.reserved),
                "left": said(each.left),
            }
            for each in accounts
        ],
    }


def _pay(project: Project) -> dict[str, Any]:
    return {
        "pay_by": project.pay_by,
        "pay_rate": float(units.to_said(units.MONEY, project.pay_rate)),
        "currency": project.currency,
        "max_paid_seconds": project.max_paid_seconds,
    }
