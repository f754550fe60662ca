"""Adding an industry needs no Python: the method of an invented one is read, checked and computed from its file."""

import re
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.engine import Measured
from ledger.accounting.expression import FormulaError
from ledger.accounting.factors import FactorsError
from ledger.accounting.items import MethodError
from ledger.accounting.method import parse_method
from ledger.accounting.units import Quantity, parse_unit
from terminal_signer.errors import CarbonError
from tests.accounting.invented import FACTORS, METHOD, amount, emitted, engine

LINT = 'default = "0.01"\nbasis = "default"\nsource = "made up"\nconfidence = "memory-high"\n'
COMPUTED: list[tuple[str, dict[str, str], dict[str, str], str]] = [
    ("soda", {"soda": "100 t"}, {}, "40.66216"),
    ("soda", {"soda": "100 t"}, {"soda.purity": "0.5 1"}, "20.746"),
    ("soda_by_carbon", {"soda": "12 t"}, {"soda.carbon_content": "0.1 tC/t"}, "4.4"),
    ("glim", {"glim": "0.5 t{glim}"}, {}, "500"),
    ("purchased_electricity", {"purchased_electricity": "2000 kWh"}, {}, "1"),
    ("market_electricity", {"purchased_electricity": "2000 kWh"}, {}, "1.2"),
    ("green_certificates", {"green_certificates": "1500 kWh"}, {}, "-0.9"),
    ("scorch", {"scorched": "2 t", "beads": "8 t"}, {}, "0.25"),
    ("beads.lint", {"beads": "8 t"}, {}, "0.08"),
]


def rows(text: str) -> str:
    """Defaults by member, in the place of one for all."""
    return f'basis = "default"\ndefaults = {{ {text} }}\n'


@pytest.mark.parametrize(("source", "items", "measured", "result"), COMPUTED)
def test_every_source_is_computed(source: str, items: dict[str, str], measured: dict[str, str], result: str) -> None:
    assert emitted(source, items, measured) == Fraction(result)


def test_a_tonne_of_co2_counts_as_one_of_co2e() -> None:
    """Steps end in tCO2, the method in tCO2e: the warming potential of CO2 is 1 by definition, and of nothing else."""
    emission = engine().emission("soda", 2022, {"soda": amount("100000 kg")})
    assert (emission.steps[-1].output.unit.text, emission.quantity.unit.text) == ("tCO2", "tCO2e")
    with pytest.raises(MethodError, match="last step is not in tCO2e"):
        parse_method(METHOD.replace('["E [tCO2e] = AD * GWP"]', '["E [t{glim}] = AD"]').encode())


def test_an_emission_is_in_the_unit_of_the_method_whatever_its_last_step_is_in() -> None:
    kilograms = METHOD.replace('"E [tCO2] = pure * EF * F"', '"E [kgCO2] = pure * EF * F"')
    emission = engine(kilograms).emission("soda", 2022, {"soda": amount("100 t")})
    assert emission.quantity.value == Fraction("40.66216")


def test_measured_goes_before_the_set_and_the_set_before_the_default() -> None:
    beads = engine()
    soda = beads.emission("soda", 2022, {"soda": amount("1 t")}, {"soda.purity": Measured(amount("90 %"), "lab 7")})
    used = {entry.name: entry for entry in soda.inputs}
    assert (used["PUR"].kind, used["PUR"].origin, used["PUR"].factor) == ("measured", "lab 7", None)
    default = {entry.name: entry for entry in beads.emission("soda", 2022, {"soda": amount("1 t")}).inputs}["PUR"]
    assert default.factor is not None
    assert default.factor.basis == "punitive"


def test_a_punitive_default_counts_as_a_default() -> None:
    prescribed = FACTORS.replace('basis = "default"', 'basis = "prescribed"')
    assert engine(factors=prescribed).emission("soda", 2022, {"soda": amount("1 t")}).defaulted


def test_without_any_default_the_error_says_to_measure() -> None:
    with pytest.raises(FactorsError, match=r"'soda\.carbon_content'.*has no default") as caught:
        emitted("soda_by_carbon", {"soda": "1 t"})
    assert 'replaces = "soda.carbon_content"' in caught.value.mend
    assert engine().lacks("soda_by_carbon", 2022) == "soda.carbon_content"
    assert engine().lacks("soda", 2022) is None


def test_a_parameter_in_both_set_and_method_is_refused() -> None:
    twice = FACTORS.replace('"soda.calcination"', '"soda.purity"')
    with pytest.raises(MethodError, match=r"'soda\.purity' stands in factor set 'bead-factors'"):
        engine(factors=twice)


def test_a_set_of_another_basis_than_the_parameter_is_refused() -> None:
    per_gigajoule = FACTORS.replace(
        '"soda.calcination"\nvalue = "100"\nunit = "%"', '"soda.carbon_content"\nvalue = "0.1"\nunit = "tC/GJ"'
    )
    with pytest.raises(MethodError, match=r"'soda_by_carbon'.*a factor of the wrong basis") as caught:
        engine(factors=per_gigajoule)
    assert caught.value.where == f"beads.toml, line {METHOD[: METHOD.index('M * CC * C')].count(chr(10)) + 1}"
    unread = METHOD.replace('CC = "factor:soda.carbon_content"', 'CC = "factor:soda.cc"')
    with pytest.raises(MethodError, match="in tC/GJ in factor set 'bead-factors', in tC/t in the method") as caught:
        engine(unread, per_gigajoule)
    assert "field parameter[2].id" in caught.value.where


@pytest.mark.parametrize(
    ("factor", "value", "code"),
    [
        ("soda.purity", "98 %", None),
        ("soda.purity", "0.98 1", None),
        ("soda.purity", "59 %", "implausible"),
        ("soda.purity", "100.1 %", "over-100-percent"),
        ("soda.purity", "1.2 1", "over-100-percent"),
        ("soda.purity", "-1 %", "negative-amount"),
        ("soda.purity", "98 t", "unit-differs"),
        ("soda.calcination", "101 %", "over-100-percent"),
        ("soda.ef", "0.4 tCO2/m3", "unit-differs"),
        ("soda.carbon_content", "1.1 tC/t", "impossible"),
        ("no.such", "1 t", "unit-differs"),
    ],
)
def test_a_measured_value_that_cannot_be_is_named(factor: str, value: str, code: str | None) -> None:
    assert engine().fault(factor, amount(value)) == code


def test_a_division_by_zero_names_source_and_line() -> None:
    with pytest.raises(FormulaError, match="source 'scorch': a formula divides by zero") as caught:
        emitted("scorch", {"scorched": "1 t", "beads": "0 t"})
    line = METHOD[: METHOD.index("share [1]")].count("\n") + 1
    assert caught.value.where == f"beads.toml, line {line}"


def test_members_of_a_family_may_have_defaults_of_their_own() -> None:
    text = METHOD.replace(LINT, rows('beads = ["0.02", "found", "table 7"]'))
    parameters = parse_method(text.encode()).parameters
    beads = parameters["beads.lint"].default
    assert beads is not None
    assert (beads.quantity.value, beads.basis, beads.confidence, beads.source) == (
        Fraction("0.02"),
        "default",
        "found",
        "table 7",
    )
    assert parameters["scorched.lint"].default is None


def test_stock_parts_exist_beside_their_item() -> None:
    items = parse_method(METHOD.encode()).items
    assert items["soda"].parts["closing_stock"] == "soda.closing_stock"
    assert items["soda.closing_stock"].part_of == "soda"
    assert items["soda.closing_stock"].unit == items["soda"].unit
    assert items["glim.sold"].name == {"zh": "闪气（外销量）", "en": "Glim gas, sold"}
    assert items["beads"].parts == {}


def test_the_bases_that_can_be_stated() -> None:
    """Without its market-based source, electricity has a location-based figure alone."""
    method = parse_method(METHOD.encode())
    assert method.complete_bases(["soda", "purchased_electricity"]) == ("location",)
    everything = ["soda", "purchased_electricity", "market_electricity", "green_certificates"]
    assert method.complete_bases(everything) == ("location", "market")
    assert method.complete_bases(["soda"]) == ("location", "market")
    assert [name for name in everything if method.sources[name].in_total] == ["soda", "purchased_electricity"]
    assert [name for name in everything if method.sources[name].in_basis("market")] == [
        "soda",
        "market_electricity",
        "green_certificates",
    ]


def test_sources_say_gas_group_and_how_they_count() -> None:
    sources = parse_method(METHOD.encode()).sources
    assert (sources["glim"].manner.gas, sources["glim"].manner.group) == ("glim", "process")
    assert (sources["soda"].manner.gas, sources["soda"].manner.required) == ("CO2", True)
    assert sources["purchased_electricity"].manner.group == "electricity"
    assert sources["beads.lint"].manner.group == "waste"
    assert sources["beads.lint"].name["en"] == "Beads: lint"
    assert not sources["scorch"].in_total
    assert not sources["scorch"].in_basis("location")


FAULTS = [
    ('gas = "{id}"', 'gas = "{id}x"', "unknown gas 'glimx'", "gas"),
    ('basis = "location"', 'basis = "spot"', "unknown basis 'spot'", "emission[3].basis"),
    ('group = "waste"', 'group = "rubbish"', "unknown group 'rubbish'", "group"),
    ('counts = "memo"', 'counts = "memory"', "unknown counts 'memory'", "counts"),
    ('excludes = ["soda_by_carbon"]', 'excludes = ["sodium"]', "excludes 'sodium'", "emission"),
    ('excludes = ["soda_by_carbon"]', 'excludes = ["soda"]', "excludes 'soda'", "emission"),
    ('bases = ["location", "market"]', 'bases = ["location", "location"]', "each once", "bases"),
    ('bases = ["location", "market"]', 'bases = []', "each once", "bases"),
    ('bases = ["location", "market"]', 'bases = ["", "market"]', "each once", "bases"),
    ('default = "98"', 'default = "101"', "the default is over-100-percent", "parameter[1].default"),
    ('default = "98"', 'default = "50"', "the default is implausible", "parameter[1].default"),
    ('default = "0.5"', 'default = "-0.5"', "the default is negative-amount", "parameter[3].default"),
    ('range = ["60", "100"]', 'range = ["100", "60"]', "ends below its start", "parameter[1].range"),
    ('range = ["60", "100"]', 'range = ["60"]', "two exact numbers", "parameter[1].range"),
    ('range = ["60", "100"]', 'range = ["60", "100 %"]', "two exact numbers", "parameter[1].range"),
    (LINT, rows('bead = ["0.01", "found", "x"]'), "'bead' is no member", "parameter[1].defaults"),
    (LINT, rows('beads = ["0.01", "found"]'), "expected value, confidence", "defaults.beads"),
    (LINT, rows('beads = ["0.01", "sure", "x"]'), "expected value, confidence", "defaults.beads"),
    (LINT, rows('beads = ["1e-2", "found", "x"]'), "no exact number", "defaults.beads"),
    (LINT, rows('beads = ["0.01", "memory-low", "x"]'), "of low confidence", "parameter[1]"),
    (LINT, rows('beads = ["-1", "found", "x"]'), "the default is negative-amount", "parameter[1]"),
    ('basis = "punitive"', 'basis = "cruel"', "unknown basis 'cruel'", "parameter[1].basis"),
    ('id = "beads.scorch"', 'id = "soda.purity"', "stands twice", "parameter[3].id"),
    ('id = "{id}.lint"\nunit', 'id = "lint"\nunit', "parameter 'lint' stands twice", "parameter[1].id"),
    ('side = "in"', 'side = "left"', "unknown side 'left'", "item[1].carbon.side"),
    ('content = "factor:soda.carbon_content"', 'content = "soda"', "expected factors", "item[1].carbon.content"),
    ('content = "factor:soda.carbon_content"', 'content = "factor:soda.purity"', "not in tC or tCO2", "bead-works"),
    ('stock = true\ncarbon', 'stock = 1\ncarbon', "expected true or false", "item[1].stock"),
    ('id = "scorched"\nunit', 'id = "soda.sold"\nunit', "'soda.sold' stands twice", "item[5].id"),
    ('M = "item:soda", PUR', 'M = "item:soda.purchased", PUR', "is only a part", "emission[1].with.M"),
    ('of = ["beads", "scorched"]', 'of = ["beads", "bead"]', "unknown item 'bead'", "family[2].of"),
    ('source = "{id}.lint"', 'source = "lint"', "an id of its own", "family[2].source"),
    ('id = "market_electricity"', 'id = "glim"', "source 'glim' stands twice", "emission[4].id"),
    ('"E [tCO2] = M * CC * C"', '"E [tCO2] = M + CC * C"', "cannot be added", "line"),
    ('"share [1] = BAD / ALL"', '"share [1] = BAD * ALL"', "yields mass^2", "line"),
    ('unit = "t{glim}"\nstock', 'unit = "t"\nstock', "yields", "line"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message", "field"), FAULTS, ids=[f"{fault[1]}"[:40] for fault in FAULTS])
def test_a_fault_is_refused_with_its_place(old: str, new: str, message: str, field: str) -> None:
    assert METHOD.count(old) == 1
    with pytest.raises(MethodError, match=re.escape(message)) as caught:
        engine(METHOD.replace(old, new))
    assert field in caught.value.where
    assert caught.value.mend


@settings(deadline=None)
@given(st.fractions(min_value=0, max_value=10**9), st.fractions(min_value=0, max_value=10**9))
def test_emissions_add_up_over_any_division_of_the_amount(one: Fraction, other: Fraction) -> None:
    """Months, batches, teams: a linear source of the parts is the source of the whole, exactly."""
    beads, tonne = engine(), parse_unit("t")

    def soda(value: Fraction) -> Fraction:
        return beads.emission("soda", 2022, {"soda": Quantity(value, tonne)}).quantity.value

    assert soda(one) + soda(other) == soda(one + other)


LINES = METHOD.splitlines()
WORDS = [
    "0",
    '"0"',
    "[]",
    "{}",
    '"{id}"',
    '"tC"',
    "-1",
    '["a", "b"]',
    '"factor:"',
    '"item:soda * item:soda"',
    "[[x]]",
    "",
]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(WORDS)), min_size=1, max_size=3))
def test_a_mangled_method_reads_or_is_refused_by_name(changes: list[tuple[int, str]]) -> None:
    """INV-18: lines that go, or whose value is another."""
    lines = list(LINES)
    for at, word in changes:
        key, equals, _ = lines[at].partition(" = ")
        lines[at] = f"{key} = {word}" if equals and word else word
    with suppress(CarbonError):
        engine("\n".join(lines))
