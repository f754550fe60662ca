"""Timing, and what a measured row looks like.

Raw is the yardstick: `cryptography`'s P-256 verification, over the very messages that the measured part has to verify,
with the keys loaded and the signatures in DER beforehand – nothing but the primitive, in one thread or in two processes
at once. What is compared runs in turns within one run, and the shortest time of each counts: other work on the machine
makes times longer, never shorter.
"""

import gc
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from terminal_signer import cose
from terminal_signer.frame import parse
from terminal_signer.keys import PublicKey


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. `ours` and `reference` in `unit`; a reference of None could not be had, `note` says why.

    `ratio` is ours ÷ reference; the target is a floor for it (`at_least`) or a ceiling, or there is none. A note beside
    a reference says what it does not do.
    """

    name: str
    unit: str
    ours: float
    against: str
    reference: float | None
    target: float | None
    at_least: bool = True
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    by_size: Sequence[dict[str, float]] = ()

    @property
    def ratio(self) -> float | None:
        return None if self.reference is None else self.ours / self.reference

    @property
    def met(self) -> bool | None:
        """Whether the target is met; `None` where there is nothing to compare with, or no target."""
        if self.ratio is None or self.target is None:
            return None
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: trees of 1,000 leaves and more, by powers of ten up to `largest`; comparisons with other
    libraries at `peers` leaves, which they hold in memory."""

    peers: int
    largest: int
    proofs: int
    runs: int

    @property
    def sizes(self) -> list[int]:
        return [10**power for power in range(3, 19) if 10**power <= self.largest]


QUICK = Scale(peers=10**5, largest=10**5, proofs=500, runs=3)
USUAL = Scale(peers=10**6, largest=10**6, proofs=2_000, runs=3)
LARGE = Scale(peers=10**6, largest=10**7, proofs=2_000, runs=5)


def spread(size: int, count: int) -> list[int]:
    """`count` positions below `size`, scattered, the same ones every time."""
    return [number * 2_654_435_761 % size for number in range(1, count + 1)]


Clock = Callable[[], float]
WALL: Clock = time.perf_counter
OWN: Clock = time.process_time  # of this process alone: for what neither waits nor has others work for it


def seconds(work: Callable[[], object], runs: int, clock: Clock = WALL) -> float:
    """The shortest time of several runs, garbage collected before each."""
    return min(_once(work, clock) for _ in range(runs))


def in_turns(works: Sequence[Callable[[], object]], runs: int, clock: Clock = WALL) -> list[float]:
    """The shortest time of each work, all run in turns, so that a busy machine slows them alike."""
    times = [[_once(work, clock) for work in works] for _ in range(runs)]
    return [min(column) for column in zip(*times, strict=True)]


def _once(work: Callable[[], object], clock: Clock) -> float:
    gc.collect()
    begin = clock()
    work()
    return clock() - begin


def raw_verification(frames: Sequence[bytes], keys: dict[bytes, PublicKey]) -> Callable[[], None]:
    """A function that verifies the ES256 signature of every frame, and does nothing else. `keys`: by thumbprint."""
    jobs = []
    loaded = {kid: _load(key) for kid, key in keys.items()}
    for raw in frames:
        frame = parse(raw)
        half = len(frame.signature) // 2
        numbers = (int.from_bytes(part, "big") for part in (frame.signature[:half], frame.signature[half:]))
        message = cose.signed_bytes(frame.protected, frame.payload)
        jobs.append((loaded[frame.kid], encode_dss_signature(*numbers), message))
    algorithm = ec.ECDSA(SHA256())

    def verify() -> None:
        for key, signature, message in jobs:
            key.verify(signature, message, algorithm)

    return verify


def on_two_cores(halves: Sequence[Callable[[], object]]) -> None:
    """Two works at once, one of them in a forked process. For works that cannot fail: an error there ends the run."""
    first, second = halves
    child = os.fork()
    if child == 0:
        status = 1
        try:
            second()
            status = 0
        finally:
            os._exit(status)
    first()
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("the second of two processes failed")


def raw_on_two_cores(frames: Sequence[bytes], keys: dict[bytes, PublicKey]) -> Callable[[], None]:
    """As `raw_verification`, half of the frames in a process of their own: what two cores can do at most."""
    middle = len(frames) // 2
    halves = [raw_verification(frames[:middle], keys), raw_verification(frames[middle:], keys)]
    return partial(on_two_cores, halves)


def _load(key: PublicKey) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + key.raw)
