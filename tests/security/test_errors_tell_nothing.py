"""Row 30: what goes wrong in production tells neither the page nor the log any secret."""

import json
import logging
import secrets
from logging.config import DictConfigurator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from alapp import logs
from annotation.models import ItemPayload, User
from tests.factories import claim, make_project, make_user, publish

SECRET_TEXT = "a patient's name, not for any log"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def project(db):
    project = make_project(n_items=2, budget=10, owner=make_user("olga"))
    ItemPayload.objects.update(text=SECRET_TEXT)
    publish(project, list(project.items.all()))
    return project


def broken(client, path, sent=None):
    """Ask for the page while a table it needs is not there: a real fault in the middle of it."""
    client.raise_request_exception = False
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE annotation_itempayload RENAME TO annotation_gone")
    try:
        return client.post(path, sent) if sent else client.get(path)
    finally:
        with connection.schema_editor() as editor:
            editor.execute("ALTER TABLE annotation_gone RENAME TO annotation_itempayload")


@pytest.mark.django_db(transaction=True)
def test_page_and_log_of_a_fault_hold_no_secret(project, caplog):
    client = Client()
    client.force_login(project.memberships.get().user, backend=BACKEND)
    claim(project, project.memberships.get().user)
    session = client.cookies["sessionid"].value

    with caplog.at_level(logging.DEBUG, "django.request"):
        reply = broken(client, reverse("label", args=[project.slug]))

    assert reply.status_code == 500
    for told in (reply.text, caplog.text):
        assert settings.SECRET_KEY not in told
        assert session not in told
        assert SECRET_TEXT not in told
    assert "Traceback" not in reply.text
    assert "itempayload" not in reply.text
    # Whoever runs it learns what broke all the same.
    assert "annotation_itempayload" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_password_of_a_failed_sign_in_is_in_no_log(project, caplog):
    with caplog.at_level(logging.DEBUG):
        Client().post(reverse("sign-in"), {"username": "olga", "password": "hush-hush-1"})

    told = "\n".join(line for line in caplog.text.splitlines() if "django.db.backends" not in line)
    assert "hush-hush-1" not in told


@pytest.mark.parametrize("as_json", [True, False])
def test_link_that_signs_in_stands_in_the_log_without_its_token(as_json):
    token = secrets.token_urlsafe(32)
    lines = logs.config(level="INFO", as_json=as_json)["formatters"]["line"]
    formatter = DictConfigurator({"version": 1}).configure_formatter(dict(lines))
    said = '10.0.0.1 "GET /sign-in/link/%s/ HTTP/1.1" 200'
    record = logging.LogRecord("gunicorn.access", logging.INFO, "f", 1, said, (token,), None)

    text = formatter.format(record)

    assert token not in text
    assert "GET /sign-in/link/.../ HTTP/1.1" in text


def test_line_of_a_refusal_names_status_and_person():
    record = logging.LogRecord("django.request", logging.WARNING, "f", 1, "Not Found", (), None)
    record.status_code = 404
    record.request = RequestFactory().get("/")
    record.request._cached_user = User(pk=7)

    line = json.loads(logs.JsonLines().format(record))

    assert (line["status"], line["person"]) == (404, 7)
