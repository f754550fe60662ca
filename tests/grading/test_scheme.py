"""The Zhejiang carbon-efficiency scheme: thresholds from both sides, and when there is no grade."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.units import Quantity, parse_unit
from ledger.grading.assess import Graders, assess
from ledger.grading.benchmarks import BenchmarksError, BenchmarkSet, parse_benchmarks
from ledger.grading.case import Case
from ledger.grading.grade import REASONS, Grade
from ledger.grading.scheme import Example, SchemeError, parse_scheme
from ledger.rules import load_rule
from terminal_signer.errors import CarbonError

SCHEME_BYTES = load_rule("zhejiang-carbon-efficiency")
SCHEME = parse_scheme(SCHEME_BYTES)
MEANS_BYTES = load_rule("demo-rolling-means")
MEANS = parse_benchmarks(MEANS_BYTES)


def with_mean(value: Fraction) -> BenchmarkSet:
    key = ("C3130", 2022)
    return replace(MEANS, means={key: replace(MEANS.means[key], value=value)})


def case(
    energy: Fraction,
    deductions: Fraction = Fraction(0),
    denominator: Fraction | None = Fraction(1000),
    industry: str = "C3130",
    year: int | None = 2022,
    unit: str = "tCO2",
) -> Case:
    """`denominator` in 10^4 CNY."""
    items = {} if denominator is None else {"value_added": Quantity(denominator * 10_000, parse_unit("CNY"))}
    return Case(industry, year, parse_unit(unit), energy, deductions, energy, items)


def graded(ratio: str, denominator: Fraction | None = Fraction(1000)) -> Grade:
    """The grade at K = ratio, with a mean of 1."""
    graders = Graders(SCHEME, with_mean(Fraction(1)))
    return assess(graders, case(Fraction(ratio) * 1000, denominator=denominator))


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        ("0", 1), ("0.6", 1), ("0.600000001", 2), ("0.601", 2), ("0.8", 2), ("0.801", 3), ("1.2", 3), ("1.201", 4),
        ("2", 4), ("2.001", 5), ("100", 5), ("-1", 1),
    ],
)  # fmt: skip
def test_a_bound_belongs_to_the_better_grade(ratio: str, expected: int) -> None:
    assert graded(ratio).grade == expected


@pytest.mark.parametrize(
    ("level", "name"),
    [
        ("0.6", "low carbon"), ("0.61", "medium carbon"), ("0.600000000000000000001", "medium carbon"),
        ("2.0", "medium carbon"), ("2.01", "high carbon"), ("2.000000000000000000001", "high carbon"),
    ],
)  # fmt: skip
def test_levels_from_both_sides(level: str, name: str) -> None:
    band = graded(level).level_band
    assert band is not None
    assert band.name["en"] == name


@pytest.mark.parametrize("example", SCHEME.examples, ids=lambda example: example.id)
def test_worked_examples_come_out(example: Example) -> None:
    graders = Graders(SCHEME, with_mean(example.mean))
    found = assess(graders, case(example.energy, example.deductions, example.denominator))
    assert (found.level, found.ratio, found.grade) == (example.level, example.ratio, example.grade)


@pytest.mark.parametrize(
    ("denominator", "reason"),
    [(None, "no-value-added"), (Fraction(0), "value-added-not-positive"), (Fraction(-5), "value-added-not-positive")],
)
def test_without_positive_value_added_there_is_no_grade(denominator: Fraction | None, reason: str) -> None:
    found = graded("1", denominator)
    assert (found.grade, found.reason, found.value) == (None, reason, 0)
    assert set(REASONS[reason]) == {"zh", "en"}


@pytest.mark.parametrize(("industry", "year"), [("C3041", 2022), ("C3130", 2021)])
def test_the_mean_is_the_one_of_the_industry_and_the_year(industry: str, year: int) -> None:
    """INV-15: the mean of a year is part of a published set; no other year's takes its place."""
    found = assess(Graders(SCHEME, MEANS), case(Fraction(1), denominator=Fraction(1), industry=industry, year=year))
    assert (found.grade, found.reason, found.level) == (None, "no-industry-mean", Fraction(1))


def test_a_period_of_several_years_has_no_mean_of_its_own() -> None:
    found = assess(Graders(SCHEME, MEANS), case(Fraction(1), denominator=Fraction(1), year=None))
    assert (found.grade, found.reason, found.level) == (None, "several-years", Fraction(1))


def test_means_in_another_unit_are_no_means() -> None:
    found = assess(Graders(SCHEME, replace(MEANS, unit="tCO2/t")), case(Fraction(1)))
    assert found.reason == "no-industry-mean"


@pytest.mark.parametrize(("unit", "level"), [("tCO2", "1"), ("tCO2e", "1"), ("kgCO2", "0.001"), ("GJ", None)])
def test_only_carbon_is_graded_by_carbon_efficiency(unit: str, level: str | None) -> None:
    found = assess(Graders(SCHEME, with_mean(Fraction(1))), case(Fraction(1000), unit=unit))
    assert found.level == (None if level is None else Fraction(level))
    assert found.reason == ("no-numerator" if level is None else None)


def test_deductions_lower_the_numerator_only() -> None:
    """Energy, deductions and total are kept apart: process emissions never count in K."""
    whole = replace(case(Fraction(900), Fraction(300)), total=Fraction(5000))
    found = assess(Graders(SCHEME, with_mean(Fraction(1))), whole)
    assert (found.ratio, found.grade) == (Fraction("0.6"), 1)
    assert found.deciding is not None
    assert (found.deciding.of, found.deciding.numerator) == ("energy-less-deductions", Fraction(600))


@pytest.mark.parametrize("mean", ["1/3", "0.7", "123456789/1000"])
@pytest.mark.parametrize(("bound", "grade"), [("0.6", 1), ("0.8", 2), ("1.2", 3), ("2", 4)])
def test_thresholds_from_both_sides_in_exact_fractions(mean: str, bound: str, grade: int) -> None:
    """Exactly on the bound is the better grade, a 10^-30 beyond it the worse one, whatever mean and value added."""
    value, denominator, least = Fraction(mean), Fraction(2_000_003, 7), Fraction(1, 10**30)
    graders = Graders(SCHEME, with_mean(value))
    on = Fraction(bound) * value * denominator
    assert assess(graders, case(on, denominator=denominator)).grade == grade
    assert assess(graders, case(on + least, denominator=denominator)).grade == grade + 1
    assert assess(graders, case(on - least, denominator=denominator)).grade == grade


@settings(deadline=None)
@given(st.fractions(min_value=0, max_value=3))
def test_the_number_of_a_statement_never_looks_better_than_the_grade(ratio: Fraction) -> None:
    """gradeValue is K in 10^-6 rounded up: the same band, and never below K."""
    found = graded(str(ratio))
    assert Fraction(found.value, 10**6) >= ratio
    assert graded(str(Fraction(found.value, 10**6))).grade == found.grade


def test_a_made_up_mean_says_so() -> None:
    """INV-11: a picked mean shows; the set is a rule of its own and marked DEMO."""
    assert MEANS.head.marks == {"DEMO"}
    assert all(mean.demo for mean in MEANS.means.values())
    assert SCHEME.head.marks == frozenset()


SCHEME_FAULTS = [
    ('up_to = "0.8"', 'up_to = "0.5"', "bounds must rise", "grade[2].up_to"),
    ('up_to = "0.8"', 'up_to = "0.6"', "bounds must rise", "grade[2].up_to"),
    ('up_to = "0.8"', "", "every band but", "grade[2].up_to"),
    (
        '[[level]]\nname = { zh = "高碳"',
        '[[level]]\nup_to = "3"\nname = { zh = "高碳"',
        "every band but",
        "level[3].up_to",
    ),
    ('denominator = "value_added"', "denominator = 3", "expected a text", "denominator"),
    ('\nunit = "tCO2/10', '\nkind = "best-of-all"\nunit = "tCO2/10', "unknown kind", "kind"),
    ('\nunit = "tCO2/10', '\nkind = "lines"\nunit = "tCO2/10', "bounds of this kind", "grade[1].up_to"),
    ('\nunit = "tCO2/10', '\nkind = "quantile"\nunit = "tCO2/10', "between 0 and 1", "grade[3].up_to"),
    ('up_to = "1.2"', "up_to = 1.2", "exact number", "grade[3].up_to"),
]


@pytest.mark.parametrize(("old", "new", "message", "field"), SCHEME_FAULTS, ids=lambda value: value[:20].strip())
def test_a_broken_scheme_names_file_line_and_field(old: str, new: str, message: str, field: str) -> None:
    text = SCHEME_BYTES.decode()
    assert old in text
    with pytest.raises(SchemeError, match=message) as caught:
        parse_scheme(text.replace(old, new).encode(), "scheme.toml")
    assert re.fullmatch(rf"scheme\.toml, line \d+, field {re.escape(field)}", caught.value.where)


@pytest.mark.parametrize(
    ("old", "new"),
    [('value = "4.5"', 'value = "0"'), ('value = "4.5"', 'value = "-1"'), ("year = 2022", "year = true")],
)
def test_a_broken_benchmark_set_has_its_error(old: str, new: str) -> None:
    with pytest.raises(BenchmarksError, match=r"mean|whole") as caught:
        parse_benchmarks(MEANS_BYTES.decode().replace(old, new).encode(), "means.toml")
    assert re.match(r"means\.toml, line \d+, field mean\[1\]", caught.value.where)


def test_two_means_for_one_year_are_refused() -> None:
    text = MEANS_BYTES.decode()
    with pytest.raises(BenchmarksError, match="two means"):
        parse_benchmarks((text + text[text.index("[[mean]]") :]).encode())


@settings(deadline=None)
@given(st.binary(max_size=120))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    """INV-18."""
    with pytest.raises(CarbonError):
        parse_scheme(data)
    with pytest.raises(CarbonError):
        parse_benchmarks(data)
