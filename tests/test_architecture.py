"""The rules between rooms (docs/development.md), tried on the code and on code that breaks them."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.support import architecture
from tests.support.architecture import ROOT, Source, sources

HOUSE = sources("alapp", "annotation", "selection")
EVERYTHING = [*HOUSE, *sources("benchmarks", "requirements", "tests")]

Rule = Callable[[Source], Iterator[str]]
# A rule, a file it is about, lines it must refuse, lines it must let pass.
RULES: tuple[tuple[Rule, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        architecture.core_imports,
        "selection/core/strategies.py",
        (
            "import django",
            "from annotation import exchange",
            "import pandas as pd",
            "from selection import models",
            "from selection.retraining import look",
            "def f():\n    import requests",
        ),
        (
            "import json, numpy as np",
            "from selection.core import types",
            "from selection.core.types import PoolView",
            "from sklearn.svm import SVC",
            "from PIL import Image",
        ),
    ),
    (
        architecture.selection_imports,
        "selection/retraining.py",
        (
            "from annotation.models import Item",
            "import annotation",
            "from annotation import exchange, models",
            "import annotation.exchanges",
        ),
        (
            "from annotation import exchange",
            "from annotation.exchange import load_pool",
            "import annotation.exchange",
        ),
    ),
    (
        architecture.selection_imports,
        "selection/api/views.py",
        (
            "from annotation.models import Item",
            "from annotation.services import runs",
            "from annotation.permissions import Can",
        ),
        (
            "from annotation.exchange import Can",
            "from annotation.api.endpoints import Endpoint, operation",
            "from annotation.scopes import Scope",
        ),
    ),
    (
        architecture.annotation_imports,
        "annotation/services/queue.py",
        ("import selection", "from selection.core import catalog"),
        ("from annotation.models import Item", "from alapp import web"),
    ),
    (
        architecture.alapp_imports,
        "annotation/views/queue.py",
        ("from alapp import settings", "import alapp.urls", "from alapp import web, settings"),
        ("from alapp.web import region", "from alapp import errors, clock"),
    ),
    (
        architecture.absolute_imports,
        "annotation/permissions.py",
        ("from . import models", "from .models import Item", "from ..alapp import web"),
        ("from annotation import models",),
    ),
    (
        architecture.imports_on_top,
        "annotation/permissions.py",
        ("def f():\n    import json", "class A:\n    def f(self):\n        from os import path"),
        ("import json", "def f():\n    import pyarrow.parquet"),
    ),
    (
        architecture.pure_files,
        "annotation/formats/csv.py",
        (
            "from django.db import models",
            "import rest_framework",
            "from annotation.models import Item",
            "from alapp import clock",
        ),
        ("import csv", "from annotation import schema", "from annotation.formats import errors"),
    ),
    (
        architecture.services_without_requests,
        "annotation/services/queue.py",
        (
            "from django.http import HttpRequest",
            "from annotation.forms import LabelForm",
            "def claim_next(request):\n    pass",
            "def claim_next(*, request):\n    pass",
        ),
        ("from django.db import transaction", "def claim_next(project, *, annotator):\n    pass"),
    ),
    (
        architecture.transaction_owners,
        "annotation/views/queue.py",
        (
            "from django.db import transaction",
            "from django.db.transaction import atomic",
            "from django import db\nwith db.transaction.atomic():\n    pass",
        ),
        ("from django.db import models", "transaction = 1"),
    ),
    (
        architecture.no_save_signals,
        "annotation/models/labels.py",
        (
            "from django.db.models.signals import post_save",
            "signals.pre_delete.connect(f)",
            "@receiver(signals.post_save, sender=Label)\ndef f(**kwargs):\n    pass",
        ),
        ("from django.contrib.auth.signals import user_logged_in",),
    ),
    (
        architecture.no_save_overrides,
        "annotation/models/labels.py",
        (
            "class Label(models.Model):\n    def save(self, **kwargs):\n        pass",
            "class Label(Stamped):\n    async def asave(self, **kwargs):\n        pass",
        ),
        (
            "class NameForm(forms.ModelForm):\n    def save(self):\n        pass",
            "class Part:\n    def save(self):\n        pass",
            "label.save()",
        ),
    ),
    (
        architecture.no_mutable_module_state,
        "selection/monitoring.py",
        (
            "cache = {}",
            "seen: set[int] = set()",
            "rows = [n for n in range(3)]",
            "from collections import defaultdict\ncounts = defaultdict(int)",
            "def f():\n    global total\n    total = 1",
            "NAMES = {}\ndef f():\n    NAMES['a'] = 1",
            "NAMES = []\ndef f():\n    NAMES.append(1)",
        ),
        (
            "STRATEGIES = {'margin': 1}",
            "urlpatterns = []",
            "names = ('a', 'b')",
            "NAMES = []\ndef f():\n    names = []\n    names.append(1)",
        ),
    ),
    (
        architecture.file_size,
        "selection/core/batches/spread.py",
        ("\n" * 401,),
        ("\n" * 400,),
    ),
    (
        architecture.function_size,
        "selection/core/batches/spread.py",
        ("def f():\n" + "    x = 1\n" * 60,),
        ("def f():\n" + "    x = 1\n" * 59,),
    ),
)
EVERYWHERE = (architecture.file_size, architecture.function_size, architecture.absolute_imports)


@pytest.mark.parametrize("rule", [rule for rule, *_ in RULES], ids=lambda rule: rule.__name__)
def test_code_keeps_the_rule(rule):
    tree = EVERYTHING if rule in EVERYWHERE else HOUSE

    broken = [f"{source.path}: {problem}" for source in tree for problem in rule(source)]

    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        pytest.param(rule, path, text, id=f"{rule.__name__}-{number}")
        for rule, path, refused, _ in RULES
        for number, text in enumerate(refused)
    ],
)
def test_rule_refuses(rule, path, text):
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        pytest.param(rule, path, text, id=f"{rule.__name__}-{number}")
        for rule, path, _, allowed in RULES
        for number, text in enumerate(allowed)
    ],
)
def test_rule_lets_pass(rule, path, text):
    assert not list(rule(Source(path, text)))


@pytest.mark.parametrize(
    "room",
    [
        "alapp/",
        "annotation/models/",
        "annotation/services/",
        "annotation/views/",
        "annotation/schema.py",
        "annotation/exchange/__init__.py",
        "annotation/formats/",
        "selection/core/",
        "selection/retraining",
        "tests/",
    ],
)
def test_rules_look_into_every_room(room):
    assert any(source.path.startswith(room) and source.text for source in EVERYTHING)


def test_heavy_library_is_wrapped_by_one_file_of_the_core():
    assert not list(architecture.wrapped_in_one_file(HOUSE))


def test_heavy_library_wrapped_twice_is_refused():
    twice = [Source(f"selection/core/{name}.py", "import torch") for name in ("a", "b")]

    assert list(architecture.wrapped_in_one_file(twice))


# What a process really loads

IMPORT_WITHOUT_DJANGO = """
import importlib, sys

blocked, optional, *modules = (argument.split() for argument in sys.argv[1:])

class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "rest_framework", "alapp", *blocked}:
            raise ImportError(f"{name} is not for pure files")

sys.meta_path.insert(0, NoDjango())
for (name,) in modules:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in optional:
            raise
"""
OPTIONAL = " ".join(architecture.WRAPPED_LIBRARIES)

IMPORT_LIKE_A_WEB_PROCESS = """
import sys
import django
django.setup()
from django.urls import get_resolver
assert get_resolver("alapp.urls").reverse_dict
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def _modules(*prefixes: str) -> list[str]:
    paths = [source.path for source in HOUSE if source.path.startswith(prefixes)]
    return [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in paths]


def _run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("prefixes", "blocked"),
    [(("selection/core/",), "annotation"), (architecture.PURE, "selection")],
    ids=["core", "pure"],
)
def test_pure_modules_import_where_django_is_absent(prefixes, blocked):
    modules = _modules(*prefixes)

    done = _run_python(IMPORT_WITHOUT_DJANGO, blocked, OPTIONAL, *modules)

    assert modules
    assert done.returncode == 0, done.stderr


def test_blocking_django_bites():
    done = _run_python(IMPORT_WITHOUT_DJANGO, "selection", OPTIONAL, "annotation.models")

    assert "django is not for pure files" in done.stderr


def test_web_process_loads_no_estimators():
    done = _run_python(IMPORT_LIKE_A_WEB_PROCESS)

    loaded = set(done.stdout.split())
    assert {"django", "annotation", "selection"} <= loaded, done.stderr
    assert not loaded & {
        "numpy",
        "sklearn",
        "scipy",
        "matplotlib",
        "torch",
        "sentence_transformers",
    }
