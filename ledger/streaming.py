"""From the store to an evaluation, terminal by terminal: frames are read, judged and let go, so that a year of many
meters takes the memory of one.

They are judged by the functions that `assemble` and every verifier use, key by key: nothing in the rules of admission
looks from one key to another.
"""

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Engine

from ledger.assemble import EvidenceMissing
from ledger.evaluation.closings import KIND
from ledger.evaluation.gathering import Evidence, Group
from ledger.evaluation.inputs import AdmittedFrame, Period
from ledger.log.admission import Enrolment, Times
from ledger.log.replay import Head, KeyName, key_name, open_frame, replay
from ledger.store.frames import FrameStore
from terminal_signer.frame import KeyClass, parse

CORRECTS = b"\x68corrects\x58\x20"
"""The field of a correction's header, in the one encoding that it has."""
CLOSES = bytes([0x60 + len(KIND)]) + KIND.encode()
"""The kind of a document that closes a month."""
Names = Mapping[KeyName, Enrolment]


def stream(
    engine: Engine,
    log_id: bytes,
    enrolments: Sequence[Enrolment],
    heads: Sequence[Head],
    subs: Collection[str],
    period: Period,
    times: Times,
) -> Evidence:
    """The frames that `assemble` finds with the same arguments, in groups that are read when they are asked for. Raises
    EvidenceMissing."""
    if not heads:
        raise EvidenceMissing("no tree head is final yet", mend="wait until the anchorer shows a final head")
    store = FrameStore(engine, log_id)
    names = {(key.iss, key.sub, key.kid): key for key in enrolments if key.sub in subs}
    if not any(store.holds(kid, sub, heads[-1].size) for _, sub, kid in names):
        raise EvidenceMissing("the log holds no frame of these terminals", where=", ".join(sorted(subs)))
    named, linked = _links(store, names, heads[-1].size)
    closing = _closing(store, names, heads[-1].size)
    groups = []
    for together in _together(names):
        own = {name: names[name] for name in together}
        kids = {kid for _, _, kid in together}
        load = partial(_judged, store, own, heads, log_id, period, times)
        groups.append(Group(load, linked=not linked.isdisjoint(kids), officers=not closing.isdisjoint(kids)))
    return Evidence(groups, named)


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage is collected meanwhile: frames and records are many and form no cycles."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _links(store: FrameStore, names: Names, size: int) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The digests that corrections name, and the keys whose frames correct or are named."""
    correcting = [parse(raw) for raw in store.holding(CORRECTS, {kid for _, _, kid in names}, size)]
    frames = [frame for frame in correcting if frame.corrects is not None and key_name(frame) in names]
    named = frozenset(frame.corrects for frame in frames if frame.corrects is not None)
    held = store.by_digests(sorted(named)).values()
    return named, frozenset([frame.kid for frame in frames] + [frame.kid for frame in held])


def _closing(store: FrameStore, names: Names, size: int) -> frozenset[bytes]:
    """The keys that may have closed a month, whether or not they are entitled to."""
    return frozenset(parse(raw).kid for raw in store.holding(CLOSES, {kid for _, _, kid in names}, size))


def _together(names: Names) -> Iterator[list[KeyName]]:
    """The keys in groups that share neither a terminal nor a key."""
    groups: dict[str | bytes, list[KeyName]] = {}
    for name in names:
        _, sub, kid = name
        joined = [name]
        for one in {id(group): group for part in (sub, kid) if (group := groups.get(part)) is not None}.values():
            joined += one
        for _, its_sub, its_kid in joined:
            groups[its_sub] = groups[its_kid] = joined
    yield from {id(group): group for group in groups.values()}.values()


def _judged(
    store: FrameStore, names: Names, heads: Sequence[Head], log_id: bytes, period: Period, times: Times
) -> list[AdmittedFrame]:
    rows: list[tuple[int, bytes]] = []
    for (_, sub, kid), key in names.items():
        since = period.start if key.key_class is KeyClass.METER else None
        rows += store.raw_of(kid, sub, heads[-1].size, since)
    rows.sort()
    opened = [(index, entry) for index, raw in rows if key_name((entry := open_frame(parse(raw))).frame) in names]
    indices = [index for index, _ in opened]
    judged = replay([entry for _, entry in opened], indices, heads, names, log_id, times)
    return [AdmittedFrame(*row) for row in judged]
