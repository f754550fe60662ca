"""The forger's tools: what anybody can do to a bundle with its files, the public log and keys of his own."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from ledger.canonical import canonical_json
from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import AdmittedFrame, Period, Rules
from ledger.evaluation.result import Result
from ledger.evaluation.site import parse_site
from ledger.evidence.bundle import Bundle, Key, Range
from ledger.evidence.case import times_of
from ledger.evidence.derive import derived_fields, evidence_root, file_hashes
from ledger.identifiers.vaa import terminal_id
from ledger.log.admission import Enrolment
from ledger.log.proof import leaf_hash, node_hash
from ledger.log.replay import Head, KeyName, open_frame, replay
from terminal_signer import cose
from terminal_signer.cbor import decode, encode
from terminal_signer.frame import KeyClass, Pack, digest_of, parse
from terminal_signer.header import Header, write_header
from terminal_signer.keys import PrivateKey, PublicKey

Span = tuple[int, int]

AMOUNT, REGISTER = 2, 5  # labels of a record in a pack


# -- frames ------------------------------------------------------------------------------------------------------------


def middle_reading(bundle: Bundle) -> int:
    """Position of a frame with readings, in the middle of all of them."""
    found = [at for at, raw in enumerate(bundle.frames) if _readings(raw)]
    return found[len(found) // 2]


def tail(bundle: Bundle) -> set[int]:
    """The last frame with readings of the key that signed the middle one, and every later frame of that key."""
    kid = parse(bundle.frames[middle_reading(bundle)]).kid
    of_key = [at for at, raw in enumerate(bundle.frames) if parse(raw).kid == kid]
    last = max(at for at in of_key if _readings(bundle.frames[at]))
    return {at for at in of_key if at >= last}


def _readings(raw: bytes) -> bool:
    content = open_frame(parse(raw)).content
    return isinstance(content, Pack) and bool(content.records)


def raised(raw: bytes) -> bytes:
    """The frame with its first amount or register one unit of its last digit higher; the signature stays as it is."""
    frame = parse(raw)
    records = decode(frame.payload)
    record, label = next((record, label) for record in records for label in (AMOUNT, REGISTER) if label in record)
    number = record[label]
    if isinstance(number, int):
        record[label] = number + 1
    else:
        exponent, mantissa = number.value
        record[label] = replace(number, value=[exponent, mantissa + (2 if mantissa % 10 == 9 else 1)])
    return cose.assemble(frame.protected, {}, encode(records), frame.signature)


def signed_again(raw: bytes, key: PrivateKey, prev: bytes | None = None) -> bytes:
    """The frame with the same content under another key."""
    frame = parse(raw)
    header = Header(
        frame.iss, frame.sub, frame.iat, frame.seq, frame.prev if prev is None else prev, frame.seen, frame.corrects,
        frame.content_type,
    )  # fmt: skip
    protected = write_header(header, key.alg, key.public.thumbprint())
    return cose.assemble(protected, {}, frame.payload, key.sign(cose.signed_bytes(protected, frame.payload)))


def taken_over(bundle: Bundle, at: int, key: PrivateKey) -> Bundle:
    """The key of the frame at `at` replaced by `key`, in the list of keys and in each of its frames, chained anew."""
    victim = parse(bundle.frames[at]).kid
    frames: dict[int, bytes] = {}
    prev: bytes | None = None
    for number, raw in enumerate(bundle.frames):
        if parse(raw).kid == victim:
            frames[number] = signed_again(raw, key, prev)
            prev = digest_of(frames[number])
    ours = key_like(bundle, at, key)
    keys = tuple(ours if _kid(entry) == victim else entry for entry in bundle.keys)
    return replace(with_frames(bundle, frames), keys=keys)


def key_like(bundle: Bundle, at: int, key: PrivateKey) -> Key:
    """One's own key under the name of the terminal that signed the frame at `at`."""
    frame = parse(bundle.frames[at])
    return Key(frame.iss, frame.sub, key.alg, key.public.raw, bytes(64))


def _kid(key: Key) -> bytes:
    return PublicKey(key.alg, key.public_key).thumbprint()


# -- the log -----------------------------------------------------------------------------------------------------------


class _Nodes:
    """Every hash of the log that a bundle tells: its leaves and the neighbours in its range proofs."""

    def __init__(self, bundle: Bundle) -> None:
        self.size = bundle.heads[-1].size
        self.known: dict[Span, bytes] = {}
        for index, raw in zip(bundle.indices(), bundle.frames, strict=True):
            self.known[index, index + 1] = leaf_hash(digest_of(raw))
        for stretch in bundle.ranges:
            neighbours = _neighbours(stretch.start, stretch.start + stretch.count, self.size)
            self.known.update(zip(neighbours, stretch.hashes, strict=True))

    def hash(self, start: int, end: int) -> bytes:
        """RFC 9162, section 2.1.1, over what is known."""
        if (start, end) not in self.known:
            middle = start + (1 << (end - start - 1).bit_length() - 1)
            self.known[start, end] = node_hash(self.hash(start, middle), self.hash(middle, end))
        return self.known[start, end]

    def range(self, start: int, count: int) -> Range:
        hashes = tuple(self.hash(*span) for span in _neighbours(start, start + count, self.size))
        return Range(start, count, hashes)


def _neighbours(start: int, end: int, size: int) -> list[Span]:
    """The spans of the hashes in a range proof, in their order (`ledger.log.proof`)."""
    spans, width, last = [], 1, size
    while last > 1:
        if start & 1:
            spans.append(((start - 1) * width, start * width))
        if end & 1 and end < last:
            spans.append((end * width, min((end + 1) * width, size)))
        start, end, last, width = start >> 1, (end + 1) >> 1, (last + 1) >> 1, width * 2
    return spans


def with_frames(bundle: Bundle, changed: Mapping[int, bytes]) -> Bundle:
    """Some frames replaced; the proofs cannot be made to fit, for the root is on chain."""
    return replace(bundle, frames=tuple(changed.get(at, raw) for at, raw in enumerate(bundle.frames)))


def without(bundle: Bundle, positions: Collection[int]) -> Bundle:
    """Frames left out, all others proved to be in the log; keys without a frame left out too."""
    nodes, indices = _Nodes(bundle), list(bundle.indices())
    kept = [at for at in range(len(indices)) if at not in positions]
    ranges = []
    for _, run in groupby(enumerate(indices[at] for at in kept), key=lambda pair: pair[1] - pair[0]):
        leaves = [index for _, index in run]
        ranges.append(nodes.range(leaves[0], len(leaves)))
    frames = tuple(bundle.frames[at] for at in kept)
    signers = {parse(raw).kid for raw in frames}
    keys = tuple(key for key in bundle.keys if _kid(key) in signers)
    return replace(bundle, frames=frames, ranges=tuple(ranges), keys=keys)


def truncated(bundle: Bundle) -> Bundle:
    """The log cut by its last entry: last head, proofs and statement to match."""
    size = bundle.heads[-1].size - 1
    root = _Nodes(bundle).hash(0, size)
    heads = (*bundle.heads[:-1], Head(size, root, bundle.heads[-1].time))
    shorter = without(bundle, {at for at, index in enumerate(bundle.indices()) if index == size})
    nodes = _Nodes(replace(shorter, heads=bundle.heads))
    nodes.size = size
    ranges = tuple(nodes.range(stretch.start, stretch.count) for stretch in shorter.ranges)
    leaves = [leaf_hash(digest_of(raw)) for raw in shorter.frames]
    root_of_all = evidence_root(leaves, list(file_hashes(bundle.site, bundle.rules).values()))
    statement = replace(bundle.statement, tree_size=size, evidence_root=root_of_all)
    return replace(shorter, heads=heads, ranges=ranges, statement=statement)


# -- what follows from the evidence ------------------------------------------------------------------------------------


def evaluated(bundle: Bundle) -> Bundle:
    """Result and statement as they follow from the bundle's files: all but the signatures fits."""
    opened = [open_frame(parse(raw)) for raw in bundle.frames]
    site, statement = parse_site(bundle.site), bundle.statement
    times = times_of(site, bundle.rules["method"])
    rows = replay(opened, bundle.indices(), bundle.heads, _enrolments(bundle), statement.log_id, times)
    admitted = [AdmittedFrame(*row) for row in rows]
    period = Period(statement.period_start, statement.period_end)
    result = evaluate(bundle.site, Rules(**bundle.rules), admitted, period, seed=bundle.seed, kind=statement.kind)
    leaves = [leaf_hash(entry.frame.digest) for entry in opened]
    fields = derived_fields(statement.identifier, site.iss, bundle.site, bundle.rules, leaves, result)
    return replace(bundle, result=result.canonical(), statement=replace(statement, **fields))


def with_result(bundle: Bundle, path: Sequence[str], value: object) -> Bundle:
    """One member of the result replaced; hash, figures and grade in the statement to match."""
    document = json.loads(bundle.result)
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    fields = Result(document, bundle.seed).statement_fields(bundle.statement.identifier)
    return replace(bundle, result=canonical_json(document), statement=replace(bundle.statement, **fields))


def _enrolments(bundle: Bundle) -> dict[KeyName, Enrolment]:
    """The keys' entries as an outsider can tell them: the classes stand in the result."""
    listed: list[dict[str, Any]] = json.loads(bundle.result)["frames"]["keys"]
    classes = {entry["kid"]: KeyClass[entry["class"].upper()] for entry in listed}
    found = {}
    for key in bundle.keys:
        kid = _kid(key)
        found[key.iss, key.sub, kid] = Enrolment(
            terminal_id(key.iss, key.sub, kid), key.iss, key.sub, kid, PublicKey(key.alg, key.public_key),
            classes["0x" + kid.hex()], bundle.statement.log_id, 0, None, False, None, None, bytes(32), key.proof,
        )  # fmt: skip
    return found
