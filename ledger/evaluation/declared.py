"""What officers and laboratories state in signed documents: amounts of an item, or a value that replaces a factor.

Rules:

1. The site file says which key may state which item; anything else is a finding and does not count.
2. A stated amount counts as declared, whoever signed it: never as metered.
3. A document that corrects an earlier one of the same enterprise replaces its values of the same item, start and end;
   the latest by leaf index wins. Otherwise what was logged first stands; an overlapping statement is a finding.
   One of kind "correction" may state nothing else; what it does not find there is a finding.
4. A value lies within the period as a whole, and belongs to the month of its start.
5. Green certificates are claimed serial by serial (`ledger.evaluation.green`), certified inputs account by account
   (`ledger.evaluation.upstream_claims`), never by an amount.
6. What a laboratory reports is held against its other reports first (laboratory.py).
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.units import Quantity, UnitError, parse_unit
from ledger.evaluation.closings import Closings, late
from ledger.evaluation.corrections import Change, Corrections, corrects_by_document, states_readings
from ledger.evaluation.findings import Findings
from ledger.evaluation.green_claims import ITEM as GREEN_CERTIFICATES
from ledger.evaluation.inputs import Period
from ledger.evaluation.laboratory import NO_ORIGINAL, Laboratory, judge
from ledger.evaluation.screening import DECLARED, Screened
from ledger.evaluation.site import Declaration, Site
from terminal_signer.document import CORRECTION
from terminal_signer.frame import Document, Item

KINDS = ("declaration", "laboratory-result")
_Slot = tuple[str, int, int]
"""Item, start, end: what a correction must match."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One value as stated. `document`: the SHA-256 of the document that carried it, `number` and `sample` as it names
    them; `root`: the digest of the frame to which its corrections lead back."""

    entry: Declaration
    start: int
    end: int
    quantity: Quantity
    index: int
    document: bytes
    sub: str
    root: bytes
    number: str | None = None
    sample: str | None = None


def stated_values(
    documents: tuple[Screened, ...],
    site: Site,
    period: Period,
    corrections: Corrections,
    closings: Closings,
    found: Findings,
) -> list[Stated]:
    """The values that count, in the order of item, start."""
    entries = {
        (entry.item, entry.sub): entry
        for entry in site.declarations
        if entry.item != GREEN_CERTIFICATES and not entry.takes_certified
    }
    firsts: dict[bytes, dict[_Slot, Item]] = {}
    standing: dict[str, _Standing] = {}
    laboratory = judge(documents, site.offset, period, found)
    for screened in documents:
        frame, content = screened.admitted.frame, screened.admitted.content
        root = _root(screened, corrections, found)
        if root is None or not isinstance(content, Document):
            continue
        first = firsts.setdefault(root.admitted.frame.digest, {})
        closed, without_original = closings.before(screened.admitted), False
        for item in content.items:
            entry = entries.get((item.name, frame.sub))
            before = first.get(_slot(item)) if root is not screened else None
            if entry is None or entry.key_class != screened.admitted.enrolment.key_class:
                found.add("not-entitled", f"{item.name} {frame.sub}")
            elif content.kind == CORRECTION and before is None:
                found.add("correction-differs", item.name)
            elif not _counts(entry, screened, root, laboratory, found):
                without_original |= content.sha256 == NO_ORIGINAL
            elif period.start <= item.start and item.end <= period.end:
                without_original |= content.sha256 == NO_ORIGINAL
                late(closed, screened.admitted, item.start, item.end)
                value = _stated(entry, item, screened, root, found)
                if value is not None and standing.setdefault(item.name, _Standing()).take(value, before, found):
                    _list(screened, item, before, corrections)
            if content.kind != CORRECTION:
                first.setdefault(_slot(item), item)
        if without_original:
            found.add("no-original", frame.sub)
    values = [value for entry_values in standing.values() for value in entry_values.values.values()]
    return sorted(values, key=lambda value: (value.entry.item, value.start))


def _counts(entry: Declaration, screened: Screened, root: Screened, laboratory: Laboratory, found: Findings) -> bool:
    """Whether the document that carries a value may: with an original where one is required; of a laboratory's value
    that replaces a factor, report and sample. A correction is as good as what it corrects."""
    content = screened.admitted.content
    if entry.original and isinstance(content, Document) and content.sha256 == NO_ORIGINAL:
        return False
    if entry.replaces is None:
        return True
    stating = [root] if root is screened or corrects_by_document(screened) else [root, screened]
    return all(laboratory.counts(document, entry, found) for document in stating)


def _root(screened: Screened, corrections: Corrections, found: Findings) -> Screened | None:
    """The document that first stated what this one states: itself, where it corrects none that is held."""
    content, root = screened.admitted.content, corrections.chains.root(screened)
    if corrects_by_document(screened):
        if root is None or root is screened or states_readings(root):
            return None
        if not _declares(root):
            found.add("correction-of-nothing", screened.admitted.frame.sub)
            return None
        return root
    if not isinstance(content, Document) or content.kind not in KINDS:
        return None
    return root if root is not None and _declares(root) else screened


def _declares(screened: Screened) -> bool:
    content = screened.admitted.content
    return isinstance(content, Document) and content.kind in KINDS


def _slot(item: Item) -> _Slot:
    return item.name, item.start, item.end


def _list(screened: Screened, item: Item, before: Item | None, corrections: Corrections) -> None:
    if before is not None:
        corrections.add(
            screened, Change(item.name, item.start, item.end, item.unit, before.value, item.value, DECLARED)
        )


def _stated(entry: Declaration, item: Item, screened: Screened, root: Screened, found: Findings) -> Stated | None:
    try:
        unit = parse_unit(item.unit)
        if entry.unit is not None and not unit.fits(entry.unit):
            raise UnitError(f"{entry.unit.text} was announced")
    except UnitError:
        found.add("unit-differs", f"{item.name} {item.unit}")
        return None
    quantity = Quantity(Fraction(item.value), unit)
    frame, content = screened.admitted.frame, screened.admitted.content
    document, number, sample = b"", None, None
    if isinstance(content, Document):
        document, number, sample = content.sha256, content.number, content.sample
    return Stated(
        entry, item.start, item.end, quantity, screened.admitted.index, document, frame.sub, root.admitted.frame.digest,
        number, sample,
    )  # fmt: skip


@dataclass(slots=True)
class _Standing:
    """The values of one item that stand, by (start, end); `slots` is sorted, so that an overlap is found at once."""

    values: dict[tuple[int, int], Stated] = field(default_factory=dict)
    slots: list[tuple[int, int]] = field(default_factory=list)

    def take(self, value: Stated, before: Item | None, found: Findings) -> bool:
        """Whether the value now stands. `before`: what it corrects, if anything."""
        slot = (value.start, value.end)
        if slot in self.values:
            if before is None or self.values[slot].root != value.root:
                found.add("stated-twice", value.entry.item)
                return False
            self.values[slot] = value
            return True
        at = bisect_left(self.slots, slot)
        overlaps = (at > 0 and self.slots[at - 1][1] > slot[0]) or (
            at < len(self.slots) and self.slots[at][0] < slot[1]
        )
        if overlaps:
            found.add("stated-twice", value.entry.item)
            return False
        self.slots.insert(at, slot)
        self.values[slot] = value
        return True
