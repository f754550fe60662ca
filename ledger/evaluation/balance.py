"""The carbon balance: what came in = what left in products + the change of stock + what was emitted, in tC.

1. Drawn where the method states a tolerance and the site feeds an item with a carbon side. An item that is fed by its
   parts enters with them: purchases in, sales and other use out, closing less opening stock as stock.
2. Emitted is the CO2 of all scope 1 sources of the total, × 12/44; another basis, a memo, other gases are not in it. A
   deduction of what has no carbon side, such as CO2 recovered and delivered, is carbon that left: it stands in "out".
3. The remainder is what is left: carbon in slag, ash and dust, and what was measured wrongly. It is shown, and beyond
   the tolerance, in per cent of the input, it is a finding. Without any one content nothing is said of the tolerance.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.engine import Engine
from ledger.accounting.items import Item
from ledger.accounting.method import Method
from ledger.accounting.units import Quantity, parse_unit
from ledger.canonical import decimal_text
from ledger.evaluation.activity import Activity
from ledger.evaluation.carbon_content import CO2_TO_CARBON, Content, Contents
from ledger.evaluation.emissions import Emissions
from ledger.evaluation.findings import Findings

Json = object
IN, OUT, STOCK, EMITTED = "in", "out", "stock", "emitted"
SIDES = (IN, OUT, STOCK, EMITTED)
_ROLES = {
    "purchased": (IN, 1),
    "opening_stock": (STOCK, -1),
    "closing_stock": (STOCK, 1),
    "sold": (OUT, 1),
    "other_use": (OUT, 1),
}
_CO2 = parse_unit("tCO2")


@dataclass(frozen=True, slots=True)
class Line:
    """One item, or one source of emissions. `content`: tC per unit, where it was the same all the time; `origin`: where
    the weakest one came from. `carbon` in tC, None where a content is unknown."""

    side: str
    id: str
    amount: Quantity
    content: Fraction | None
    origin: str | None
    carbon: Fraction | None
    of_source: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """`tolerance`: as a share of the input."""

    lines: tuple[Line, ...]
    tolerance: Fraction

    def side(self, side: str) -> Fraction:
        return sum((line.carbon for line in self.lines if line.side == side and line.carbon), Fraction(0))

    @property
    def remainder(self) -> Fraction:
        return self.side(IN) - self.side(OUT) - self.side(STOCK) - self.side(EMITTED)

    @property
    def within(self) -> bool | None:
        """Whether the balance closes; None where a content is unknown."""
        if any(line.carbon is None for line in self.lines):
            return None
        return abs(self.remainder) <= self.tolerance * abs(self.side(IN))


def draw_balance(engine: Engine, activity: Activity, emissions: Emissions, found: Findings) -> Balance | None:
    """The balance of a period, where the method asks for one."""
    tolerance = engine.method.balance_tolerance
    if tolerance is None:
        return None
    drawing = _Drawing(activity, Contents(engine, activity), found)
    items = [line for item in engine.method.items.values() for line in drawing.lines(item)]
    if not items:
        return None
    balance = Balance((*items, *_emitted(engine.method, emissions)), tolerance)
    if balance.within is False:
        found.add(
            "balance-open",
            "carbon",
            remainder=decimal_text(balance.remainder),
            input=decimal_text(balance.side(IN)),
            tolerance=decimal_text(tolerance * 100),
        )
    return balance


class _Drawing:
    """The lines of items."""

    def __init__(self, activity: Activity, contents: Contents, found: Findings) -> None:
        self._activity, self._contents, self._found = activity, contents, found

    def lines(self, item: Item) -> Iterator[Line]:
        if item.carbon is None:
            return
        parts = {role: part for role, part in item.parts.items() if part in self._activity.items}
        for role, part in parts.items():
            yield self._line(item, part, *_ROLES[role])
        if not parts and item.id in self._activity.items:
            yield self._line(item, item.id, item.carbon.side, 1)

    def _line(self, item: Item, fed: str, side: str, sign: int) -> Line:
        entry = self._activity.items[fed]
        amounts = [(at, month.total) for at, month in enumerate(entry.months) if month.total]
        contents = [self._content(item, at) for at, _ in amounts]
        known = [content for content in contents if content is not None]
        per_unit = [self._contents.carbon(Quantity(Fraction(1), entry.unit), content) for content in known]
        whole = None
        if len(known) == len(amounts):
            parts = (amount * carbon for (_, amount), carbon in zip(amounts, per_unit, strict=True))
            whole = sign * sum(parts, Fraction(0))
        return Line(
            side,
            fed,
            Quantity(entry.total(), entry.unit),
            per_unit[0] if len(set(per_unit)) == 1 else None,
            self._contents.weakest(known),
            whole,
        )

    def _content(self, item: Item, at: int) -> Content | None:
        content = None if item.carbon is None else self._contents.of(item.carbon.content, at)
        if content is None:
            self._found.add("no-carbon-content", f"{item.id} {self._activity.months[at].label}")
        return content


def _emitted(method: Method, emissions: Emissions) -> Iterator[Line]:
    for source_id, months in emissions.sources.items():
        source = method.sources[source_id]
        if not months or not source.in_total or source.scope != 1 or source.manner.gas != "CO2":
            continue
        amount = Quantity(sum((month.value for month in months), Fraction(0)), months[0].emission.quantity.unit)
        carbon = amount.value * amount.unit.scale / _CO2.scale * CO2_TO_CARBON
        yield Line(EMITTED, source_id, amount, None, None, carbon, of_source=True)
        if amount.value < 0 and not any(method.items[item].carbon for item in source.items):
            yield Line(OUT, source_id, amount, None, None, -carbon, of_source=True)


def balance_document(balance: Balance) -> dict[str, Json]:
    """The balance as the result shows it."""
    inflow = balance.side(IN)
    return {
        "unit": "tC",
        **{side: decimal_text(balance.side(side)) for side in SIDES},
        "remainder": decimal_text(balance.remainder),
        "share": decimal_text(balance.remainder / inflow) if inflow else None,
        "tolerance": decimal_text(balance.tolerance * 100),
        "within": balance.within,
        "lines": [_line_document(line) for line in sorted(balance.lines, key=lambda line: SIDES.index(line.side))],
    }


def _line_document(line: Line) -> Json:
    return {
        "side": line.side,
        "source" if line.of_source else "item": line.id,
        "amount": decimal_text(line.amount.value),
        "unit": line.amount.unit.text,
        "content": None if line.content is None else decimal_text(line.content),
        "content_unit": None if line.content is None else f"tC/{line.amount.unit.text}",
        "origin": line.origin,
        "carbon": None if line.carbon is None else decimal_text(line.carbon),
    }
