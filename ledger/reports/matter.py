"""What a report is about: the document, the rules at hand, the certificate if there is one; sources read once."""

from dataclasses import dataclass, field
from fractions import Fraction

from ledger.grading.scheme import Scheme
from ledger.language import Language
from ledger.reports.reading import Node, ReportError, by_month, optional_number
from ledger.reports.rule_files import RuleFile
from ledger.reports.unit_words import unit_text
from ledger.reports.wording import Wording

MOST_SOURCES = 2000
TOTAL = "total"
EFFICIENCY = 2
ENERGY_UNITS = ("tce", "kgce")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a bundle's statement says, as texts."""

    identifier: str
    enterprise: str
    evaluator: str
    verifier: str
    result_hash: str
    log_id: str
    tree_size: int
    valid_until: int


@dataclass(frozen=True, slots=True)
class SourceLine:
    """`counted`: it is part of the document's total. `total` None: no data for the whole period."""

    id: str
    name: str
    scope: int | None
    group: str
    gas: str
    basis: str
    counts: str
    energy: bool
    counted: bool
    total: Fraction | None
    months: dict[str, Fraction | None]

    @property
    def value(self) -> Fraction:
        return self.total if self.total is not None else Fraction(0)

    @property
    def holes(self) -> int:
        """Months without data among months."""
        return sum(value is None for value in self.months.values())


@dataclass(frozen=True, slots=True)
class Matter:
    """`counted`: the sources of the total, the largest first. `gross`: what they emitted before deductions."""

    document: Node
    text: Wording
    rules: dict[str, RuleFile]
    items: dict[str, dict[str, str]]
    scheme: Scheme | None
    certificate: Certificate | None
    digest: str
    sources: tuple[SourceLine, ...] = ()
    counted: tuple[SourceLine, ...] = ()
    gross: Fraction = Fraction(0)
    months: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        return self.text.language

    @property
    def emissions(self) -> Node:
        return self.document.need("emissions")

    @property
    def unit(self) -> str:
        return unit_text(self.emissions.need("unit").text(60), self.language)

    @property
    def offset(self) -> str:
        found = self.document.need("period").get("offset")
        return found.text(10) if found else "+00:00"

    @property
    def total(self) -> Fraction:
        return self.emissions.need("total").number()

    @property
    def graded(self) -> bool:
        """Whether grading was asked for: else its reason only says that it was not."""
        grade = self.document.need("grade")
        asked = self.document.need("kind").value == EFFICIENCY or grade.get("scheme") is not None
        return asked or grade.get("grade") is not None

    @property
    def in_energy(self) -> bool:
        """Standard coal: scopes and gases say nothing here."""
        return self.emissions.need("unit").text(60) in ENERGY_UNITS

    @property
    def by_group(self) -> bool:
        return any(line.group for line in self.sources)

    def in_words(self, node: Node | None, most: int = 400) -> str:
        return "" if node is None else node.name(self.language, most)

    def item(self, identity: str) -> str:
        """An item's name: the method's, else its source's, else its id."""
        named = self.items.get(identity, {})
        return named.get(self.language) or self.names.get(identity) or self.text.get(f"item.{identity}") or identity

    def units(self, text: str) -> str:
        return unit_text(text, self.language)

    def group_name(self, line: SourceLine) -> str:
        """What a report groups the source by: the method's group, else its scope."""
        if self.by_group:
            return self.text.get(f"group.{line.group}") or line.group or self.text("group.other")
        return self.scope_name(line.scope)

    def scope_name(self, scope: int | None) -> str:
        return self.text(f"scope.{scope}") if scope in (1, 2, 3) else self.text("scope.none")


def read_sources(document: Node, language: Language) -> tuple[SourceLine, ...]:
    """Every source of the document, in its order."""
    emissions = document.need("emissions")
    basis = _first_basis(emissions)
    return tuple(
        _source(name, entry, basis, language) for name, entry in emissions.need("by_source").members(MOST_SOURCES)
    )


def read_months(document: Node) -> tuple[str, ...]:
    return tuple(by_month(document.need("emissions")))


def _first_basis(emissions: Node) -> str:
    """The way of counting that the total is: the one with its value, "location" before others."""
    bases = emissions.get("bases")
    if bases is None:
        return ""
    total = emissions.need("total").value
    found = [name for name, value in bases.members(20) if value.value == total]
    return "location" if "location" in found or not found else min(found)


def _source(name: str, entry: Node, basis: str, language: Language) -> SourceLine:
    named, scope, counts = entry.get("name"), entry.get("scope"), entry.get("counts")
    own = _text(entry, "basis")
    how = counts.text(40) if counts else TOTAL
    energy, counted = entry.get("energy"), entry.get("in_total")
    total = optional_number(entry.get("total"))
    line = SourceLine(
        name,
        named.name(language, 120) if named else name,
        scope.integer() if scope else None,
        _text(entry, "group"),
        _text(entry, "gas"),
        own,
        how,
        energy.flag() if energy else False,
        counted.flag() if counted is not None else how == TOTAL and own in ("", basis),
        total,
        by_month(entry) if entry.get("by_month") else {},
    )
    if total is None and any(line.months.values()):
        raise ReportError("months without a total", where=entry.where)
    return line


def _text(entry: Node, name: str) -> str:
    found = entry.get(name)
    return found.text(60) if found else ""
