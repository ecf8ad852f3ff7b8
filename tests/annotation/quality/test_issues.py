"""Probably wrong labels: which are listed, in what order, and that names change nothing."""

import numpy as np

from annotation.quality.issues import contradicted, issues
from annotation.quality.settling import Said


def doubted(said, labels, proba, **fields):
    given = {"classes": [7, 8], "is_multi": False, "size": 10} | fields
    return issues(said, labels, np.array(proba, dtype=np.float64), **given)


def test_a_label_is_contradicted_where_another_class_is_as_sure_as_its_own_items():
    # Items called 1: the model gives 1 with 0.9 and 0.7, on average 0.8. Of those called 0 only
    # the third reaches that with 1; the fourth says 1 too, but less surely.
    labels = np.array([1, 1, 0, 0, 0])
    proba = np.array([[0.1, 0.9], [0.3, 0.7], [0.2, 0.8], [0.4, 0.6], [0.9, 0.1]])

    assert contradicted(labels, proba).tolist() == [False, False, True, False, False]


def test_the_least_believed_comes_first_with_what_the_model_says():
    # One answer each, all weigh alike. Who is right is 0.8 and 0.9 likely by the model; of class
    # 8 the usual is (0.9 + 0.7) / 2 = 0.8.
    labels = {1: (8,), 2: (8,), 3: (7,), 4: (7,), 5: (7,)}
    said = [Said(item, 1, answer) for item, answer in labels.items()]
    proba = [[0.1, 0.9], [0.3, 0.7], [0.2, 0.8], [0.1, 0.9], [0.95, 0.05]]

    found = doubted(said, labels, proba)

    assert [(each.item, each.label, each.predicted) for each in found] == [
        (4, (7,), (8,)),
        (3, (7,), (8,)),
    ]
    assert [each.confidence for each in found] == [0.9, 0.8]
    assert doubted(said, labels, proba, size=1) == found[:1]


def test_what_two_agree_on_is_believed_more_than_what_one_said():
    labels = dict.fromkeys(range(1, 7), (8,)) | {7: (7,), 8: (7,)}
    said = [Said(item, who, answer) for item, answer in labels.items() for who in (1, 2)]
    lonely = [each for each in said if each.item != 8 or each.annotator == 1]
    proba = [[0.1, 0.9]] * 6 + [[0.05, 0.95]] * 2

    found = doubted(lonely, labels, proba)

    assert [each.item for each in found] == [8, 7]
    assert found[0].belief < found[1].belief


def test_of_several_classes_the_worst_one_counts():
    labels = {1: (7,), 2: (7, 8), 3: (), 4: (8,)}
    said = [Said(item, 1, answer) for item, answer in labels.items()]
    # Item 3 should be a 7 by the model, the others are as it thinks.
    proba = [[0.9, 0.1], [0.9, 0.9], [0.95, 0.1], [0.1, 0.9]]

    found = doubted(said, labels, proba, is_multi=True)

    assert [(each.item, each.label, each.predicted) for each in found] == [(3, (), (7,))]
    assert found[0].confidence == 0.95


def test_order_of_people_and_names_of_classes_change_nothing_else():
    rng = np.random.default_rng(3)
    labels = {item: (7 + int(rng.integers(2)),) for item in range(60)}
    said = [Said(item, who, a) for item, a in labels.items() for who in range(1 + item % 2)]
    yes = rng.uniform(size=60)
    proba = np.column_stack([1 - yes, yes])

    found = doubted(said, labels, proba)
    renamed = doubted(
        [Said(e.item, 9 - e.annotator, (15 - e.answer[0],)) for e in said],
        {item: (15 - value[0],) for item, value in labels.items()},
        proba[:, ::-1],
    )

    assert found
    assert [each.item for each in renamed] == [each.item for each in found]
    assert [each.predicted[0] for each in renamed] == [15 - each.predicted[0] for each in found]


def test_nothing_is_doubted_of_nothing():
    assert doubted([], {}, np.empty((0, 2))) == []
