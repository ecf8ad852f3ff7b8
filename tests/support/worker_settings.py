"""alapp's settings for a worker process whose runs are those of tests/support/handlers.py."""

from alapp.settings import *  # noqa: F403

ALAPP_RUN_HANDLERS = {
    "publish": "tests.support.handlers.publish_when_told",
    "kill": "tests.support.handlers.kill_its_worker",
}
ALAPP_LOOK = "tests.support.handlers.look_nowhere"
