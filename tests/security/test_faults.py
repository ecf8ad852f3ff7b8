"""Rows 9, 13, 29 and 34: a disk that refuses, an upgrade with data, a model file somebody put
there, and somebody who copies what the model says."""

import io
import pickle
import re
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from django.conf import settings
from django.db import InternalError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from alapp.errors import cannot_write
from annotation import tickets
from annotation.models import Label
from annotation.quality import gold
from selection import model_files
from selection.core.linear import LinearModel
from tests.annotation.test_append_only import migrate
from tests.factories import answer, claim, make_project, make_user, publish
from tests.security.conftest import changed, rows_of_all_tables
from tests.support.exporting import rows_of

BACKEND = "django.contrib.auth.backends.ModelBackend"


# Row 9


@pytest.mark.parametrize(
    ("error", "is_disk"),
    [
        (OperationalError("attempt to write a readonly database"), True),
        (OperationalError("database or disk is full"), True),
        (InternalError("cannot execute INSERT in a read-only transaction"), True),
        (OperationalError('could not extend file "x": No space left on device'), True),
        (OperationalError("no such table: annotation_item"), False),
        (OperationalError("database is locked"), False),
    ],
)
def test_refusals_of_the_disk_are_told_from_faults(error, is_disk):
    assert cannot_write(error) == is_disk


def refuse_writes(refuses):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA query_only = {'ON' if refuses else 'OFF'}")
        else:
            mode = "READ ONLY" if refuses else "READ WRITE"
            cursor.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION {mode}")


@pytest.mark.django_db(transaction=True)
def test_answer_the_disk_refuses_is_503_with_the_reason_and_half_of_nothing():
    project = make_project(n_items=2, budget=10)
    publish(project, list(project.items.all()))
    person = project.memberships.get().user
    client = Client(raise_request_exception=False)
    client.force_login(person, backend=BACKEND)
    held = claim(project, person)
    sent = {
        "ticket": tickets.issue(assignment_id=held.pk, user_id=person.pk),
        "client_token": str(uuid4()),
        "classes": [project.classes.first().pk],
        "active_ms": 900,
        "wall_ms": 1_000,
    }
    before = rows_of_all_tables()

    refuse_writes(True)
    try:
        reply = client.post(reverse("answer", args=[project.slug]), sent)
    finally:
        refuse_writes(False)

    assert reply.status_code == 503
    assert "nothing was changed" in reply.text
    assert changed(before, rows_of_all_tables()) == []


# Row 13


@pytest.mark.django_db(transaction=True)
def test_what_was_labelled_before_an_upgrade_is_the_same_after_it():
    """Back to the tables of an older version, with the work in them, and forward again."""
    project = make_project(n_items=4, budget=10, classes=("yes", "no"))
    publish(project, list(project.items.all()))
    person = project.memberships.get().user
    for place in (0, 1, 1):
        answer(project, person, claim(project, person), place=place)
    before = rows_of(project, "results")

    migrate("annotation", "0026_suspects")
    migrate("annotation", None)

    assert rows_of(project, "results") == before
    assert Label.objects.count() == 3


# Row 29


class Trap:
    def __reduce__(self):
        return Path.touch, (Path(settings.DATA_DIR) / "sprung",)


def model(value=0.0):
    return LinearModel(np.full((2, 3), value), np.zeros(2), np.arange(2), n_classes=2)


def test_model_file_that_would_run_code_is_not_loaded(data_dir):
    path = data_dir / "models" / "1" / "00001-0123456789ab.npz"
    path.parent.mkdir(parents=True)
    for content in (
        pickle.dumps(Trap()),
        arrays(model().to_arrays() | {"coef": np.array([Trap()], dtype=object)}),
    ):
        path.write_bytes(content)

        with pytest.raises(ValueError, match=r"allow_pickle|pickled"):
            model_files.read("1/00001-0123456789ab.npz")

    assert not (data_dir / "sprung").exists()


def arrays(named):
    out = io.BytesIO()
    np.savez(out, **named)
    return out.getvalue()


def test_model_file_that_was_exchanged_is_refused_by_its_digest(data_dir):
    name = model_files.write(1, 1, model())
    np.savez(data_dir / "models" / name, **model(1.0).to_arrays())

    with pytest.raises(ValueError, match="is not the one that was written"):
        model_files.read(name)


def test_no_code_unpickles_anything():
    ours = [
        path
        for folder in ("alapp", "annotation", "selection")
        for path in (Path(settings.BASE_DIR) / folder).rglob("*.py")
    ]
    loading = re.compile(r"^\s*(import|from) (pickle|dill|cloudpickle|shelve|marshal)|joblib\.load"
                         r"|allow_pickle=True", re.MULTILINE)  # fmt: skip

    assert [path.name for path in ours if loading.search(path.read_text())] == []


# Row 34


def test_who_copies_the_model_is_told_by_known_answers():
    """A model right on 60 of 100 known answers, and somebody who says what it says.

    Blindly checked they are right on 60 as well: Wilson's upper end of 60 of 100 is 0.677, below
    the floor of 0.70; agreement with the model, 100 of 100, says nothing of the kind. An honest
    person right on 90 of 100 passes.
    """
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 2, 100)
    wrong = rng.permutation(100)[:40]
    model_says = truth.copy()
    model_says[wrong] = 1 - model_says[wrong]
    honest = truth.copy()
    honest[:10] = 1 - honest[:10]

    copied = gold.judge(int((model_says == truth).sum()), 100)

    assert copied.right == 60
    assert copied.upper == pytest.approx(0.677, abs=2e-3)
    assert copied.step == "pause"
    assert gold.judge(int((honest == truth).sum()), 100).step == ""


def test_the_models_guess_is_on_no_page_before_the_answer(db, client):
    project = make_project(n_items=1, budget=5, owner=make_user("olga"))
    (assignment,) = publish(project, list(project.items.all()))
    guess = {"class_id": project.classes.first().pk, "confidence": 0.987_654}
    project.assignments.filter(pk=assignment.pk).update(prediction=guess)
    client.force_login(project.memberships.get().user, backend=BACKEND)

    text = client.get(reverse("label", args=[project.slug])).text

    # In no form a page writes a share in; the digits alone may stand in a random token.
    assert "987654" not in text
    assert not re.search(r"[.,]98|\b9[89]([.,]\d)?\s*%", text)
