"""What the history of a key says about its next frame: pure rules, used at ingest and again by every verifier.

Nothing authentic is refused here. A frame reaches this module with a sound envelope and a valid signature of an
enrolled key; the answer is a set of flags and the key's next state. The flags are those of docs/formats/log.md:

* `payload`, `unit`, `time`, `negative-register`: the content is faulty (named by the frame profile, passed in);
* `gap`: frames of this key are missing before this one (`seq`);
* `fork`: the key signed another frame with this `seq`, or with an earlier one: frames from there on are disputed;
* `prev`: `prev` is not the digest of the key's frame before (in frame 0: not the digest named at enrolment);
* `seen`: the tree head it claims to have seen is not one of this log, or older than one it claimed before;
* `iat`: signed 'in the future', before the enrolment, or before an earlier frame of the key (skew allowed);
* `late`: the oldest reading is further in the past than the allowed delay;
* `revoked`: the key had ended (revoked or rotated); `calibration`: the meter's calibration had run out;
* `foreign-log`: the enrolment names another log; the frame counts only there.

`late`, `revoked` and `calibration` are functions of the time that is passed in: ingest knows only its own clock, a
verifier passes the time of the anchoring block and judges again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from terminal_signer.frame import Document, Frame, KeyClass, Pack
from terminal_signer.keys import PublicKey

MOST_GAPS = 64

FLAGS = (
    "payload", "unit", "time", "negative-register", "gap", "fork", "prev", "seen", "iat",
    "late", "revoked", "foreign-log", "calibration",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Times:
    """The time parameters in seconds; the defaults are the widest, a method or site file may only tighten them."""

    grace: int = 7 * 86_400
    max_delay: int = 86_400
    skew: int = 300


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One key's entry in the terminal registry. Times are block times.

    `until` is the block that rotated or revoked the key, None while it lives; `revoked` tells the two apart.
    `last_digest` is the last final digest of the `predecessor` named at rotation, else 32 zero bytes.
    `proof` is the new key's proof of possession.
    """

    id: bytes
    iss: str
    sub: str
    kid: bytes
    public_key: PublicKey
    key_class: KeyClass
    log_id: bytes
    enrolled_at: int
    until: int | None
    revoked: bool
    calibration_due: int | None
    predecessor: bytes | None
    last_digest: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of missing frames `first`…`last` (inclusive).

    `before` is the digest of frame `first` − 1 (or what frame 0 must name), `after` is the `prev` of frame `last` + 1;
    32 zero bytes for `before` and `first` > 0 means that the frame before is not known.
    """

    first: int
    last: int
    before: bytes
    after: bytes


class KeyState(NamedTuple):
    """What a log holds of one key: its highest frame (`seq`, `digest`), the latest plausible `iat`, the largest head
    it has seen, the lowest `seq` that it used twice, and the frames still missing (at most `MOST_GAPS` runs; what
    belongs to an older run and arrives after all counts as a fork)."""

    seq: int
    digest: bytes
    iat: int
    seen_size: int
    forked_at: int | None = None
    gaps: tuple[Gap, ...] = ()


def opening_state(frame: Frame) -> KeyState:
    """The state right after `frame`, when earlier frames are not at hand: where a bundle's key chain starts."""
    return KeyState(frame.seq, frame.digest, frame.iat, frame.seen.size if frame.seen else 0)


def oldest_reading(content: Pack | Document | None) -> int | None:
    """The time from which `late` is counted: the earliest end of an interval in a pack. Documents are never late."""
    if isinstance(content, Pack) and content.records:
        return min([record[2] for record in content.records])  # by position: ten times a frame, for a year of them
    return None


def admit(
    frame: Frame,
    content_fault: str | None,
    enrolment: Enrolment,
    state: KeyState | None,
    now: int,
    times: Times,
    *,
    log_id: bytes,
    oldest: int | None = None,
    root_at: Callable[[int], bytes | None] | None = None,
) -> tuple[frozenset[str], KeyState]:
    """Judge an authentic frame and return its flags and the key's next state.

    `oldest` is `oldest_reading(content)`. `root_at(size)` answers the root of this log at a size that precedes the
    frame, None where there is no such head; without it the claimed head's root is not compared.
    """
    flags = _flags_of_time(enrolment, oldest, now, times)
    if content_fault is not None:
        flags.add(content_fault)
    foreign = enrolment.log_id != log_id
    if foreign:
        flags.add("foreign-log")
    if frame.iat > now + times.skew or frame.iat < enrolment.enrolled_at - times.skew:
        flags.add("iat")
    seen_size = frame.seen.size if frame.seen is not None else 0
    if frame.seen is not None and not foreign and root_at is not None and root_at(seen_size) != frame.seen.root:
        flags.add("seen")
        seen_size = 0
    if state is not None and frame.seq <= state.seq:
        following = _out_of_order(frame, state, flags)
    else:
        following = _onward(frame, enrolment, state, flags, now, times, seen_size)
    if following.forked_at is not None and frame.seq >= following.forked_at:
        flags.add("fork")
    return frozenset(flags), following


def _flags_of_time(enrolment: Enrolment, oldest: int | None, now: int, times: Times) -> set[str]:
    flags = set()
    if oldest is not None and now - oldest > times.max_delay:
        flags.add("late")
    if enrolment.until is not None and now >= enrolment.until:
        flags.add("revoked")
    if enrolment.calibration_due is not None and now > enrolment.calibration_due:
        flags.add("calibration")
    return flags


def _onward(
    frame: Frame, enrolment: Enrolment, state: KeyState | None, flags: set[str], now: int, times: Times, seen_size: int
) -> KeyState:
    """A frame beyond all earlier ones of the key. A refuted `seen` or an `iat` in the future does not become the
    measure for the frames that follow."""
    last = state if state is not None else KeyState(-1, enrolment.last_digest, 0, 0)
    gaps = last.gaps
    if frame.seq > last.seq + 1:
        flags.add("gap")
        gaps = (*gaps, Gap(last.seq + 1, frame.seq - 1, last.digest, frame.prev))[-MOST_GAPS:]
    elif frame.prev != last.digest:
        flags.add("prev")
    if frame.iat < last.iat - times.skew:
        flags.add("iat")
    if (frame.seen.size if frame.seen is not None else 0) < last.seen_size:
        flags.add("seen")
    latest = max(last.iat, min(frame.iat, now + times.skew))
    return KeyState(frame.seq, frame.digest, latest, max(last.seen_size, seen_size), last.forked_at, gaps)


def _out_of_order(frame: Frame, state: KeyState, flags: set[str]) -> KeyState:
    """A frame at or below the highest: it fills a gap and must fit its edges, or its `seq` was used twice."""
    gap = next((gap for gap in state.gaps if gap.first <= frame.seq <= gap.last), None)
    if gap is None or (frame.seq == gap.last and frame.digest != gap.after):
        forked_at = frame.seq if state.forked_at is None else min(state.forked_at, frame.seq)
        state = state._replace(forked_at=forked_at)
        if gap is None:
            return state
    if frame.seq == gap.first and frame.prev != gap.before:
        flags.add("prev")
    below = (Gap(gap.first, frame.seq - 1, gap.before, frame.prev),) if frame.seq > gap.first else ()
    above = (Gap(frame.seq + 1, gap.last, frame.digest, gap.after),) if frame.seq < gap.last else ()
    at = state.gaps.index(gap)
    return state._replace(gaps=(*state.gaps[:at], *below, *above, *state.gaps[at + 1 :])[-MOST_GAPS:])
