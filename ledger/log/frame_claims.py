"""Frames of one key held against each other. Rules and names of the findings: `ledger.log.conviction`.

A key's chain is one of (issuer, terminal, key): there each number belongs to one frame, and `prev` is the digest of the
frame numbered one less.
"""

from collections.abc import Iterator
from itertools import combinations

from ledger.log.admission import Enrolment
from ledger.log.exhibits import Exhibits, Facts, Finding, Weight, finding
from terminal_signer import frame as frames
from terminal_signer.errors import FrameRefused
from terminal_signer.frame import Frame

__all__ = ["judge_frames"]

TERMINAL = "terminal"


def judge_frames(exhibits: Exhibits, facts: Facts) -> Iterator[Finding]:
    known = []
    for raw in dict.fromkeys(exhibits.frames):
        frame = _signed(raw, facts.keys)
        if frame is None:
            yield finding("unknown-key", Weight.CLEAR, digest=frames.digest_of(raw))
        else:
            known.append(frame)
    if len(set(exhibits.frames)) == 1:
        yield finding("one-frame", Weight.CLEAR, digest=frames.digest_of(exhibits.frames[0]))
    for first, second in combinations(sorted(known, key=lambda frame: frame.seq), 2):
        yield _compared(first, second)


def _signed(raw: bytes, keys: tuple[Enrolment, ...]) -> Frame | None:
    """The frame, if a key that is enrolled for its terminal signed it."""
    try:
        frame = frames.parse(raw)
        for key in keys:
            if (key.iss, key.sub, key.kid) == (frame.iss, frame.sub, frame.kid):
                frames.verify(frame, key.public_key)
                return frame
    except FrameRefused:
        pass
    return None


def _compared(first: Frame, second: Frame) -> Finding:
    if (first.iss, first.sub, first.kid) != (second.iss, second.sub, second.kid):
        return finding("other-keys", Weight.CLEAR, digest=first.digest, other=second.digest)
    told: dict[str, str | int | bytes] = {
        "sub": first.sub, "kid": first.kid, "digest": first.digest, "other": second.digest,
        "seq": first.seq, "other_seq": second.seq,
    }  # fmt: skip
    if first.seq == second.seq:
        return finding("fork", Weight.PROVEN, TERMINAL, told)
    follows = second.seq == first.seq + 1
    if follows != (second.prev == first.digest) or first.prev == second.prev or first.prev == second.digest:
        return finding("break", Weight.PROVEN, TERMINAL, told)
    return finding("frames-agree", Weight.CLEAR, told=told)
