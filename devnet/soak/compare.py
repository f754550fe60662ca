"""What was acknowledged against what is anchored: pure, one function a question, each answer a list of findings.

kept        every promise ever given is for a frame in the anchored tree, and was kept in time (INV-09)
once        every frame is in the log at one index, and nothing is there that no terminal signed (INV-03)
delivered   every frame that a terminal signed is in the log, or still in its spool (INV-02, INV-09)
whole       no key forked, none has a hole, each frame names the one before (INV-02, INV-04)
receipts    every entry has a receipt for its place, under a head that the contract holds at finality (INV-10)
root        the tree computed from the entries is the anchored one (INV-07)
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from devnet.soak.evidence import Evidence, Logged
from ledger.log.tree import root_of_leaves
from terminal_signer.frame import NO_FRAME
from terminal_signer.receipt import ProofError, check, leaf_hash
from terminal_signer.spool import ACKNOWLEDGED, RELEASED, STORED

__all__ = ["compare"]

MOST_NAMED = 5


def compare(evidence: Evidence) -> list[str]:
    """All findings; of each kind the first few, and how many more."""
    findings: list[str] = []
    for question in QUESTIONS:
        found = list(question(evidence))
        findings += found[:MOST_NAMED]
        if len(found) > MOST_NAMED:
            findings.append(f"… and {len(found) - MOST_NAMED} more like the last")
    return findings


def _kept(evidence: Evidence) -> Iterator[str]:
    entries = set(evidence.entries)
    for digest, raws in evidence.promises.items():
        if digest not in entries:
            yield f"{_name(digest)} was promised, and is not in the anchored tree"
        if len(raws) != 1:
            yield f"{_name(digest)} was promised {len(raws)} times, each time differently"
        stored = evidence.logged.get(digest)
        if stored is not None and stored.promise not in raws:
            yield f"{_name(digest)}: the store holds another promise than was given"
    for given in evidence.opened:
        receipt = evidence.receipts.get(given.digest)
        if receipt is not None and receipt.anchor.time > given.deadline:
            yield f"{_name(given.digest)} was anchored after its deadline"


def _once(evidence: Evidence) -> Iterator[str]:
    for digest, count in Counter(evidence.entries).items():
        if count > 1:
            yield f"{_name(digest)} is in the log {count} times"
        if digest not in evidence.signed:
            yield f"{_name(digest)} is in the log, and no terminal signed it"
        if digest not in evidence.logged:
            yield f"{_name(digest)} is in the log, and the store has no frame for it"
    for digest, stored in evidence.logged.items():
        if not (stored.index < len(evidence.entries) and evidence.entries[stored.index] == digest):
            yield f"{_name(digest)} is stored as entry {stored.index}, which is another one"


def _delivered(evidence: Evidence) -> Iterator[str]:
    entries = set(evidence.entries)
    for digest, frame in evidence.signed.items():
        if frame.state in (ACKNOWLEDGED, RELEASED) and digest not in entries:
            yield f"{_name(digest)} (seq {frame.seq}) is {frame.state} in its spool, and not in the log"
        elif frame.state != RELEASED:
            waits = "waits still" if frame.state == STORED else f"is {frame.state}"
            yield f"{_name(digest)} (seq {frame.seq}) {waits} after everything has settled"


def _whole(evidence: Evidence) -> Iterator[str]:
    by_key: dict[bytes, list[tuple[Logged, bytes]]] = {}
    for digest, stored in evidence.logged.items():
        by_key.setdefault(stored.kid, []).append((stored, digest))
    for kid, found in by_key.items():
        chain = sorted(found, key=lambda item: item[0].seq)
        key = f"key 0x{kid.hex()[:16]}…"
        if chain[0][0].seq != 0 or chain[0][0].prev != NO_FRAME:
            yield f"{key} does not begin with frame 0"
        for (before, digest), (stored, _) in pairwise(chain):
            if stored.seq == before.seq:
                yield f"{key} forked at seq {stored.seq}"
            elif stored.seq != before.seq + 1:
                yield f"{key}: frames {before.seq + 1}…{stored.seq - 1} are missing"
            elif stored.prev != digest:
                yield f"{key}: frame {stored.seq} does not name frame {before.seq}"


def _receipts(evidence: Evidence) -> Iterator[str]:
    for index, digest in enumerate(evidence.entries):
        receipt = evidence.receipts.get(digest)
        if receipt is None:
            yield f"{_name(digest)} has no receipt"
            continue
        try:
            check(receipt)
        except ProofError as fault:
            yield f"{_name(digest)}: {fault.message}"
        if receipt.index != index:
            yield f"{_name(digest)}: the receipt names entry {receipt.index}, it is entry {index}"
        if digest not in evidence.final:
            yield f"{_name(digest)}: the contract does not hold the receipt's head at finality"


def _root(evidence: Evidence) -> Iterator[str]:
    if len(evidence.entries) != evidence.size:
        yield f"the anchored head has {evidence.size} leaves, the log shows {len(evidence.entries)}"
    elif not evidence.entries:
        yield "nothing was anchored"
    elif root_of_leaves([leaf_hash(digest) for digest in evidence.entries]) != evidence.root:
        yield "the entries do not lead to the anchored root"


QUESTIONS: Sequence[Callable[[Evidence], Iterator[str]]] = (_kept, _once, _delivered, _whole, _receipts, _root)


def _name(digest: bytes) -> str:
    return f"frame 0x{digest.hex()[:16]}…"
