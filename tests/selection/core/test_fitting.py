"""What a learner is shown of a round."""

from dataclasses import replace

import numpy as np

from selection.core.config import LoopConfig
from selection.core.fitting import fit_model, lesson_of
from tests.selection.core.worlds import blobs, facts_of, trainable


def test_descriptions_count_as_the_first_encoder_reads_them():
    X, classes = blobs()
    vectors = np.ones((3, 6))
    facts = facts_of(X, classes, blocks=(4, 2), class_vectors=vectors)

    lesson = lesson_of(facts, LoopConfig(), facts.audit_order[:0])

    assert (lesson.class_vectors[:, :4] == 1).all()
    assert not lesson.class_vectors[:, 4:].any()


def test_second_encoder_speaks_when_the_first_reads_no_text():
    X, classes = blobs()
    vectors = np.hstack([np.zeros((3, 4)), np.ones((3, 2))])
    facts = facts_of(X, classes, blocks=(4, 2), class_vectors=vectors)

    lesson = lesson_of(facts, LoopConfig(), facts.audit_order[:0])
    unread = lesson_of(
        replace(facts, class_vectors=vectors * 0), LoopConfig(), facts.audit_order[:0]
    )

    np.testing.assert_array_equal(lesson.class_vectors, vectors)
    assert unread.class_vectors is None


def test_learner_sees_no_reserved_audit_item():
    X, classes = blobs()
    facts = facts_of(X, classes)
    kept = facts.audit_order[:100]

    lesson = lesson_of(facts, LoopConfig(), kept)

    assert len(lesson.pool) == 20
    np.testing.assert_array_equal(lesson.pool, X[facts.audit_order[100:]])


def test_settings_of_the_last_round_are_gone_on_with():
    X, classes = blobs()
    facts = facts_of(X, classes)
    facts = facts_of(X, classes, train=trainable(facts, 30, 30))

    learnt, _ = fit_model(facts, LoopConfig(), facts.audit_order[:30])

    assert learnt is not None
    assert learnt.choice["n_labels"] == 30
