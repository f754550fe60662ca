"""Which addresses are called: a callback must not become a way into our own network (server-side request forgery).

| reach   | schemes                    | addresses                                      |
|---------|----------------------------|------------------------------------------------|
| public  | https                      | global ones                                    |
| private | https                      | and those of private networks (RFC 1918, 4193) |
| local   | https, http to loopback    | and loopback                                   |

Link-local addresses, where clouds keep their secrets, multicast and reserved ones are never called. A name counts by
all the addresses it has, also those wrapped into IPv6; the one that was checked is the one that is connected to.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from ledger.partners.errors import ForbiddenAddress, PartnerUnreachable

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LONGEST = 2048


class Reach(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Address:
    """Of a URL: what is connected to (`ip`), and what the other side is called (`host`)."""

    scheme: str
    host: str
    port: int
    target: str
    ip: str

    @property
    def authority(self) -> str:
        """The Host header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.scheme == "https" else 80) else f"{name}:{self.port}"


def resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise PartnerUnreachable("the name has no address", where=host[:200]) from fault
    return [str(entry[4][0]) for entry in found]


def address_of(url: str, reach: Reach, resolve: Resolve = resolved) -> Address:
    """Raises ForbiddenAddress, and PartnerUnreachable where a name has no address."""
    scheme, host, port, target = _parts(url)
    if scheme == "http" and reach is not Reach.LOCAL:
        raise ForbiddenAddress("plain HTTP is not called", where=url[:200], mend="https://")
    ips = [ipaddress.ip_address(text.partition("%")[0]) for text in resolve(host, port)]
    if not ips:
        raise PartnerUnreachable("the name has no address", where=host[:200])
    for ip in ips:
        if not all(_allowed(each, reach) for each in _inside(ip)):
            raise ForbiddenAddress(f"{host[:200]} lies at {ip}, which is not called", where=url[:200], mend=_mend(ip))
        if scheme == "http" and not ip.is_loopback:
            raise ForbiddenAddress("plain HTTP is called on loopback only", where=url[:200], mend="https://")
    return Address(scheme, host, port, target, str(ips[0]))


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, host, port = urlsplit(""), "", 0
    odd = not url.isascii() or not url.isprintable() or " " in url or len(url) > _LONGEST
    if odd or parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.fragment:
        raise ForbiddenAddress(f"{url[:200]!a} is no address of a web service", mend="https://partner.example/pact")
    return parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _inside(ip: Ip) -> Iterable[Ip]:
    """An address, and the one that it wraps: mapped IPv4, 6to4, NAT64."""
    yield ip
    if isinstance(ip, ipaddress.IPv6Address):
        for wrapped in (ip.ipv4_mapped, ip.sixtofour):
            if wrapped is not None:
                yield wrapped
        if ip in _NAT64:
            yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def _allowed(ip: Ip, reach: Reach) -> bool:
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return True  # judged by what it wraps
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    if ip.is_loopback:
        return reach is Reach.LOCAL
    if ip.is_global:
        return True
    return reach is not Reach.PUBLIC and _is_of_a_network(ip)


_PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


def _is_of_a_network(ip: Ip) -> bool:
    return any(ip.version == network.version and ip in network for network in _PRIVATE)


def _mend(ip: Ip) -> str:
    if ip.is_loopback:
        return 'callbacks = "local" in gateway.toml, for tests on one machine'
    return 'callbacks = "private" in gateway.toml, for a network of your own' if _is_of_a_network(ip) else ""
