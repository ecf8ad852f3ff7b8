"""Predictions in a file of Label Studio: counted in the report, and no labels."""

import json

import pytest

from annotation.formats import ColumnMap
from annotation.models import ItemPayload, Label
from tests.annotation.services.import_support import import_file
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


def test_predictions_are_counted_and_left_out(tmp_path):
    project = make_project(owner=make_user(), classes=("yes", "no"))
    said = {"result": [], "score": 0.9, "model_version": "m1"}
    tasks = [
        {"id": n, "data": {"text": f"text {n}"}, "predictions": [said] * n, "annotations": []}
        for n in range(3)
    ]
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps(tasks))

    run = import_file(project, path, ColumnMap(text="text", key="id"))

    # None, one and two of them.
    assert (run.report["added"], run.report["predictions"]) == (3, 3)
    assert not Label.objects.exists()
    assert [each.fields for each in ItemPayload.objects.all()] == [{}, {}, {}]
