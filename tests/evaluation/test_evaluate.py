"""What a result says of sound data: exact sums, months that add up, shares, marks, the same bytes each time."""

import decimal
from dataclasses import replace
from fractions import Fraction

import pytest

from ledger.accounting.factors import FactorsError
from ledger.canonical import exact_number
from ledger.evaluation.evaluate import EvaluationError, evaluate
from ledger.evaluation.inputs import Period
from ledger.evaluation.site import SiteError
from ledger.evaluation.trace import trace_text
from terminal_signer.frame import KeyClass, Pack
from tests.evaluation.plant import (
    ELECTRICITY_ONLY,
    FEBRUARY,
    HOURS,
    LAB,
    METER,
    OFFICER,
    PERIOD,
    POWER,
    RULES,
    SEED,
    SITE,
    Log,
    electricity,
    item,
    result,
    whole,
)


def test_sums_are_exact_and_months_add_up() -> None:
    document = result(whole()).document
    activity, emissions = document["activity"], document["emissions"]
    assert activity["purchased_electricity"]["value"] == "720"  # 48 h × 1.5 kWh × ratio 10
    assert activity["purchased_electricity"]["by_month"] == {"2022-01": "360", "2022-02": "360"}
    assert activity["natural_gas"] == {
        "value": "0.0048", "unit": "10^4Nm3", "by_month": {"2022-01": "0.0024", "2022-02": "0.0024"},
        "metered": "0.0048", "declared": "0", "estimated": "0",
    }  # fmt: skip
    gas = Fraction("0.0048") * Fraction("389.31") * Fraction("0.0153") * Fraction("0.99") * Fraction(44, 12)
    power, heat = Fraction("0.72") * Fraction("0.5703"), Fraction(11)
    assert exact_number(emissions["total"]) == gas + power + heat
    assert exact_number(emissions["scope1"]) == gas
    assert exact_number(emissions["scope2"]) == power + heat
    assert sum(exact_number(value) for value in emissions["by_month"].values()) == exact_number(emissions["total"])
    assert sum(exact_number(source["total"]) for source in emissions["by_source"].values()) == gas + power + heat
    assert document["findings"] == []


def test_an_interval_belongs_to_the_month_of_its_start() -> None:
    """In the site's own offset: the hour before local midnight is January's, in UTC it would still be January."""
    document = electricity(hours=(FEBRUARY - 3600, FEBRUARY)).document
    assert document["activity"]["purchased_electricity"]["by_month"] == {"2022-01": "1.5", "2022-02": "1.5"}


def test_the_same_evidence_gives_the_same_bytes() -> None:
    """INV-11: whatever the order the frames are handed over in, and whatever the caller's decimal context."""
    log = whole()
    first = result(log)
    with decimal.localcontext(decimal.Context(prec=3)):
        second = evaluate(SITE.encode(), RULES, list(reversed(log.frames)), PERIOD, seed=SEED, kind=1)
    assert first.canonical() == second.canonical()
    assert (first.hash(), first.figures_root()) == (second.hash(), second.figures_root())


@pytest.mark.parametrize(
    ("old", "new"),
    [('ratio = "10"', 'ratio = "1"'), ("none burnt", "some burnt"), ("The whole plant", "A part of the plant")],
)
def test_ratio_boundary_and_reasons_change_the_result(old: str, new: str) -> None:
    """INV-11: a shrunk boundary is another site file, and its hash stands in the result."""
    assert result(whole(), SITE.replace(old, new)).hash() != result(whole()).hash()


def test_a_factor_changed_afterwards_is_another_rule_and_leaves_the_old_result_alone() -> None:
    """INV-15: the rules' hashes stand in the result; the closed one can be repeated byte for byte."""
    log = whole()
    closed = result(log)
    altered = replace(RULES, factors=RULES.factors.replace(b'value = "0.5703"', b'value = "0.5810"'))
    later = result(log, rules=altered)
    assert later.document["rules"]["factors"]["sha256"] != closed.document["rules"]["factors"]["sha256"]
    assert later.document["emissions"]["total"] != closed.document["emissions"]["total"]
    assert result(log).canonical() == closed.canonical()


def test_a_threshold_changed_afterwards_is_another_rule() -> None:
    """INV-15."""
    altered = replace(RULES, scheme=(RULES.scheme or b"").replace(b'up_to = "0.8"', b'up_to = "0.9"'))
    before, after = (result(whole(), kind=2, rules=rules).document for rules in (RULES, altered))
    assert before["rules"]["scheme"]["sha256"] != after["rules"]["scheme"]["sha256"]


def test_nothing_hides_behind_a_default() -> None:
    """INV-17: declared heat, gas with a default heating value, metered electricity: each share is in the result."""
    quality = result(whole()).document["quality"]
    assert sum(quality[name] for name in ("metered", "defaulted", "declared", "estimated")) == 10_000
    assert quality["metered"] > 0
    assert quality["defaulted"] > 0
    assert quality["declared"] > 9_000
    assert quality["coverage"] == quality["metered"] + quality["defaulted"]


def test_a_measured_value_goes_before_a_default() -> None:
    """INV-17: with the laboratory's heating value the gas still has default carbon content, and says so."""
    log = whole()
    log.declare(item("gas_heating_value", "360", "GJ/(10*4.m3{n})"), sub=LAB, key_class=KeyClass.LABORATORY)
    document = result(log).document
    used = next(line for line in document["trace"] if line["line"] == "emission" and line["source"] == "natural_gas")
    ncv = next(entry for entry in used["inputs"] if entry["name"] == "NCV")
    assert (ncv["value"], ncv["kind"]) == ("360", "measured")
    assert LAB in ncv["from"]
    assert document["quality"]["defaulted"] > 0
    assert exact_number(document["emissions"]["total"]) < exact_number(result(whole()).document["emissions"]["total"])


def test_a_measured_value_of_the_wrong_basis_does_not_enter() -> None:
    log = whole()
    log.declare(item("gas_heating_value", "36", "GJ/t"), sub=LAB, key_class=KeyClass.LABORATORY)
    document = result(log).document
    assert document["emissions"] == result(whole()).document["emissions"]
    assert {"code": "unit-differs", "place": "natural_gas.ncv GJ/t", "count": 1} in document["findings"]


def test_marks_travel_from_site_file_rules_and_declarations() -> None:
    assert electricity().document["marks"] == ["UNVERIFIED", "ILLUSTRATIVE"]
    assert result(whole()).document["marks"] == ["DEMO", "UNVERIFIED", "ILLUSTRATIVE"]


def test_an_emission_statement_has_no_grade_and_says_why() -> None:
    assert electricity().document["grade"]["reason"] == "no-value-added"
    graded = electricity().document["grade"]
    assert (graded["grade"], graded["value"], graded["reason_text"]["en"]) == (None, 0, "no value added declared")


@pytest.mark.parametrize(
    ("value_added", "grade", "level"),
    [("100000", 1, "1.14"), ("20000", 4, "5.7"), ("12000", 5, "9.5"), ("32000", 2, "3.5"), ("25000", 3, "4.5")],
)
def test_a_grade_is_the_enterprise_against_its_industry(value_added: str, grade: int, level: str) -> None:
    graded = result(whole(value_added), kind=2).document["grade"]
    assert graded["grade"] == grade
    assert abs(exact_number(graded["level"]) - Fraction(level)) < Fraction(1, 5)
    assert exact_number(graded["ratio"]) == exact_number(graded["level"]) / Fraction("4.5")
    assert graded["mean"]["demo"]


@pytest.mark.parametrize(
    ("value_added", "reason"),
    [("0", "value-added-not-positive"), ("-1", "value-added-not-positive"), (None, "no-value-added")],
)
def test_without_positive_value_added_there_is_no_grade(value_added: str | None, reason: str) -> None:
    log = whole(value_added or "1")
    if value_added is None:
        log.frames.pop()
        log.declare(item("purchased_heat", "100", "GJ"))
    graded = result(log, kind=2).document["grade"]
    assert (graded["grade"], graded["reason"]) == (None, reason)


def test_missing_data_never_earn_a_better_grade() -> None:
    """INV-02, INV-11: half the gas hours left out, or a source without any data: no grade at all."""
    log = whole("32000")
    log.frames = [entry for entry in log.frames if isinstance(entry.content, Pack)]
    log.declare(item("purchased_heat", "1", "GJ"), item("value_added", "32000", "{CNY}"))
    log.frames = [entry for entry in log.frames if entry.frame.sub != METER or entry.index < 24]
    graded = result(log, kind=2).document["grade"]
    assert (graded["grade"], graded["reason"]) == (None, "too-many-gaps")
    log.frames = [entry for entry in log.frames if entry.frame.sub != METER]
    document = result(log, kind=2).document
    assert document["grade"]["reason"] == "no-data"
    assert document["quality"]["coverage"] == 0
    assert document["emissions"]["by_source"]["purchased_electricity"]["total"] is None
    assert document["emissions"]["incomplete"] == ["purchased_electricity"]


def test_the_declared_mean_must_be_the_published_one() -> None:
    """INV-11: picking the mean is of no use."""
    site = SITE.replace(
        '[[declaration]]\nitem = "value_added"',
        f'[[declaration]]\nitem = "industry_mean"\nsub = "{OFFICER}"\nclass = "officer"\n\n'
        '[[declaration]]\nitem = "value_added"',
    )
    grades = []
    for mean in ("0.45", "0.9"):
        log = whole()
        log.declare(item("industry_mean", mean, "kg{CO2}/{CNY}"))
        grades.append(result(log, site, kind=2).document["grade"])
    assert grades[0]["grade"] == 4
    assert (grades[1]["grade"], grades[1]["reason"]) == (None, "industry-mean-differs")


def test_the_trace_reads_like_an_account() -> None:
    document = result(whole()).document
    english, chinese = trace_text(document), trace_text(document, "zh")
    assert f"2022-01  purchased_electricity: {POWER} = (36 metered + 0 degraded) kWh × 10 = 360 kWh" in english
    assert "    E [tCO2] = AD * EF  = 0.205308 tCO2" in english
    assert any("0.5703 tCO2/MWh  ← electricity.grid: MEE notice" in line and "memory-high" in line for line in english)
    assert any("heat [GJ] = AD * NCV  = 0.934344 GJ" in line for line in english)
    assert any("缺省" in line for line in chinese)


@pytest.mark.parametrize(
    ("period", "kind", "seed", "message"),
    [
        (Period(5, 5), 1, SEED, "ends after it starts"),
        (Period(0, 500 * 86_400), 1, SEED, "400 days"),
        (Period(PERIOD.start, 1 << 40), 1, SEED, "400 days"),
        (PERIOD, 3, SEED, "quantifies an organisation"),
        (PERIOD, 4, SEED, "kind 4"),
        (PERIOD, 1, b"short", "32 bytes"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(period: Period, kind: int, seed: bytes, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        evaluate(SITE.encode(), RULES, [], period, seed=seed, kind=kind)


def test_a_grade_needs_its_rules() -> None:
    with pytest.raises(EvaluationError, match="scheme and benchmarks"):
        result(whole(), kind=2, rules=replace(RULES, benchmarks=None))


def test_a_year_outside_a_rule_is_refused() -> None:
    back = 6 * 365 * 86_400
    log = Log().power([start - back for start in HOURS])
    with pytest.raises(FactorsError, match=r"no 'electricity\.grid' for reporting year 2016"):
        result(log, ELECTRICITY_ONLY, period=Period(PERIOD.start - back, PERIOD.end - back))
    with pytest.raises(SiteError, match="reporting year 2024"):
        result(Log(), kind=2, period=Period(PERIOD.start + 730 * 86_400, PERIOD.end + 730 * 86_400))
