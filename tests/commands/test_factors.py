"""`carbon factors` over the shipped sets and over a file."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounting.factor_compare import compare
from ledger.accounting.factors import FORMAT, FactorSet, parse_factors
from ledger.commands.factors import main, read_set
from ledger.commands.input_files import shipped
from ledger.rules import load_rule

SETS = st.sampled_from(shipped(FORMAT))


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARBON_LANG", "en")
    monkeypatch.setenv("COLUMNS", "100")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 2
    output = capsys.readouterr()
    assert output.out == ""
    return output.err


def test_the_sets_with_their_marks(capsys: pytest.CaptureFixture[str]) -> None:
    sets = {line["id"]: line for line in run(capsys, "list")["sets"]}
    assert list(sets) == shipped(FORMAT)
    assert sets["cn-b-2015"]["years"] == [2013, 2023]
    assert all(line["marks"] == ["UNVERIFIED"] and line["factors"] <= line["values"] for line in sets.values())


@pytest.mark.parametrize(
    ("filters", "values"),
    [
        (["--set", "cn-a-2013", "--kind", "diesel"], ["43.33", "0.0202", "98"]),
        (["--set", "cn-c-2022", "--kind", "raw_coal", "--year", "2020"], ["0.03356"]),
        (["--set", "cn-c-2022", "--kind", "raw_coal", "--year", "2018"], []),
        (["--set", "cn-b-2015", "--kind", "electricity.grid", "--year", "2022", "--region", "CN-ZJ"],
         ["0.5703", "0.5153", "0.5617"]),
        (["--set", "cn-d-2011", "--set", "cn-a-2013", "--kind", "coke.ncv"], ["28435", "28.446"]),
    ],
)  # fmt: skip
def test_filters(capsys: pytest.CaptureFixture[str], filters: list[str], values: list[str]) -> None:
    assert [line["value"] for line in run(capsys, "list", *filters)["factors"]] == values


def test_a_part_of_the_id_is_a_kind(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "list", "--set", "cn-a-2013", "--kind", "oxidation")["factors"]
    assert len(lines) == 27
    assert all(line["id"].endswith(".oxidation") for line in lines)


def test_one_factor_across_the_sets(capsys: pytest.CaptureFixture[str]) -> None:
    values = run(capsys, "show", "coke.ncv")["values"]
    assert {line["set"]: line["value"] for line in values} == {
        "cn-a-2013": "28.446", "cn-b-2015": "28.435", "cn-c-2022": "28.435", "cn-d-2011": "28435", "ipcc-2006": "28.2",
    }  # fmt: skip
    assert all(line["source"] and line["confidence"] and line["years"] for line in values)


def test_the_difference_of_two_sets(capsys: pytest.CaptureFixture[str]) -> None:
    document = run(capsys, "diff", "cn-b-2015", "cn-d-2011")
    different = {line["id"]: line for line in document["different"]}
    assert different.keys() == {"kerosene.carbon", "refinery_gas.ncv", "refinery_gas.oxidation"}
    assert different["refinery_gas.oxidation"]["ratio"] == "98/99"
    assert different["kerosene.carbon"]["years"] == [2013, 2020]
    assert document["equal"] == 24
    assert document["only_second"] == ["raw_coal.ncv", "raw_coal.carbon", "raw_coal.oxidation"]


def test_a_file_stands_beside_the_shipped_sets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = load_rule("cn-d-2011").decode()
    file = tmp_path / "mine.toml"
    file.write_text(text.replace('id = "cn-d-2011"', 'id = "mine"').replace('"28435"', '"28000"'), encoding="utf-8")
    document = run(capsys, "diff", "cn-d-2011", str(file))
    assert [(line["id"], line["ratio"]) for line in document["different"]] == [("coke.ncv", "5600/5687")]
    assert run(capsys, "show", "coke.ncv", "--set", str(file))["values"][0]["set"] == "mine"


def test_what_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "one of: cn-a-2013" in refused(capsys, "list", "--set", "general")
    assert "there are: diesel.carbon" in refused(capsys, "show", "diesel.nvc")
    assert "cannot be read" in refused(capsys, "diff", "cn-a-2013", str(tmp_path / "none.toml"))
    broken = tmp_path / "broken.toml"
    broken.write_text(load_rule("cn-d-2011").decode().replace('"28435"', '"-28435"'), encoding="utf-8")
    assert f"{broken}, line " in refused(capsys, "list", "--set", str(broken))
    endless = tmp_path / "endless.toml"
    endless.symlink_to("/dev/zero")
    assert "larger than" in refused(capsys, "list", "--set", str(endless))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["list"], ["list", "--set", "cn-a-2013"], ["list", "--kind", "electricity", "--year", "2022"],
        ["list", "--set", "footprint-secondary-cn"], ["show", "coke.ncv"], ["show", "electricity.grid.provincial"],
        ["diff", "cn-a-2013", "cn-c-2022"], ["diff", "cn-a-2013", "cn-a-2013"], ["list", "--year", "1900"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_table_is_wider_than_a_hundred_columns(
    capsys: pytest.CaptureFixture[str], arguments: list[str], language: str
) -> None:
    """A row that wraps would begin with spaces where its id stands."""
    assert main([*arguments, "--lang", language]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 100 for line in lines)
    assert any(line.strip() for line in lines)


@settings(deadline=None, max_examples=40)
@given(SETS, SETS)
def test_a_comparison_turned_round_is_its_mirror(one: str, other: str) -> None:
    first, second = read_set(one), read_set(other)
    there, back = compare(first, second), compare(second, first)
    assert (there.only_first, there.only_second, there.equal) == (back.only_second, back.only_first, back.equal)
    assert set(there.apart) == set(back.apart)
    turned = {(line.id, line.first.region, line.years): line.ratio for line in back.different}
    for line in there.different:
        ratio = turned[line.id, line.first.region, line.years]
        assert line.ratio is None or ratio is None or line.ratio * ratio == 1


def test_what_cannot_be_compared_has_no_ratio() -> None:
    def changed(old: str, new: str) -> FactorSet:
        return parse_factors(load_rule("cn-d-2011").decode().replace(old, new, 1).encode())

    base = read_set("cn-d-2011")
    other = changed('value = "15.3"\nunit = "tC/TJ"', 'value = "0.5"\nunit = "tC/t"')
    [line] = compare(base, other).different
    assert (line.id, line.ratio) == ("natural_gas.carbon", None)
    none = changed('value = "15.3"', 'value = "0"')
    assert compare(none, base).different[0].ratio is None
    assert compare(base, none).different[0].ratio == Fraction(0)
    assert compare(none, none).different == ()
    later = changed('value = "15.3"\nunit = "tC/TJ"\nbasis = "default"\nyears = [2008, 2020]',
                    'value = "15.3"\nunit = "tC/TJ"\nbasis = "default"\nyears = [2021]')  # fmt: skip
    assert compare(base, later).apart == ("natural_gas.carbon",)
