"""Plain activity data: what is read, what is refused and where, and that nothing of it is ever taken for verified."""

import json
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.commands import evaluate as command
from ledger.evaluation.activity_file import ActivityFileError, parse_activity
from ledger.evaluation.calendar import PeriodError, read_period
from ledger.evaluation.evaluate import CARBON_EFFICIENCY, EMISSION_STATEMENT, evaluate_file
from ledger.evaluation.inputs import Rules
from ledger.evaluation.result import Result
from ledger.rules import load_rule
from terminal_signer.errors import CarbonError
from tests.evaluation.plant import SEED, SITE

RULES = Rules(load_rule("general"), load_rule("cn-a-2013"))
HEADER = "item,value,unit,period\n"
MEANS = "demo-rolling-means"
TOML = """\
format = "activity/1"
period = "2022"
[rules]
method = "general"
factors = "cn-a-2013"
[[activity]]
item = "purchased_electricity"
value = "1000"
unit = "MWh"
"""


def _evaluate(text: str, name: str = "year.csv", period: str | None = None, site: bytes | None = None) -> Result:
    data = text.encode()
    file = parse_activity(data, name, period)
    return evaluate_file(file, data, RULES, seed=SEED, kind=EMISSION_STATEMENT, site=site)


def test_a_table_gives_the_method_s_figure() -> None:
    document = _evaluate(HEADER + "purchased_electricity,1000,MWh,2022\n").document
    assert document["emissions"]["total"] == "570.3"
    assert document["emissions"]["by_month"] == {"2022": "570.3"}
    assert document["marks"] == ["UNVERIFIED", "ACTIVITY-FILE"]
    assert document["quality"] == {"coverage": 0, "metered": 0, "defaulted": 0, "declared": 10_000, "estimated": 0}


def test_toml_says_the_same_as_csv() -> None:
    assert _evaluate(TOML, "year.toml").document["emissions"]["total"] == "570.3"


def test_months_keep_their_own_factors_and_measured_values_hold_where_they_cover() -> None:
    rows = "natural_gas,1,10^4Nm3,2021-12\nnatural_gas,1,10^4Nm3,2022-01\nnatural_gas.ncv,400,GJ/10^4Nm3,2022\n"
    trace = [line for line in _evaluate(HEADER + rows).document["trace"] if line["line"] == "emission"]
    values = {line["month"]: line["inputs"][1]["value"] for line in trace}
    assert values == {"2021-12": "389.31", "2022-01": "400"}
    assert [step["name"] for step in trace[0]["steps"]] == ["heat", "carbon", "E"]


@pytest.mark.parametrize(
    ("text", "says", "where"),
    [
        ("", "empty", "year.csv"),
        ("item,value\n", "column 'unit' is missing", "line 1"),
        ("item,value,unit,period,colour\n", "unknown column 'colour'", "line 1"),
        (HEADER + "purchased_electricity,1,000,MWh,2022\n", "5 fields where the header names 4", "line 2"),
        (HEADER + "purchased_electricity,1e3,MWh,2022\n", "no exact number", "line 2, field value"),
        (HEADER + "purchased_electricity,1,MWhh,2022\n", "no unit", "line 2, field unit"),
        (HEADER + "purchased_electricity,1,MWh,2022-13\n", "no period", "line 2, field period"),
        (HEADER + "purchased_electricity,1,t,2022\n", "t (mass) is not kWh", "line 2"),
        (HEADER + "purchased_electricity,-1,MWh,2022\n", "below zero", "line 2"),
        (HEADER + "purchased_electricty,1,MWh,2022\n", "no item or factor 'purchased_electricty'", "line 2"),
        (
            HEADER + "purchased_electricity,1,MWh,2022\npurchased_electricity,1,MWh,2022-03\n",
            "stated twice for 2022-03",
            "line 3",
        ),
        (HEADER + "diesel,1,t,2022\ndiesel.ncv,1,GJ/10^4Nm3,2022\n", "does not fit 'diesel.ncv'", "line 3"),
        (HEADER + "diesel,1,t,2022\ndiesel.ncv,43,GJ/t,2021\n", "covers no period", "line 3"),
        (HEADER + 'diesel,"1,t,2022\n', "not a table", "year.csv"),
        (HEADER + ",1,t,2022\n", "no item", "line 2, field item"),
        (HEADER, "no row of data", "year.csv"),
        (HEADER + "production,1,t,2022\n", "nothing in the file is read", "activity file"),
        (HEADER + "purchased_electricity,1,MWh,2021-12/2022-01\n", "two reporting years", "line 2"),
        (HEADER + "purchased_electricity,1,MWh,2022\nelectricity.grid,0,tCO2/MWh,2022\n", "is prescribed", "line 3"),
        (HEADER + "coke.opening_stock,5,t,2022\ncoke.closing_stock,1,t,2022\n", "no 'coke.purchased'", "activity"),
        (HEADER + "mixed_fuel,1,t,2022\nmixed_fuel.co2,0.1,tCO2/GJ,2022\n", "'mixed_fuel.ncv' for 2022", "activity"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, says: str, where: str) -> None:
    with pytest.raises(CarbonError) as refused:
        _evaluate(text)
    assert says in str(refused.value)
    assert where in str(refused.value)


def test_a_year_without_a_factor_is_refused_by_name() -> None:
    with pytest.raises(CarbonError, match="2012"):
        _evaluate(HEADER + "purchased_electricity,1,MWh,2012\n")


def test_a_site_file_s_sources_must_all_be_fed() -> None:
    with pytest.raises(ActivityFileError, match="'natural_gas'"):
        _evaluate(HEADER + "purchased_electricity,1,MWh,2022\n", site=SITE.encode())


def test_a_period_that_was_asked_for_holds() -> None:
    text = HEADER + "purchased_electricity,1,MWh,2021\n"
    with pytest.raises(ActivityFileError, match="outside of 2022"):
        _evaluate(text, period="2022")
    with pytest.raises(ActivityFileError, match="no period"):
        _evaluate(text, period="2022-13")


def test_measured_goes_before_default_and_what_nothing_reads_is_told() -> None:
    rows = "anthracite,1000,t,2022\nanthracite.ncv,25,GJ/t,2022\nanthracite.carbon_as_received,0.62,tC/t,2022\n"
    document = _evaluate(HEADER + rows).document
    assert document["emissions"]["by_source"].keys() == {"anthracite.by_carbon"}
    told = {(entry["code"], entry["place"]) for entry in document["findings"]}
    assert told == {("value-not-read", "anthracite.ncv")}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("natural_gas.oxidation,99,%", False), ("natural_gas.oxidation,0.99,%", True),
        ("natural_gas.oxidation,0,%", True),
        ("natural_gas.ncv,389.31,GJ/10^4Nm3", False), ("natural_gas.ncv,38.931,MJ/Nm3", False),
        ("natural_gas.ncv,20,GJ/10^4Nm3", True),
    ],
)  # fmt: skip
def test_a_property_far_from_its_default_is_told(row: str, *, told: bool) -> None:
    document = _evaluate(f"{HEADER}natural_gas,1,10^4Nm3,2022\n{row},2022\n").document
    assert (["implausible"] if told else []) == [entry["code"] for entry in document["findings"]]


def test_a_grade_holds_emissions_against_the_same_time() -> None:
    text = HEADER + "purchased_heat,300,GJ,2022-01\nvalue_added,110,万元,2022\n"
    rules = replace(RULES, scheme=load_rule("zhejiang-carbon-efficiency"), benchmarks=load_rule(MEANS))
    file = parse_activity(text.encode(), "year.csv")
    with pytest.raises(ActivityFileError, match="different times"):
        evaluate_file(file, text.encode(), rules, seed=SEED, kind=CARBON_EFFICIENCY)


def test_parts_never_exceed_their_whole() -> None:
    rows = "primary_aluminium,1,t,2022\nanode.sulphur,60,%,2022\n"
    data = (HEADER + rows + "anode.ash,60,%,2022\n").encode()
    rules = Rules(load_rule("cn-aluminium-2013"), load_rule("cn-a-2013"))
    with pytest.raises(ActivityFileError, match=r"anode.sulphur \+ anode.ash > 100 %"):
        evaluate_file(parse_activity(data, "year.csv"), data, rules, seed=SEED, kind=EMISSION_STATEMENT)
    data = (HEADER + rows).encode()
    found = evaluate_file(parse_activity(data, "year.csv"), data, rules, seed=SEED, kind=EMISSION_STATEMENT).document
    assert ("required-source-missing", "purchased_electricity") in {
        (entry["code"], entry["place"]) for entry in found["findings"]
    }


def test_a_spreadsheet_s_habits_are_taken() -> None:
    text = "\ufeffItem;Value;Unit;Period\r\n\r\n# a remark\r\npurchased_electricity;+1000;MWh;2022\r\n"
    assert _evaluate(text).document["emissions"]["total"] == "570.3"


def test_an_accountant_may_write_chinese() -> None:
    text = "项目,数值,单位,期间\n外购电力,100,万千瓦时,2022\n天然气,1,万Nm³,2022\nDiesel,1,吨,2022\n"
    document = _evaluate(text).document
    assert document["emissions"]["by_source"]["purchased_electricity"]["total"] == "570.3"
    assert document["activity"]["natural_gas"]["value"] == document["activity"]["diesel"]["value"] == "1"


@pytest.mark.parametrize(
    ("text", "days"),
    [("2022", 365), ("2020", 366), ("2022-Q1", 90), ("2022-02", 28), ("2022-02-01", 1), ("2022-01/2022-03", 90)],
)
def test_periods(text: str, days: int) -> None:
    period = read_period(text, 8 * 3600)
    assert period.end - period.start == days * 86_400


@given(st.text(max_size=40))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    try:
        period = read_period(text, 0)
    except PeriodError:
        return
    assert period.start < period.end


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.toml"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    with suppress(ActivityFileError):
        parse_activity(data, name)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8), st.sampled_from(",;"))
def test_any_table_is_read_or_refused(fields: list[str], separator: str) -> None:
    with suppress(ActivityFileError):
        parse_activity((HEADER.replace(",", separator) + separator.join(fields)).encode("utf-8", "replace"))


class TestCommand:
    """`carbon evaluate` as it is used."""

    def test_json_is_the_result_with_its_steps(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "year.toml"
        file.write_text(TOML)
        out = tmp_path / "result.json"
        assert command.main(["--activity", str(file), "--unverified", "--json", "--out", str(out)]) == 0
        printed = capsys.readouterr().out
        assert json.loads(printed)["emissions"]["total"] == "570.3"
        assert out.read_text() + "\n" == printed

    def test_unsigned_figures_are_taken_only_knowingly(self, tmp_path: Path) -> None:
        file = tmp_path / "year.toml"
        file.write_text(TOML)
        with pytest.raises(SystemExit) as ended:
            command.main(["--activity", str(file)])
        assert ended.value.code == 2

    def test_people_see_sources_totals_and_marks(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "year.csv"
        file.write_text(HEADER + "purchased_electricity,1000,MWh,2022\nnatural_gas,1,10^4Nm3,2022\n")
        rules = ["--method", "general", "--factors", "cn-a-2013"]
        assert command.main(["--activity", str(file), "--unverified", *rules, "--lang", "zh"]) == 0
        shown = capsys.readouterr().out
        for part in ("外购电力", "570.3", "天然气", "ACTIVITY-FILE", "永不可用于发证"):
            assert part in shown

    @pytest.mark.parametrize("name", ["nowhere.csv", "bad.csv"])
    def test_bad_files_end_with_two(self, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "bad.csv").write_text("x\n")
        rules = ["--method", "general", "--factors", "cn-a-2013"]
        assert command.main(["--activity", str(tmp_path / name), "--unverified", *rules]) == 2
        assert name in capsys.readouterr().err


def test_the_exact_figure_is_kept() -> None:
    document = _evaluate(HEADER + "natural_gas,1,10^4Nm3,2022\n").document
    exact = Fraction("389.31") * Fraction("0.0153") * Fraction("0.99") * 44 / 12
    assert Fraction(document["emissions"]["total"]) == exact
