"""Vendored files are exactly what their makers published, licensed and listed."""

import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "VENDOR.json").read_text())
FILES = [file for package in PACKAGES for file in package["files"]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["file"])
def test_file_has_the_listed_digest(file):
    digest = hashlib.sha256((VENDOR / file["file"]).read_bytes()).hexdigest()

    assert digest == file["sha256"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_package_names_its_version_and_carries_its_licence(package):
    licence = (VENDOR / package["licence_file"]).read_text()

    assert package["version"]
    assert {"0BSD": "Zero-Clause BSD", "MIT": "MIT License"}[package["licence"]] in licence


def test_every_vendored_file_is_listed():
    listed = {file["file"] for file in FILES} | {package["licence_file"] for package in PACKAGES}

    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert found == listed | {"VENDOR.json"}


def test_every_reference_between_static_files_resolves(tmp_path):
    """The production storage does the same and then compresses, which takes long."""
    manifest = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": manifest}

    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)
        address = staticfiles_storage.url("vendor/htmx/htmx.min.js")

    served_from = tmp_path / address.removeprefix(settings.STATIC_URL)
    assert served_from.is_file()
    assert served_from.name != "htmx.min.js"
