"""Certified goods as the chain tells of them: the events of certificates and of the product ledger, as one picture.

Two questions fetch all events up to one block; a third one asks what some corrected certificates are made of, where
events alone do not say it: a successor may leave out what was revoked. All of it is checked against the statements.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from ledger.certificates.statement import FIELDS, Domain, Statement, StatementError
from ledger.chain.answers import hexadecimal, member, members, unhex
from ledger.chain.client import Chain, Tag, questions
from ledger.chain.contracts import Event, event, function
from ledger.chain.errors import ChainError
from ledger.chain.flat import flat, struct
from ledger.tracing.picture import Happening, Picture, draw
from ledger.upstream import Input, UpstreamFault, upstream_root

CERTIFICATES, GOODS = "CertificateRegistry", "ProductLedger"
NAMES = {
    CERTIFICATES: (
        "CertificateMinted", "CertificateSuperseded", "CertificateSuspended", "CertificateReinstated",
        "CertificateRevoked",
    ),
    GOODS: ("AccountOpened", "AccountTakenOver", "Used", "Retired", "Transfer"),
}  # fmt: skip
AT_ONCE = 500


def read_picture(chain: Chain, tag: Tag = "finalized") -> Picture:
    """All goods in the state of a block. Raises ChainError, TracingError."""
    block = chain.block(tag)
    domain = Domain(chain.deployment.chain_id, chain.deployment.address(CERTIFICATES))
    entries: list[tuple[dict[str, Any], str]] = []
    for contract, names in NAMES.items():
        found = chain.entries(contract, names, from_block=chain.deployment.start, to_block=block.number)
        entries += [(entry, contract) for entry in found]
    entries.sort(key=lambda pair: (hexadecimal(pair[0]["blockNumber"]), hexadecimal(pair[0]["logIndex"])))
    picture = draw(domain, block.number, block.time, _happenings(entries))
    _complete(chain, picture)
    return picture


def _happenings(entries: Sequence[tuple[dict[str, Any], str]]) -> Iterator[Happening]:
    wanted = [(contract, event(contract, name)) for contract, names in NAMES.items() for name in names]
    known = {(contract, one.topic): _layout(one) for contract, one in wanted}
    for entry, contract in entries:
        topics = [unhex(topic) for topic in members(member(entry, "topics"))]
        layout = known.get((contract, topics[0])) if topics else None
        if layout is None or len(topics) != len(layout.indexed) + 1:
            raise ChainError("the node answered an event that was not asked for")
        happening = _happening(layout, b"".join(topics[1:]), unhex(member(entry, "data")))
        if happening is not None:
            yield happening


@dataclass(frozen=True, slots=True)
class _Layout:
    """An event's arguments, name and type: those in topics, and those in its data."""

    name: str
    indexed: tuple[tuple[str, str], ...]
    plain: tuple[tuple[str, str], ...]


def _layout(what: Event) -> _Layout:
    arguments = [(item["name"], item["type"], item["indexed"]) for item in what.inputs]
    return _Layout(
        what.name,
        tuple((name, kind) for name, kind, indexed in arguments if indexed),
        tuple((name, kind) for name, kind, indexed in arguments if not indexed),
    )


def _happening(layout: _Layout, topics: bytes, data: bytes) -> Happening | None:
    """None of a mint whose statement cannot be read: strangers may put bytes into it that are no UTF-8."""
    values = dict(zip((name for name, _ in layout.indexed), _flat(layout.indexed, topics), strict=True))
    number = values["id" if "id" in values else "tokenId"]
    if layout.name == "CertificateMinted":
        statement = _statement(data)
        return None if statement is None else Happening(layout.name, number, {"statement": statement})
    try:
        values |= zip((name for name, _ in layout.plain), _flat(layout.plain, data), strict=True)
    except ChainError:  # a text that is none changes a status, or ends goods, all the same
        numbers = [pair for pair in layout.plain if pair[1] != "string"]
        values |= zip((name for name, _ in numbers), _flat(numbers, data), strict=True)
    return Happening(layout.name, number, {"unit": "", **values})


def _flat(arguments: Sequence[tuple[str, str]], data: bytes) -> list[Any]:
    return flat([kind for _, kind in arguments], data)


def _statement(data: bytes) -> Statement | None:
    try:
        values: list[Any] = struct([kind for kind, _ in FIELDS], data)
        return Statement(*values)
    except (ChainError, StatementError):
        return None


def _complete(chain: Chain, picture: Picture) -> None:
    """Ask for the inputs of certificates that are not made of what the events add up to."""
    odd = [
        certificate
        for certificate in picture.certificates.values()
        if certificate.statement.supersedes and _root(certificate.inputs) != certificate.statement.upstream_root
    ]
    decode = function(GOODS, "inputsOf").decode
    for at in range(0, len(odd), AT_ONCE):
        part = odd[at : at + AT_ONCE]
        asked = [chain.question(GOODS, "inputsOf", one.token, tag=picture.block) for one in part]
        for certificate, answer in zip(part, chain.node.batch(questions(asked)), strict=True):
            certificate.inputs = tuple(Input(number, quantity) for number, quantity in decode(unhex(answer)))


def _root(inputs: Sequence[Input]) -> bytes | None:
    try:
        return upstream_root(inputs, keccak)
    except UpstreamFault:
        return None
