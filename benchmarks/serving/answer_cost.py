"""What one answer costs: CPU and statements of the request that sends it and brings the next card.

    .venv/bin/python -m benchmarks.serving.answer_cost --items 10000 100000
    .venv/bin/python -m benchmarks.serving.answer_cost --postgresql --profile

Calls the WSGI application in this process with what the label page sends: session, CSRF token,
htmx, the cards it holds; budgets of all scopes are in force. CPU is this process's, and with
PostgreSQL that of all the server's processes beside it.
"""

import argparse
import importlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import django

from tests.support import postgres


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, nargs="+", default=[10_000])
    parser.add_argument("--labels", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--statements", action="store_true", help="show each of one answer")
    options = parser.parse_args()
    with database(options.postgresql) as url, tempfile.TemporaryDirectory() as folder:
        os.environ["ALAPP_DATA_DIR"] = folder
        if url:
            os.environ["ALAPP_DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "alapp.settings"
        django.setup()
        # What imports models can be imported only now.
        importlib.import_module("benchmarks.serving.answering").measure(options)


@contextmanager
def database(is_postgresql: bool) -> Iterator[str]:
    os.environ.pop("ALAPP_DATABASE_URL", None)
    if not is_postgresql:
        yield ""
        return
    with postgres.temporary_server() as url:
        yield re.sub(r"/alapp$", "/postgres", url)


if __name__ == "__main__":
    main()
