"""Sending to a real server: only to addresses that were checked, and never for long."""

import itertools
import socket
import time

import pytest

from annotation.webhooks.addresses import Rules
from annotation.webhooks.transport import MAX_RESPONSE_BYTES, Post
from tests.annotation.webhooks.receiver import plainly

LOCAL = "127.0.0.1"
PUBLIC = "93.184.216.34"
INSIDE = "leads into a network"


def post(receiver, *, private=(), resolve=None, seconds=5.0):
    rules = Rules.of(private=private, ports=[receiver.port], allows_http=True)
    given = {"resolve": resolve} if resolve else {}
    return Post(rules, seconds=seconds, **given)


def send(sender, url):
    return sender.send(url, body=b"{}", headers={"Webhook-Id": "1"})


def always(*addresses):
    return lambda host, port: list(addresses)


def test_a_network_the_settings_name_is_sent_to(receiver):
    outcome = send(post(receiver, private=["127.0.0.0/8"]), receiver.url())

    assert (outcome.status, outcome.is_success, outcome.error) == (200, True, "")
    assert outcome.took_ms >= 0
    ((headers, body),) = receiver.received
    assert (headers["Webhook-Id"], body) == ("1", b"{}")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "2130706433",
        "0x7f000001", "0177.0.0.1", "017700000001", "127.1", "0", "0.0.0.0", "169.254.169.254",
    ],
)  # fmt: skip
def test_however_this_machine_is_written_nothing_is_sent_to_it(receiver, host):
    outcome = send(post(receiver), receiver.url(host))

    assert outcome.status is None
    assert INSIDE in outcome.error or "not an address" in outcome.error
    assert receiver.received == []


def test_name_that_leads_inside_is_refused_and_the_address_is_not_told(receiver):
    outcome = send(post(receiver, resolve=always("10.1.2.3")), receiver.url("inside.example"))

    assert INSIDE in outcome.error
    assert "10.1.2.3" not in outcome.error


def test_name_that_changes_its_mind_gains_nothing(receiver):
    """The first answer is public and checked; whoever asked again would be sent to this machine."""
    answers = itertools.chain([[PUBLIC]], itertools.repeat([LOCAL]))
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return next(answers)

    sender = post(receiver, resolve=rebinding, seconds=0.3)
    first = send(sender, receiver.url("rebind.example"))
    second = send(sender, receiver.url("rebind.example"))

    # The first went to the public address, where nobody answers; the second was refused.
    assert first.status is None
    assert INSIDE not in first.error
    assert INSIDE in second.error
    assert asked == ["rebind.example"] * 2
    assert receiver.received == []


def test_of_several_addresses_only_those_outside_are_tried(receiver):
    sender = post(receiver, private=["127.0.0.1/32"], resolve=always("10.0.0.1", LOCAL, "::1"))

    assert send(sender, receiver.url("both.example")).status == 200


def test_redirect_is_not_followed(receiver):
    receiver.answer = plainly(302, Location=f"http://127.0.0.1:{receiver.port}/inside")

    outcome = send(post(receiver, private=["127.0.0.0/8"]), receiver.url())

    assert (outcome.status, outcome.is_success) == (302, False)
    assert "not followed" in outcome.error
    assert len(receiver.received) == 1


def test_port_is_checked_at_the_socket_too(receiver):
    rules = Rules.of(private=["127.0.0.0/8"], ports=[443], allows_http=True)

    outcome = send(Post(rules), receiver.url())

    assert f"Port {receiver.port}" in outcome.error
    assert receiver.received == []


def test_proxies_of_the_environment_are_not_used(receiver, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", receiver.url())
    monkeypatch.setenv("ALL_PROXY", receiver.url())

    outcome = send(post(receiver, resolve=always("10.0.0.1")), receiver.url("elsewhere.example"))

    assert INSIDE in outcome.error
    assert receiver.received == []


def test_unknown_name_says_so(receiver):
    def unknown(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert "not known" in send(post(receiver, resolve=unknown), receiver.url("no.example")).error


def test_nobody_there_says_so(receiver):
    sender, url = post(receiver, private=["127.0.0.0/8"]), receiver.url()
    receiver.close()

    assert send(sender, url).error == "Nobody answers there."


def test_server_without_tls_says_so(receiver):
    url = receiver.url().replace("http:", "https:")

    assert "certificate" in send(post(receiver, private=["127.0.0.0/8"]), url).error


def drip(handler):
    """Answer a byte now and then, without end: each read gets something in time."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def test_receiver_that_drips_is_left_when_the_time_is_over(receiver):
    receiver.answer = drip
    start = time.monotonic()

    outcome = send(post(receiver, private=["127.0.0.0/8"], seconds=0.4), receiver.url())

    assert "within 0.4 seconds" in outcome.error
    assert time.monotonic() - start < 3


def flood(handler):
    handler.send_response(200)
    handler.end_headers()
    sent = 0
    try:
        while sent < 100_000_000:
            sent += handler.wfile.write(b"x" * 65_536)
    except OSError:
        handler.server.sent = sent


def test_no_more_than_the_beginning_of_an_answer_is_read(receiver):
    receiver.answer = flood

    outcome = send(post(receiver, private=["127.0.0.0/8"]), receiver.url())

    assert outcome.is_success
    deadline = time.monotonic() + 5
    while not hasattr(receiver._server, "sent") and time.monotonic() < deadline:
        time.sleep(0.01)
    # What the system's buffers hold beside what was read; far from 100 MB.
    assert receiver._server.sent < 20_000_000 + MAX_RESPONSE_BYTES


def test_what_is_not_http_says_so(receiver):
    receiver.answer = lambda handler: handler.wfile.write(b"HELLO\r\n\r\n")

    outcome = send(post(receiver, private=["127.0.0.0/8"]), receiver.url())

    assert outcome.status is None
    assert "not HTTP" in outcome.error


@pytest.mark.parametrize(
    ("said", "seconds"), [("120", 120), ("Wed, 21 Oct 2026", None), ("-1", None)]
)
def test_wish_to_be_asked_later_is_read(receiver, said, seconds):
    receiver.answer = plainly(503, Retry_After=said)

    outcome = send(post(receiver, private=["127.0.0.0/8"]), receiver.url())

    assert (outcome.status, outcome.retry_after_seconds) == (503, seconds)
