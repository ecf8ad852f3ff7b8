"""A process started by a test works on the test's data and nobody else's."""

import pytest
from django.contrib.auth import get_user_model

ONLY_USER = """
from django.contrib.auth import get_user_model
print(get_user_model().objects.get().username)
"""
SLEEP = "print('up'); import time; time.sleep(60)"


def test_process_sees_the_rows_of_the_test(start_manage):
    get_user_model().objects.create_user("ada")

    process = start_manage("shell", "--no-imports", "-c", ONLY_USER)

    assert process.wait(seconds=60) == 0, process.log_text()
    assert process.log_text().splitlines()[-1] == "ada"


def test_process_uses_the_data_folder_of_the_test(start_manage, data_dir):
    show = "from django.conf import settings; print(settings.DATA_DIR)"

    process = start_manage("shell", "--no-imports", "-c", show)

    assert process.wait(seconds=60) == 0, process.log_text()
    assert process.log_text().splitlines()[-1] == str(data_dir)


def test_process_can_be_frozen_and_killed(start_manage):
    process = start_manage(
        "shell", "--no-imports", "-c", "print('up'); import time; time.sleep(60)"
    )
    process.wait_for_log("up")

    process.freeze()
    process.resume()
    process.kill()

    assert not process.is_running()
    assert not process.has_crashed()


def test_process_that_ends_with_an_error_has_crashed(start_manage):
    process = start_manage("no-such-command")

    process.wait(seconds=60)

    assert process.has_crashed()
    with pytest.raises(AssertionError, match="Unknown command"):
        process.wait_for_log("ready")
    process.stop()
