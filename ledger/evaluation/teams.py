"""A team's (班组) part of a unit's emissions: by what the unit's meters measured in its hours, source by source.

1. The meters are those that measure what enters the unit. A source that no meter there feeds, or whose meters say
   nothing of a month, is not parted by hours: it stays with nobody, as do the hours in which nobody worked.
2. A team's part of a month is the source's emission × amount in its hours ÷ amount in the month. The parts and what
   nobody has add up to the unit exactly.
3. Carbon efficiency is a team's emission per unit of output, where the output is metered in its hours as well and is
   the only one: with several products there is none.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounting.method import Method
from ledger.accounting.units import Quantity
from ledger.canonical import decimal_text
from ledger.evaluation.activity import Activity
from ledger.evaluation.calendar import Month
from ledger.evaluation.levels import Figures, Levels, added, put, sources_document, whole
from ledger.evaluation.metering import Metering
from ledger.evaluation.site_shifts import Shifts
from ledger.evaluation.site_units import Product
from ledger.evaluation.unit_hours import Spans, UnitHours

Json = object


@dataclass(slots=True)
class TeamFigures:
    """A team's spans of work, its emissions, and what was made in its hours, by product."""

    spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)
    outputs: dict[str, Quantity] = field(default_factory=dict)

    @property
    def seconds(self) -> int:
        return sum(end - start for spans in self.spans.values() for start, end in spans)


@dataclass(frozen=True, slots=True)
class Worked:
    """One unit's emissions parted among its teams; `nobody`: what no team's hours explain."""

    shifts: Shifts
    teams: dict[str, TeamFigures]
    nobody: Figures


def part_among_teams(
    shifts: Shifts, method: Method, activity: Activity, levels: Levels, metering: Metering, hours: UnitHours
) -> Worked:
    """Part what stands at a unit and below it among the teams that work there."""
    teams = _teams(shifts, activity.months)
    figures = levels.figures(shifts.at)
    for (source, at), amount in figures.items():
        items, month = method.sources[source].items, activity.months[at]
        entered = hours.of_items(items, [(month.start, month.end)])
        if entered:
            for team in teams.values():
                share = hours.of_items(items, team.spans.get(at, [])) or Fraction(0)
                put(team.figures, (source, at), amount * share / entered)
    for product in levels.organisation.products_of(shifts.at):
        for team in teams.values():
            _output(team, product, hours, metering)
    given = added(*(team.figures for team in teams.values()))
    nobody = added(figures, {cell: -amount for cell, amount in given.items()})
    return Worked(shifts, teams, {cell: amount for cell, amount in nobody.items() if amount})


def _teams(shifts: Shifts, months: list[Month]) -> dict[str, TeamFigures]:
    teams = {team: TeamFigures() for team in shifts.teams()}
    for at, month in enumerate(months):
        for team, start, end in shifts.hours(month.start, month.end):
            teams[team].spans.setdefault(at, []).append((start, end))
    return teams


def _output(team: TeamFigures, product: Product, hours: UnitHours, metering: Metering) -> None:
    spans: Spans = [span for spans in team.spans.values() for span in spans]
    made = hours.of_output(product.output, spans)
    if made is not None:
        amount = Quantity(made, metering.unit(product.output))
        team.outputs[product.id] = amount if product.unit is None else amount.to(product.unit)


def teams_document(worked: Worked, levels: Levels) -> dict[str, Json]:
    """The teams of one unit, as the result shows them."""
    units = {unit.id: unit for unit in levels.organisation.units}
    return {
        "at": worked.shifts.at,
        "total": decimal_text(levels.total(worked.shifts.at)),
        "nobody": decimal_text(whole(worked.nobody)),
        "teams": [
            {
                "id": team_id,
                "name": dict(units[team_id].name),
                "seconds": team.seconds,
                "total": decimal_text(whole(team.figures)),
                "by_source": sources_document(team.figures),
                "outputs": [
                    {
                        "product": product,
                        "quantity": decimal_text(output.value),
                        "unit": output.unit.text,
                        "intensity": _intensity(team, output),
                    }
                    for product, output in team.outputs.items()
                ],
            }
            for team_id, team in worked.teams.items()
        ],
    }


def _intensity(team: TeamFigures, output: Quantity) -> Json:
    return decimal_text(whole(team.figures) / output.value) if output.value and len(team.outputs) == 1 else None
