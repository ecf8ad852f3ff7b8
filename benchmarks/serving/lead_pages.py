"""How long the lead's pages take on the server: a million items, 200 rounds.

    .venv/bin/python -m benchmarks.serving.lead_pages
    .venv/bin/python -m benchmarks.serving.lead_pages --postgresql --items 100000 --profile progress

Three real rounds are made first, so that what rounds keep is real; then items, rounds, picks,
labels and the ledger are filled up in bulk. Every page is asked for in this process as a signed-in
lead asks for it; wall and CPU time are this process's, without the network.
"""

import argparse
import importlib
import os
import tempfile

import django

from benchmarks.serving.answer_cost import database


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--profile", default="", help="the name of a page: where its time goes")
    parser.add_argument("--statements", default="", help="the name of a page: what it asks")
    options = parser.parse_args()
    with database(options.postgresql) as url, tempfile.TemporaryDirectory() as folder:
        os.environ["ALAPP_DATA_DIR"] = folder
        if url:
            os.environ["ALAPP_DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "alapp.settings"
        django.setup()
        # What imports models can be imported only now.
        importlib.import_module("benchmarks.serving.lead_timing").measure(options)


if __name__ == "__main__":
    main()
