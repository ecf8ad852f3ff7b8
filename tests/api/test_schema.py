"""The schema holds: whatever it allows (and some of what it does not) is answered as it says, and
never by a 500. `make soak` sends more (ALAPP_API_EXAMPLES)."""

import os

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from annotation.services import tokens
from tests.api.world import build, operations

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("ALAPP_API_EXAMPLES", "4"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
PARTS = 4


@pytest.fixture
def schema(settings):
    settings.ALAPP_API_RATE = settings.ALAPP_API_RATE_COSTLY = "1000000/60"
    settings.ALAPP_API_RATE_NOBODY = "1000000/60"
    settings.ALLOWED_HOSTS = ["*"]
    cache.clear()
    # The connection is the test's, as it is for Django's own client.
    signals = (request_started, request_finished)
    for each in signals:
        each.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    for each in signals:
        each.connect(close_old_connections)


@pytest.fixture
def world():
    return build()


@pytest.fixture
def token(world):
    _, text = tokens.make(
        user=world.people["admin"],
        name="fuzz",
        wanted=["read", "label", "lead", "admin"],
        now=timezone.now(),
    )
    return text


def found(schema):
    return [each.ok() for each in schema.get_all_operations()]


def test_schema_has_every_operation_once(schema):
    there = found(schema)

    ids = [each.definition.raw["operationId"] for each in there]
    ours = [name for name, _ in operations() if name not in ("api:root", "api:nowhere")]
    assert len(ids) == len(set(ids))
    # The schema's own address is not in it.
    assert len(ids) == len(ours) - 1


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_sent_is_answered_as_the_schema_says(schema, world, token, part):
    wrong = []
    for operation in found(schema)[part::PARTS]:
        try:
            _try(operation, world, token)
        except Exception as error:
            wrong.append(f"{operation.label}: {error}"[:1_500])

    assert not wrong, "\n\n".join(wrong)


def _try(operation, world, token):
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data(), is_real=st.sampled_from([True, True, True, False]))
    def sent(data, is_real):
        case = data.draw(operation.as_strategy(generation_mode=data.draw(modes)))
        if is_real and isinstance(case.path_parameters, dict):
            case.path_parameters |= {
                name: world.ids[name] for name in case.path_parameters if name in world.ids
            }
        with transaction.atomic():
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    sent()
