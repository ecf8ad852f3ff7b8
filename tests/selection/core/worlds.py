"""Small made-up pools for the tests of the core."""

from dataclasses import replace

import numpy as np

from selection.core.estimators import fit, logistic
from selection.core.types import PoolView, RoundFacts


def blobs(n_per_class=40, n_classes=3, width=6, seed=0, spread=0.3):
    """Return (features (n, width), classes (n,)): one cloud per class, rows of length 1."""
    rng = np.random.default_rng(seed)
    centres = np.eye(n_classes, width)
    classes = np.repeat(np.arange(n_classes), n_per_class)
    X = centres[classes] + spread * rng.standard_normal((len(classes), width))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    order = rng.permutation(len(classes))
    return X[order].astype(np.float32), classes[order]


def view_of(X, classes, labelled, *, task="single", with_model=True, n_classes=None):
    """Return a PoolView of the pool with these positions labelled and a model fitted to them."""
    labelled = np.asarray(labelled, dtype=np.int64)
    targets = np.eye(n_classes or int(classes.max()) + 1)[classes[labelled]]
    model = None
    if with_model:
        weights = np.ones(len(labelled))
        model = fit(logistic, {}, X[labelled], targets, weights, task=task).model
    candidates = np.setdiff1d(np.arange(len(X)), labelled)
    view = PoolView(X, candidates, labelled, labelled, targets, task=task, model=model)
    return replace(view, proba=model.predict_proba(X[candidates])) if model else view


def facts_of(X, classes, *, train=(), audit=(), n_classes=None, **changes):
    """Return RoundFacts: `train` and `audit` positions are labelled, the order is fixed."""
    n, n_classes = len(X), n_classes or int(classes.max()) + 1
    train, audit = (np.asarray(each, dtype=np.int64) for each in (train, audit))
    eye = np.eye(n_classes)
    unavailable = np.zeros(n, dtype=bool)
    unavailable[train], unavailable[audit] = True, True
    facts = RoundFacts(
        features=X,
        n_classes=n_classes,
        train_positions=train,
        train_targets=eye[classes[train]],
        train_weights=np.ones(len(train)),
        audit_order=np.random.default_rng(7).permutation(n),
        audit_positions=audit,
        audit_targets=eye[classes[audit]],
        unavailable=unavailable,
        pending=np.empty(0, dtype=np.int64),
        number=1 if len(train) else 0,
        seed=5,
    )
    return replace(facts, **changes)


def trainable(facts, reserved, size):
    """Return `size` positions outside the reserved audit items."""
    return facts.audit_order[reserved : reserved + size]
