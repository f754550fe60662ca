"""What an evaluation reads: admitted frames, rules as bytes, the period."""

from dataclasses import dataclass
from typing import Protocol

from terminal_signer.errors import CarbonError
from terminal_signer.frame import Document, Frame, KeyClass, Pack


class EvaluationError(CarbonError):
    """The evaluation was asked for something that its inputs do not allow."""

    code = "evaluation"


class KeyRecord(Protocol):
    """What the evaluation needs of a key's enrolment (`ledger.log.admission.Enrolment` fits). Times are block times."""

    @property
    def sub(self) -> str: ...
    @property
    def key_class(self) -> KeyClass: ...
    @property
    def until(self) -> int | None: ...
    @property
    def calibration_due(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class AdmittedFrame:
    """One frame of the log with what the log and the chain say about it.

    `content` is None where the payload could not be read (the flag says why). `anchored_at` is the time of the block
    that anchored the first head including it. `flags` are those of admission; `late`, `revoked` and `calibration` are
    judged again here by `anchored_at`.
    """

    frame: Frame
    content: Pack | Document | None
    index: int
    anchored_at: int
    enrolment: KeyRecord
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule files as published, byte for byte; an absent one is None."""

    method: bytes
    factors: bytes
    scheme: bytes | None = None
    benchmarks: bytes | None = None
    template: bytes | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Unix seconds, `end` exclusive."""

    start: int
    end: int
