"""Which addresses may be sent to, and how those that may not are written."""

from ipaddress import ip_address

import pytest

from annotation.webhooks.addresses import BadAddress, Rules, check_url, is_allowed, origin

RULES = Rules()
PRIVATE = (
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::", "fc00::1", "fd12:3456::1",
    "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_address_that_is_not_public_is_refused(address):
    assert not is_allowed(ip_address(address), RULES)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_address_is_allowed(address):
    assert is_allowed(ip_address(address), RULES)


@pytest.mark.parametrize(
    ("address", "is_named"),
    [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("10.2.0.1", False), ("127.0.0.1", False)],
)
def test_only_networks_that_the_settings_name_are_let_through(address, is_named):
    rules = Rules.of(private=["10.1.0.0/16", "fd00::/8"], ports=[443], allows_http=False)

    assert is_allowed(ip_address(address), rules) is is_named


def test_wrong_network_in_the_settings_is_an_error():
    with pytest.raises(ValueError, match="10.1.0.0/99"):
        Rules.of(private=["10.1.0.0/99"], ports=[443], allows_http=False)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.org/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("gopher://example.org/", "https://"),
        ("javascript:alert(1)", "https://"),
        ("//example.org/", "https://"),
        ("http://example.org/", "HTTPS only"),
        ("https:///path", "no host"),
        ("https://user:secret@example.org/", "no place"),
        ("https://example.org@127.0.0.1/", "no place"),
        ("https://example.org/#part", "#"),
        ("https://example.org:22/", "Port 22"),
        ("https://example.org:99999/", "not an address"),
        ("https://[::1]/", "inside a network"),
        ("https://127.0.0.1/", "inside a network"),
        ("https://169.254.169.254/latest/meta-data/", "inside a network"),
        ("https://[::ffff:10.0.0.1]/", "inside a network"),
        ("https://2130706433/", "how an address is written"),
        ("https://0x7f000001/", "how an address is written"),
        ("https://0177.0.0.1/", "how an address is written"),
        ("https://127.1/", "how an address is written"),
        ("https://0x7f.1/", "how an address is written"),
        ("https://example.org/a b", "spaces"),
        ("https://exämple.org/", "ASCII"),
        ("https://example.org\\@127.0.0.1/", "spaces"),
        ("https://example.org/" + "x" * 2_000, "2,020 characters"),
    ],
)
def test_wrong_address_is_refused_with_its_reason(url, reason):
    with pytest.raises(BadAddress, match=reason):
        check_url(url, RULES)


@pytest.mark.parametrize(
    "url", ["https://example.org", "https://example.org:8443/a?b=c", "https://8.8.8.8/x"]
)
def test_right_address_is_kept_as_it_is(url):
    assert check_url(f" {url} ", RULES) == url


def test_plain_http_is_a_setting():
    rules = Rules.of(private=[], ports=[80], allows_http=True)

    assert check_url("http://example.org/", rules)
    with pytest.raises(BadAddress, match="Port 443"):
        check_url("https://example.org/", rules)


def test_what_logs_say_of_an_address_has_no_path():
    assert origin("https://example.org:8443/secret?key=1") == "https://example.org:8443"
