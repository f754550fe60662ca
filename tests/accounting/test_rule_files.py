"""Broken rule files: each refusal has its own error, and names file, line, field and how to mend it."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.engine import Engine
from ledger.accounting.factors import FactorsError, parse_factors
from ledger.accounting.items import MethodError
from ledger.accounting.method import parse_method
from ledger.rules import load_rule
from terminal_signer.errors import CarbonError

METHOD = load_rule("general").decode()
FACTORS = load_rule("cn-a-2013").decode()


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


METHOD_FAULTS = [
    ('format = "method/1"', 'format = "method/9"', "expected 'method/1'", "format"),
    ('unit = "tCO2/tC"', 'unit = "tCO2/tX"', "no unit", "constant[1].unit"),
    ('value = "44/12"', "value = 3.667", "expected an exact number", "constant[1].value"),
    ('confidence = "memory-high"\n# The', 'confidence = "certain"\n# The', "unknown mark", "confidence"),
    ('late = "degrade"', 'late = "ignore"', "unknown treatment", "flags.late"),
    ('payload = "exclude"', 'payload = "keep"', "no readable values", "flags.payload"),
    ("max_delay = 86400", "max_delay = 86401", "outside 0…86400", "times.max_delay"),
    ('rule = "report"', 'rule = "zero"', "unknown rule", "gaps.rule"),
    ("limit = 500", "limit = 10001", "no share", "gaps.limit"),
    ('steps = ["E [tCO2] = AD"]', 'steps = ["E = AD"]', "is no step", "steps"),
    ('formula = "as-stated"', 'formula = "none"', "no such formula", "emission[12].formula"),
    ("scope = 1\nenergy = false", "scope = 4\nenergy = false", "no scope 4", "emission[12].scope"),
    ('{ AD = "item:carbon_sink" }', '{ AD = "item:sink" }', "unknown item 'sink'", "emission[12].with.AD"),
    ('with = { AD = "item:carbon_sink" }', 'with = { AD = "carbon_sink" }', "expected item:", "emission[12].with.AD"),
    ('signed = true', 'sgned = true', "unknown field 'sgned'", "item[13].sgned"),
    ('id = "as-stated"', 'id = "purchased"', "'purchased' stands twice", "formula[11].id"),
    ('steps = ["E [tCO2] = AD * EF"]', 'steps = ["E [GJ] = AD * EF"]', "last step is not in tCO2", "formula"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message", "field"), METHOD_FAULTS, ids=[fault[2] for fault in METHOD_FAULTS])
def test_a_broken_method_file_names_file_line_and_field(old: str, new: str, message: str, field: str) -> None:
    assert METHOD.count(old) == 1
    with pytest.raises(MethodError, match=re.escape(message)) as caught:
        parse_method(METHOD.replace(old, new).encode(), "general.toml")
    assert caught.value.where.startswith("general.toml, line ")
    assert caught.value.where.endswith(f"field {field}") or field in caught.value.where
    assert caught.value.mend


def test_the_line_is_the_line() -> None:
    old = "max_delay = 86400"
    with pytest.raises(MethodError) as caught:
        parse_method(METHOD.replace(old, 'max_delay = "x"').encode(), "general.toml")
    assert f"line {line_of(METHOD, old)}," in caught.value.where


FACTOR_FAULTS = [
    ('value = "0.6101"', 'value = "-0.6101"', "never below zero", "factor[1].value"),
    ('value = "94"', 'value = "101"', "over 100 %", "].value"),
    ("years = [2021, 2021]", "years = [2020, 2021]", "two values of 'electricity.grid'", "factor[2].id"),
    ("years = [2018, 2020]", "years = [2020, 2018]", "expected reporting years", "factor[1].years"),
    ('unit = "GJ/t"', 'unit = "gj/t"', "no unit", "].unit"),
    ('region = "CN"', "region = 86", "expected a text", "region"),
]


@pytest.mark.parametrize(("old", "new", "message", "field"), FACTOR_FAULTS, ids=[fault[2] for fault in FACTOR_FAULTS])
def test_a_broken_factor_set_names_file_line_and_field(old: str, new: str, message: str, field: str) -> None:
    with pytest.raises(FactorsError, match=re.escape(message)) as caught:
        parse_factors(FACTORS.replace(old, new, 1).encode(), "a.toml")
    assert caught.value.where.startswith("a.toml, line ")
    assert ", field " in caught.value.where
    assert caught.value.where.endswith(field)


def test_a_factor_of_the_wrong_basis_is_refused_with_the_line_of_the_step() -> None:
    """A heating value per tonne for a gas metered by volume: found before any value is known."""
    wrong = FACTORS.replace('value = "389.31"\nunit = "GJ/10^4Nm3"', 'value = "38.931"\nunit = "GJ/t"')
    assert wrong != FACTORS
    with pytest.raises(MethodError, match=r"source 'natural_gas'.*heat \[GJ\] = AD \* NCV") as caught:
        Engine(parse_method(METHOD.encode(), "general.toml"), parse_factors(wrong.encode()))
    assert caught.value.where == f"general.toml, line {line_of(METHOD, 'heat [GJ] = AD * NCV')}"


def test_adding_tonnes_to_cubic_metres_is_refused_with_its_line() -> None:
    wrong = METHOD.replace('"heat [GJ] = AD * NCV"', '"heat [GJ] = (AD + NCV) * NCV"')
    with pytest.raises(MethodError, match="cannot be added") as caught:
        Engine(parse_method(wrong.encode(), "general.toml"), parse_factors(FACTORS.encode()))
    assert caught.value.where == f"general.toml, line {line_of(wrong, 'heat [GJ] = (AD')}"


def test_a_period_without_a_factor_is_refused() -> None:
    with pytest.raises(FactorsError, match=r"no 'electricity\.grid' for reporting year 2017") as caught:
        parse_factors(FACTORS.encode()).choose("electricity.grid", 2017)
    assert caught.value.code == "no-factor"


BYTES = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"a = [",
    b"[[x]",
    b"a" * 100,
    b'format = "method/1"\n' * 2,
    b"x = " + b"[" * 5000,
    b"n = 1" * 3000,
]


@pytest.mark.parametrize("data", BYTES)
def test_bytes_that_are_no_toml_have_their_error(data: bytes) -> None:
    """INV-18."""
    for read, kind in ((parse_method, MethodError), (parse_factors, FactorsError)):
        with pytest.raises(kind):
            read(data)


def test_a_file_beyond_the_bound_is_refused() -> None:
    with pytest.raises(MethodError, match="larger than"):
        parse_method(b"#" * (1 << 20) + b"\n")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    """INV-18."""
    with pytest.raises(CarbonError):
        parse_method(data)


@settings(deadline=None)
@given(st.integers(0, len(METHOD.encode()) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_method_reads_or_is_refused_by_name(at: int, bytes_: bytes) -> None:
    """INV-18: some bytes changed anywhere in a real file."""
    data = METHOD.encode()
    with suppress(MethodError):
        parse_method(data[:at] + bytes_ + data[at + len(bytes_) :])
