"""The settings of the tests: alapp's own, with a data folder that goes away afterwards."""

import os
import tempfile

# Set before alapp.settings reads it: no test ever sees the data of a person's own alapp.
_FOLDER = tempfile.TemporaryDirectory(prefix="alapp-tests-")
os.environ["ALAPP_DATA_DIR"] = _FOLDER.name

# Words alone, whatever is installed: sentence vectors have tests of their own.
os.environ["ALAPP_TEXT_MODEL"] = "off"

from alapp.settings import *  # noqa: E402, F403
from alapp.settings import STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Static files come from where they are written; test_vendor.py tries the production storage.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
