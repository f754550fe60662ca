"""Carbon handed on inside the boundary: blast-furnace gas burnt in the power plant was counted as coke, once.

A transfer moves the emission of the carbon in an amount from the unit where its source counted it to the unit that
releases it; the enterprise's total stays. What the giver does not hold of that source cannot be handed on: the transfer
is cut to it, and that is a finding.
"""

from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.engine import Engine
from ledger.accounting.units import Quantity, parse_unit
from ledger.canonical import decimal_text
from ledger.evaluation.activity import Activity
from ledger.evaluation.carbon_content import CO2_TO_CARBON, Contents
from ledger.evaluation.findings import Findings
from ledger.evaluation.levels import Levels
from ledger.evaluation.metering import Metering
from ledger.evaluation.site_units import Transfer

Json = object
_CO2 = parse_unit("tCO2")


@dataclass(slots=True)
class Moved:
    """What a transfer moved over the period: the amount, its carbon in tC, its emission in the method's unit."""

    transfer: Transfer
    amount: Quantity | None = None
    carbon: Fraction = Fraction(0)
    emission: Fraction = Fraction(0)


class Handing:
    """The transfers of one organisation."""

    def __init__(self, engine: Engine, activity: Activity, metering: Metering, found: Findings) -> None:
        self._metering, self._found, self._activity = metering, found, activity
        self._contents = Contents(engine, activity)
        self._per_carbon = _CO2.scale / CO2_TO_CARBON / engine.method.unit.scale

    def hand_on(self, levels: Levels) -> list[Moved]:
        """Apply the transfers in the file's order."""
        return [self._move(transfer, levels) for transfer in levels.organisation.transfers]

    def _move(self, transfer: Transfer, levels: Levels) -> Moved:
        moved = Moved(transfer, self._metering.amount(transfer.output))
        for at, month in enumerate(self._activity.months):
            amount = self._metering.month(transfer.output, at)
            if not amount:
                continue
            content = self._contents.of(transfer.content, at)
            if content is None:
                self._found.add("no-carbon-content", f"{transfer.id} {month.label}")
                continue
            carbon = self._contents.carbon(Quantity(amount, self._metering.unit(transfer.output)), content)
            cell = (transfer.source, at)
            held = levels.nodes[transfer.giver].here().get(cell, Fraction(0))
            emission = min(carbon * self._per_carbon, max(held, Fraction(0)))
            if emission < carbon * self._per_carbon:
                self._found.add("transfer-exceeds", f"{transfer.id} {month.label}")
            levels.move(transfer.giver, transfer.taker, cell, emission)
            moved.carbon, moved.emission = moved.carbon + carbon, moved.emission + emission
        return moved


def transfer_document(moved: Moved) -> dict[str, Json]:
    transfer = moved.transfer
    return {
        "id": transfer.id,
        "name": dict(transfer.name),
        "source": transfer.source,
        "from": transfer.giver,
        "to": transfer.taker,
        "output": transfer.output,
        "amount": None if moved.amount is None else decimal_text(moved.amount.value),
        "unit": None if moved.amount is None else moved.amount.unit.text,
        "carbon": decimal_text(moved.carbon),
        "emission": decimal_text(moved.emission),
    }
