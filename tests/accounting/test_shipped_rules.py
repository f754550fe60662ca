"""Every rule file that ships: it reads, says where its figures come from, and its worked examples come out."""

import pytest

from ledger.accounting.engine import Engine
from ledger.accounting.factors import Example, FactorSet, parse_factors
from ledger.accounting.method import parse_method
from ledger.accounting.units import Quantity, parse_unit
from ledger.canonical import decimal_text, exact_number
from ledger.rules import UnknownRuleError, load_rule, rule_names

FACTOR_SETS = ("cn-a-2013", "cn-b-2015", "cn-c-2022", "cn-d-2011", "ipcc-2006")
GENERAL = parse_method(load_rule("general"), "general.toml")


def factor_set(name: str) -> FactorSet:
    return parse_factors(load_rule(name), f"{name}.toml")


def worked() -> list[tuple[str, str, Example]]:
    """Method, factor set, example: from the factor sets and from the method itself."""
    pairs = [(example.partner, name, example) for name in FACTOR_SETS for example in factor_set(name).examples]
    return pairs + [("general", example.partner, example) for example in GENERAL.examples]


def amount(text: str) -> Quantity:
    number, _, unit = text.partition(" ")
    return Quantity(exact_number(number), parse_unit(unit))


@pytest.mark.parametrize(("method", "factors", "example"), worked(), ids=lambda value: getattr(value, "id", value))
def test_worked_examples_come_out(method: str, factors: str, example: Example) -> None:
    engine = Engine(parse_method(load_rule(method)), factor_set(factors))
    items = {item: amount(text) for item, text in example.items.items()}
    emission = engine.emission(example.source, example.year, items).quantity.to(parse_unit(example.unit))
    off = abs(emission.value - exact_number(example.result))
    assert off <= exact_number(example.within), decimal_text(emission.value)


def test_an_edition_that_was_not_checked_against_its_text_is_unverified() -> None:
    assert GENERAL.head.marks == {"UNVERIFIED"}
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
