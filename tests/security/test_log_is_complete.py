"""Whoever does something is in the audit log: each function that is told who acts says so there.

Read off the code, so that a new one cannot be forgotten: a function of the services that takes an
`actor` writes an entry, or hands the actor to one that does. Row 32.
"""

import ast
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = ("annotation/services", "selection")
WHO = {"actor", "actor_id"}
# What only asks, or does a part of what its caller writes down.
PARTS = {
    ("annotation/services/accounts.py", "_may_hand"),
    ("annotation/services/deciding.py", "_take"),
    ("annotation/services/known_answers.py", "_gold"),
    ("annotation/services/runs.py", "open_run"),
    ("annotation/services/seeds.py", "_write"),
    ("annotation/services/sought.py", "_take"),
}


def functions():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "migrations" in name or "selection/core" in name:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and WHO & arguments(node):
                    yield (name, node.name), node


def arguments(node):
    return {each.arg for each in [*node.args.args, *node.args.kwonlyargs]}


def says_who(node):
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    return any(is_note(call) or hands_on(call) for call in calls)


def is_note(call):
    return ast.unparse(call.func) == "audit.note"


def hands_on(call):
    named = {each.arg for each in call.keywords}
    placed = {each.id for each in call.args if isinstance(each, ast.Name)}
    # A row that keeps who made it is no entry, and a part writes none.
    is_row = isinstance(call.func, ast.Name) and call.func.id[0].isupper()
    is_part = ast.unparse(call.func).removeprefix("runs.") in {name for _, name in PARTS}
    return bool(WHO & (named | placed)) and not is_row and not is_part


def test_whoever_acts_is_written_down():
    found = dict(functions())

    silent = {where for where, node in found.items() if not says_who(node)}

    assert silent == PARTS
    assert len(found) > 60


def test_function_that_keeps_quiet_is_found():
    quiet = ast.parse("def stop(*, project, actor):\n    project.stop()").body[0]
    row = ast.parse("def add(*, actor):\n    Seed(added_by=1, actor=actor)").body[0]
    tells = ast.parse("def stop(*, actor):\n    audit.note('stop', actor=actor)").body[0]

    assert [says_who(each) for each in (quiet, row, tells)] == [False, False, True]
