from datetime import timedelta

import pytest

from annotation.templatetags.labelling import lasting


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (None, "never"),
        (timedelta(), "0 s"),
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=0.4), "under 1 s"),
        (timedelta(seconds=89), "89 s"),
        (timedelta(seconds=90), "1 min"),
        (timedelta(minutes=89), "89 min"),
        (timedelta(minutes=95), "1 h 35 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=11, minutes=30), "11 h"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_span_is_written_as_coarse_as_people_think_of_it(span, words):
    assert lasting(span) == words
