"""People in processes, half of them killed, answers sent twice: a short run of what soak does."""

import os
from uuid import uuid4

import pytest

from tests.support.invariants import Acknowledged, violations
from tests.support.runs_of_a_crowd import Plan, make_work, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]


@pytest.mark.parametrize("seed", [1, 3], ids=["services", "HTTP"])
def test_killed_crowd_breaks_no_invariant(seed, data_dir, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "ALAPP_DATA_DIR", str(data_dir))

    found = run(Plan(seed=seed, n_items=100, n_people=4), folder=tmp_path)

    assert found["violations"] == []
    assert found["errors"] == []
    assert found["labels"] >= 75
    assert found["rounds"] >= 1


def test_lost_answer_would_be_found():
    project = make_work(Plan(seed=1, n_items=10, n_people=1))
    never_stored = Acknowledged(1, uuid4(), (1,))

    assert violations(project, [never_stored])
