"""A receiver for each test that wants one."""

import pytest

from tests.annotation.webhooks.receiver import Receiver


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()
