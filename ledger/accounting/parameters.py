"""Parameters of a method file: properties that a laboratory may state, with the method's own default where it has one.

A formula binds one as `factor:ID`. What is measured goes before the factor set, the set before the method's default; a
parameter that stands in both set and method is refused, so that nobody has to guess which figure was meant.
"""

from dataclasses import dataclass
from fractions import Fraction

from ledger.accounting.factors import BASES, Factor
from ledger.accounting.items import unit_field
from ledger.accounting.plausible import implausible
from ledger.accounting.units import Quantity, Unit
from ledger.canonical import CanonicalError, exact_number
from ledger.rules.head import CONFIDENCE, LOW, confidence
from ledger.rules.reader import Table

UNIT_DIFFERS = "unit-differs"
NEGATIVE = "negative-amount"
OVER_WHOLE = "over-100-percent"
IMPLAUSIBLE = "implausible"
IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Parameter:
    """`plausible`: from–to, in its unit; a value outside counts, but is a finding. `place`: where the file has it."""

    id: str
    unit: Unit
    name: dict[str, str]
    default: Factor | None
    plausible: tuple[Fraction, Fraction] | None
    place: str


def read_parameter(table: Table, years: tuple[int, int | None], member: tuple[str, dict[str, str]] | None) -> Parameter:
    """A `[[parameter]]` table, or a `[[family.parameter]]` for one `member`: `{id}` and `{name}` are the member's."""
    identity, name = table.text("id", longest=80), table.names("name")
    if member is not None:
        identity = identity.replace("{id}", member[0])
        name = {language: text.replace("{name}", member[1][language]) for language, text in name.items()}
    unit = unit_field(table)
    plausible = _range(table) if "range" in table else None
    default = _default(table, identity, unit, years, member[0] if member else None)
    parameter = Parameter(identity, unit, name, default, plausible, table.place("id"))
    table.finish()
    if default is not None and (problem := fault(identity, parameter, unit, default.quantity)):
        raise table.error("default", f"the default is {problem}", "check value, unit and range")
    if default is not None and default.stands_in and default.confidence == LOW:
        raise table.error("confidence", "a figure of low confidence is no default", "leave it out: it is then measured")
    return parameter


def fault(factor_id: str, parameter: Parameter | None, unit: Unit, stated: Quantity) -> str | None:
    """What is wrong with a value that takes a factor's place, as the code of a finding; None if nothing is. Only an
    implausible one counts: what no real plant can have is a slip of the unit or of a decimal point."""
    if not stated.unit.fits(unit):
        return UNIT_DIFFERS
    value = stated.to(unit).value
    if value < 0:
        return NEGATIVE
    if unit.text == "%" and value > 100:
        return OVER_WHOLE
    if implausible(factor_id, stated) is not None:
        return IMPOSSIBLE
    if parameter is not None and parameter.plausible is not None:
        low, high = (Quantity(bound, parameter.unit).to(unit).value for bound in parameter.plausible)
        if not low <= value <= high:
            return IMPLAUSIBLE
    return None


def _range(table: Table) -> tuple[Fraction, Fraction]:
    try:
        low, high = (exact_number(text) for text in table.texts("range"))
    except (CanonicalError, ValueError):
        raise table.error("range", "expected two exact numbers", 'write range = ["60", "70"]') from None
    if low > high:
        raise table.error("range", "it ends below its start", 'write range = ["60", "70"]')
    return low, high


def _default(
    table: Table, identity: str, unit: Unit, years: tuple[int, int | None], member: str | None
) -> Factor | None:
    """`default` with `basis`, `source`, `confidence`; in a family also `defaults` for the members that have one."""
    if "defaults" in table and member is not None:
        return _of_member(table, identity, unit, years, member)
    if "default" not in table:
        return None
    quantity = Quantity(table.number("default"), unit)
    return Factor(identity, quantity, _basis(table), years, None, table.text("source"), confidence(table))


def _of_member(table: Table, identity: str, unit: Unit, years: tuple[int, int | None], member: str) -> Factor | None:
    """`defaults = { methanol = ["0.375", "found", "IPCC 2006, table 3.10"] }`: value, confidence, source."""
    basis, defaults = _basis(table), table.table("defaults")
    if member not in defaults:
        return None
    row = defaults.texts(member)
    if len(row) != 3 or row[1] not in CONFIDENCE or not row[2]:
        raise defaults.error(member, "expected value, confidence, source", f'write {member} = ["0.375", "found", "…"]')
    try:
        value = exact_number(row[0])
    except CanonicalError as problem:
        raise defaults.error(member, problem.message, problem.mend) from None
    return Factor(identity, Quantity(value, unit), basis, years, None, row[2], row[1])


def _basis(table: Table) -> str:
    basis = table.text("basis")
    if basis not in BASES:
        raise table.error("basis", f"unknown basis {basis[:40]!r}", "one of: " + ", ".join(BASES))
    return basis
