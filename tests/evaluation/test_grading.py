"""Grades in a result: what it is named by, and lines of products beside an emission statement."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from ledger.accounting.method import parse_method
from ledger.accounting.units import product
from ledger.canonical import canonical_json, exact_number
from ledger.evaluation.inputs import EvaluationError, Rules
from ledger.evaluation.regrade import regrade
from ledger.evaluation.root import root_up
from ledger.evaluation.site import SiteError
from ledger.grading.benchmarks import parse_benchmarks
from ledger.grading.grade import GradingError
from ledger.rules import load_rule
from tests.evaluation.plant import ELECTRICITY_ONLY, HOURS, ISS, OFFICER, RULES, Log, hour, item, result, whole

ALUMINIUM = f"""
[[benchmark]]
line = "aluminium-ac-electricity"
output = "production"
numerator = "purchased_electricity"

[[declaration]]
item = "production"
sub = "{OFFICER}"
class = "officer"
"""
SITE = ELECTRICITY_ONLY.replace("zhejiang-carbon-efficiency", "energy-benchmark-levels").replace(
    "demo-rolling-means", "energy-benchmark-lines-2023"
)
LINES = Rules(
    RULES.method,
    RULES.factors,
    load_rule("energy-benchmark-levels").replace(b"years = [2023]", b"years = [2022]"),
    load_rule("energy-benchmark-lines-2023").replace(b"years = [2023]", b"years = [2022]"),
)


def smelter(production: str, benchmark: str = ALUMINIUM) -> Any:
    """72 kWh in two days, and so much metal."""
    log = Log().power()
    log.declare(item("production", production, "kg"))
    return result(log, SITE + benchmark, 1, LINES)


@pytest.mark.parametrize(("production", "grade"), [("5.6", 1), ("5.4", 2), ("5", 3)])
def test_a_product_line_is_graded_beside_an_emission_statement(production: str, grade: int) -> None:
    found = smelter(production)
    assert found.document["grade"]["grade"] == grade
    assert found.document["grade"]["scheme"]["kind"] == "lines"
    assert found.document["rules"]["benchmarks"]["id"] == "energy-benchmark-lines-2023"


def test_a_product_line_is_no_carbon_efficiency_code() -> None:
    """A certificate's grade is that of the code alone: a line's never passes for it."""
    fields = smelter("5.6").statement_fields()
    assert (fields["grade"], fields["grade_value"]) == (0, 0)
    with pytest.raises(EvaluationError, match="no carbon-efficiency code"):
        result(whole(), SITE, 2, LINES)


def test_a_grade_names_everything_that_it_was_compared_with() -> None:
    """Rule, edition, hash; mean, year, population; numerator: so that anybody can repeat it."""
    document = result(whole(), kind=2).document
    grade = document["grade"]
    assert grade["scheme"] == {"kind": "carbon-efficiency", **document["rules"]["scheme"]}
    assert grade["benchmarks"] == document["rules"]["benchmarks"]
    assert grade["mean"]["year"] == 2022
    assert grade["mean"]["population"]
    (measure,) = grade["measures"]
    assert (measure["of"], measure["unit"]) == ("energy-less-deductions", "tCO2")
    assert measure["numerator"] == document["emissions"]["energy"]
    assert measure["grade"] == grade["grade"]


def test_lines_name_output_values_and_how_sure_they_are() -> None:
    grade = smelter("5.4").document["grade"]
    (line,) = grade["measures"][0]["lines"]
    assert (line["output"], line["output_unit"], line["confidence"]) == ("0.0054", "t", "memory-high")
    assert line["values"] == ["13000", "13350"]
    assert grade["uses"] == [
        {
            "line": "aluminium-ac-electricity",
            "item": "production",
            "numerator": "purchased_electricity",
            "share": None,
        }
    ]


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ('output = "production"', 'output = "metal"', SiteError, "no item 'metal'"),
        ('numerator = "purchased_electricity"', 'numerator = "steam"', SiteError, "no item 'steam'"),
        ('numerator = "purchased_electricity"', "", GradingError, "numerator 'total'"),
        ('numerator = "purchased_electricity"', 'share = ["a"]', SiteError, "one item of another"),
        (ALUMINIUM, ALUMINIUM + ALUMINIUM[: ALUMINIUM.index("[[decl")], SiteError, "stands twice"),
    ],
)
def test_a_wrong_use_of_a_line_is_refused_with_its_place(old: str, new: str, error: Any, message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        smelter("5", ALUMINIUM.replace(old, new))
    assert "line " in caught.value.where


UNIT = """
[[unit]]
id = "kiln"
kind = "process"
name = { zh = "窑", en = "Kiln" }
"""


def kiln(tonnes: str, numerator: str = "total", more: str = "") -> Any:
    """72 kWh at 0.1229 kgce, by the method of comprehensive energy."""
    site = (SITE + ALUMINIUM).replace('"general"', '"cn-energy-2589"').replace('"cn-a-2013"', '"cn-tce-2589"')
    site = site.replace("aluminium-ac-electricity", "clinker").replace(
        '"purchased_electricity"\n\n[[decl', f'"{numerator}"\n\n[[decl'
    )
    site = site.replace('kind = "amount"', 'kind = "amount"\nat = "kiln"') + more if more else site
    site = site.replace('output = "production"', 'output = "clinker"').replace(
        'item = "production"', 'item = "clinker"'
    )
    log = Log().power()
    log.declare(item("clinker", tonnes, "t"))
    rules = Rules(load_rule("cn-energy-2589"), load_rule("cn-tce-2589"), LINES.scheme, LINES.benchmarks)
    return result(log, site, 1, rules).document


def test_comprehensive_energy_is_held_against_the_lines_of_kgce_per_tonne() -> None:
    """8.8488 kgce: per 88.488 kg of clinker exactly the benchmark of 100, a little less output and it is missed."""
    at, above, beyond = (kiln(tonnes)["grade"] for tonnes in ("0.088488", "0.088", "0.07"))
    assert (at["grade"], at["ratio"]) == (1, "1")
    assert (above["grade"], beyond["grade"]) == (2, 3)
    assert (at["measures"][0]["intensity"], at["measures"][0]["lines"][0]["unit"]) == ("100", "kgce/t")
    assert at["measures"][0]["unit"] == "tce"
    assert kiln("0.08")["uncertainty"]["percent"] == "2.5"


def test_flat_glass_has_its_lines_by_the_weight_case() -> None:
    """The energy method has an item in the very unit of the line: nobody converts tonnes to cases by hand."""
    energy, lines = (
        parse_method(load_rule("cn-energy-2589")),
        parse_benchmarks(load_rule("energy-benchmark-lines-2023")),
    )
    per_case = product(energy.items["flat_glass_cases"].unit, lines.lines["flat-glass-500-800"].unit)
    assert per_case.fits(energy.unit)


def test_a_process_has_its_own_energy_against_its_line() -> None:
    """A unit's part of the energy, as uncertain as the whole; read back and graded again it is the same."""
    found = kiln("0.088", "unit:kiln", UNIT)
    assert found["grade"]["measures"] == [kiln("0.088")["grade"]["measures"][0] | {"of": "unit:kiln"}]
    assert exact_number(found["uncertainty"]["amounts"]["unit:kiln"]) == root_up(
        (exact_number(found["emissions"]["total"]) * Fraction("2.5") / 100) ** 2
    )
    stricter = (LINES.benchmarks or b"").replace(b'["100", "117"]', b'["90", "100"]')
    again = regrade(canonical_json(found), LINES.scheme or b"", stricter)
    assert (found["grade"]["grade"], again["grade"]["grade"]) == (2, 3)


@pytest.mark.parametrize(("more", "known"), [(UNIT, "unit:kiln"), ("", "has no ")])
def test_a_part_that_the_site_does_not_have_is_refused(more: str, known: str) -> None:
    with pytest.raises(SiteError, match="no part 'unit:furnace'") as caught:
        kiln("1", "unit:furnace", more)
    assert known in caught.value.mend
    assert "line " in caught.value.where


CELLS = """
[[item]]
id = "cells"
unit = "kWh"
name = { zh = "电解槽用电", en = "Electricity of the cells" }
"""


def cells(hours: range) -> Any:
    """A second meter that only records; 50 kWh of metal's worth if it saw all hours."""
    meter = SITE[SITE.index("[[meter]]") : SITE.index("[[source]]")].replace("EQ-1", "EQ-9")
    meter = meter.replace('item = "purchased_electricity"', 'item = "cells"')
    site = SITE.replace("[[source]]", meter + "\n[[source]]") + ALUMINIUM.replace('"purchased_electricity"', '"cells"')
    log = Log().power()
    for start in hours:
        log.add(hour(start, "1.5", f"{ISS}/EQ-9/power"), f"{ISS}/EQ-9")
    log.declare(item("production", "5.6", "kg"))
    rules = replace(LINES, method=LINES.method + CELLS.encode())
    return result(log, site, 1, rules).document["grade"]


def test_a_hole_in_what_a_line_rests_on_earns_no_better_grade() -> None:
    """The cells' meter feeds no source: without half its hours it would meet any line."""
    assert cells(HOURS)["grade"] == 1
    assert cells(HOURS[:24])["reason"] == "too-many-gaps"
    assert cells(range(0))["reason"] == "no-data"
