"""The evidence bundle `bundle/1`: one ZIP with all that is needed to repeat an evaluation, and nothing to be believed.

Reading is bounded: known members only, each once, each below its limit whatever the archive says of its size.
Format and limits: docs/formats/bundle.md; the writer is `ledger.certificates.bundling`, a verifier never writes.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from ledger.certificates.statement import Statement, StatementError
from ledger.evidence.strict import Malformed, Members, read_document, read_hex

__all__ = ["Bundle", "Head", "Key", "Range", "Signatures", "read_bundle"]

MEBI = 1 << 20
MAX_ARCHIVE = 512 * MEBI
MAX_FRAMES = 4_000_000
MAX_FRAME = 1 << 16
MAX_HEADS = 200_000
MAX_KEYS = 10_000
RULES = ("template", "method", "factors", "scheme", "benchmarks")
LIMITS = {
    "manifest.json": MEBI,
    "frames.cborseq": 2048 * MEBI,
    "proofs.json": 64 * MEBI,
    "site.toml": MEBI,
    "result.json": 64 * MEBI,
    "statement.json": MEBI,
    **{f"rules/{name}.toml": 4 * MEBI for name in RULES},
}
OPTIONAL = {f"rules/{name}.toml" for name in ("template", "scheme", "benchmarks")}


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head of the log and the time of the block that anchored it."""

    size: int
    root: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Range:
    """`count` neighbouring leaves from `start`, with the hashes that lead from them to the root of the last head."""

    start: int
    count: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A terminal's public key as the bundle claims it; the verifier asks the registry whether it is enrolled."""

    iss: str
    sub: str
    alg: int
    public_key: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class Signatures:
    """Over the statement's digest: 65 bytes r ‖ s ‖ v each, or what a contract wallet accepts (ERC-1271)."""

    enterprise: bytes
    evaluator: bytes
    verifier: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """`frames` in the order of their leaves, which `ranges` number; `heads` in order, without a hole, from the one
    after `previous_size` to the statement's; `rules` by role (`RULES`), an absent one left out."""

    chain_id: int
    seed: bytes
    frames: tuple[bytes, ...]
    previous_size: int
    heads: tuple[Head, ...]
    ranges: tuple[Range, ...]
    keys: tuple[Key, ...]
    site: bytes
    rules: Mapping[str, bytes]
    result: bytes
    statement: Statement
    signatures: Signatures

    def indices(self) -> Iterator[int]:
        """The leaf index of each frame."""
        for stretch in self.ranges:
            yield from range(stretch.start, stretch.start + stretch.count)


def read_bundle(data: bytes) -> Bundle:
    """Raises `Malformed`, or `UnknownFormat` for another version of a format; never anything else."""
    members = _unpack(data)
    manifest = read_document(members["manifest.json"], "manifest.json", "bundle/1")
    chain_id, seed = manifest.integer("chain_id"), manifest.hex("seed", 32)
    _check_digests(manifest.object("members"), members)
    manifest.close()
    proofs = read_document(members["proofs.json"], "proofs.json", "proofs/1")
    previous_size = proofs.integer("previous_size")
    heads = tuple(_head(item) for item in proofs.items("heads", MAX_HEADS))
    ranges = tuple(_range(item) for item in proofs.items("ranges", MAX_FRAMES))
    keys = tuple(_key(item) for item in proofs.items("keys", MAX_KEYS))
    proofs.close()
    _check_order(previous_size, heads, ranges, keys)
    frames = tuple(_split(members["frames.cborseq"]))
    if len(frames) != sum(stretch.count for stretch in ranges):
        raise Malformed(f"{len(frames)} frames, but the ranges number another count", where="proofs.json.ranges")
    statement, signatures = _signed(members["statement.json"])
    rules = {name: members[f"rules/{name}.toml"] for name in RULES if f"rules/{name}.toml" in members}
    return Bundle(
        chain_id, seed, frames, previous_size, heads, ranges, keys,
        members["site.toml"], rules, members["result.json"], statement, signatures,
    )  # fmt: skip


def _unpack(data: bytes) -> dict[str, bytes]:
    """All members, none larger than its limit. A ZIP fails in many ways and types, so all of them are caught here."""
    if len(data) > MAX_ARCHIVE:
        raise Malformed(f"more than {MAX_ARCHIVE} bytes", where="bundle")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            names = [entry.filename for entry in file.infolist()]
            if len(names) != len(set(names)):
                raise Malformed("a member occurs twice", where="bundle")
            if odd := set(names) - set(LIMITS):
                raise Malformed(f"unknown member {min(odd)[:80]!r}", where="bundle")
            if lacking := set(LIMITS) - OPTIONAL - set(names):
                raise Malformed(f"member {min(lacking)!r} is missing", where="bundle")
            return {entry.filename: _inflate(file, entry) for entry in file.infolist()}
    except Malformed:
        raise
    except Exception as error:
        raise Malformed(f"not a readable ZIP archive: {str(error)[:120]}", where="bundle") from None


def _inflate(file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    limit = LIMITS[entry.filename]
    with file.open(entry) as member:
        body = member.read(limit + 1) if entry.file_size <= limit else b""
    if entry.file_size > limit or len(body) != entry.file_size:
        raise Malformed(f"larger than {limit} bytes, or than it says", where=entry.filename)
    return body


def _check_digests(sums: Members, members: dict[str, bytes]) -> None:
    for name, body in members.items():
        if name != "manifest.json":
            entry = sums.object(name)
            if entry.integer("size") != len(body) or entry.hex("sha256", 32) != hashlib.sha256(body).digest():
                raise Malformed("is not the member that the manifest describes", where=name)
            entry.close()
    sums.close()


def _split(data: bytes) -> Iterator[bytes]:
    """Cut a CBOR sequence of tagged COSE_Sign1 (d2 84 bytes a0 bytes bytes) at its frames without decoding them."""
    position, end = 0, len(data)
    while position < end:
        start = position
        try:
            if data[position : position + 2] != b"\xd2\x84":
                raise Malformed("not a tagged COSE_Sign1", where=f"frames.cborseq byte {start}")
            position = _skip_bytes(data, position + 2)
            if data[position] != 0xA0:
                raise Malformed("an unprotected header", where=f"frames.cborseq byte {start}")
            position = _skip_bytes(data, _skip_bytes(data, position + 1))
        except IndexError:
            position = end + 1
        if position > end or position - start > MAX_FRAME:
            raise Malformed("a frame is cut off or too large", where=f"frames.cborseq byte {start}")
        yield data[start:position]


def _skip_bytes(data: bytes, position: int) -> int:
    """The position after the byte string whose head stands here (heads of up to two length bytes)."""
    head = data[position]
    if 0x40 <= head < 0x58:
        return position + 1 + head - 0x40
    if head == 0x58:
        return position + 2 + data[position + 1]
    if head == 0x59:
        return position + 3 + (data[position + 1] << 8 | data[position + 2])
    raise Malformed("not a byte string of at most 64 KiB", where=f"frames.cborseq byte {position}")


def _head(item: object) -> Head:
    members = Members(item, "proofs.json.heads")
    head = Head(members.integer("size"), members.hex("root", 32), members.integer("time"))
    members.close()
    return head


def _range(item: object) -> Range:
    members = Members(item, "proofs.json.ranges")
    hashes = tuple(read_hex(value, "proofs.json.ranges.hashes", 32) for value in members.items("hashes", 128))
    stretch = Range(members.integer("start"), members.integer("count", MAX_FRAMES), hashes)
    members.close()
    return stretch


def _key(item: object) -> Key:
    members = Members(item, "proofs.json.keys")
    alg = members.rest.pop("alg", None)
    if type(alg) is not int or not -(2**31) <= alg < 2**31:
        raise Malformed("not a COSE algorithm number", where="proofs.json.keys.alg")
    raw, proof = members.hex("public_key", None, 256), members.hex("proof", None, 1024)
    key = Key(members.text("iss"), members.text("sub"), alg, raw, proof)
    members.close()
    return key


def _check_order(previous_size: int, heads: tuple[Head, ...], ranges: tuple[Range, ...], keys: tuple[Key, ...]) -> None:
    sizes = [previous_size, *(head.size for head in heads)]
    if not heads or any(low >= high for low, high in pairwise(sizes)):
        raise Malformed("sizes do not grow from head to head", where="proofs.json.heads")
    free = previous_size
    for stretch in ranges:
        if stretch.start < free or stretch.count == 0 or stretch.start + stretch.count > sizes[-1]:
            raise Malformed("ranges are not in order inside of the heads", where="proofs.json.ranges")
        free = stretch.start + stretch.count
    if len({(key.iss, key.sub, key.alg, key.public_key) for key in keys}) != len(keys):
        raise Malformed("a key occurs twice", where="proofs.json.keys")


def _signed(data: bytes) -> tuple[Statement, Signatures]:
    members = read_document(data, "statement.json", "signed-statement/1")
    try:
        statement = Statement.from_json(members.rest.pop("statement", None))
    except StatementError as error:
        raise Malformed(error.message, where=f"statement.json.{error.where}") from None
    given = members.object("signatures")
    signatures = Signatures(*(given.hex(name, None, 4096) for name in ("enterprise", "evaluator", "verifier")))
    given.close()
    members.close()
    return statement, signatures
