"""What a sequence of frames is worth once the chain has spoken: when each was anchored, and which flags it bears.

Issuer and verifier both judge with these functions, so they cannot differ: admission's rules over the whole sequence in
the order of the log, with the time of the block that anchored each frame. Ingest could only use its own clock.

* A frame's time is that of the first anchored head that includes it.
* A key's sequence begins at its frame 0, or at the first frame given, which is then taken as it stands.
* `seen` is compared with the heads given: they must reach back to the oldest one that a frame has seen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ledger.log.admission import Enrolment, KeyState, Times, admit, oldest_reading
from terminal_signer import frame as frames
from terminal_signer.frame import Document, Frame, Pack, PayloadFault

__all__ = ["Head", "Judged", "KeyName", "Opened", "key_name", "open_frame", "replay"]

KeyName = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head of the log and the time of the block that anchored it."""

    size: int
    root: bytes
    time: int


class Opened(NamedTuple):
    """A frame with its content, or with the name of its content's fault."""

    frame: Frame
    content: Pack | Document | None
    fault: str | None


Judged = tuple[Frame, Pack | Document | None, int, int, Enrolment, frozenset[str]]
"""A frame, its content, its leaf index, the time of the block that anchored it, its key's enrolment, its flags."""


def key_name(frame: Frame) -> KeyName:
    return frame.iss, frame.sub, frame.kid


def open_frame(frame: Frame) -> Opened:
    """A frame with what its payload says."""
    try:
        return Opened(frame, frames.content(frame), None)
    except PayloadFault as fault:
        return Opened(frame, None, fault.code)


def replay(
    opened: Sequence[Opened],
    indices: Iterable[int],
    heads: Sequence[Head],
    enrolments: Mapping[KeyName, Enrolment],
    log_id: bytes,
    times: Times,
) -> Iterator[Judged]:
    """All frames, in the order of their leaves. Every key must be in `enrolments`, the last head cover every index."""
    roots = {head.size: head.root for head in heads}
    coming = iter(heads)
    head = next(coming)
    states: dict[bytes, KeyState] = {}
    for entry, index in zip(opened, indices, strict=True):
        while head.size <= index:
            head = next(coming)
        frame = entry.frame
        enrolment = enrolments[key_name(frame)]
        flags, states[enrolment.id] = admit(
            frame, entry.fault, enrolment, states.get(enrolment.id) or _before(frame), head.time, times,
            log_id=log_id, oldest=oldest_reading(entry.content), root_at=partial(_root_before, roots, index),
        )  # fmt: skip
        yield frame, entry.content, index, head.time, enrolment, flags


def _root_before(roots: Mapping[int, bytes], index: int, size: int) -> bytes | None:
    """The root at an anchored size, if a frame at `index` can have seen it."""
    return roots.get(size) if size <= index else None


def _before(frame: Frame) -> KeyState | None:
    """The state that the first frame of a key claims to follow; frame 0 follows nothing."""
    if frame.seq == 0:
        return None
    return KeyState(frame.seq - 1, frame.prev, frame.iat, frame.seen.size if frame.seen else 0)
