"""Which frames count, and how: flags judged again by the chain's times, forks, the class of each key.

Rules:

1. A frame held twice counts once (its digest is its identity).
2. `late`, `revoked` and `calibration` follow from the time of the anchoring block, whatever was known at ingest.
3. A key that signed two frames with one seq is disputed from that seq on, also the frame that came first.
4. The method says what each flag does: exclude the frame's values, degrade them (declared, outside coverage), keep.
5. A verifier's key never states values. A value is metered only if a meter's key signed it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ledger.accounting.method_rules import DEGRADE, EXCLUDE, DataRules
from ledger.evaluation.inputs import AdmittedFrame
from ledger.evaluation.site import Site
from terminal_signer.frame import Document, KeyClass, Pack

METERED = 0
DECLARED = 1
CHAIN_JUDGED = frozenset(("late", "revoked", "calibration"))


class Screened(NamedTuple):
    """A frame whose values may count. `quality`: the best its values can be."""

    admitted: AdmittedFrame
    quality: int


@dataclass(frozen=True, slots=True)
class KeyChain:
    """What is held of one key: its sequence numbers from–to, how many of them are missing, where it forked."""

    sub: str
    kid: bytes
    key_class: KeyClass
    frames: int
    first: int
    last: int
    missing: int
    forked_at: int | None


@dataclass(frozen=True, slots=True)
class Screening:
    """Frames in leaf order, and the counts that a result shows. `uncalibrated`: by terminal since when its calibration
    has run out, and how many frames were anchored after that."""

    packs: tuple[Screened, ...]
    documents: tuple[Screened, ...]
    held: int
    heartbeats: int
    excluded: int
    degraded: int
    flags: dict[str, int]
    keys: tuple[KeyChain, ...]
    uncalibrated: dict[str, tuple[int, int]]

    def in_order(self) -> list[Screened]:
        """Packs and documents together, by leaf index."""
        return sorted([*self.packs, *self.documents], key=lambda screened: screened.admitted.index)


def screen(frames: Sequence[AdmittedFrame], site: Site, rules: DataRules) -> Screening:
    """Judge every frame. `frames` may come in any order."""
    held = _once(frames)
    keys = _key_chains(held)
    forks = {chain.kid: chain.forked_at for chain in keys if chain.forked_at is not None}
    due = {meter.sub: meter.calibration_due for meter in site.meters}
    max_delay = rules.delay(site.max_delay)
    excluding = frozenset(flag for flag, treatment in rules.flags.items() if treatment == EXCLUDE)
    degrading = frozenset(flag for flag, treatment in rules.flags.items() if treatment == DEGRADE)
    packs: list[Screened] = []
    documents: list[Screened] = []
    counts: Counter[str] = Counter()
    uncalibrated: dict[str, tuple[int, int]] = {}
    heartbeats = excluded = degraded = 0
    for admitted in held:
        flags = _flags(admitted, forks, due.get(admitted.frame.sub), max_delay)
        if flags:
            counts.update(flags)
            if "calibration" in flags:
                sub, ended = admitted.frame.sub, _due(admitted, due.get(admitted.frame.sub))
                before = uncalibrated.get(sub, (ended, 0))
                uncalibrated[sub] = (min(before[0], ended), before[1] + 1)
        content, key_class = admitted.content, admitted.enrolment.key_class
        excludes = bool(flags) and not flags.isdisjoint(excluding)
        if content is None or excludes or key_class == KeyClass.VERIFIER:
            excluded += content is None or excludes
            continue
        if isinstance(content, Pack) and not content.records:
            heartbeats += 1
            continue
        lowered = bool(flags) and not flags.isdisjoint(degrading)
        degraded += lowered
        metered = key_class == KeyClass.METER and not lowered
        (documents if isinstance(content, Document) else packs).append(
            Screened(admitted, METERED if metered else DECLARED)
        )
    return Screening(
        tuple(packs), tuple(documents), len(held), heartbeats, excluded, degraded, dict(sorted(counts.items())), keys,
        uncalibrated,
    )  # fmt: skip


def _due(admitted: AdmittedFrame, stated: int | None) -> int:
    """When the calibration ran out: by the site file or by the registry, whichever is earlier."""
    registered = admitted.enrolment.calibration_due
    return min(due for due in (stated, registered) if due is not None)


def _once(frames: Sequence[AdmittedFrame]) -> list[AdmittedFrame]:
    by_digest: dict[bytes, AdmittedFrame] = {}
    for admitted in sorted(frames, key=lambda entry: entry.index):
        by_digest.setdefault(admitted.frame.digest, admitted)
    return list(by_digest.values())


def _flags(admitted: AdmittedFrame, forks: dict[bytes, int], due: int | None, max_delay: int) -> set[str]:
    flags = set(admitted.flags - CHAIN_JUDGED) if admitted.flags else set()
    enrolment, anchored_at, content = admitted.enrolment, admitted.anchored_at, admitted.content
    if isinstance(content, Pack) and content.records:
        oldest = min([record[2] for record in content.records])
        if anchored_at - oldest > max_delay:
            flags.add("late")
    if enrolment.until is not None and anchored_at >= enrolment.until:
        flags.add("revoked")
    registered = enrolment.calibration_due
    if (due is not None and anchored_at > due) or (registered is not None and anchored_at > registered):
        flags.add("calibration")
    if forks and admitted.frame.seq >= forks.get(admitted.frame.kid, admitted.frame.seq + 1):
        flags.add("fork")
    return flags


def _key_chains(held: list[AdmittedFrame]) -> tuple[KeyChain, ...]:
    grouped: dict[bytes, list[AdmittedFrame]] = {}
    for admitted in held:
        grouped.setdefault(admitted.frame.kid, []).append(admitted)
    chains = [_key_chain(kid, entries) for kid, entries in grouped.items()]
    return tuple(sorted(chains, key=lambda chain: (chain.sub, chain.kid)))


def _key_chain(kid: bytes, entries: list[AdmittedFrame]) -> KeyChain:
    numbers = Counter(entry.frame.seq for entry in entries)
    forked = [seq for seq, count in numbers.items() if count > 1]
    forked += [entry.frame.seq for entry in entries if "fork" in entry.flags]
    first, last = min(numbers), max(numbers)
    return KeyChain(
        sub=entries[0].frame.sub,
        kid=kid,
        key_class=entries[0].enrolment.key_class,
        frames=len(entries),
        first=first,
        last=last,
        missing=last - first + 1 - len(numbers),
        forked_at=min(forked, default=None),
    )
