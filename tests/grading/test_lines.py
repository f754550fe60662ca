"""Lines of products: benchmark and baseline, quotas, intensity lines, and the rank among a population."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.units import Quantity, parse_unit
from ledger.canonical import exact_number
from ledger.grading.assess import Graders, assess
from ledger.grading.benchmarks import BenchmarksError, BenchmarkSet, LineExample, Population, parse_benchmarks
from ledger.grading.case import Case, Use
from ledger.grading.grade import REASONS, Grade, GradingError, Measure
from ledger.grading.scheme import Scheme, SchemeError, parse_scheme
from ledger.rules import load_rule

SETS = (
    "energy-benchmark-lines-2023", "energy-quota-lines", "eu-ets-benchmarks-2021", "cbam-benchmarks-2026",
    "steel-lines-cisa-452-draft",
)  # fmt: skip
LEVELS = parse_scheme(load_rule("energy-benchmark-levels"))
LINES_BYTES = load_rule("energy-benchmark-lines-2023")
LINES = parse_benchmarks(LINES_BYTES)
STEEL = Graders(
    parse_scheme(load_rule("steel-intensity-cisa-452-draft")), parse_benchmarks(load_rule("steel-lines-cisa-452-draft"))
)


def quantity(text: str) -> Quantity:
    number, _, unit = text.partition(" ")
    return Quantity(exact_number(number), parse_unit(unit))


def case(used: str, items: dict[str, str], *uses: Use) -> Case:
    total = quantity(used)
    return Case(
        "C3011", 2023, total.unit, total.value, Fraction(0), total.value,
        {name: quantity(text) for name, text in items.items()}, uses,
    )  # fmt: skip


def energy(used: str, **outputs: str) -> Grade:
    """Comprehensive energy against the lines named as the outputs are, underscores for hyphens."""
    uses = [Use(name.replace("_", "-"), name) for name in outputs]
    return assess(Graders(LEVELS, LINES), case(used, outputs, *uses))


def steel(used: str, share: str | None = None, line: str = "steel") -> Grade:
    items = {"crude_steel": "1000 t"}
    if share is not None:
        items |= {"scrap": f"{share} t", "metal": "1 t"}
    return assess(STEEL, case(used, items, Use(line, "crude_steel", share=("scrap", "metal"))))


def worked() -> list[tuple[str, LineExample]]:
    return [(name, example) for name in SETS for example in parse_benchmarks(load_rule(name)).examples]


@pytest.mark.parametrize(("name", "example"), worked(), ids=lambda value: getattr(value, "id", value))
def test_worked_examples_come_out(name: str, example: LineExample) -> None:
    items = {"output": example.output}
    use = Use(example.line, "output")
    if example.share is not None:
        items |= {"part": f"{example.share} t", "whole": "1 t"}
        use = replace(use, share=("part", "whole"))
    graders = Graders(parse_scheme(load_rule(example.scheme)), parse_benchmarks(load_rule(name)))
    found = assess(graders, case(example.used, items, use))
    assert found.grade == example.grade
    assert example.ratio is None or found.ratio == example.ratio


SCHEMES = (
    "energy-benchmark-levels", "energy-quota-levels", "emission-intensity-line", "steel-intensity-cisa-452-draft",
)  # fmt: skip


@pytest.mark.parametrize("name", SCHEMES)
def test_worked_examples_of_a_scheme_come_out(name: str) -> None:
    scheme = parse_scheme(load_rule(name))
    assert scheme.line_examples
    for example in scheme.line_examples:
        assert len(example.bounds) == scheme.lines
        assert Measure("total", example.actual, "t", example.bounds, len(scheme.grades)).grade == example.grade


@pytest.mark.parametrize("line", ["no-such-line", "converter-30"])
def test_a_line_that_the_set_does_not_have_is_refused(line: str) -> None:
    use = Use(line, "clinker", place="site.toml, line 9")
    with pytest.raises(GradingError, match="has no line") as caught:
        assess(Graders(LEVELS, LINES), case("100 t{ce}", {"clinker": "1000 t"}, use))
    assert caught.value.where == "site.toml, line 9"
    assert "clinker" in caught.value.mend


def test_a_set_of_another_number_of_lines_does_not_fit_the_scheme() -> None:
    quota = parse_benchmarks(load_rule("energy-quota-lines"))
    with pytest.raises(GradingError, match="of 2 values"):
        assess(Graders(LEVELS, quota), case("100 t{ce}", {"clinker": "1000 t"}, Use("clinker", "clinker")))


@pytest.mark.parametrize("name", SETS)
def test_every_set_says_how_sure_its_figures_are(name: str) -> None:
    found = parse_benchmarks(load_rule(name))
    assert found.head.marks == {"UNVERIFIED"}
    assert {line.confidence for line in found.lines.values()} <= {"found", "memory-high", "memory-medium"}
    assert found.examples


@pytest.mark.parametrize(
    ("used", "grade"),
    [("-30.000001", 1), ("-30", 1), ("-29.999999", 2), ("-10", 2), ("-9.999999", 3), ("0", 3), ("5", 3)],
)
def test_lines_below_zero(used: str, grade: int) -> None:
    found = energy(f"{used} t{{ce}}", converter="1000 t")
    assert (found.grade, found.ratio) == (grade, None)


def test_several_products_are_weighed_by_their_lines() -> None:
    """1000 t at 100 and 500 t at 805 kgce/t allow 502.5 tce; at the baselines 587."""
    assert energy("502.5 t{ce}", clinker="1000 t", calcium_carbide="500 t").ratio == 1
    assert energy("502.5 t{ce}", clinker="1000 t", calcium_carbide="500 t").grade == 1
    assert energy("587 t{ce}", clinker="1000 t", calcium_carbide="500 t").grade == 2
    assert energy("587.1 t{ce}", clinker="1000 t", calcium_carbide="500 t").grade == 3
    assert energy("603 t{ce}", clinker="1000 t", calcium_carbide="500 t").ratio == Fraction(6, 5)


def test_processes_with_energy_of_their_own_are_graded_apart_and_the_worst_decides() -> None:
    items = {"iron": "1000 t", "steel": "1000 t", "furnace_energy": "361 t{ce}", "converter_energy": "-5 t{ce}"}
    uses = (Use("blast-furnace", "iron", "furnace_energy"), Use("converter", "steel", "converter_energy"))
    found = assess(Graders(LEVELS, LINES), case("1 t{ce}", items, *uses))
    assert [measure.grade for measure in found.measures] == [1, 3]
    assert found.grade == 3
    assert found.deciding is found.measures[1]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"uses": ()}, "no-benchmark-line"),
        ({"uses": (Use("clinker", "cement"),)}, "no-output"),
        ({"items": {"clinker": quantity("0 t")}}, "no-output"),
        ({"items": {"clinker": quantity("-1 t")}}, "no-output"),
        ({"uses": (Use("clinker", "clinker", "coal"),)}, "no-numerator"),
    ],
)
def test_without_line_output_or_numerator_there_is_no_grade(changed: dict[str, object], reason: str) -> None:
    whole = case("100 t{ce}", {"clinker": "1000 t"}, Use("clinker", "clinker"))
    found = assess(Graders(LEVELS, LINES), replace(whole, **changed))  # type: ignore[arg-type]
    assert (found.grade, found.reason, found.value) == (None, reason, 0)
    assert set(REASONS[reason]) == {"zh", "en"}


@pytest.mark.parametrize(("used", "output"), [("100 tCO2", "1000 t"), ("100 MWh", "1000 t"), ("100 t{ce}", "1000 m3")])
def test_a_line_about_something_else_is_refused(used: str, output: str) -> None:
    """kgce/t is no carbon, and 重量箱 no tonne: refused with the place in the site file."""
    use = Use("clinker", "clinker", place="site.toml, line 9")
    with pytest.raises(GradingError, match="numerator 'total'") as caught:
        assess(Graders(LEVELS, LINES), case(used, {"clinker": output}, use))
    assert caught.value.where == "site.toml, line 9"


def test_carbon_dioxide_counts_as_its_own_equivalent_but_not_the_other_way() -> None:
    assert steel("150 tCO2", "0").grade == 1
    co2_lines = replace(
        STEEL.benchmarks, lines={"steel": replace(STEEL.benchmarks.lines["steel"], unit=parse_unit("tCO2/t"))}
    )
    with pytest.raises(GradingError):
        assess(
            Graders(STEEL.scheme, co2_lines),
            case(
                "1 tCO2e", {"crude_steel": "1 t", "a": "0 t", "b": "1 t"}, Use("steel", "crude_steel", share=("a", "b"))
            ),
        )


@pytest.mark.parametrize(
    ("line", "share", "intensity", "grade"),
    [
        ("steel", "0", "0.15", 1), ("steel", "0", "0.150001", 2), ("steel", "0", "2.19", 5), ("steel", "0", "9", 5),
        ("steel", "1", "0.11", 1), ("steel", "1", "0.16", 2), ("steel", "1", "0.24", 3), ("steel", "1", "0.35", 4),
        ("steel", "1", "0.350001", 5),
        ("bar-wire-ore", "0", "0.44", 2), ("bar-wire-ore", "0", "1.04", 3), ("bar-wire-ore", "0", "1.040001", 4),
        ("bar-wire-scrap", "1", "0.19", 2), ("bar-wire-scrap", "1", "0.295", 3), ("bar-wire-scrap", "1", "0.435001", 5),
    ],
)  # fmt: skip
def test_lines_of_the_steel_draft_from_both_sides(line: str, share: str, intensity: str, grade: int) -> None:
    found = steel(f"{Fraction(intensity) * 1000} t{{CO2e}}", share, line)
    assert found.grade == grade
    assert found.grade_band is not None
    assert found.grade_band.name["zh"] == f"{'ABCDE'[grade - 1]}级"


@pytest.mark.parametrize("share", [None, "-0.1", "1.1"])
def test_without_a_scrap_ratio_there_is_no_steel_grade(share: str | None) -> None:
    assert steel("1 t{CO2e}", share).reason == "no-scrap-ratio"


@settings(deadline=None, max_examples=50)
@given(st.fractions(-100, 300), st.fractions("1/100", 1000))
def test_a_measure_tells_the_way_to_its_bounds(intensity: Fraction, output: Fraction) -> None:
    """At the bound of the better grade stands the better grade, just above it the present one."""
    found = energy(f"{intensity * output / 1000} t{{ce}}", clinker=f"{output} t").deciding
    assert found is not None
    if found.better is not None:
        assert found.grade_of(found.better) == found.grade - 1 < found.grade_of(found.better + Fraction(1, 10**12))
    if found.worse is not None:
        assert found.grade_of(found.worse) == found.grade < found.grade_of(found.worse + Fraction(1, 10**12))


LINE_FAULTS = [
    ('values = ["100", "117"]', 'values = ["117", "100"]', "lines must rise", "line[1].values"),
    ('values = ["100", "117"]', 'values = ["100", "100"]', "lines must rise", "line[1].values"),
    ('values = ["100", "117"]', "values = []", "expected 1 to", "line[1].values"),
    ('values = ["100", "117"]', 'values = ["1e2"]', "no exact number", "line[1].values"),
    ('values = ["100", "117"]', "values = [100, 117]", "list of texts", "line[1].values"),
    ('values = ["100", "117"]', 'values = ["1", "2"]\nslopes = ["1"]', "differ in number", "line[1].slopes"),
    ('values = ["100", "117"]', 'values = ["1", "2"]\nslopes = ["0", "2"]', "lines must rise", "line[1].values"),
    ('values = ["100", "117"]', 'values = ["1", "2"]\noffsets = ["1", "1"]', "go with slopes", "line[1].offsets"),
    ('unit = "kgce/t"', 'unit = "kgce per t"', "is no unit", "line[1].unit"),
    ('id = "converter"', 'id = "clinker"', "stands twice", "line[5].id"),
    ('confidence = "memory-high"\n\n[[line', 'confidence = "sure"\n\n[[line', "unknown mark", "line[1].confidence"),
    ('line = "converter"', 'line = "convertor"', "no line", "example[5].line"),
]


@pytest.mark.parametrize(("old", "new", "message", "field"), LINE_FAULTS)
def test_a_broken_line_names_file_line_and_field(old: str, new: str, message: str, field: str) -> None:
    text = LINES_BYTES.decode()
    assert old in text
    with pytest.raises(BenchmarksError, match=message) as caught:
        parse_benchmarks(text.replace(old, new, 1).encode(), "lines.toml")
    assert re.fullmatch(rf"lines\.toml, line \d+, field {re.escape(field)}", caught.value.where)


def test_a_set_of_several_kinds_is_refused() -> None:
    text = LINES_BYTES.decode()
    mean = load_rule("demo-rolling-means").decode()
    with pytest.raises(BenchmarksError, match="means, lines or populations"):
        parse_benchmarks((text + mean[mean.index("[[mean]]") :]).encode())
    with pytest.raises(BenchmarksError, match="means, lines or populations"):
        parse_benchmarks(text[: text.index("[[line]]")].encode())


def test_one_band_is_no_scheme() -> None:
    text = load_rule("energy-benchmark-levels").decode()
    first = text.index("[[grade]]")
    with pytest.raises(SchemeError, match="one grade is no grade"):
        parse_scheme(text[: text.index("[[grade]]", first + 1)].encode())


QUANTILE = """
[[grade]]
up_to = "0.2"
name = { zh = "绿", en = "green" }
[[grade]]
up_to = "0.7"
name = { zh = "蓝", en = "blue" }
[[grade]]
up_to = "0.9"
name = { zh = "橙", en = "orange" }
[[grade]]
name = { zh = "红", en = "red" }
"""


def quantile_scheme() -> Scheme:
    """Ranks by the carbon efficiency of the whole industry: the best fifth, then to 70 % and 90 %."""
    text = load_rule("zhejiang-carbon-efficiency").decode()
    head = text[: text.index("[[level]]")].replace('format = "scheme/1"', 'format = "scheme/1"\nkind = "quantile"')
    return parse_scheme((head + QUANTILE).encode())


def ranked(level: str, values: list[str]) -> Grade:
    means = parse_benchmarks(load_rule("demo-rolling-means"))
    population = Population("C3130", 2022, tuple(sorted(map(Fraction, values))), True, "made up", "memory-low")
    found = BenchmarkSet(means.head, means.unit, {}, {}, {("C3130", 2022): population}, ())
    items = {"value_added": quantity("10000 {CNY}")}
    whole = Case("C3130", 2022, parse_unit("tCO2"), Fraction(level), Fraction(0), Fraction(level), items)
    return assess(Graders(quantile_scheme(), found), whole)


@pytest.mark.parametrize(
    ("level", "position", "grade"),
    [
        ("0.5", 1, 1), ("1", 1, 1), ("2", 2, 1), ("2.001", 3, 2), ("3", 3, 2), ("7", 7, 2), ("8", 8, 3), ("9", 9, 3),
        ("9.5", 10, 4), ("10", 10, 4), ("11", 11, 4),
    ],
)  # fmt: skip
def test_a_rank_among_ten(level: str, position: int, grade: int) -> None:
    found = ranked(level, [str(value) for value in range(1, 11)])
    assert (found.position, found.grade) == (position, grade)
    assert found.demo


def test_who_ties_takes_the_better_place() -> None:
    assert ranked("2", ["1", "2", "2", "2", "5", "6", "7", "8", "9", "10"]).position == 2


POPULATION = """
[[population]]
industry = "C3130"
year = 2022
values = ["3", "1", "2.5"]
source = "made up"
confidence = "memory-low"
demo = true
"""
POPULATION_FAULTS = [
    ('values = ["3", "1", "2.5"]', "values = []", "expected 1 to", "population[1].values"),
    ('values = ["3", "1", "2.5"]', 'values = ["three"]', "no exact number", "population[1].values"),
    ("year = 2022\nvalues", 'year = "2022"\nvalues', "whole number", "population[1].year"),
    (POPULATION, POPULATION * 2, "two populations", "population[2].year"),
    ('source = "made up"\n', 'source = "made up"\nmean = 2\n', "unknown field", "population[1].mean"),
]


def population_file() -> str:
    head = load_rule("demo-rolling-means").decode()
    return head[: head.index("[[mean]]")] + POPULATION


def test_a_population_is_read_in_order() -> None:
    found = parse_benchmarks(population_file().encode()).populations["C3130", 2022]
    assert (found.values, found.demo) == ((Fraction(1), Fraction("2.5"), Fraction(3)), True)


@pytest.mark.parametrize(("old", "new", "message", "field"), POPULATION_FAULTS)
def test_a_broken_population_names_file_line_and_field(old: str, new: str, message: str, field: str) -> None:
    text = population_file()
    assert old in text
    with pytest.raises(BenchmarksError, match=message) as caught:
        parse_benchmarks(text.replace(old, new).encode(), "population.toml")
    assert re.fullmatch(rf"population\.toml, line \d+, field {re.escape(field)}", caught.value.where)


def test_too_few_for_a_rank() -> None:
    """Of four nobody is in the best fifth: the population is as good as not given."""
    assert ranked("1", ["1", "2", "3", "4"]).reason == "no-population"


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 50), min_size=5, max_size=40), st.integers(1, 50))
def test_bounds_of_a_rank_are_those_of_its_share(values: list[int], level: int) -> None:
    """The grade by the bounds is the grade by position ÷ count."""
    found = ranked(str(level), [str(value) for value in values])
    share = Fraction(1 + sum(value < level for value in values), len(values))
    expected = 1 + sum(share > Fraction(bound) for bound in ("0.2", "0.7", "0.9"))
    assert (found.ratio, found.grade) == (share, expected)
