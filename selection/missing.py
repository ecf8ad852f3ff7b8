"""What a project's settings name that is there no more: an own entry taken out of the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from selection.core.basics import CoreError
from selection.core.catalog import COLD_STARTS, ESTIMATORS, FEATURES, STRATEGIES, ConfigError
from selection.core.config import LoopConfig

# The families an own entry can be of, and the setting it was named in.
FAMILIES: Mapping[str, tuple[str, Mapping[str, Any], str]] = {
    "strategy": ("strategy", STRATEGIES, "ALAPP_STRATEGIES"),
    "estimator": ("model", ESTIMATORS, "ALAPP_ESTIMATORS"),
    "cold_start": ("cold start", COLD_STARTS, ""),
}
PLAIN_FEATURES = "auto"


@dataclass(frozen=True)
class Problem:
    """A setting that cannot be used: its name, and why in a sentence."""

    field: str
    reason: str


def readable(config: Mapping[str, Any], task: str) -> tuple[LoopConfig, list[Problem]]:
    """Return the configuration with defaults where it cannot be used, and what that was.

    For pages alone, so that a lead can choose anew: a round never takes a default instead.
    """
    given = dict(config)
    problems: list[Problem] = []
    while True:
        try:
            return LoopConfig.from_dict({**given, "task": task}), problems
        except ConfigError as error:
            root = error.field.partition(".")[0]
            if root not in given:
                raise
            problems.append(Problem(root.removesuffix("_params"), _said(root, error)))
            given.pop(root)
            given.pop(f"{root}_params", None)


def of_features(features: str) -> list[Problem]:
    """Return the encoders among these that are there no more."""
    names = [] if features == PLAIN_FEATURES else features.split("+")
    return [
        Problem("features", _gone("encoder", name, "ALAPP_ENCODERS"))
        for name in names
        if name not in FEATURES
    ]


def checked(config: Mapping[str, Any], features: str, task: str) -> LoopConfig:
    """Return the configuration a round works by; raises CoreError naming all that is missing."""
    found, problems = readable(config, task)
    problems = [*problems, *of_features(features)]
    if problems:
        reasons = " ".join(each.reason for each in problems)
        raise CoreError(f"{reasons} Choose another one on the page Selection.")
    return found


def _said(root: str, error: ConfigError) -> str:
    title, known, setting = FAMILIES.get(root, ("", {}, ""))
    if not title or error.value in known:
        return f"{error.field} cannot be {error.value!r}: {error.limit}."
    return _gone(title, str(error.value), setting)


def _gone(title: str, name: str, setting: str) -> str:
    where = f" of the server ({setting})" if setting else ""
    return f"The {title} {name!r} is not in the settings{where} any more."
