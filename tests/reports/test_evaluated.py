"""Reports of what evaluations really write, so that neither forgets the other."""

from fractions import Fraction
from typing import Any

import pytest

from ledger.canonical import canonical_json
from ledger.evaluation.activity_file import parse_activity
from ledger.evaluation.evaluate import evaluate_file
from ledger.evaluation.inputs import Rules
from ledger.language import LANGUAGES
from ledger.reports import numbers
from ledger.reports.blocks import Table
from ledger.reports.facts import report_of
from ledger.reports.html import html
from ledger.rules import load_rule
from tests.evaluation import plant
from tests.evaluation.test_teams_and_batches import TEAMS
from tests.evaluation.works import LINE_POWER, NAME, PANES, log, table, works
from tests.reports.pages import Page

BATCH = table("batch", id='"b-1"', product='"panes"', start='"2022-01-31T00:00"', end='"2022-02-01T00:00"')
SHARED = table("allocation", of='"line"', rule='"physical"')


def page(document: Any, language: str) -> Page:
    assert language in LANGUAGES
    return Page(html(report_of(canonical_json(document), "zh" if language == "zh" else "en")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [1, 2])
def test_a_plant(language: str, kind: int) -> None:
    found = page(plant.result(plant.whole(), kind=kind).document, language)
    assert "11.4" in found.text
    assert ("K = 1.2" in found.text) == (kind == 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plant_without_data(language: str) -> None:
    found = page(plant.result(plant.Log()).document, language)
    assert {"zh": "无数据", "en": "no data"}[language] in found.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plant_with_units_products_and_teams(language: str) -> None:
    document = plant.result(log(), works(TEAMS, SHARED)).document
    assert {"levels", "teams", "products", "allocations"} <= document.keys()
    found = page(document, language)
    for word in ("red", "blue", "cutter", *({"zh": ("班组", "分级核算")}.get(language, ("Teams of line", "Levels")))):
        assert word in found.text
    assert PANES in found.text
    assert NAME.split('"')[1] in found.text or language == "en"


def of_file(method: str, factors: str, *rows: str) -> Any:
    data = "\n".join(["item,value,unit,period", *rows, ""]).encode()
    rules = Rules(load_rule(method), load_rule(factors))
    return evaluate_file(parse_activity(data, "year.csv"), data, rules, seed=plant.SEED, kind=1).document


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_activity_file_day_by_day(language: str) -> None:
    days = [f"purchased_electricity,{day},MWh,2022-01-{day:02}" for day in range(1, 31)]
    found = page(of_file("general", "cn-a-2013", *days), language)
    assert "ACTIVITY-FILE" in found.text
    assert "2022-01-30" in found.text


@pytest.mark.parametrize(("language", "word"), [("zh", "综合能耗"), ("en", "Comprehensive energy")])
def test_energy_is_not_called_an_emission(language: str, word: str) -> None:
    rows = ["purchased_electricity,1000,MWh,2022", "exported_electricity,30,MWh,2022", "purchased_heat,300,GJ,2022"]
    found = page(of_file("cn-energy-2589", "cn-tce-2589", *rows), language)
    assert word in found.text
    assert {"zh": "排放总量", "en": "Total emissions"}[language] not in found.text
    assert "tce" in found.text


def test_the_emission_of_a_point_is_its_share_of_the_source() -> None:
    """Electricity and gas come from one point each; a sub-meter has no emission of its own."""
    document = plant.result(log(), works()).document
    found = report_of(canonical_json(document), "en")
    section = next(part for part in found.sections if part.id == "points")
    table = next(block for block in section.blocks if isinstance(block, Table))
    emitted = {row[0].text: row[4].text for row in table.rows}
    sources = {name: Fraction(entry["total"]) for name, entry in document["emissions"]["by_source"].items()}
    assert emitted[plant.POWER] == numbers.fixed(sources["purchased_electricity"], 4)
    assert emitted[plant.GAS] == numbers.fixed(sources["natural_gas"], 4)
    assert emitted[LINE_POWER] == emitted[PANES] == "–"
