"""From signed frames to cases: every signature is checked again, and a frame that the log flagged does not count.

An engagement's frames one after the other, `verification-record`, are all that anybody needs to replay it, beside the
keys that the chain lists: a file of them travels between parties who do not share a store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from ledger.log.admission import Enrolment
from ledger.log.replay import KeyName, key_name
from ledger.verification.advance import Void, follow
from ledger.verification.case import Case
from ledger.verification.errors import DocumentFault, named
from ledger.verification.stages import MAX_STEPS
from ledger.verification.steps import Step, read_frame
from terminal_signer import cbor
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Frame, parse, verify

SPOILT = frozenset(("fork", "revoked", "iat", "foreign-log"))
"""Flags of the log under which a frame does not count: a disputed key, one that had ended, a signature dated in the
future, a key of another log."""
MAX_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A frame, the flags that the log gave it, and when the log accepted it (None where that is not known)."""

    frame: Frame
    flags: frozenset[str] = frozenset()
    accepted: int | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A frame that is no step: `by` its signer, at the time it states."""

    frame: Frame
    why: CarbonError


@dataclass(frozen=True, slots=True)
class Record:
    """`case`: None where nobody applied. `void`: steps against a rule; `unread`: frames that are no steps at all."""

    case: Case | None
    void: tuple[Void, ...]
    unread: tuple[Unread, ...]
    accepted: Mapping[bytes, int]


def read_record(entries: Iterable[Entry], keys: Mapping[KeyName, Enrolment]) -> Record:
    """One engagement's frames in the order of the log. Raises nothing: what does not count says why."""
    steps: list[Step] = []
    unread: list[Unread] = []
    accepted: dict[bytes, int] = {}
    for entry in entries:
        try:
            step = _step(entry, keys)
        except CarbonError as why:
            unread.append(Unread(entry.frame, why))
            continue
        steps.append(step)
        if entry.accepted is not None:
            accepted[step.digest] = entry.accepted
    followed = follow(steps)
    return Record(followed.case, followed.void, tuple(unread), accepted)


def read_file(data: bytes, where: str) -> list[Entry]:
    """The frames of a record that travelled. Raises DocumentFault."""
    if len(data) > MAX_BYTES:
        raise DocumentFault(f"larger than {MAX_BYTES} bytes", where=where)
    with named():
        raws = list(islice(cbor.sequence(data), MAX_STEPS + 1))
        entries = [Entry(parse(raw)) for raw in raws]
    if not 0 < len(entries) <= MAX_STEPS:
        raise DocumentFault(f"not 1 to {MAX_STEPS} frames", where=where, mend="carbon verification show --record FILE")
    return entries


def _step(entry: Entry, keys: Mapping[KeyName, Enrolment]) -> Step:
    frame = entry.frame
    key = keys.get(key_name(frame))
    if key is None:
        raise DocumentFault("its key is enrolled for nobody of this name", code="unknown-key", where=frame.sub)
    verify(frame, key.public_key)
    if spoilt := sorted(entry.flags & SPOILT):
        raise DocumentFault(f"the log flags it: {', '.join(spoilt)}", code="flagged", where=frame.sub)
    step = read_frame(frame, key.key_class)
    if step is None:
        raise DocumentFault("another document", where=frame.sub)
    return step
