"""What budgets count, always in whole numbers: labels, milliseconds, parts of money. Pure.

Whole numbers add up: no share of a cent is lost between a thousand labels and their sum.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

LABELS, HOURS, MONEY = "labels", "hours", "money"
UNITS = (LABELS, HOURS, MONEY)
PER_LABEL, PER_HOUR = "label", "hour"
MS_PER_HOUR = 3_600_000
# Money is counted in hundred-thousandths of the currency's unit: a thousandth of a cent.
MONEY_PARTS = 100_000
# How many amounts make one of what people say: one label, one hour, one euro.
SCALES = {LABELS: 1, HOURS: MS_PER_HOUR, MONEY: MONEY_PARTS}
# The most a budget may hold, in labels, hours and money as people say them.
LARGEST = {LABELS: 1_000_000_000, HOURS: 10_000_000, MONEY: 1_000_000_000}


@dataclass(frozen=True)
class Terms:
    """What one label costs one person. `pay_rate` is in parts of money, per label or per hour."""

    pay_by: str = PER_LABEL
    pay_rate: int = 0
    max_paid_seconds: int = 300

    def most(self, unit: str) -> int:
        """Return the most that one label may cost: what is reserved for it."""
        return self.cost(unit, active_ms=1000 * self.max_paid_seconds)

    def cost(self, unit: str, *, active_ms: int) -> int:
        """Return what a label that took so long costs; never more than `most`."""
        paid_ms = min(max(active_ms, 0), 1000 * self.max_paid_seconds)
        if unit == LABELS:
            return 1
        if unit == HOURS:
            return paid_ms
        if self.pay_by == PER_LABEL:
            return self.pay_rate
        return (self.pay_rate * paid_ms + MS_PER_HOUR // 2) // MS_PER_HOUR


def to_amount(unit: str, said: Decimal | int) -> int:
    """Return the amount of so many labels, hours or currency units, to the nearest whole one."""
    return int((Decimal(said) * SCALES[unit]).to_integral_value(ROUND_HALF_UP))


def to_said(unit: str, amount: int) -> Decimal:
    """Return an amount as people say it: labels, hours, or units of the currency."""
    return Decimal(amount) / SCALES[unit]


def in_words(unit: str, amount: int, *, currency: str = "") -> str:
    """Write an amount: "1,200 labels", "7.5 hours", "12.34 EUR"."""
    said = to_said(unit, amount)
    if unit == LABELS:
        return f"{amount:,} {'label' if amount == 1 else 'labels'}"
    if unit == HOURS:
        hours = f"{said:,.2f}".rstrip("0").rstrip(".")
        return f"{hours} {'hour' if amount == MS_PER_HOUR else 'hours'}"
    return f"{said:,.2f} {currency}".strip()
