"""What becomes of laboratories' reports: the falsifications published in China in March 2022, told or refused.

1. One report number, one original: where a laboratory's documents give one number to two hashes, none of them may
   replace a factor (`report-number-reused`).
2. Where the site file names a sampler, an analysis counts only if it names its sample and the sampler's own key had
   vouched for that sample before (`sample-unsigned`). The laboratory cannot do it in the sampler's place.
3. The same analysis in two months – one sample, one original, or equal values of two analytes or more, zeros apart – is
   told (`analysis-repeated`). It counts: equal values may be chance, and the verifier asks.
4. Figures without the hash of an original document are told (`no-original`); they count, unless the site file requires
   one.

What does not count leaves the factor to the method's default, openly: it is named as a default in the result.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.evaluation.calendar import local_date
from ledger.evaluation.findings import Findings
from ledger.evaluation.inputs import Period
from ledger.evaluation.screening import Screened
from ledger.evaluation.site_tables import Declaration
from terminal_signer.frame import Document, KeyClass

KIND = "laboratory-result"
FEWEST = 2  # equal analytes that are no chance
NO_ORIGINAL = bytes(32)
_Analyte = tuple[str, str, Decimal]
"""Name, unit, value."""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """`refused`: digests of the frames whose report's number stands for two documents. `samples`: by the sampler's key,
    each sample with the leaf index at which it was first vouched for."""

    refused: frozenset[bytes] = frozenset()
    samples: dict[tuple[str, str], int] = field(default_factory=dict)

    def counts(self, screened: Screened, entry: Declaration, found: Findings) -> bool:
        """Whether a value of a laboratory may take a factor's place."""
        frame, content = screened.admitted.frame, screened.admitted.content
        if frame.digest in self.refused:
            return False
        if entry.sampler is not None and isinstance(content, Document):
            vouched = self.samples.get((entry.sampler, content.sample or ""))
            if vouched is None or vouched > screened.admitted.index:
                found.add("sample-unsigned", f"{entry.item} {content.sample or '-'}")
                return False
        return True


def judge(documents: Sequence[Screened], offset: int, period: Period, found: Findings) -> Laboratory:
    """Compare all reports that are held, in the order of the log."""
    reports = [(entry, content) for entry, content in _documents(documents) if _is_report(entry, content)]
    samples: dict[tuple[str, str], int] = {}
    for entry, content in _documents(documents):
        if content.sample is not None:
            samples.setdefault((entry.admitted.frame.sub, content.sample), entry.admitted.index)
    _Repetitions(offset, period, found).tell(reports)
    return Laboratory(_reused(reports, found), samples)


def _documents(documents: Sequence[Screened]) -> Iterator[tuple[Screened, Document]]:
    for entry in documents:
        if isinstance(entry.admitted.content, Document):
            yield entry, entry.admitted.content


def _is_report(entry: Screened, content: Document) -> bool:
    return content.kind == KIND and entry.admitted.enrolment.key_class == KeyClass.LABORATORY


def _reused(reports: Sequence[tuple[Screened, Document]], found: Findings) -> frozenset[bytes]:
    """Numbers are a laboratory's own: two laboratories may use the same one."""
    originals: dict[tuple[str, str], set[bytes]] = {}
    for entry, content in reports:
        if content.number is not None:
            originals.setdefault((entry.admitted.frame.iss, content.number), set()).add(content.sha256)
    refused = set()
    for entry, content in reports:
        frame = entry.admitted.frame
        if content.number is not None and len(originals[frame.iss, content.number]) > 1:
            found.add("report-number-reused", f"{frame.iss} {content.number}")
            refused.add(frame.digest)
    return frozenset(refused)


class _Repetitions:
    """Analyses by laboratory and month of their start. For each analyte only the months in which its value occurred are
    kept, so that a year of reports is compared in one pass."""

    def __init__(self, offset: int, period: Period, found: Findings) -> None:
        self._offset, self._end, self._found = offset, period.end, found
        self._first = f"{local_date(period.start, offset):%Y-%m}"
        self._seen: dict[tuple[str, _Analyte], set[str]] = {}
        self._samples: dict[tuple[str, str], set[str]] = {}
        self._originals: dict[tuple[str, bytes], set[str]] = {}

    def tell(self, reports: Sequence[tuple[Screened, Document]]) -> None:
        for entry, content in reports:
            laboratory, months = entry.admitted.frame.iss, self._by_month(content)
            self._same_original(laboratory, set(months), content.sha256)
            for month, analytes in sorted(months.items()):
                self._compare(laboratory, month, analytes)
                if content.sample is not None:
                    self._same_sample(laboratory, month, content.sample)

    def _by_month(self, content: Document) -> dict[str, set[_Analyte]]:
        months: dict[str, set[_Analyte]] = {}
        for item in content.items:
            if item.start < self._end and item.value:  # what is absent twice is no analysis used twice
                day = local_date(item.start, self._offset)
                months.setdefault(f"{day:%Y-%m}", set()).add((item.name, item.unit, item.value))
        return months

    def _compare(self, laboratory: str, month: str, analytes: set[_Analyte]) -> None:
        shared: Counter[str] = Counter()
        for analyte in analytes:
            months = self._seen.setdefault((laboratory, analyte), set())
            shared.update(months - {month})
            months.add(month)
        for other, count in shared.items():
            if count >= FEWEST:
                self._tell(laboratory, month, other, analytes=str(count))

    def _same_sample(self, laboratory: str, month: str, sample: str) -> None:
        months = self._samples.setdefault((laboratory, sample), set())
        for other in months - {month}:
            self._tell(laboratory, month, other, sample=sample)
        months.add(month)

    def _same_original(self, laboratory: str, months: set[str], original: bytes) -> None:
        """One report that speaks of several months is none; a second one with the same original is."""
        if original == NO_ORIGINAL:
            return
        before = self._originals.setdefault((laboratory, original), set())
        for month in months - before:
            for other in before:
                self._tell(laboratory, month, other, document="0x" + original.hex())
        before |= months

    def _tell(self, laboratory: str, month: str, other: str, **figures: str) -> None:
        first, later = sorted((month, other))
        if later >= self._first:
            self._found.add("analysis-repeated", f"{laboratory} {first} {later}", **figures)
