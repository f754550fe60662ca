"""Timing, and what a measured row looks like.

Raw is the yardstick: `cryptography`'s P-256 verification in one thread, over the very messages that the measured part
has to verify, with the keys loaded and the signatures in DER beforehand – nothing but the primitive.
"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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

    `ratio` is ours ÷ reference; the target is a floor for it (`at_least`) or a ceiling.
    """

    name: str
    unit: str
    ours: float
    against: str
    reference: float | None
    target: float
    at_least: bool = True
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        return None if self.reference is None else self.ours / self.reference

    @property
    def met(self) -> bool | None:
        """Whether the target is met; `None` where there is nothing to compare with."""
        if self.ratio is None:
            return None
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target


def seconds(work: Callable[[], object], runs: int) -> float:
    """The shortest wall time of several runs, garbage collected before each."""
    return min(_once(work) for _ in range(runs))


def side_by_side(first: Callable[[], object], second: Callable[[], object], runs: int) -> tuple[float, float]:
    """The shortest wall times of two works, run in turns, so that a busy machine slows both alike."""
    times = [(_once(first), _once(second)) for _ in range(runs)]
    return min(time for time, _ in times), min(time for _, time in times)


def _once(work: Callable[[], object]) -> float:
    gc.collect()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


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


def _load(key: PublicKey) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + key.raw)
