"""The statement that three parties sign, and its EIP-712 digest, which is the certificate's token number.

Fields, order and types are those of the contract's struct `Statement`; the digest is
keccak(0x1901 ‖ domain separator ‖ struct hash). Addresses and hashes are bytes here and lower-case hex in JSON
(`statement/1`); uint128 is a decimal string in JSON, uint256 is hex, the smaller integers are numbers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from ledger.keccak import keccak256
from terminal_signer.errors import CarbonError
from terminal_signer.strict import Malformed, read_document

FORMAT = "statement/1"
SAFE_INTEGER = 2**53
MAX_TEXT = 1024

FIELDS: tuple[tuple[str, str], ...] = tuple(
    (kind, name)
    for kind, name in (
        line.split()
        for line in """
        uint8 kind
        bytes32 subject
        string identifier
        bytes32 enterprise
        address recipient
        address evaluator
        address verifier
        uint64 periodStart
        uint64 periodEnd
        bytes32 site
        bytes32 template
        bytes32 method
        bytes32 factors
        bytes32 scheme
        bytes32 benchmarks
        bytes32 logId
        uint64 treeSize
        bytes32 evidenceRoot
        bytes32 resultHash
        uint8 grade
        uint64 gradeValue
        uint128 footprint
        bytes32 figures
        string unit
        uint128 quantity
        bytes32 upstreamRoot
        uint16 coverage
        uint16 metered
        uint16 declared
        uint16 defaulted
        uint16 estimated
        uint8 assurance
        bytes32 opinion
        uint256 supersedes
        uint64 validUntil
        uint64 submitBefore
        """.strip().splitlines()
    )
)


class StatementError(CarbonError):
    """A statement has a field that is missing, unknown, of the wrong type or out of range."""

    code = "statement"


@dataclass(frozen=True, slots=True)
class Domain:
    """Which contract on which chain a signature is for."""

    chain_id: int
    contract: bytes
    name: str = "carbon-ledger"
    version: str = "1"

    def separator(self) -> bytes:
        kind = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        words = (keccak256(kind), keccak256(self.name.encode()), keccak256(self.version.encode()))
        return keccak256(b"".join(words) + self.chain_id.to_bytes(32, "big") + self.contract.rjust(32, b"\0"))


@dataclass(frozen=True, slots=True)
class Statement:
    """Kinds: 1 emission statement, 2 enterprise carbon efficiency, 3 product footprint. Times are Unix seconds, the
    period's end is exclusive; shares and coverage are basis points; gradeValue is K in 10⁻⁶; an absent hash is 0."""

    kind: int
    subject: bytes
    identifier: str
    enterprise: bytes
    recipient: bytes
    evaluator: bytes
    verifier: bytes
    period_start: int
    period_end: int
    site: bytes
    template: bytes
    method: bytes
    factors: bytes
    scheme: bytes
    benchmarks: bytes
    log_id: bytes
    tree_size: int
    evidence_root: bytes
    result_hash: bytes
    grade: int
    grade_value: int
    footprint: int
    figures: bytes
    unit: str
    quantity: int
    upstream_root: bytes
    coverage: int
    metered: int
    declared: int
    defaulted: int
    estimated: int
    assurance: int
    opinion: bytes
    supersedes: int
    valid_until: int
    submit_before: int

    def __post_init__(self) -> None:
        for (kind, name), value in zip(FIELDS, self._values(), strict=True):
            _check(kind, name, value)

    def digest(self, domain: Domain, hashed: Callable[[bytes], bytes] = keccak256) -> bytes:
        """EIP-712 digest: what the three sign, and the token number of the certificate. `hashed`: a faster Keccak-256,
        for whoever computes many."""
        words = [_type_hash(), *(_word(value, hashed) for value in self._values())]
        return hashed(b"\x19\x01" + _separator(domain) + hashed(b"".join(words)))

    def _values(self) -> tuple[Any, ...]:
        """In the order of the fields; `astuple` copies each of them."""
        values: tuple[Any, ...] = _VALUES(self)
        return values

    def to_json(self) -> dict[str, Any]:
        members = {name: _to_json(kind, value) for (kind, name), value in zip(FIELDS, self._values(), strict=True)}
        return {"format": FORMAT, **members}

    @classmethod
    def from_json(cls, document: object) -> "Statement":
        """Inverse of `to_json`; raises `StatementError` for anything that `to_json` would not have written."""
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise StatementError(f"not a {FORMAT} document", where="format")
        if document.keys() != _MEMBERS:
            odd = sorted(document.keys() ^ _MEMBERS, key=str)
            raise StatementError(f"unknown or missing field {odd[0]!r}"[:120])
        values: list[Any] = [_from_json(kind, name, document[name]) for kind, name in FIELDS]
        return cls(*values)


_VALUES = attrgetter(*Statement.__slots__)
_MEMBERS = frozenset(("format", *(name for _, name in FIELDS)))
_BYTES = {"bytes32": 32, "address": 20}
_BELOW = {kind: 1 << int(kind[4:]) for kind, _ in FIELDS if kind.startswith("uint")}
_HEX = {
    kind: re.compile(rf"0x[0-9a-f]{{{digits}}}").fullmatch
    for kind, digits in (("bytes32", 64), ("uint256", 64), ("address", 40))
}
_SURROGATE = re.compile("[\ud800-\udfff]").search
_COUNT = re.compile("0|[1-9][0-9]{0,38}").fullmatch


@dataclass(frozen=True, slots=True)
class Signatures:
    """Over the statement's digest: 65 bytes r ‖ s ‖ v each, or what a contract wallet accepts (ERC-1271)."""

    enterprise: bytes
    evaluator: bytes
    verifier: bytes


def read_signed(data: bytes) -> tuple[Statement, Signatures]:
    """A statement with its three signatures, `signed-statement/1`. Raises Malformed, or UnknownFormat."""
    with read_document(data, "statement.json", "signed-statement/1") as told:
        try:
            statement = Statement.from_json(told.rest.pop("statement", None))
        except StatementError as error:
            raise Malformed(error.message, where=f"statement.json.{error.where}") from None
        with told.inner("signatures") as given:
            names = ("enterprise", "evaluator", "verifier")
            return statement, Signatures(*(given.hex(name, None, 4096) for name in names))


def type_string() -> str:
    return "Statement(" + ",".join(f"{kind} {name}" for kind, name in FIELDS) + ")"


def _check(kind: str, name: str, value: object) -> None:
    if kind == "string":
        good = isinstance(value, str) and len(value) <= MAX_TEXT and not _SURROGATE(value)
    elif kind in _BYTES:
        good = isinstance(value, bytes) and len(value) == _BYTES[kind]
    else:
        good = type(value) is int and 0 <= value < _BELOW[kind]
    if not good:
        raise StatementError(f"not a {kind}", where=name)


@lru_cache(maxsize=1)
def _type_hash() -> bytes:
    return keccak256(type_string().encode())


@lru_cache(maxsize=64)
def _separator(domain: Domain) -> bytes:
    return domain.separator()


def _word(value: object, hashed: Callable[[bytes], bytes] = keccak256) -> bytes:
    """One value as EIP-712 encodes it: a 32-byte word, a string by its hash."""
    if isinstance(value, str):
        return hashed(value.encode())
    if isinstance(value, bytes):
        return value.rjust(32, b"\0")
    assert isinstance(value, int)  # noqa: S101 – _check admits nothing else
    return value.to_bytes(32, "big")


def _to_json(kind: str, value: Any) -> int | str:
    if kind in ("bytes32", "address"):
        return "0x" + str(value.hex())
    if kind == "uint256":
        return f"0x{value:064x}"
    if kind == "uint128":
        return str(value)
    return value  # type: ignore[no-any-return]


def _from_json(kind: str, name: str, value: object) -> object:
    if kind in _HEX:
        if not isinstance(value, str) or not _HEX[kind](value):
            raise StatementError(f"not a {kind} in lower-case hex", where=name)
        return int(value, 16) if kind == "uint256" else bytes.fromhex(value[2:])
    if kind == "uint128":
        if not isinstance(value, str) or not _COUNT(value):
            raise StatementError("not a decimal string", where=name)
        return int(value)
    if isinstance(value, int) and abs(value) >= SAFE_INTEGER:
        raise StatementError("an integer beyond 2^53", where=name)
    return value
