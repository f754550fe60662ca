"""What happened to certificates, from the registry's events.

A mint whose statement cannot be read is passed over: strangers may put bytes into it that are no UTF-8, and then it is
their certificate that no page shows. A change of status is never passed over; a reason that cannot be read is empty.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.certificates.statement import FIELDS, Statement, StatementError
from ledger.chain.answers import hexadecimal, member, members, unhex
from ledger.chain.client import Chain
from ledger.chain.contracts import UnknownInterface, event
from ledger.chain.errors import ChainError

CONTRACT = "CertificateRegistry"
KINDS = {
    "CertificateMinted": "minted",
    "CertificateSuperseded": "superseded",
    "CertificateSuspended": "suspended",
    "CertificateReinstated": "reinstated",
    "RevocationProposed": "revocation-proposed",
    "RevocationWithdrawn": "revocation-withdrawn",
    "CertificateRevoked": "revoked",
}
STATUS_CHANGES = ("superseded", "suspended", "reinstated", "revoked")
_BLOCKS_AT_ONCE = 100
_ADDRESS = 20


@dataclass(frozen=True, slots=True)
class CertificateEvent:
    """`actor` did it for `reason`; of a mint there is the statement, of a superseding the successor's token."""

    block: int
    index: int
    time: int
    transaction: bytes
    kind: str
    token: bytes
    successor: bytes | None = None
    actor: bytes | None = None
    reason: str = ""
    statement: Statement | None = None


def read_certificate_events(chain: Chain, first: int, last: int) -> list[CertificateEvent]:
    """Those of the blocks `first` to `last`, in the chain's order. Raises ChainError."""
    entries = chain.entries(CONTRACT, tuple(KINDS), from_block=first, to_block=last)
    times = _block_times(chain, {hexadecimal(member(entry, "blockNumber")) for entry in entries})
    found = [read for entry in entries if (read := _event(entry, times)) is not None]
    return sorted(found, key=lambda event: (event.block, event.index))


def _block_times(chain: Chain, numbers: set[int]) -> dict[int, int]:
    times: dict[int, int] = {}
    for part in _parts(sorted(numbers)):
        answers = chain.node.batch([("eth_getBlockByNumber", [hex(number), False]) for number in part])
        times |= {
            number: hexadecimal(member(answer, "timestamp")) for number, answer in zip(part, answers, strict=True)
        }
    return times


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(numbers), _BLOCKS_AT_ONCE):
        yield numbers[at : at + _BLOCKS_AT_ONCE]


def _event(entry: dict[str, Any], times: dict[int, int]) -> CertificateEvent | None:
    topics = [unhex(topic) for topic in members(member(entry, "topics"))]
    name = next((name for name in KINDS if topics and event(CONTRACT, name).topic == topics[0]), None)
    if name is None or len(topics) < 2:
        raise ChainError("the node answered an event that was not asked for")
    block = hexadecimal(member(entry, "blockNumber"))
    details = _details(name, topics, unhex(member(entry, "data")))
    if details is None:
        return None
    return CertificateEvent(
        block=block, index=hexadecimal(member(entry, "logIndex")), time=times[block],
        transaction=unhex(member(entry, "transactionHash")), kind=KINDS[name], token=topics[1], **details,
    )  # fmt: skip


def _details(name: str, topics: Sequence[bytes], data: bytes) -> dict[str, Any] | None:
    """What differs by event; None for a mint whose statement cannot be read."""
    if name == "CertificateMinted":
        statement = _statement(topics, data)
        return None if statement is None else {"statement": statement}
    if name == "CertificateSuperseded":
        return {"successor": topics[2]}
    return {"actor": topics[-1][-_ADDRESS:], "reason": _reason(name, topics, data)}


def _reason(name: str, topics: Sequence[bytes], data: bytes) -> str:
    try:
        return str(event(CONTRACT, name).decode(topics, data).get("reason", ""))
    except ChainError:
        return ""


def _statement(topics: Sequence[bytes], data: bytes) -> Statement | None:
    try:
        values = event(CONTRACT, "CertificateMinted").decode(topics, data)["statement"]
    except ChainError:
        return None
    if len(values) != len(FIELDS):
        raise UnknownInterface("the contract's statement has other fields than this program's")
    pairs = zip(FIELDS, values, strict=True)
    plain: dict[str, Any] = {name: unhex(value) if kind == "address" else value for (kind, name), value in pairs}
    try:
        return Statement(*plain.values())
    except StatementError:
        return None
