"""The statements of one answer, written out: one each, the same on SQLite and PostgreSQL.

The ORM has no UPDATE .. RETURNING and no UPDATE .. FROM; with it an answer and the next item take
three times as many statements and most of their time goes into building them. Each function here
does for the plain case what a service does row by row for every case. A caller that is told
anything else rolls back and goes that longer way, so that the rules stand in one place.

What several people write at once (accounts, a consensus) is locked in one order: consensus, then
accounts by id.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from annotation import units, worktime

Row = tuple[Any, ...]
# What a unit's label costs, in the order of the two parameters it takes: hours, money.
COST = "CASE b.unit WHEN 'labels' THEN 1 WHEN 'hours' THEN %s ELSE %s END"


class NotPlain(Exception):  # noqa: N818 - not an error: the longer way knows what to do
    """The case is not the plain one; whoever began the transaction rolls back."""


@dataclass(frozen=True)
class Closed:
    """An assignment that has just been answered."""

    assignment_id: int
    project_id: int
    item_id: int
    batch_id: int
    in_reserve: bool
    purpose: str
    prediction: str | None
    model_version: str
    said: str | None
    # As the database has it.
    leased_at: Any

    @property
    def handed_out_at(self) -> datetime:
        """When the item was handed out: SQLite's raw rows have it as text or without a zone."""
        raw = self.leased_at
        when = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
        return when if when.tzinfo else when.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Inserted:
    """A label just added: the active time that was believed, and what its giver still holds."""

    label_id: int
    active_ms: int
    n_held: int


def close_lease(
    *, project_id: int, assignment_id: int, annotator_id: int, now: datetime
) -> Closed | None:
    """Close a lease that is this annotator's; None when it is not, and nothing has changed.

    Locks the account first: of two answers of one person, given in two windows at the same moment,
    the second must see how much time the first took.
    """
    rows = _rows(
        f"""
        UPDATE annotation_assignment
        SET state = 'done', leased_until = NULL, closed_at = %s
        WHERE id = %s AND project_id = %s AND state = 'leased' AND annotator_id = (
            SELECT id FROM annotation_user WHERE id = %s {_for_no_key_update()}
        )
        RETURNING id, project_id, item_id, batch_id, in_reserve, purpose, prediction,
            model_version, said, leased_at
        """,
        [_moment(now), assignment_id, project_id, annotator_id],
    )
    return Closed(*rows[0]) if rows else None


def insert_label(
    fields: Mapping[str, Any], *, claimed_ms: int, closed: Closed, now: datetime
) -> Inserted | None:
    """Add somebody's first answer to an item, with as much of the claimed time as can be true.

    `fields` are the label's other columns. None when its token has been recorded, or when they
    have said something of the item before. The time is `worktime.fit`, in SQL; a test compares.
    """
    now_ms, handed_out_ms = worktime.moment(now), worktime.moment(closed.handed_out_at)
    stored = {
        **fields,
        "value": json.dumps(fields["value"]),
        "client_token": _token(fields["client_token"]),
        "prediction": closed.prediction,
        "origin": "annotator",
    }
    claimed_ms = max(min(claimed_ms, worktime.LONGEST_MS), 0)
    rows = _rows(
        f"""
        INSERT INTO annotation_label ({", ".join(stored)}, active_ms, worked_until_ms)
        SELECT {_marks(stored)}, fits.active_ms, fits.start + fits.active_ms
        FROM (
            SELECT s.start, CASE WHEN s.start > %s THEN 0
                WHEN %s - s.start < %s THEN %s - s.start ELSE %s END AS active_ms
            FROM (
                SELECT CASE WHEN last.worked_until_ms > %s THEN last.worked_until_ms ELSE %s END
                    AS start
                FROM (
                    SELECT max(worked_until_ms) AS worked_until_ms FROM annotation_label
                    WHERE annotator_id = %s
                ) AS last
            ) AS s
        ) AS fits
        WHERE true ON CONFLICT DO NOTHING
        RETURNING id, active_ms, (
            SELECT count(*) FROM annotation_assignment AS held
            WHERE held.annotator_id = %s AND held.state = 'leased' AND held.project_id = %s
        )
        """,
        [
            *stored.values(),
            *[now_ms, now_ms, claimed_ms, now_ms, claimed_ms],
            *[handed_out_ms, handed_out_ms, fields["annotator_id"]],
            *[fields["annotator_id"], fields["project_id"]],
        ],
    )
    return Inserted(*rows[0]) if rows else None


def count_answer(*, project_id: int, item_id: int, value: Sequence[int]) -> int:
    """Make the consensus of an item's first answer; return of how many answers it is now.

    With more than one it is not made, only locked: the caller makes it of all of them.
    """
    rows = _rows(
        """
        INSERT INTO annotation_consensus (item_id, project_id, value, certainty, n_labels)
        VALUES (%s, %s, %s, 1, 1)
        ON CONFLICT (item_id) DO UPDATE SET n_labels = annotation_consensus.n_labels + 1
        RETURNING n_labels
        """,
        [item_id, project_id, json.dumps(value)],
    )
    return int(rows[0][0])


def count_answers(*, project_id: int, item_ids: Sequence[int], value: Sequence[int]) -> list[int]:
    """As `count_answer`, the same answer to many items; return those of more than one answer."""
    rows = _rows(
        f"""
        INSERT INTO annotation_consensus (item_id, project_id, value, certainty, n_labels)
        VALUES {", ".join(["(%s, %s, %s, 1, 1)"] * len(item_ids))}
        ON CONFLICT (item_id) DO UPDATE SET n_labels = annotation_consensus.n_labels + 1
        RETURNING item_id, n_labels
        """,
        [each for pk in sorted(item_ids) for each in (pk, project_id, json.dumps(value))],
    )
    return [int(item_id) for item_id, n in rows if n > 1]


def settle(*, assignment_id: int, label_id: int, terms: units.Terms, active_ms: int) -> None:
    """Turn what the lease reserved into what the label cost, never more than was reserved."""
    hours, money = (terms.cost(unit, active_ms=active_ms) for unit in (units.HOURS, units.MONEY))
    _run(
        f"""
        UPDATE annotation_account
        SET reserved = annotation_account.reserved - c.held,
            spent = annotation_account.spent
                + CASE WHEN c.held < c.cost THEN c.held ELSE c.cost END,
            n_settled = annotation_account.n_settled + 1
        FROM (
            SELECT c.account_id, c.amount AS held, {COST} AS cost
            FROM annotation_charge AS c
            JOIN annotation_account AS a ON a.id = c.account_id
            JOIN annotation_budget AS b ON b.id = a.budget_id
            WHERE c.assignment_id = %s AND c.state = 'reserved'
            ORDER BY a.id {_for_update("a")}
        ) AS c
        WHERE annotation_account.id = c.account_id
        """,
        [hours, money, assignment_id],
    )
    _run(
        f"""
        UPDATE annotation_charge
        SET state = 'settled', label_id = %s, amount = (
            SELECT CASE WHEN annotation_charge.amount < {COST} THEN annotation_charge.amount
                ELSE {COST} END
            FROM annotation_account AS a JOIN annotation_budget AS b ON b.id = a.budget_id
            WHERE a.id = annotation_charge.account_id
        )
        WHERE assignment_id = %s AND state = 'reserved'
        """,
        [label_id, hours, money, hours, money, assignment_id],
    )


def first_open(*, project_id: int, annotator_id: int) -> tuple[str, tuple[Any, ...]]:
    """Return the query of what is next for somebody where no rule keeps anything from them.

    The same as the queue's own, which takes its rules from the ORM; a test compares the two.
    """
    locked = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update else ""
    sql = f"""
        SELECT a.id FROM annotation_assignment AS a
        WHERE a.project_id = %s AND a.state = 'open'
            AND NOT EXISTS (
                SELECT 1 FROM annotation_label AS l
                WHERE l.item_id = a.item_id AND l.annotator_id = %s
            )
            AND NOT EXISTS (
                SELECT 1 FROM annotation_skip AS s
                WHERE s.item_id = a.item_id AND s.annotator_id = %s AND s.put_back_at IS NULL
            )
            AND NOT EXISTS (
                SELECT 1 FROM annotation_assignment AS o
                WHERE o.item_id = a.item_id AND o.annotator_id = %s
            )
            AND NOT EXISTS (
                SELECT 1 FROM annotation_trust AS t
                WHERE t.project_id = %s AND t.annotator_id = %s AND t.is_paused
            )
        ORDER BY a.in_reserve, a.batch_id DESC, a.position, a.slot LIMIT 1 {locked}
        """
    return sql, (project_id, *[annotator_id] * 3, project_id, annotator_id)


def lease(
    candidate: tuple[str, Sequence[Any]], *, annotator_id: int, now: datetime, until: datetime
) -> int | None:
    """Lease what the candidate's query finds, if it is still open; return its id.

    Of two who find the same, one gets None; with PostgreSQL the second skips what is locked.
    """
    sql, parameters = candidate
    rows = _rows(
        f"""
        UPDATE annotation_assignment
        SET state = 'leased', annotator_id = %s, leased_at = %s, leased_until = %s
        WHERE state = 'open' AND id = ({sql})
        RETURNING id
        """,
        [annotator_id, _moment(now), _moment(until), *parameters],
    )
    return int(rows[0][0]) if rows else None


def reserve(
    *, project_id: int, assignment_id: int, holders: Sequence[str], terms: units.Terms
) -> bool:
    """Set aside the most a label may cost in every budget; False when any of them refuses.

    Then some accounts hold what the others refused: the caller must roll back.
    """
    costs = [terms.most(units.HOURS), terms.most(units.MONEY)]
    rows = _rows(
        f"""
        UPDATE annotation_account SET reserved = annotation_account.reserved + x.cost
        FROM (
            SELECT a.id, {COST} AS cost
            FROM annotation_budget AS b JOIN annotation_account AS a ON a.budget_id = b.id
            WHERE b.project_id = %s AND NOT b.is_frozen AND a.holder IN (%s, %s, %s)
            ORDER BY a.id {_for_update("a")}
        ) AS x
        WHERE annotation_account.id = x.id AND annotation_account."limit"
            >= annotation_account.reserved + annotation_account.spent + x.cost
        RETURNING annotation_account.id,
            (SELECT count(*) FROM annotation_budget AS n WHERE n.project_id = %s)
        """,
        [*costs, project_id, *holders, project_id],
    )
    if not rows or len(rows) != rows[0][1]:
        return False
    accounts = [row[0] for row in rows]
    _run(
        f"""
        INSERT INTO annotation_charge (account_id, assignment_id, state, amount)
        SELECT a.id, %s, 'reserved', {COST}
        FROM annotation_account AS a JOIN annotation_budget AS b ON b.id = a.budget_id
        WHERE a.id IN ({_marks(accounts)}) ORDER BY a.id
        """,
        [assignment_id, *costs, *accounts],
    )
    return True


@dataclass(frozen=True)
class Held:
    """An item that lies before an annotator; what is shown of it is None where the page has it."""

    assignment_id: int
    is_due: bool
    item_id: int
    content_hash: str | None
    text: str
    fields: str
    file: str
    width: int | None
    height: int | None
    said: str | None
    taken_back: str | None


def look(*, project_id: int, annotator_id: int, have: Collection[int], due: datetime) -> list[Row]:
    """Return what lies before an annotator: a row for each item they hold, the first come first.

    Each begins with the newest batch (id, wanted, still out) and the project's own budget of
    labels (limit, spent); when nothing is held there is one row of only these. What is shown of an
    item is left out of those the page has.
    """
    return _rows(
        f"""
        SELECT n.batch_id, n.n_wanted, n.n_out, n.label_limit, n.label_spent,
            held.id, held.leased_until <= %s, held.item_id, i.content_hash,
            p.text, p.fields, p.file, p.width, p.height, held.said,
            (
                SELECT s.value
                FROM annotation_label AS r JOIN annotation_label AS s ON s.id = r.supersedes_id
                WHERE r.item_id = p.item_id AND r.annotator_id = %s AND r.value IS NULL
                    AND NOT EXISTS (
                        SELECT 1 FROM annotation_label AS later WHERE later.supersedes_id = r.id
                    )
            )
        FROM ({NEWEST}) AS n
        LEFT JOIN annotation_assignment AS held
            ON held.annotator_id = %s AND held.state = 'leased' AND held.project_id = %s
        LEFT JOIN annotation_item AS i ON i.id = held.item_id AND held.id NOT IN ({_marks(have)})
        LEFT JOIN annotation_itempayload AS p ON p.item_id = i.id
        ORDER BY held.leased_at, held.in_reserve, held.batch_id DESC, held.position, held.id
        """,
        [_moment(due), annotator_id, *[project_id] * 3, annotator_id, project_id, *(have or [0])],
    )


# The newest batch with its counts, and the budget of labels, in one row that is always there.
NEWEST = """
    SELECT newest.id AS batch_id, b."limit" AS label_limit, a.spent AS label_spent,
        (
            SELECT count(*) FROM annotation_assignment AS w
            WHERE w.batch_id = newest.id AND NOT w.in_reserve AND w.state <> 'withdrawn'
        ) AS n_wanted,
        (
            SELECT count(*) FROM annotation_assignment AS w
            WHERE w.batch_id = newest.id AND NOT w.in_reserve AND w.state IN ('open', 'leased')
        ) AS n_out
    FROM annotation_project AS project
    LEFT JOIN annotation_batch AS newest ON newest.id = (
        SELECT id FROM annotation_batch WHERE project_id = %s AND number >= 0
        ORDER BY number DESC LIMIT 1
    )
    LEFT JOIN annotation_budget AS b
        ON b.project_id = %s AND b.scope = 'project' AND b.unit = 'labels'
    LEFT JOIN annotation_account AS a ON a.budget_id = b.id
    WHERE project.id = %s
"""


def _rows(sql: str, parameters: Sequence[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[Row] = cursor.fetchall()
    return found


def _run(sql: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def _for_update(table: str) -> str:
    """Lock the rows in the order of the query; SQLite has one writer and no such lock."""
    return f"FOR UPDATE OF {table}" if connection.features.has_select_for_update else ""


def _for_no_key_update() -> str:
    """Lock a row that others may point at meanwhile."""
    return "FOR NO KEY UPDATE" if connection.features.has_select_for_no_key_update else ""


def _marks(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * (len(values) or 1))


def _moment(when: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(when)


def _token(token: UUID) -> Any:
    return token if connection.features.has_native_uuid_field else token.hex
