"""Logs on standard error: lines for people, or one JSON object a line for machines."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

LINE = "{asctime} {levelname} {name}: {message}"


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, process, message, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def config(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return what logging.config.dictConfig takes, for Django and for gunicorn alike."""
    formatter: dict[str, Any] = {"format": LINE, "style": "{"}
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
            "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "INFO", "handlers": [], "propagate": True},
        },
    }
