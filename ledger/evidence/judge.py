"""What a sequence of frames is worth once the chain has spoken: when each was anchored, and which flags it bears.

Issuer and verifier both judge with these functions, so they cannot differ: admission's rules over the whole sequence in
the order of the log, with the time of the block that anchored each frame. Ingest could only use its own clock.

* A frame's time is that of the first anchored head that includes it.
* A key's sequence begins at its frame 0, or at the first frame given, which is then taken as it stands.
* `seen` is compared with the heads given: they must reach back to the oldest one that a frame has seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ledger.accounting.method import parse_method
from ledger.evaluation.inputs import AdmittedFrame
from ledger.evaluation.site import Site
from ledger.evidence.bundle import Head
from ledger.log.admission import Enrolment, KeyState, Times, admit, oldest_reading
from terminal_signer import frame as frames
from terminal_signer.frame import Document, Frame, Pack, PayloadFault

__all__ = ["KeyName", "Opened", "judge", "key_name", "open_frame", "open_parsed", "terminals_of", "times_of"]

KeyName = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True)
class Opened:
    """A frame with its content, or with the name of its content's fault."""

    frame: Frame
    content: Pack | Document | None
    fault: str | None


def key_name(frame: Frame) -> KeyName:
    return frame.iss, frame.sub, frame.kid


def open_frame(raw: bytes) -> Opened:
    """Raises FrameRefused."""
    return open_parsed(frames.parse(raw))


def open_parsed(frame: Frame) -> Opened:
    """A frame with what its payload says."""
    try:
        return Opened(frame, frames.content(frame), None)
    except PayloadFault as fault:
        return Opened(frame, None, fault.code)


def terminals_of(site: Site) -> frozenset[str]:
    """The terminals whose keys' frames must be complete: meters, and whoever declares an item."""
    return frozenset([meter.sub for meter in site.meters] + [entry.sub for entry in site.declarations])


def times_of(site: Site, method: bytes) -> Times:
    """The time parameters of the method; the site file may only tighten the delay."""
    rules = parse_method(method).data_rules
    delay = rules.max_delay if site.max_delay is None else min(site.max_delay, rules.max_delay)
    return Times(rules.grace, delay, rules.skew)


def judge(
    opened: Sequence[Opened],
    indices: Iterable[int],
    heads: Sequence[Head],
    enrolments: Mapping[KeyName, Enrolment],
    log_id: bytes,
    times: Times,
) -> list[AdmittedFrame]:
    """All frames, in the order of their leaves. Every key must be in `enrolments`, the last head cover every index."""
    roots = {head.size: head.root for head in heads}
    coming = iter(heads)
    head = next(coming)
    states: dict[bytes, KeyState] = {}
    admitted = []
    for entry, index in zip(opened, indices, strict=True):
        while head.size <= index:
            head = next(coming)
        frame = entry.frame
        enrolment = enrolments[key_name(frame)]
        flags, states[enrolment.id] = admit(
            frame, entry.fault, enrolment, states.get(enrolment.id) or _before(frame), head.time, times,
            log_id=log_id, oldest=oldest_reading(entry.content), root_at=partial(_root_before, roots, index),
        )  # fmt: skip
        admitted.append(AdmittedFrame(frame, entry.content, index, head.time, enrolment, flags))
    return admitted


def _root_before(roots: Mapping[int, bytes], index: int, size: int) -> bytes | None:
    """The root at an anchored size, if a frame at `index` can have seen it."""
    return roots.get(size) if size <= index else None


def _before(frame: Frame) -> KeyState | None:
    """The state that the first frame of a key claims to follow; frame 0 follows nothing."""
    if frame.seq == 0:
        return None
    return KeyState(frame.seq - 1, frame.prev, frame.iat, frame.seen.size if frame.seen else 0)
