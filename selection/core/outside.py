"""A model outside alapp, known by its answers only: probabilities it gave for items."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from selection.core.types import (
    AnyArray,
    BoolArray,
    CoreError,
    FloatArray,
    IntArray,
    Model,
    PoolView,
    Probabilities,
    RoundFacts,
)


@dataclass(frozen=True)
class OutsideModel:
    """proba (n_items, C) of every item by position; rows of NaN where it said nothing.

    `at` gives such items the same probability for every class (multi-label: one half): no opinion.
    Who must not take that for an opinion asks `is_known`.
    """

    proba: FloatArray

    @property
    def n_classes(self) -> int:
        return int(self.proba.shape[1])

    def is_known(self, positions: IntArray) -> BoolArray:
        """Of which items it said something: (k,).

        Shapes: positions (k,). Unit: none. Errors: none. Source: definition.
        """
        return np.asarray(~np.isnan(self.proba[positions, 0]), dtype=np.bool_)

    def at(self, positions: IntArray, *, is_multi: bool = False) -> FloatArray:
        """Probabilities of the items at positions: (k, C), no opinion where there is none.

        Shapes: positions (k,). Unit: probability. Errors: none. Source: definition.
        """
        found = self.proba[positions]
        nothing = 0.5 if is_multi else 1 / max(self.n_classes, 1)
        return np.where(np.isnan(found), nothing, found)

    def digest(self) -> str:
        """A digest of all it says: 64 hexadecimal digits.

        Shapes, unit: none. Errors: none. Source: SHA-256 of the numbers.
        """
        return hashlib.sha256(np.ascontiguousarray(self.proba).tobytes()).hexdigest()

    def predict_proba(self, X: AnyArray) -> Probabilities:
        """Refuse: what it would say of a row is not known.

        Shapes: X (m, d). Unit: none. Raises CoreError always. Source: definition.
        """
        raise CoreError("of an outside model only the predictions are known, not the model itself")


def proba_of(model: Model, X: AnyArray, positions: IntArray) -> Probabilities:
    """Probabilities of items whose rows are at hand: (k, C).

    Shapes: X (k, d) the rows of positions (k,). Unit: probability. Errors: the model's. Source:
    definition.
    """
    return model.at(positions) if isinstance(model, OutsideModel) else model.predict_proba(X)


def model_of(facts: RoundFacts) -> OutsideModel | None:
    """The outside model of the facts, None where the round trains its own.

    Shapes: facts.outside_proba (n, C). Unit: none. Errors: none. Source: definition.
    """
    return None if facts.outside_proba is None else OutsideModel(facts.outside_proba)


def measurable(facts: RoundFacts) -> RoundFacts:
    """The facts with those audit labels only whose items the outside model spoke of.

    Shapes: as in RoundFacts. Unit: none. Errors: none. Source: ours. Which items were left out
    was decided without their labels, so the rest is a random sample of what it speaks of.
    """
    model = model_of(facts)
    if model is None:
        return facts
    known = model.is_known(facts.audit_positions)
    return replace(
        facts,
        audit_positions=facts.audit_positions[known],
        audit_targets=facts.audit_targets[known],
    )


def ranked(view: PoolView, *, by_answers: bool, by_scores: bool) -> BoolArray:
    """Which candidates a strategy can rank: all, but for those nothing was said of outside.

    Shapes: (view.n,). Unit: none. Errors: none. Source: ours; an item without a prediction must
    not be ranked by a made-up one.
    """
    is_ranked = np.ones(view.n, dtype=np.bool_)
    if by_answers and isinstance(view.model, OutsideModel):
        is_ranked &= view.model.is_known(view.candidates)
    if by_scores and view.given is not None:
        is_ranked &= np.isfinite(view.given[view.candidates])
    return is_ranked
