"""The DID document of an identifier: `did:web` under the gateway's address, whose services mirror the links."""

from collections.abc import Sequence
from typing import Any

from ledger.identifiers.handle import Handle
from ledger.identifiers.text import percent_encoded
from ledger.resolution.links import Link, shortened

CONTEXT = "https://www.w3.org/ns/did/v1"
PLACE = "id"


def did_of(gateway: str, prefix: str, suffix: str = "") -> str:
    """`gateway` is the gateway's own did:web, which carries host and port."""
    parts = [PLACE, prefix, *(percent_encoded(part) for part in suffix.split("/") if part)]
    return ":".join([gateway, *parts])


def identifier_document(gateway: str, handle: Handle, links: Sequence[Link], names: Sequence[str]) -> dict[str, Any]:
    did = did_of(gateway, handle.prefix, handle.suffix)
    return _document(gateway, did, [f"hdl:{handle.text}", *names], links)


def enterprise_document(gateway: str, prefix: str, links: Sequence[Link]) -> dict[str, Any]:
    return _document(gateway, did_of(gateway, prefix), [f"hdl:0.NA/{prefix}"], links)


def _document(gateway: str, did: str, names: Sequence[str], links: Sequence[Link]) -> dict[str, Any]:
    services = [
        {"id": f"{did}#link-{number}", "type": shortened(link.relation), "serviceEndpoint": link.href}
        for number, link in enumerate(links, 1)
    ]
    return {"@context": [CONTEXT], "id": did, "controller": gateway, "alsoKnownAs": list(names), "service": services}
