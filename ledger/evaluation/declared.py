"""What officers and laboratories state in signed documents: amounts of an item, or a value that replaces a factor.

Rules:

1. The site file says which key may state which item; anything else is a finding and does not count.
2. A stated amount counts as declared, whoever signed it: never as metered.
3. A document that corrects an earlier one of the same enterprise replaces its values of the same item, start and end;
   the latest by leaf index wins. Otherwise what was logged first stands; an overlapping statement is a finding.
4. A value lies within the period as a whole, and belongs to the month of its start.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.units import Quantity, UnitError, parse_unit
from ledger.evaluation.inputs import Period
from ledger.evaluation.screening import Screened
from ledger.evaluation.series import Findings
from ledger.evaluation.site import Declaration, Site
from terminal_signer.frame import Document, Item

KINDS = ("declaration", "laboratory-result")


@dataclass(frozen=True, slots=True)
class Stated:
    """One value as stated. `document`: the SHA-256 of the document that carried it."""

    entry: Declaration
    start: int
    end: int
    quantity: Quantity
    index: int
    document: bytes
    sub: str


def stated_values(documents: tuple[Screened, ...], site: Site, period: Period, found: Findings) -> list[Stated]:
    """The values that count, in the order of item, start."""
    entries = {(entry.item, entry.sub): entry for entry in site.declarations}
    held: dict[bytes, Screened] = {}
    standing: dict[str, _Standing] = {}
    for screened in documents:
        frame, content = screened.admitted.frame, screened.admitted.content
        if not isinstance(content, Document) or content.kind not in KINDS:
            continue
        held[frame.digest] = screened
        replaced = _slots_corrected(frame.corrects, frame.iss, held)
        for item in content.items:
            entry = entries.get((item.name, frame.sub))
            if entry is None or entry.key_class != screened.admitted.enrolment.key_class:
                found.add("not-entitled", f"{item.name} {frame.sub}")
            elif period.start <= item.start and item.end <= period.end:
                value = _stated(entry, item, screened, content, found)
                if value is not None:
                    standing.setdefault(item.name, _Standing()).take(value, replaced, found)
    values = [value for entry_values in standing.values() for value in entry_values.values.values()]
    return sorted(values, key=lambda value: (value.entry.item, value.start))


def _stated(entry: Declaration, item: Item, screened: Screened, content: Document, found: Findings) -> Stated | None:
    try:
        unit = parse_unit(item.unit)
    except UnitError:
        found.add("unit-differs", f"{item.name} {item.unit}")
        return None
    quantity = Quantity(Fraction(item.value), unit)
    index, sub = screened.admitted.index, screened.admitted.frame.sub
    return Stated(entry, item.start, item.end, quantity, index, content.sha256, sub)


def _slots_corrected(corrects: bytes | None, iss: str, held: dict[bytes, Screened]) -> frozenset[tuple[str, int, int]]:
    """Item, start and end of what the corrected document, and those that it corrected, stated."""
    slots: set[tuple[str, int, int]] = set()
    while corrects is not None and (earlier := held.get(corrects)) is not None:
        content = earlier.admitted.content
        if earlier.admitted.frame.iss == iss and isinstance(content, Document):
            slots.update((item.name, item.start, item.end) for item in content.items)
        corrects = earlier.admitted.frame.corrects
    return frozenset(slots)


@dataclass(slots=True)
class _Standing:
    """The values of one item that stand, by (start, end); `slots` is sorted, so that an overlap is found at once."""

    values: dict[tuple[int, int], Stated] = field(default_factory=dict)
    slots: list[tuple[int, int]] = field(default_factory=list)

    def take(self, value: Stated, replaced: frozenset[tuple[str, int, int]], found: Findings) -> None:
        slot = (value.start, value.end)
        if slot in self.values:
            if (value.entry.item, *slot) in replaced:
                self.values[slot] = value
            else:
                found.add("stated-twice", value.entry.item)
            return
        at = bisect_left(self.slots, slot)
        overlaps = (at > 0 and self.slots[at - 1][1] > slot[0]) or (
            at < len(self.slots) and self.slots[at][0] < slot[1]
        )
        if overlaps:
            found.add("stated-twice", value.entry.item)
            return
        self.slots.insert(at, slot)
        self.values[slot] = value
