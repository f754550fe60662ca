"""The Zhejiang carbon-efficiency scheme: thresholds from both sides, and when there is no grade."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.grading.benchmarks import BenchmarksError, BenchmarkSet, parse_benchmarks
from ledger.grading.scheme import REASONS, Example, Grade, SchemeError, grade, parse_scheme
from ledger.rules import load_rule
from terminal_signer.errors import CarbonError

SCHEME_BYTES = load_rule("zhejiang-carbon-efficiency")
SCHEME = parse_scheme(SCHEME_BYTES)
MEANS_BYTES = load_rule("demo-rolling-means")
MEANS = parse_benchmarks(MEANS_BYTES)


def with_mean(value: Fraction) -> BenchmarkSet:
    key = ("C3130", 2022)
    return replace(MEANS, means={key: replace(MEANS.means[key], value=value)})


def graded(ratio: str, denominator: Fraction | None = Fraction(1000)) -> Grade:
    """The grade at K = ratio, with a mean of 1."""
    return grade(
        SCHEME,
        with_mean(Fraction(1)),
        energy=Fraction(ratio) * 1000,
        deductions=Fraction(0),
        denominator=denominator,
        industry="C3130",
        year=2022,
    )


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
    [("0.6", "low carbon"), ("0.61", "medium carbon"), ("2.0", "medium carbon"), ("2.01", "high carbon")],
)
def test_levels_from_both_sides(level: str, name: str) -> None:
    band = graded(level).level_band
    assert band is not None
    assert band.name["en"] == name


@pytest.mark.parametrize("example", SCHEME.examples, ids=lambda example: example.id)
def test_worked_examples_come_out(example: Example) -> None:
    found = grade(
        SCHEME,
        with_mean(example.mean),
        energy=example.energy,
        deductions=example.deductions,
        denominator=example.denominator,
        industry="C3130",
        year=2022,
    )
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
    found = grade(
        SCHEME,
        MEANS,
        energy=Fraction(1),
        deductions=Fraction(0),
        denominator=Fraction(1),
        industry=industry,
        year=year,
    )
    assert (found.grade, found.reason, found.level) == (None, "no-industry-mean", Fraction(1))


def test_means_in_another_unit_are_no_means() -> None:
    found = grade(
        SCHEME,
        replace(MEANS, unit="tCO2/t"),
        energy=Fraction(1),
        deductions=Fraction(0),
        denominator=Fraction(1),
        industry="C3130",
        year=2022,
    )
    assert found.reason == "no-industry-mean"


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
    (
        '[[level]]\nname = { zh = "高碳"',
        '[[level]]\nup_to = "3"\nname = { zh = "高碳"',
        "every band but",
        "level[3].up_to",
    ),
    ('denominator = "value_added"', "denominator = 3", "expected a text", "denominator"),
]


@pytest.mark.parametrize(("old", "new", "message", "field"), SCHEME_FAULTS, ids=[fault[2] for fault in SCHEME_FAULTS])
def test_a_broken_scheme_names_file_line_and_field(old: str, new: str, message: str, field: str) -> None:
    text = SCHEME_BYTES.decode()
    assert old in text
    with pytest.raises(SchemeError, match=message) as caught:
        parse_scheme(text.replace(old, new).encode(), "scheme.toml")
    assert re.fullmatch(rf"scheme\.toml, line \d+, field {re.escape(field)}", caught.value.where)


@pytest.mark.parametrize(("old", "new"), [('value = "4.5"', 'value = "0"'), ("year = 2022", "year = true")])
def test_a_broken_benchmark_set_has_its_error(old: str, new: str) -> None:
    with pytest.raises(BenchmarksError, match=r"mean|whole"):
        parse_benchmarks(MEANS_BYTES.decode().replace(old, new).encode())


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
