"""The evidence bundle `bundle/1`: one ZIP with all that is needed to repeat an evaluation, and nothing to be believed.

Reading is bounded: known members only, each once, each below its limit whatever the archive says of its size.
Format and limits: docs/formats/bundle.md; the writer is `ledger.certificates.bundling`, a verifier never writes.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise

from ledger.archive import MEBI, read_archive
from ledger.certificates.statement import Signatures, Statement, read_signed
from ledger.log.replay import Head
from terminal_signer import cbor
from terminal_signer.errors import CarbonError
from terminal_signer.strict import Malformed, Members, read_document, read_hex

MAX_ARCHIVE = 512 * MEBI
MAX_FRAMES = 4_000_000
MAX_HEADS = 200_000
MAX_KEYS = 10_000
RULES = ("template", "method", "factors", "scheme", "benchmarks")
LIMITS = {
    "manifest.json": MEBI, "frames.cborseq": 2048 * MEBI, "proofs.json": 64 * MEBI, "site.toml": MEBI,
    "result.json": 64 * MEBI, "statement.json": MEBI, **{f"rules/{name}.toml": 4 * MEBI for name in RULES},
}  # fmt: skip
OPTIONAL = {f"rules/{name}.toml" for name in ("template", "scheme", "benchmarks")}


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
    if len(data) > MAX_ARCHIVE:
        raise Malformed(f"more than {MAX_ARCHIVE} bytes", where="bundle")
    members = read_archive(data, "bundle", LIMITS, OPTIONAL)
    with read_document(members["manifest.json"], "manifest.json", "bundle/1") as manifest:
        chain_id, seed = manifest.integer("chain_id"), manifest.hex("seed", 32)
        _check_digests(manifest.inner("members"), members)
    with read_document(members["proofs.json"], "proofs.json", "proofs/1") as proofs:
        previous_size = proofs.integer("previous_size")
        heads = tuple(_head(item) for item in proofs.items("heads", MAX_HEADS))
        ranges = tuple(_range(item) for item in proofs.items("ranges", MAX_FRAMES))
        keys = tuple(_key(item) for item in proofs.items("keys", MAX_KEYS))
    _check_order(previous_size, heads, ranges, keys)
    frames = _split(members["frames.cborseq"], sum(stretch.count for stretch in ranges))
    rules = {name: members[f"rules/{name}.toml"] for name in RULES if f"rules/{name}.toml" in members}
    return Bundle(
        chain_id, seed, frames, previous_size, heads, ranges, keys, members["site.toml"], rules, members["result.json"],
        *read_signed(members["statement.json"]),
    )  # fmt: skip


def _check_digests(sums: Members, members: dict[str, bytes]) -> None:
    with sums:
        for name in members.keys() - {"manifest.json"}:
            with sums.inner(name) as entry:
                size, digest = entry.integer("size"), entry.hex("sha256", 32)
            if (size, digest) != (len(members[name]), hashlib.sha256(members[name]).digest()):
                raise Malformed("is not the member that the manifest describes", where=name)


def _split(data: bytes, count: int) -> tuple[bytes, ...]:
    try:
        frames = tuple(islice(cbor.sequence(data), count + 1))
    except CarbonError as error:
        raise Malformed(error.message, where=f"frames.cborseq, {error.where}") from None
    if len(frames) != count or count > MAX_FRAMES:
        raise Malformed(f"not the {count} frames that the ranges number", where="frames.cborseq")
    return frames


def _head(item: object) -> Head:
    with Members(item, "proofs.json.heads") as told:
        return Head(told.integer("size"), told.hex("root", 32), told.integer("time"))


def _range(item: object) -> Range:
    with Members(item, "proofs.json.ranges") as told:
        hashes = tuple(read_hex(value, "proofs.json.ranges.hashes", 32) for value in told.items("hashes", 128))
        return Range(told.integer("start"), told.integer("count", MAX_FRAMES), hashes)


def _key(item: object) -> Key:
    with Members(item, "proofs.json.keys") as told:
        raw, proof = told.hex("public_key", None, 256), told.hex("proof", None, 1024)
        return Key(told.text("iss"), told.text("sub"), told.integer("alg", least=-(2**31)), raw, proof)


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
