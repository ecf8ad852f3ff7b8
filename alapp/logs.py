"""Logs on standard error: lines for people, or one JSON object a line for machines."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

LINE = "{asctime} {levelname} {name}: {message}"
# Addresses that let in whoever has them, as far as their last part: /sign-in/link/<token>/.
TOKEN = re.compile(r"(/(?:link|invited|email|forgotten|forgotten/[a-z]+)/)[\w.~%:-]{16,}")


def without_tokens(text: str) -> str:
    """Return the text with the tokens of its addresses left out: who reads logs need not get in."""
    return TOKEN.sub(r"\1...", text)


class Lines(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, process, message, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
            **_asked(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return without_tokens(json.dumps(line, ensure_ascii=False, default=str))


def _asked(record: logging.LogRecord) -> dict[str, Any]:
    """Return who asked, where the line is about a request and they are known by now."""
    request = getattr(record, "request", None)
    person = getattr(request, "_cached_user", None)
    status = getattr(record, "status_code", None)
    found = {"status": status, "person": getattr(person, "pk", None)}
    return {name: value for name, value in found.items() if value is not None}


def config(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return what logging.config.dictConfig takes, for Django and for gunicorn alike."""
    formatter: dict[str, Any] = {"()": "alapp.logs.Lines", "fmt": LINE, "style": "{"}
    if as_json:
        formatter = {"()": "alapp.logs.JsonLines"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "alapp": {"level": "INFO"},
            "annotation": {"level": "INFO"},
            "selection": {"level": "INFO"},
            # It writes whole addresses, and a receiver's may hold a secret.
            "httpx": {"level": "WARNING"},
            "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "INFO", "handlers": [], "propagate": True},
        },
    }
