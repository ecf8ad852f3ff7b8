"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class BudgetsOperations:
    """The operations of the API under "budgets", by their names there."""

    connection: Connection

    def list_budgets(
        self,
        slug: str,
    ) -> list[shapes.BudgetShown]:
        """List the limits with what is spent and left; per day as of today."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/",
        )
        return cast('list[shapes.BudgetShown]', found)

    def set_budget(
        self,
        slug: str,
        *,
        limit: str,
        scope: shapes.ScopeEnum | Unset = UNSET,
        unit: shapes.UnitEnum | Unset = UNSET,
        reason: str | Unset = UNSET,
    ) -> shapes.BudgetShown:
        """Make a limit, or raise or lower it; money only as an owner. From the next claim on."""
        found = self.connection.call(
            "PUT",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/",
            body={"scope": scope, "unit": unit, "limit": limit, "reason": reason},
        )
        return cast('shapes.BudgetShown', found)

    def read_ledger(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.ChargeShown]:
        """List every charge, the oldest first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/ledger/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.ChargeShown]', found)

    def read_pay(
        self,
        slug: str,
    ) -> shapes.PayShown:
        """Read what a label costs."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/pay/",
        )
        return cast('shapes.PayShown', found)

    def set_pay(
        self,
        slug: str,
        *,
        pay_by: shapes.PayByEnum,
        pay_rate: str,
        currency: str,
        max_paid_seconds: int,
    ) -> shapes.PayShown:
        """Say what a label costs, as an owner; in force from the next claim on."""
        found = self.connection.call(
            "PUT",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/pay/",
            body={"pay_by": pay_by, "pay_rate": pay_rate, "currency": currency, "max_paid_seconds": max_paid_seconds},
        )
        return cast('shapes.PayShown', found)

    def read_spending(
        self,
        slug: str,
    ) -> list[shapes.SpenderShown]:
        """List who spent what, most labels first."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/spending/",
        )
        return cast('list[shapes.SpenderShown]', found)

    def freeze_budget(
        self,
        slug: str,
        budget_id: int,
        *,
        is_frozen: bool,
        idempotency_key: str = "",
    ) -> shapes.BudgetShown:
        """Stop a budget from giving, or let it give again: money only as an owner."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/{quote(str(budget_id), safe='')}/freeze/",
            body={"is_frozen": is_frozen},
            key=idempotency_key,
        )
        return cast('shapes.BudgetShown', found)

    def set_member_pay(
        self,
        slug: str,
        user_id: int,
        *,
        pay_rate: str | None,
    ) -> None:
        """Give a member a rate of their own, as an owner; null is the project's again."""
        self.connection.call(
            "PUT",
            f"/api/v1/projects/{quote(str(slug), safe='')}/members/{quote(str(user_id), safe='')}/pay/",
            body={"pay_rate": pay_rate},
        )
