"""The view model: what stands in a report is what the document says."""

import re
import string
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from ledger.canonical import canonical_json
from ledger.language import LANGUAGES, Language
from ledger.reports import numbers
from ledger.reports.blocks import Bullets, Cell, Picture, Report, Section, Table, Tiles
from ledger.reports.facts import report_of
from ledger.reports.reading import ReportError
from tests.reports import samples

ALL = ("full", "bare", "with_nothing_emitted", "below_zero", "not_gradable", "held_against_lines")


def report(document: Any, language: Language = "en") -> Report:
    return report_of(canonical_json(document), language)


def section(found: Report, name: str) -> Section:
    return next(section for section in found.sections if section.id == name)


def tables(found: Report, name: str) -> list[Table]:
    return [block for block in section(found, name).blocks if isinstance(block, Table)]


def cells(rows: tuple[tuple[Cell, ...], ...], at: int) -> list[str]:
    return [row[at].text for row in rows]


def texts(found: Report, name: str) -> str:
    return str(section(found, name))


def words(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        yield from words(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    locales = resources.files("ledger.reports").joinpath("locales")
    told = [tomllib.loads(locales.joinpath(f"{name}.toml").read_text(encoding="utf-8")) for name in LANGUAGES]
    zh, en = ({key: text for key, text in words(one) if not key.startswith("form.")} for one in told)
    assert {key: _places(text) for key, text in zh.items()} == {key: _places(text) for key, text in en.items()}
    plain = {key for key in en if not key.startswith("in_energy.")}
    assert {key.removeprefix("in_energy.") for key in en.keys() - plain} <= plain


def _places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_total_is_the_documents(name: str, language: Language) -> None:
    document = getattr(samples, name)()
    found, total = report(document, language), Fraction(document["emissions"]["total"])
    tiles = next(block for block in section(found, "summary").blocks if isinstance(block, Tiles))
    assert tiles.tiles[0].value == numbers.alone(total)
    for table in (tables(found, "sources")[0], tables(found, "months")[0]):
        assert numbers.alone(total) in [cell.text for cell in table.foot]


@pytest.mark.parametrize("name", ALL)
def test_every_table_has_as_many_cells_as_columns(name: str) -> None:
    for language in LANGUAGES:
        for part in report(getattr(samples, name)(), language).sections:
            for block in part.blocks:
                if isinstance(block, Table):
                    assert {len(row) for row in (*block.rows, *filter(None, [block.foot]))} <= {len(block.columns)}


def test_a_whole_document_shows_every_section() -> None:
    assert [part.id for part in report(samples.full()).sections] == [
        "summary", "boundary", "sources", "points", "figures", "months", "flow", "benchmark", "levels", "products",
        "balance", "green", "quality", "hot-spots", "cross-checks", "corrections", "findings", "factors", "trace",
    ]  # fmt: skip


def test_a_bare_document_shows_no_empty_section() -> None:
    found = [part.id for part in report(samples.bare()).sections]
    assert not {"benchmark", "levels", "products", "balance", "green", "cross-checks", "points"} & set(found)


def test_shares_and_holes_of_sources() -> None:
    """Sources outside of the total have no share; those without data say so."""
    table = tables(report(samples.full()), "sources")[0]
    rows = {row[0].text: [cell.text for cell in row[2:]] for row in table.rows}
    assert rows["Coking coal"] == ["538,319.0", "69.1\u00a0%", "every month"]
    assert rows["Anthracite"][2] == "2 of 12 months missing"
    assert rows["Exported electricity"][:2] == ["−23,505.7", "−3.0\u00a0%"]
    assert rows["Purchased heat"][:2] == ["0.0", "0.0\u00a0%"]
    assert rows["Purchased electricity (market)"][1] == "–"
    assert rows["Biomass"][1] == rows["Own solar power"][1] == "–"
    assert rows["Refrigerants"] == ["–", "–", "no data"]


def test_the_shares_of_the_sources_are_those_of_the_total() -> None:
    document = samples.full()
    lines = [
        entry
        for entry in document["emissions"]["by_source"].values()
        if entry["counts"] == "total" and entry.get("basis") != "market"
    ]
    gross = sum((max(Fraction(line["total"] or 0), Fraction(0)) for line in lines), Fraction(0))
    table = tables(report(document), "sources")[0]
    assert table.foot[3].text == numbers.percent(Fraction(document["emissions"]["total"]), gross)


def test_months_without_data_are_no_zeros() -> None:
    document = samples.bare({"natural_gas": samples.source("气", "Gas", 1, "10", silent=(0, 1))})
    table = tables(report(document), "months")[0]
    assert cells(table.rows, 1)[:3] == ["–", "–", "11.00"]
    assert cells(table.rows, 2)[:3] == ["–", "–", "11.00"]


def test_sub_meters_have_no_share() -> None:
    assert cells(tables(report(samples.full()), "points")[0].rows, 3) == ["100.0\u00a0%", "–"]


def test_no_flow_is_said_not_drawn() -> None:
    found = section(report(samples.with_nothing_emitted()), "flow")
    assert not any(isinstance(block, Picture) for block in found.blocks)
    assert "Nothing was emitted" in str(found)
    assert "no hot spot" in texts(report(samples.with_nothing_emitted()), "hot-spots")


def test_below_zero_is_said() -> None:
    assert "below zero" in texts(report(samples.below_zero()), "summary")


def test_not_gradable_and_not_certifiable() -> None:
    found = report(samples.not_gradable())
    assert "not gradable" in texts(found, "summary")
    assert "not above zero" in texts(found, "benchmark")
    assert "No certificate can be made" in texts(found, "summary")
    assert [mark.code for mark in found.marks] == ["ACTIVITY-FILE"]
    assert found.marks[0].title
    assert not found.certified
    assert found.status == "NOT CERTIFIED"
    assert "No certificate can be made from it" in found.status_text


def test_a_statement_that_nobody_graded_has_no_grade() -> None:
    tiles = next(block for block in section(report(samples.bare()), "summary").blocks if isinstance(block, Tiles))
    assert [tile.label for tile in tiles.tiles] == ["Total emissions", "Scope 1", "Scope 2", "Coverage"]


def test_a_grade_with_its_bands_and_warning() -> None:
    found = section(report(samples.full()), "benchmark")
    assert sum(isinstance(block, Picture) for block in found.blocks) == 2
    assert "K = 1.213" in str(found)
    assert "from 3 to 4" in str(found)
    assert "made up" in str(found)


def test_product_lines() -> None:
    found = report(samples.held_against_lines())
    assert "301,234.5 tce" in texts(found, "benchmark")
    assert cells(tables(found, "benchmark")[0].rows, 2) == ["361 / 435"]


def test_levels_stand_below_each_other() -> None:
    labels = cells(tables(report(samples.full()), "levels")[0].rows, 0)
    assert labels == [
        "Sample works",
        "\u2003Steel making",
        "\u2003\u2003Rolling mill",
        "\u2003\u2003Continuous caster",
        "\u2003Lime kiln",
    ]


def test_units_in_a_circle_do_not_hang_it() -> None:
    document = samples.full()
    document["levels"][1]["parent"], document["levels"][4]["parent"] = "kiln", "steel"
    assert len(tables(report(document), "levels")[0].rows) == 5


def test_findings_in_plain_words() -> None:
    rows = tables(report(samples.full()), "findings")[0].rows
    assert [row[0].sub for row in rows] == ["magnitude-jump", "no-data", "stated-twice", "of-tomorrow"]
    assert "no words" in rows[3][0].text
    assert "1,201.5" in rows[0][1].sub


def test_every_finding_that_an_evaluation_names_has_words() -> None:
    """The codes of docs/formats/result.md."""
    told = Path(__file__).parents[2].joinpath("docs", "formats", "result.md").read_text(encoding="utf-8")
    listed = told.partition("Findings: ")[2].partition("\n\n")[0]
    listed = re.sub(r"\([^)]*\)", "", listed)
    codes = {code for code in re.findall(r"`([0-9a-z-]+)`", listed) if not code.endswith("-")}
    locale = resources.files("ledger.reports").joinpath("locales", "en.toml").read_text(encoding="utf-8")
    assert codes
    assert codes <= set(tomllib.loads(locale)["finding"])


def test_corrections_show_both_values() -> None:
    row = tables(report(samples.full()), "corrections")[0].rows[1]
    assert (row[2].text, row[3].text) == ("12,000 kWh", "1,200 kWh")
    assert "no reason given" in texts(report(samples.full()), "corrections")


def test_the_trace_states_constants_once_and_months_below_each_other() -> None:
    table = tables(report(samples.full()), "trace")[0]
    assert [column.label for column in table.columns] == ["Month", "AD", "heat", "E"]
    assert len(table.rows) == 12
    assert "NCV = 28.435 GJ/t (coking_coal.ncv)" in texts(report(samples.full()), "trace")


def test_good_and_bad_news() -> None:
    bullets = [block for block in section(report(samples.bare()), "summary").blocks if isinstance(block, Bullets)]
    assert "good" in [item.tone for block in bullets for item in block.items]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "strict JSON"), (b"[]", "no result/1"), (b'{"format":"result/2"}', "no result/1"), (b"PK", "strict JSON"),
        (b'{"format":"result/1"}', "is missing"),
        (b'{"format":"result/1","rules":{},"emissions":[]}', "expected an object"),
        (b'{"a":1,"a":2}', "twice"), (b"[" * 100 + b"]" * 100, "nested"),
    ],
)  # fmt: skip
def test_what_is_no_result_is_named(data: bytes, what: str) -> None:
    with pytest.raises(ReportError, match=what):
        report_of(data, "en")


@pytest.mark.parametrize("total", ["1e5", "0x1", "", "1/0", "--1", "٣", "9" * 4001])
def test_what_is_no_number_is_named(total: str) -> None:
    document = samples.bare()
    document["emissions"]["total"] = total
    with pytest.raises(ReportError, match="no exact number"):
        report(document)
