"""Whatever people, leads, the reader and crashes do in whatever order, the invariants hold.

Time is an argument, so hours pass without waiting. `make soak` looks for longer.
"""

import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alapp.errors import Conflict
from annotation import exchange
from annotation.models import Budget, Label, User
from annotation.services import (
    budgets,
    corrections,
    deciding,
    labels,
    leases,
    projects,
    queue,
    skipped,
)
from annotation.services.budgets import BudgetExhausted
from annotation.units import MONEY_PARTS, MS_PER_HOUR
from tests.annotation.services.import_support import LABELLED, TEXT, import_file, write_upload
from tests.factories import NOW, make_project, make_user
from tests.support.faults import Crash, after_statement, crash
from tests.support.invariants import Acknowledged, Witness, violations
from tests.support.supply import can_be_handed_out

EXAMPLES = int(os.environ.get("ALAPP_SOAK_EXAMPLES", "0"))
MACHINE = settings(
    max_examples=EXAMPLES or 8,
    stateful_step_count=80 if EXAMPLES else 40,
    derandomize=not EXAMPLES,
    deadline=None,
    # The steps of a failure are printed; making them fewer would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
N_PEOPLE = 3
PEOPLE = st.integers(0, N_PEOPLE - 1)
PLACES = st.integers(0, 30)
# A lease reserves one of each: a label, an hour, and what an hour is paid.
UNIT_OF = {"labels": 1, "hours": MS_PER_HOUR, "money": MONEY_PARTS}


class Desk(RuleBasedStateMachine):
    """One project, three annotators, a lead; every example in a transaction that is undone."""

    @initialize(
        overlap=st.integers(1, 3),
        share=st.sampled_from([40, 100]),
        n_items=st.integers(3, 9),
        limit=st.integers(2, 12),
    )
    def start(self, overlap: int, share: int, n_items: int, limit: int) -> None:
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self.now = NOW
        self.lead = make_user()
        self.people = [make_user() for _ in range(N_PEOPLE)]
        self.project = make_project(n_items=n_items, owner=self.lead, budget=limit)
        changes = {"overlap": overlap, "overlap_percent": share, "max_skips": 2}
        projects.describe(project=self.project, actor=self.lead, **changes)
        budgets.set_pay(
            project=self.project,
            actor=self.lead,
            pay_by="hour",
            pay_rate=UNIT_OF["money"],
            currency="EUR",
            max_paid_seconds=3_600,
        )
        for person in self.people:
            projects.set_role(project=self.project, user=person, role="annotator", actor=self.lead)
        self.handed_out: list[tuple[User, int]] = []
        self.sent: list[tuple[User, int, labels.Answer]] = []
        self.acknowledged: list[Acknowledged] = []
        self.n_batches = 0
        self.n_imported = 0
        self.n_steps = 0
        self.witness = Witness(self.project)

    def teardown(self) -> None:
        if hasattr(self, "_atomic"):
            transaction.set_rollback(True)
            self._atomic.__exit__(None, None, None)

    # What an annotator's page does

    @rule(person=PEOPLE)
    def sit_down(self, person: int) -> None:
        desk = queue.sit_down(project=self.project, annotator=self.people[person], now=self.now)
        self._note_handed_out(person, [each.pk for each in desk.assignments])
        assert desk.assignments or desk.nothing

    @rule(person=PEOPLE)
    def claim_one_more(self, person: int) -> None:
        try:
            found = queue.claim(project=self.project, annotator=self.people[person], now=self.now)
        except BudgetExhausted:
            return
        self._note_handed_out(person, [found.pk] if found else [])

    @rule(person=PEOPLE, chosen=st.integers(0, 1), times=st.integers(1, 3))
    def answer_what_lies_in_front(self, person: int, chosen: int, times: int) -> None:
        for _ in range(times):
            self.sit_down(person)
            desk = queue.sit_down(project=self.project, annotator=self.people[person], now=self.now)
            for held in desk.assignments[:1]:
                answer = labels.Answer([self._class(chosen)], uuid4(), active_ms=1_000)
                self.sent.append((self.people[person], held.pk, answer))
                self._send(*self.sent[-1])

    @rule(person=PEOPLE, what=st.sampled_from([queue.renew, queue.let_go]))
    def show_a_sign_of_life_or_leave(self, person: int, what: Callable[..., object]) -> None:
        what(project=self.project, annotator=self.people[person], now=self.now)

    @precondition(lambda self: self.handed_out)
    @rule(place=PLACES, chosen=st.integers(0, 1))
    def submit(self, place: int, chosen: int) -> None:
        person, assignment = self.handed_out[-1 - place % len(self.handed_out)]
        answer = labels.Answer([self._class(chosen)], uuid4(), active_ms=1_000)
        self.sent.append((person, assignment, answer))
        self._send(*self.sent[-1])

    @precondition(lambda self: self.sent)
    @rule(place=PLACES)
    def send_the_same_again(self, place: int) -> None:
        self._send(*self.sent[-1 - place % len(self.sent)])

    @precondition(lambda self: self.handed_out)
    @rule(place=PLACES, reason=st.sampled_from(["unsure", "other"]))
    def skip(self, place: int, reason: str) -> None:
        person, assignment = self.handed_out[-1 - place % len(self.handed_out)]
        try:
            self._skip(person, assignment, reason)
        except Conflict:
            return

    @rule(person=PEOPLE, times=st.integers(1, 2))
    def undo(self, person: int, times: int) -> None:
        token = uuid4()
        for _ in range(times):
            try:
                self._undo(self.people[person], token)
            except Conflict:
                return
        self._acknowledge(self.people[person], token, None)

    @rule(person=PEOPLE, place=PLACES, chosen=st.integers(0, 1), is_taken_back=st.booleans())
    def change_an_earlier_answer(
        self, person: int, place: int, chosen: int, is_taken_back: bool
    ) -> None:
        given = Label.objects.filter(annotator=self.people[person]).order_by("pk")
        if not given:
            return
        self.project.refresh_from_db()
        token, label = uuid4(), given[place % len(given)]
        change = corrections.Change(self.project, label.pk, self.people[person], token)
        value = [self._class(chosen)]
        try:
            if is_taken_back:
                found = corrections.take_back(change, now=self.now)
            else:
                found = corrections.revise(change, class_ids=value)
        except (Conflict, PermissionDenied):
            return
        if is_taken_back:
            self._note_handed_out(person, [found.assignment_id or 0])
        if found.client_token == token:
            self._acknowledge(self.people[person], token, None if is_taken_back else tuple(value))

    # What time, leads and the reader do

    @rule(seconds=st.sampled_from([20, 61, 300, 601, 90_000]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(person=PEOPLE, who=st.sampled_from(["lead", "tick"]))
    def leases_are_taken_back(self, person: int, who: str) -> None:
        if who == "lead":
            leases.take_back_all(
                project=self.project, annotator_id=self.people[person].pk, actor=self.lead
            )
        else:
            queue.release_all_expired(now=self.now)

    @precondition(lambda self: self.waiting_for_lead())
    @rule(decision=st.sampled_from(["put back", "withdraw", "answer"]))
    def lead_decides_what_was_skipped(self, decision: str) -> None:
        item, token = self.waiting_for_lead()[0].item.pk, uuid4()
        about: dict[str, Any] = {"project": self.project, "actor": self.lead, "now": self.now}
        if decision == "put back":
            deciding.put_back(item_ids=[item], **about)
        elif decision == "withdraw":
            deciding.withdraw(item_id=item, **about)
        else:
            self._lead_answers(item, token, about)

    def waiting_for_lead(self) -> list[skipped.Skipped]:
        return skipped.waiting(self.project, limit=10)

    def _lead_answers(self, item: int, token: UUID, about: dict[str, Any]) -> None:
        answer = labels.Answer([self._class(0)], token)
        try:
            deciding.answer(item_id=item, answer=answer, **about)
        except (ValidationError, Conflict):
            return
        self._acknowledge(self.lead, token, tuple(answer.class_ids))

    @rule(
        scope=st.sampled_from(Budget.Scope.values),
        unit=st.sampled_from(list(UNIT_OF)),
        limit=st.integers(1, 14),
    )
    def set_budget(self, scope: str, unit: str, limit: int) -> None:
        try:
            budgets.set_limit(
                project=self.project,
                scope=scope,
                unit=unit,
                limit=limit * UNIT_OF[unit],
                actor=self.lead,
            )
        except ValidationError as error:
            if "cannot go below" not in str(error):
                raise

    @rule(is_frozen=st.booleans())
    def freeze(self, is_frozen: bool) -> None:
        budget = Budget.objects.filter(project=self.project).latest("pk")
        budgets.freeze(budget=budget, is_frozen=is_frozen, actor=self.lead)

    @rule(status=st.sampled_from(["active", "active", "active", "paused", "stopped"]))
    def change_status(self, status: str) -> None:
        projects.set_status(project=self.project, status=status, actor=self.lead, now=self.now)

    @rule(start=st.integers(0, 8), size=st.integers(1, 5), reserve=st.integers(0, 2))
    def publish(self, start: int, size: int, reserve: int) -> None:
        self._publish(self.n_batches, start, size, reserve)
        self.n_batches += 1

    @precondition(lambda self: self.n_batches)
    @rule(start=st.integers(0, 8))
    def publish_a_number_again(self, start: int) -> None:
        try:
            self._publish(self.n_batches - 1, start, 3, 1)
        except IntegrityError:
            return
        raise AssertionError("a round's number was published twice")

    @precondition(lambda self: self.n_imported < 3)
    @rule(is_labelled=st.booleans())
    def import_more(self, is_labelled: bool) -> None:
        self.n_imported += 1
        rows = [f"{self.n_imported}-{n},more {self.n_imported} {n},yes" for n in range(2)]
        content = "\n".join(["id,text,label", *rows, ""])
        with tempfile.TemporaryDirectory() as folder:
            path = write_upload(Path(folder), content)
            columns = LABELLED if is_labelled else TEXT
            run = import_file(self.project, path, columns, actor=self.lead)
        assert run.state == "done", run.error

    # What a power cut does

    @rule(
        person=PEOPLE,
        place=PLACES,
        what=st.sampled_from(["sit_down", "submit", "skip", "undo", "publish"]),
        statement=st.integers(1, 14),
    )
    def crash_in_the_middle(self, person: int, place: int, what: str, statement: int) -> None:
        try:
            with after_statement(statement, crash):
                self._begin(what, person, place)
        except (Crash, Conflict):
            return

    def _begin(self, what: str, person: int, place: int) -> None:
        who, assignment = self.people[person], None
        if self.handed_out and what in ("submit", "skip"):
            who, assignment = self.handed_out[-1 - place % len(self.handed_out)]
        if what == "sit_down":
            queue.sit_down(project=self.project, annotator=who, now=self.now)
        elif what == "submit" and assignment:
            answer = labels.Answer([self._class(0)], uuid4())
            # Nobody heard the end of it, so it is sent again later.
            self.sent.append((who, assignment, answer))
            self._record(who, assignment, answer)
        elif what == "skip" and assignment:
            self._skip(who, assignment, "unsure")
        elif what == "undo":
            self._undo(who, uuid4())
        elif what == "publish":
            self._publish(self.n_batches, place, 3, 1)
            self.n_batches += 1

    # What must hold after every step

    @invariant()
    def all_invariants_hold(self) -> None:
        assert violations(self.project, self.acknowledged) == []
        assert self.witness.look() == []
        connection.check_constraints()

    @invariant()
    def nobody_waits_in_vain(self) -> None:
        """With budget and an item they may judge, a claim returns one; without, it says so."""
        self.n_steps += 1
        for person in self.people[self.n_steps % N_PEOPLE :][:1]:
            expected = can_be_handed_out(self.project, person, now=self.now)
            with transaction.atomic():
                try:
                    found = queue.claim(project=self.project, annotator=person, now=self.now)
                except BudgetExhausted:
                    found = None
                transaction.set_rollback(True)
            assert bool(found) == expected, (person.pk, found, expected)

    # The same calls the views make

    def _send(self, person: User, assignment: int, answer: labels.Answer) -> None:
        before = Label.objects.filter(annotator=person, client_token=answer.client_token).first()
        try:
            label = self._record(person, assignment, answer)
        except Conflict:
            assert before is None
            return
        assert before is None or label == before
        self._acknowledge(person, answer.client_token, tuple(answer.class_ids))

    def _record(self, person: User, assignment: int, answer: labels.Answer) -> Label:
        return labels.record(
            project=self.project,
            assignment_id=assignment,
            annotator=person,
            answer=answer,
            now=self.now,
        )

    def _skip(self, person: User, assignment: int, reason: str) -> None:
        queue.skip(
            project=self.project,
            assignment_id=assignment,
            annotator=person,
            reason=reason,
            now=self.now,
        )

    def _undo(self, person: User, token: UUID) -> None:
        found = labels.undo(project=self.project, annotator=person, token=token, now=self.now)
        self._note_handed_out(self.people.index(person), [found.pk])

    def _publish(self, number: int, start: int, size: int, reserve: int) -> None:
        items = list(self.project.items.order_by("pk").values_list("pk", flat=True))
        chosen = [items[(start + i) % len(items)] for i in range(min(size, len(items)))]
        wanted = [
            exchange.WantedItem(item, place, "query", place >= len(chosen) - reserve)
            for place, item in enumerate(chosen)
        ]
        with transaction.atomic():
            exchange.publish(
                project_id=self.project.pk, number=number, wanted=wanted, model_version=""
            )

    def _note_handed_out(self, person: int, assignments: list[int]) -> None:
        known = set(self.handed_out)
        new = [(self.people[person], pk) for pk in assignments]
        self.handed_out += [each for each in new if each not in known]

    def _acknowledge(self, person: User, token: UUID, value: tuple[int, ...] | None) -> None:
        self.acknowledged.append(Acknowledged(person.pk, token, value))

    def _class(self, place: int) -> int:
        return self.project.classes.all()[place].pk


@pytest.mark.django_db
def test_invariants_hold_whatever_happens_in_whatever_order():
    run_state_machine_as_test(Desk, settings=MACHINE)
