"""From the store to evidence: the frames that an evaluation is held against, judged, with the proofs that place them.

The same frames and heads then go into the bundle, where a verifier judges them again with the same functions.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Engine

from ledger.errors import CarbonError
from ledger.evaluation.inputs import AdmittedFrame, Period
from ledger.evaluation.site import Site
from ledger.evidence.bundle import Key, Range
from ledger.log.admission import Enrolment, Times
from ledger.log.replay import Head, KeyName, open_frame, replay
from ledger.store.frames import FrameStore, StoredFrame
from ledger.store.log import LogStore
from terminal_signer.frame import Document, Frame, KeyClass, parse

APPROVAL = "site-approval"


class EvidenceMissing(CarbonError):
    """The log does not hold, under a final anchor, what an evaluation needs."""

    code = "evidence-missing"


@dataclass(frozen=True, slots=True)
class Assembled:
    """`raws` and `admitted` in the order of their leaves; `heads` follow one another from `previous_size` on."""

    raws: tuple[bytes, ...]
    admitted: tuple[AdmittedFrame, ...]
    previous_size: int
    heads: tuple[Head, ...]
    ranges: tuple[Range, ...]
    keys: tuple[Key, ...]


def signers_of(engine: Engine, log_id: bytes, site: Site, enrolments: Sequence[Enrolment]) -> frozenset[str]:
    """The terminals whose frames are the evidence for a site: its meters and declarers, the enterprise's officers, and
    whoever signed a verifier's approval of this site file."""
    own = {key.sub for key in enrolments if key.key_class is KeyClass.OFFICER and key.iss == site.iss}
    verifiers = [key for key in enrolments if key.key_class is KeyClass.VERIFIER and key.log_id == log_id]
    store = FrameStore(engine, log_id)
    approving = {key.sub for key in verifiers if any(_approves(frame, site) for frame in store.of_key(key.kid))}
    return site.terminals() | own | approving


def _approves(stored: StoredFrame, site: Site) -> bool:
    content = open_frame(parse(stored.raw)).content
    return isinstance(content, Document) and (content.kind, content.sha256) == (APPROVAL, site.sha256)


def assemble(
    engine: Engine,
    log_id: bytes,
    enrolments: Sequence[Enrolment],
    heads: Sequence[Head],
    subs: Collection[str],
    period: Period,
    times: Times,
) -> Assembled:
    """Everything that the keys of the terminals `subs` signed for `period`, up to the last of the final `heads`.

    A meter's frames begin with its opening frame; those of other keys with their first, for site file and approval may
    lie years back. Raises EvidenceMissing.
    """
    if not heads:
        raise EvidenceMissing("no tree head is final yet", mend="wait until the anchorer shows a final head")
    names: Mapping[KeyName, Enrolment] = {(key.iss, key.sub, key.kid): key for key in enrolments if key.sub in subs}
    frames = [frame for frame in _held(engine, log_id, names, period) if frame.index < heads[-1].size]
    if not frames:
        raise EvidenceMissing("the log holds no frame of these terminals", where=", ".join(sorted(subs)))
    indices = [frame.index for frame in frames]
    opened = [open_frame(parse(frame.raw)) for frame in frames]
    oldest = min(_reach(entry.frame, index) for entry, index in zip(opened, indices, strict=True))
    following = [head for head in heads if head.size >= oldest]
    previous_size = max((head.size for head in heads if head.size < oldest), default=0)
    signers = {(frame.iss, frame.sub, frame.kid) for frame in frames}
    return Assembled(
        raws=tuple(frame.raw for frame in frames),
        admitted=tuple(AdmittedFrame(*row) for row in replay(opened, indices, following, names, log_id, times)),
        previous_size=previous_size,
        heads=tuple(following),
        ranges=_ranges(LogStore(engine, log_id), indices, following[-1].size),
        keys=tuple(
            Key(key.iss, key.sub, key.public_key.alg, key.public_key.raw, key.proof)
            for name, key in names.items()
            if name in signers
        ),
    )


def _held(engine: Engine, log_id: bytes, names: Mapping[KeyName, Enrolment], period: Period) -> list[StoredFrame]:
    store = FrameStore(engine, log_id)
    frames = []
    for (iss, sub, kid), key in names.items():
        since = period.start if key.key_class is KeyClass.METER else None
        frames += [frame for frame in store.of_key(kid, since) if (frame.iss, frame.sub) == (iss, sub)]
    return sorted(frames, key=lambda frame: frame.index)


def _reach(frame: Frame, index: int) -> int:
    """The smallest log size that this frame speaks of: the head it has seen, else the one that first includes it."""
    return min(index + 1, frame.seen.size) if frame.seen is not None else index + 1


def _ranges(log: LogStore, indices: Sequence[int], size: int) -> tuple[Range, ...]:
    """One proof for each run of neighbouring leaves."""
    ranges = []
    for _, run in groupby(enumerate(indices), key=lambda pair: pair[1] - pair[0]):
        leaves = [index for _, index in run]
        start, end = leaves[0], leaves[-1] + 1
        ranges.append(Range(start, end - start, tuple(log.range_proof(start, end, size))))
    return tuple(ranges)
