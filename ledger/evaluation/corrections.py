"""What was corrected: by whom, why, what stood there first, and which later correction took a correction's place.

Rules:

1. A correction is a frame whose header names the one that it corrects, of the same enterprise; a correction may itself
   be corrected. The frame at the root of such a chain first stated the value.
2. For one value the correction logged last (by leaf index) counts; those before it stay in the list as superseded.
3. A correction without a reason counts, and is a finding: readings have no place for one, a document has.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.evaluation.findings import Findings
from ledger.evaluation.inputs import AdmittedFrame
from ledger.evaluation.screening import Screened
from terminal_signer.document import CORRECTION
from terminal_signer.frame import Document, KeyClass, Pack
from terminal_signer.ocmf import KIND


@dataclass(slots=True)
class Change:
    """One value of a correction. `name`: measuring point or item; `start`: None for a register. `first`: as it was
    first stated."""

    name: str
    start: int | None
    end: int
    unit: str
    first: Decimal
    value: Decimal
    quality: int
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """A frame as an auditor finds it: whose key signed it, where in the log it is."""

    sub: str
    key_class: KeyClass
    digest: bytes
    index: int

    @classmethod
    def of(cls, entry: AdmittedFrame) -> "Signed":
        return cls(entry.frame.sub, entry.enrolment.key_class, entry.frame.digest, entry.index)


@dataclass(frozen=True, slots=True)
class Correction:
    """One correcting frame, the frame that its header names, and the values that it changed."""

    by: Signed
    corrected: Signed
    reason: str | None
    changes: list[Change] = field(default_factory=list)


class Chains:
    """Which frame each correction leads back to. Frames come in leaf order, so that no chain is a circle."""

    def __init__(self, frames: Iterable[Screened]) -> None:
        self._held: dict[bytes, Screened] = {}
        self._roots: dict[bytes, Screened] = {}
        for screened in frames:
            frame = screened.admitted.frame
            self._held[frame.digest] = screened
            root = screened if frame.corrects is None else self._roots.get(frame.corrects)
            if root is not None and root.admitted.frame.iss == frame.iss:
                self._roots[frame.digest] = root

    def root(self, screened: Screened) -> Screened | None:
        """The frame that first stated what `screened` corrects; itself where it corrects nothing; None: not held."""
        return self._roots.get(screened.admitted.frame.digest)

    def corrected(self, screened: Screened) -> AdmittedFrame:
        """The frame that the header of a correction with a root names."""
        return self._held[screened.admitted.frame.corrects or b""].admitted


class Corrections:
    """The list, filled in leaf order by readings and by declarations."""

    def __init__(self, chains: Chains, found: Findings) -> None:
        self.chains = chains
        self._found = found
        self._listed: dict[bytes, Correction] = {}
        self._latest: dict[tuple[bool, str, int | None, int], Change] = {}

    def add(self, screened: Screened, change: Change) -> None:
        """Take one changed value of a correcting frame whose root is held."""
        admitted = screened.admitted
        correction = self._listed.get(admitted.frame.digest)
        if correction is None:
            correction = Correction(Signed.of(admitted), Signed.of(self.chains.corrected(screened)), _reason(admitted))
            self._listed[admitted.frame.digest] = correction
            if correction.reason is None:
                self._found.add("correction-without-reason", admitted.frame.sub)
        correction.changes.append(change)
        root = self.chains.root(screened)
        metered = root is not None and states_readings(root)
        slot = (metered, change.name, change.start, change.end)
        earlier = self._latest.get(slot)
        if earlier is not None:
            earlier.superseded = True
        self._latest[slot] = change

    def listed(self) -> list[Correction]:
        """Every correction by leaf index."""
        return sorted(self._listed.values(), key=lambda correction: correction.by.index)


def corrects_by_document(screened: Screened) -> bool:
    content = screened.admitted.content
    return isinstance(content, Document) and content.kind == CORRECTION


def states_readings(screened: Screened) -> bool:
    """Whether a frame states values of measuring points, not declared items."""
    content = screened.admitted.content
    return isinstance(content, Pack) or (isinstance(content, Document) and content.kind == KIND)


def _reason(admitted: AdmittedFrame) -> str | None:
    return admitted.content.reason if isinstance(admitted.content, Document) else None
