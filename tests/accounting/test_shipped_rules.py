"""Every rule file that ships: it reads, says where its figures come from, and its worked examples come out."""

from functools import cache

import pytest

from ledger.accounting.engine import Engine, Measured
from ledger.accounting.factors import Example, FactorSet, parse_factors
from ledger.accounting.method import Method, parse_method
from ledger.accounting.units import parse_unit
from ledger.canonical import decimal_text, exact_number
from ledger.rules import UnknownRuleError, load_rule, rule_names
from tests.accounting.invented import amount

FACTOR_SETS = tuple(name for name in rule_names() if load_rule(name).startswith(b'format = "factors/1"'))
METHODS = tuple(name for name in rule_names() if load_rule(name).startswith(b'format = "method/1"'))


@cache
def factor_set(name: str) -> FactorSet:
    return parse_factors(load_rule(name), f"{name}.toml")


@cache
def method(name: str) -> Method:
    return parse_method(load_rule(name), f"{name}.toml")


@cache
def engine(method_name: str, factors: str) -> Engine:
    return Engine(method(method_name), factor_set(factors))


def worked() -> list[tuple[str, str, Example]]:
    """Method, factor set, example: from the factor sets and from the methods."""
    pairs = [(example.partner, name, example) for name in FACTOR_SETS for example in factor_set(name).examples]
    return pairs + [(name, example.partner, example) for name in METHODS for example in method(name).examples]


@pytest.mark.parametrize(("name", "factors", "example"), worked(), ids=lambda value: getattr(value, "id", value))
def test_worked_examples_come_out(name: str, factors: str, example: Example) -> None:
    items = {item: amount(text) for item, text in example.items.items()}
    measured = {factor: Measured(amount(text), "example") for factor, text in example.measured.items()}
    assert [engine(name, factors).fault(factor, value.quantity) for factor, value in measured.items()] == [None] * len(
        measured
    )
    emission = engine(name, factors).emission(example.source, example.year, items, measured)
    off = abs(emission.quantity.to(parse_unit(example.unit)).value - exact_number(example.result))
    assert off <= exact_number(example.within), decimal_text(emission.quantity.value)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_fits_every_factor_set_or_says_why_not(name: str) -> None:
    """Units are checked for each pair; a set of another kind has none of the method's factors and changes nothing."""
    for factors in FACTOR_SETS:
        assert engine(name, factors).method.sources


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_where_its_figures_come_from(name: str) -> None:
    defaults = [parameter.default for parameter in method(name).parameters.values() if parameter.default is not None]
    assert all(default.source for default in defaults)
    assert {default.confidence for default in defaults} <= {"found", "tried", "memory-high", "memory-medium"}
    assert method(name).head.marks >= {"UNVERIFIED"}
    assert method(name).examples


def test_an_edition_that_was_not_checked_against_its_text_is_unverified() -> None:
    assert all(factor_set(name).head.marks == {"UNVERIFIED"} for name in FACTOR_SETS)


@pytest.mark.parametrize(
    ("year", "value"), [(2018, "0.6101"), (2020, "0.6101"), (2021, "0.581"), (2022, "0.5703"), (2023, "0.5703")]
)
def test_a_reporting_year_takes_its_own_grid_factor(year: int, value: str) -> None:
    """INV-15: the factor of a year is fixed; a later one stands beside it."""
    assert decimal_text(factor_set("cn-a-2013").choose("electricity.grid", year).quantity.value) == value


@pytest.mark.parametrize("name", ["", "../general", "general.toml", "GENERAL", "no-such", "a" * 200])
def test_an_unknown_rule_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownRuleError):
        load_rule(name)


def test_rule_names_are_the_ids_inside() -> None:
    assert all(f'\nid = "{name}"\n'.encode() in load_rule(name) for name in rule_names())
