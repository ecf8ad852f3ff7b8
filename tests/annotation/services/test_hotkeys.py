"""Keys of one's own: what can be chosen, what is refused and by whose name, what is kept."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from annotation import keys
from annotation.models import User
from annotation.services import hotkeys
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_user("ada")


def chosen(user, **wanted):
    hotkeys.choose(user=user, wanted=wanted)
    user.refresh_from_db()
    return user.hotkeys


def refused(user, **wanted):
    with pytest.raises(ValidationError) as error:
        hotkeys.choose(user=user, wanted=wanted)
    assert User.objects.get(pk=user.pk).hotkeys == {}
    return error.value.message_dict


def test_only_what_differs_from_the_defaults_is_kept(ada):
    assert chosen(ada, undo=["z"], skip=["s"]) == {"undo": ["z"]}
    assert hotkeys.current(ada)["undo"] == ("z",)
    assert chosen(ada, undo=["u", "Backspace"]) == {}


def test_key_of_another_action_is_refused_by_that_actions_name(ada):
    assert refused(ada, flag=["u"]) == {
        "flag": ["“u” is the key of “Undo the last answer” already."]
    }


def test_two_actions_may_change_places(ada):
    assert chosen(ada, flag=["s"], skip=["f"]) == {"flag": ["s"], "skip": ["f"]}


def test_same_new_key_of_two_actions_is_refused(ada):
    assert list(refused(ada, flag=["z"], skip=["z"])) == ["flag"]


def test_action_may_have_no_key(ada):
    assert chosen(ada, comment=[]) == {"comment": []}


@pytest.mark.parametrize("key", ["Shift", "Control", "Tab", "Escape", "ArrowUp", "PageDown", "ab"])
def test_modifiers_and_keys_the_browser_needs_are_refused(ada, key):
    assert list(refused(ada, undo=[key])) == ["undo"]


def test_more_than_three_keys_are_refused_with_the_limit(ada):
    assert refused(ada, undo=["z", "x", "v", "b"]) == {"undo": ["4 keys; 3 is the limit."]}


def test_what_is_typed_is_read_as_pages_name_it():
    assert hotkeys.read("  U backspace u  F8 Ö") == ("u", "Backspace", "F8", "ö")


def test_defaults_come_back_whole(ada):
    chosen(ada, undo=["z"], flag=[])

    hotkeys.reset(user=ada)

    ada.refresh_from_db()
    assert hotkeys.current(ada) == {each.name: each.keys for each in keys.ACTIONS}


# The page


@pytest.fixture
def signed_in(client, ada):
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_page_keeps_what_was_typed_beside_the_error(signed_in, ada):
    reply = signed_in.post(reverse("account-keys"), {"flag": "u q", "undo": "u Backspace"})

    assert reply.status_code == 422
    assert 'value="u q"' in reply.text
    assert "is the key of “Undo the last answer” already" in reply.text
    ada.refresh_from_db()
    assert ada.hotkeys == {}


def test_page_saves_and_resets(signed_in, ada):
    assert signed_in.post(reverse("account-keys"), {"undo": "z"}).status_code == 302
    ada.refresh_from_db()
    assert ada.hotkeys == {"undo": ["z"]}
    assert "At first: u Backspace" in signed_in.get(reverse("account-keys")).text

    signed_in.post(reverse("account-keys-reset"))

    ada.refresh_from_db()
    assert ada.hotkeys == {}


def test_page_costs_session_and_account_only(signed_in, django_assert_num_queries):
    with django_assert_num_queries(2):
        signed_in.get(reverse("account-keys"))
