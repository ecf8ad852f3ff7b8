"""Limits, and what a label costs; `services.budgets` judges them."""

from decimal import Decimal
from typing import Any

from django import forms

from annotation import units
from annotation.models import Budget, Membership, PayBy, Project
from annotation.services.budgets import CURRENCY_LETTERS

RATE_PLACES = 5


class LimitForm(forms.Form):
    """One limit: for whom, of what, how much; a new one, or another figure for a standing one."""

    scope = forms.ChoiceField(choices=Budget.Scope, label="For")
    unit = forms.ChoiceField(label="Of")
    limit = forms.DecimalField(
        label="At most",
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text="Whole labels; hours and money with at most two decimals.",
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=200,
        help_text="Kept with the change, for those who come after you.",
    )

    def __init__(self, project: Project, *, is_owner: bool, sent: Any = None, **initial: Any):
        super().__init__(sent, initial=initial)
        names = dict(Budget.Unit.choices) | {units.MONEY: f"Money, in {project.currency}"}
        offered = [u for u in units.UNITS if is_owner or u != units.MONEY]
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(unit, names[unit]) for unit in offered]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        limit, unit = cleaned.get("limit"), cleaned.get("unit")
        if limit is not None and unit == units.LABELS and limit != limit.to_integral_value():
            self.add_error("limit", f"Labels are counted whole; {limit.normalize():f} is not.")
        return cleaned

    def amount(self) -> int:
        return units.to_amount(self.cleaned_data["unit"], self.cleaned_data["limit"])


def _rate(label: str, *, required: bool, hint: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_digits=12,
        decimal_places=RATE_PLACES,
        help_text=hint,
    )


class PayForm(forms.Form):
    pay_by = forms.ChoiceField(label="Paid", choices=PayBy, widget=forms.RadioSelect)
    pay_rate = _rate("Rate", required=True, hint="Per label, or per hour of active time; 0: none.")
    currency = forms.CharField(
        max_length=CURRENCY_LETTERS, help_text="Three letters, e.g. EUR or USD."
    )
    max_paid_seconds = forms.IntegerField(
        min_value=1,
        max_value=86_400,
        label="Longest paid time per label, in seconds",
        help_text="So much is reserved when an item is handed out; time beyond it is not counted.",
    )

    def terms(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        return typed | {"pay_rate": units.to_amount(units.MONEY, typed["pay_rate"])}


class MemberField(forms.ModelChoiceField):
    """One of the project's people, by name."""

    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.user)


class OwnRateForm(forms.Form):
    member = MemberField(Membership.objects.none(), label="Person", empty_label=None)
    pay_rate = _rate("Rate", required=False, hint="Empty: the project's rate.")

    def __init__(self, project: Project, *, sent: Any = None) -> None:
        super().__init__(sent)
        field = self.fields["member"]
        assert isinstance(field, MemberField)
        field.queryset = project.memberships.select_related("user").order_by("user__username")

    def rate(self) -> int | None:
        typed = self.cleaned_data["pay_rate"]
        return None if typed is None else units.to_amount(units.MONEY, typed)
