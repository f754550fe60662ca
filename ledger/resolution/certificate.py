"""What a certificate says as a handle record.

Indices from 2000 are those of the public metadata layer (公共数据模板), under its item codes; from 4000 on stand the
ledger's own: who signed, where the token is, and how far the chain was followed. All of it is public on the chain or
published by the enterprise; quantities and other results are not part of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from ledger.canonical import canonical_json, decimal_text
from ledger.certificates.statement import Statement
from ledger.resolution.node_records import admin_value
from ledger.resolution.value_json import moment
from ledger.resolution.values import DAY, URL, HandleValue, text_value

STATUS_SECONDS = 60
OBJECT_TYPES: Mapping[int, str] = {1: "facility", 2: "enterprise", 3: "product"}
STATUS_CODES = frozenset((2075, 4007, 4008, 4009, 4010))
"""What changes while the certificate itself does not."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the token stands: valid, suspended, revoked, superseded, expired, or another word of the page. `since` and
    `block` are those of the last change, 0 where there was none; `successor` took its place."""

    status: str
    since: int = 0
    block: int = 0
    successor: bytes | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Certified:
    """`page` and `document` are web addresses; `k` and `footprint` decimal texts, empty where there is none; `rules`
    maps a role (method, factors, …) to the rule's identity; `template` is handle and version of the metadata template,
    where it is known; `offset` the site's, "+08:00". `statement` is None where only the chain knows the certificate."""

    identifier: str
    token_id: bytes
    kind: int
    grade: int
    k: str
    footprint: str
    period_start: int
    period_end: int
    valid_until: int
    issued_at: int
    evaluator: bytes
    verifier: bytes
    page: str
    document: str
    chain_id: int
    contract: bytes
    statement: Statement | None = None
    transaction: bytes = b""
    enterprise: str = ""
    industry: str = ""
    offset: str = "+00:00"
    rules: Mapping[str, str] = field(default_factory=dict)
    template: tuple[str, str] = ("", "")
    marks: tuple[str, ...] = ()


def certificate_values(told: Certified, state: State) -> list[HandleValue]:
    """By index; a value that would be empty is left out."""
    items = [*_items(told), *_state_items(state)]
    texts = [
        text_value(index, code, text, STATUS_SECONDS if index in STATUS_CODES else DAY, told.issued_at)
        for index, code, text in items
        if text
    ]
    owner = admin_value(told.identifier.split("/")[0])
    return sorted([*texts, owner], key=lambda value: value.index)


def _items(told: Certified) -> Iterator[tuple[int, str, str]]:
    yield 1, URL, told.page
    yield 2, "URL.JSON", told.document
    yield 1000, "TEMPLATE_ID", told.template[0]
    yield 1001, "TEMPLATE", told.template[1]
    yield 2000, "orgName", told.enterprise
    yield 2002, "vaaPrefix", told.identifier.split("/")[0]
    yield 2005, "industryCode", told.industry
    yield 2010, "objectType", OBJECT_TYPES.get(told.kind, "")
    yield 2011, "objectId", f"vaa:{told.identifier}"
    yield 2020, "periodStart", _day(told.period_start, told.offset)
    yield 2021, "periodEnd", _day(told.period_end, told.offset)
    yield 2056, "intensityP", told.footprint
    yield 2057, "effK", told.k
    yield 2058, "grade", str(told.grade or "")
    yield 2072, "certNo", f"0x{told.token_id.hex()}"
    yield 2073, "issueDate", _day(told.issued_at, told.offset)
    yield 2074, "validUntil", _day(told.valid_until, told.offset)
    yield 4000, "evaluatorAddress", f"0x{told.evaluator.hex()}"
    yield 4001, "verifierAddress", f"0x{told.verifier.hex()}"
    yield 4003, "chain", f"eip155:{told.chain_id}:0x{told.contract.hex()}"
    yield 4004, "transaction", f"0x{told.transaction.hex()}" if told.transaction else ""
    yield 4006, "marks", ",".join(told.marks)
    if told.statement is not None:
        yield from _said(told, told.statement)


def _said(told: Certified, said: Statement) -> Iterator[tuple[int, str, str]]:
    """What stands in the signed statement only."""
    yield 2030, "standard", _rule(told, "method", said.method)
    yield 2031, "factorSetId", _rule(told, "factors", said.factors)
    yield 2060, "primaryShare", decimal_text(Decimal(said.metered).scaleb(-2))
    yield 2080, "ledgerProof", _proof(said)
    yield 4002, "declaredUnit", said.unit
    yield 4005, "supersedesToken", f"0x{said.supersedes:064x}" if said.supersedes else ""


def _state_items(state: State) -> Iterator[tuple[int, str, str]]:
    yield 2075, "status", state.status
    yield 4007, "statusSince", moment(state.since) if state.since else ""
    yield 4008, "statusBlock", str(state.block or "")
    yield 4009, "statusReason", state.reason
    yield 4010, "successorToken", f"0x{state.successor.hex()}" if state.successor else ""


def _proof(said: Statement) -> str:
    """Where the evidence lies: the log, its size, and the root over the digests of all that was used."""
    told = {
        "log": f"0x{said.log_id.hex()}",
        "size": said.tree_size,
        "evidence": f"0x{said.evidence_root.hex()}",
        "result": f"0x{said.result_hash.hex()}",
    }
    return canonical_json(told).decode()


def _rule(told: Certified, role: str, digest: bytes) -> str:
    """Identity and hash, as the item of the template asks; the hash alone where no name is stored."""
    name = told.rules.get(role, "")
    return f"{name} 0x{digest.hex()}".strip() if any(digest) else name


@lru_cache(maxsize=4096)
def _day(seconds: int, offset: str) -> str:
    """The date at the site. `offset` is checked where the site file is read: "+08:00"."""
    if not seconds:
        return ""
    shift = timedelta(hours=int(offset[:3]), minutes=int(offset[0] + offset[4:6]))
    return (datetime.fromtimestamp(seconds, UTC) + shift).date().isoformat()
