"""Data of HS_SITE and HS_SITE.PREFIX: which server answers for a prefix, in octets and in JSON.

The protocol names a server by its IP address and ports. A gateway is known by its web address, which stands as the
attribute `base_url`; the address is 0.0.0.0 where the web address has a host's name.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ledger.resolution import octets
from ledger.resolution.faults import bad_value
from ledger.resolution.octets import Octets

BASE_URL = "base_url"
WEB = re.compile(r"(?P<scheme>https?)://(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?(/[!-~]*)?")
PROTOCOLS = ("UDP", "TCP", "HTTP", "HTTPS")
PRIMARY, MULTI_PRIMARY = 0x80, 0x40
HASH_BY_ALL = 2
MOST = 20


@dataclass(frozen=True, slots=True)
class Interface:
    """`kind`: 1 for administration, 2 for queries, 3 for both."""

    kind: int
    protocol: int
    port: int


@dataclass(frozen=True, slots=True)
class Server:
    """`address` has 16 octets, `key` is encoded as in HS_PUBKEY."""

    id: int
    address: bytes
    key: bytes
    interfaces: tuple[Interface, ...]


@dataclass(frozen=True, slots=True)
class Site:
    version: int = 1
    protocol: tuple[int, int] = (2, 10)
    serial: int = 1
    flags: int = PRIMARY
    hash_option: int = HASH_BY_ALL
    hash_filter: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    servers: tuple[Server, ...] = ()

    @property
    def base_url(self) -> str:
        """Empty for a site that speaks the native protocol only."""
        return dict(self.attributes).get(BASE_URL, "")

    def encoded(self) -> bytes:
        parts = [
            octets.number(self.version, 2), bytes(self.protocol), octets.number(self.serial, 2),
            bytes((self.flags, self.hash_option)), octets.text(self.hash_filter), octets.number(len(self.attributes)),
        ]  # fmt: skip
        parts += [octets.text(name) + octets.text(value) for name, value in self.attributes]
        parts.append(octets.number(len(self.servers)))
        for server in self.servers:
            parts += [octets.number(server.id), server.address, octets.octets(server.key)]
            parts.append(octets.number(len(server.interfaces)))
            parts += [bytes((one.kind, one.protocol)) + octets.number(one.port) for one in server.interfaces]
        return b"".join(parts)


def _address(host: str) -> bytes:
    """Sixteen octets; an IPv4 address behind twelve zeros, all zeros for a host's name."""
    try:
        return ipaddress.ip_address(host).packed.rjust(16, b"\0")
    except ValueError:
        return bytes(16)


def gateway_site(base_url: str) -> Site:
    """Of a gateway that answers queries and changes under this web address. Raises HandleFault."""
    found = WEB.fullmatch(base_url)
    if found is None:
        raise bad_value(f"{base_url[:80]!a} is no web address of a gateway", mend="https://<domain>[:port][/path]")
    protocol = found["scheme"].upper()
    both = Interface(3, PROTOCOLS.index(protocol), int(found["port"] or (443 if protocol == "HTTPS" else 80)))
    host = found["host"].strip("[]")
    return Site(attributes=((BASE_URL, base_url),), servers=(Server(1, _address(host), b"", (both,)),))


def decode_site(data: bytes) -> Site:
    """Raises HandleFault."""
    told = Octets(data)
    version, protocol, serial = told.number(2), (told.number(1), told.number(1)), told.number(2)
    flags, hash_option, hash_filter = told.number(1), told.number(1), told.text()
    attributes = tuple((told.text(), told.text()) for _ in range(told.count(MOST)))
    servers = tuple(_server(told) for _ in range(told.count(MOST)))
    told.end()
    return Site(version, protocol, serial, flags, hash_option, hash_filter, attributes, servers)


def _server(told: Octets) -> Server:
    number, address, key = told.number(), told.take(16), told.octets()
    interfaces = tuple(Interface(told.number(1), told.number(1), told.number()) for _ in range(told.count(MOST)))
    return Server(number, address, key, interfaces)


def site_json(site: Site, key_json: Callable[[bytes], Any]) -> dict[str, Any]:
    """`key_json` turns a server's key into its JSON form."""
    document: dict[str, Any] = {
        "version": site.version,
        "protocolVersion": f"{site.protocol[0]}.{site.protocol[1]}",
        "serialNumber": site.serial,
        "primarySite": bool(site.flags & PRIMARY),
        "multiPrimary": bool(site.flags & MULTI_PRIMARY),
        "attributes": [{"name": name, "value": value} for name, value in site.attributes],
        "servers": [_server_json(server, key_json) for server in site.servers],
    }
    if site.hash_option != HASH_BY_ALL:
        document["hashOption"] = site.hash_option
    return document | ({"hashFilter": site.hash_filter} if site.hash_filter else {})


def _server_json(server: Server, key_json: Callable[[bytes], Any]) -> dict[str, Any]:
    plain = server.address[12:] if server.address.startswith(bytes(12)) else server.address
    return {
        "serverId": server.id,
        "address": str(ipaddress.ip_address(plain)),
        "publicKey": key_json(server.key),
        "interfaces": [
            {
                "query": bool(one.kind & 2),
                "admin": bool(one.kind & 1),
                "protocol": PROTOCOLS[one.protocol] if one.protocol < len(PROTOCOLS) else one.protocol,
                "port": one.port,
            }
            for one in server.interfaces
        ],
    }


def read_site(document: Any, read_key: Callable[[Any], bytes]) -> Site:
    """From JSON; `read_key` turns the JSON of a server's key into octets. Raises HandleFault."""
    if not isinstance(document, dict):
        raise bad_value("a site is an object")
    try:
        major, _, minor = str(document.get("protocolVersion", "2.10")).partition(".")
        site = Site(
            version=_small(document.get("version", 1), 0xFFFF),
            protocol=(_small(int(major), 0xFF), _small(int(minor or "0"), 0xFF)),
            serial=_small(document.get("serialNumber", 1), 0xFFFF),
            flags=PRIMARY * bool(document.get("primarySite")) | MULTI_PRIMARY * bool(document.get("multiPrimary")),
            hash_option=_small(document.get("hashOption", HASH_BY_ALL), 0xFF),
            hash_filter=str(document.get("hashFilter", "")),
            attributes=tuple((_text(one["name"]), _text(one["value"])) for one in _few(document.get("attributes", []))),
            servers=tuple(_read_server(one, read_key) for one in _few(document.get("servers", []))),
        )
        site.encoded()
    except (AttributeError, KeyError, OverflowError, TypeError, UnicodeEncodeError, ValueError) as fault:
        raise bad_value(f"that is no site: {fault!a}"[:120]) from fault
    return site


def _read_server(one: Any, read_key: Callable[[Any], bytes]) -> Server:
    address = ipaddress.ip_address(one["address"]).packed.rjust(16, b"\0")
    interfaces = tuple(_read_interface(each) for each in _few(one.get("interfaces", [])))
    return Server(_small(one.get("serverId", 1), 2**31 - 1), address, read_key(one["publicKey"]), interfaces)


def _read_interface(one: Any) -> Interface:
    protocol = one["protocol"]
    number = PROTOCOLS.index(protocol) if isinstance(protocol, str) else _small(protocol, 0xFF)
    kind = 2 * bool(one.get("query")) | bool(one.get("admin"))
    return Interface(kind, number, _small(one["port"], 0xFFFF))


def _few(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST:
        raise ValueError(f"not a list of at most {MOST}")
    return value


def _small(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"not between 0 and {most}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
