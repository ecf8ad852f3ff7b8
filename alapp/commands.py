"""What every command of alapp shares: examples, one JSON document, exit codes, errors in words.

0 done, 1 it failed, 2 it was called wrongly. A leaf: all rooms may import it.
"""

import json
from argparse import RawDescriptionHelpFormatter
from textwrap import fill
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from tqdm import tqdm

DONE, FAILED, BAD_USE = 0, 1, 2
EXIT_CODES = "exit codes: 0 done, 1 it failed, 2 it was called wrongly"
WIDTH = 80


class Formatter(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Keeps the lines of the examples."""


class Command(BaseCommand):
    """A command whose `examples` are what follows "manage.py ". `say` is for people, `answer` for
    machines: with --json that is all there is on the standard output."""

    examples: tuple[str, ...] = ()
    as_json = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        lines = [f"  manage.py {each}" for each in self.examples]
        kwargs |= {
            "formatter_class": Formatter,
            "epilog": "\n".join(["examples:", *lines, "", EXIT_CODES]),
        }
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.description = fill(self.help, WIDTH)
        parser.add_argument(
            "--json", action="store_true", help="print one JSON document instead of text"
        )
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Turn what services refuse into a sentence; with --json into a document as well."""
        self.as_json = bool(options.get("json"))
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            self._refused(error)
            raise
        except (ValidationError, OSError) as error:
            told = CommandError(_in_words(error), returncode=FAILED)
            self._refused(told)
            raise told from error

    def say(self, text: str = "") -> None:
        if not self.as_json:
            self.stdout.write(text)

    def answer(self, document: Any) -> None:
        if self.as_json:
            self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str))

    def _refused(self, error: CommandError) -> None:
        self.answer({"error": str(error), "exit_code": error.returncode})


def bad_use(message: str) -> CommandError:
    """Return the error of a command that was called wrongly."""
    return CommandError(message, returncode=BAD_USE)


def bar(**kwargs: Any) -> "tqdm[Any]":
    """Return a progress bar that is drawn on a terminal only."""
    return tqdm(disable=None, **kwargs)


def _in_words(error: ValidationError | OSError) -> str:
    if isinstance(error, ValidationError):
        return "\n".join(error.messages)
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)
