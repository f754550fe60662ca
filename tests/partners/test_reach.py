"""Which addresses are called. INV-20: an event, a name or a partner's own words lead nobody into our network."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.partners.errors import ForbiddenAddress, PartnerUnreachable
from ledger.partners.reach import Reach, address_of

PUBLIC, PRIVATE, LOCAL = Reach.PUBLIC, Reach.PRIVATE, Reach.LOCAL


def at(url: str, reach: Reach, *ips: str) -> str:
    return address_of(url, reach, lambda host, port: list(ips)).ip


@pytest.mark.parametrize(
    ("ip", "nearest"),
    [
        ("93.184.216.34", PUBLIC),
        ("2606:2800:220:1::1", PUBLIC),
        ("10.1.2.3", PRIVATE),
        ("172.16.0.1", PRIVATE),
        ("192.168.1.1", PRIVATE),
        ("fd00::1", PRIVATE),
        ("::ffff:10.0.0.1", PRIVATE),
        ("2002:0a00:0001::1", PRIVATE),  # 6to4 of 10.0.0.1
        ("64:ff9b::a00:1", PRIVATE),  # NAT64 of 10.0.0.1
        ("64:ff9b::7f00:1", LOCAL),
        ("127.0.0.1", LOCAL),
        ("127.9.9.9", LOCAL),
        ("::1", LOCAL),
        ("::ffff:127.0.0.1", LOCAL),
        ("169.254.169.254", None),
        ("::ffff:169.254.169.254", None),
        ("fe80::1%eth0", None),
        ("0.0.0.0", None),  # noqa: S104
        ("::", None),
        ("224.0.0.1", None),
        ("255.255.255.255", None),
        ("240.0.0.1", None),
        ("100.64.0.1", None),
        ("192.0.2.1", None),
    ],
)
def test_addresses(ip: str, nearest: Reach | None) -> None:
    order = [PUBLIC, PRIVATE, LOCAL]
    for reach in order:
        if nearest is not None and order.index(reach) >= order.index(nearest):
            assert at("https://partner.example/x", reach, ip)
        else:
            with pytest.raises(ForbiddenAddress):
                at("https://partner.example/x", reach, ip)


def test_a_name_counts_by_all_of_its_addresses() -> None:
    with pytest.raises(ForbiddenAddress):
        at("https://partner.example", PUBLIC, "93.184.216.34", "10.0.0.1")
    with pytest.raises(PartnerUnreachable):
        at("https://partner.example", PUBLIC)


@pytest.mark.parametrize(
    ("url", "reach", "ip"),
    [
        ("http://partner.example", PUBLIC, "93.184.216.34"),
        ("http://partner.example", PRIVATE, "10.0.0.1"),
        ("http://partner.example", LOCAL, "10.0.0.1"),
        ("http://partner.example", LOCAL, "93.184.216.34"),
    ],
)
def test_plain_http_goes_to_loopback_only(url: str, reach: Reach, ip: str) -> None:
    with pytest.raises(ForbiddenAddress):
        at(url, reach, ip)
    assert at("http://localhost:8004/x", LOCAL, "127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize(
    "url",
    [
        "", "partner.example", "//partner.example/3/events", "ftp://partner.example", "file:///etc/passwd", "https://",
        "https://user:secret@partner.example", "https://user@partner.example", "https://partner.example/#x",
        "https://partner.example/a b", "https://partner.example/\r\nHost: x", "https://partner.example:99999/",
        "https://[::1", "https://pärtner.example", "gopher://partner.example", "https://partner.example/" + "x" * 2048,
    ],
)  # fmt: skip
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        at(url, LOCAL, "127.0.0.1")


def test_what_is_called_and_by_which_name() -> None:
    found = address_of("https://Partner.example:8443/pact/3?a=b", PUBLIC, lambda host, port: ["93.184.216.34"])
    assert (found.ip, found.port, found.target) == ("93.184.216.34", 8443, "/pact/3?a=b")
    assert found.authority == "partner.example:8443"
    plain = address_of("https://[2606:2800:220:1::1]/", PUBLIC, lambda host, port: [host])
    assert (plain.authority, plain.target) == ("[2606:2800:220:1::1]", "/")


@given(st.text(max_size=60) | st.ip_addresses().map(str), st.sampled_from(Reach))
def test_addresses_of_any_text(text: str, reach: Reach) -> None:
    """INV-18: an address, or one of two named errors."""
    for url in (text, f"https://{text}/"):
        try:
            found = address_of(url, reach, lambda host, port: ["10.0.0.1"])
        except (ForbiddenAddress, PartnerUnreachable):
            continue
        assert ipaddress.ip_address(found.ip).is_private
        assert reach is not PUBLIC
