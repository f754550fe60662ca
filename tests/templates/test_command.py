"""`carbon template`: what it prints, and its exit codes."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.commands.cells import rows, width, wrapped
from ledger.commands.template import main
from ledger.commands.template_texts import TEXTS
from ledger.templates.library import layer_names, shipped_template
from tests.templates.samples import GLASS_TEMPLATE, Json, encode, extended, extension, quantity, restated
from tests.templates.test_record import VALUES, measured
from tests.templates.test_steps import STEPS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, told: Json) -> str:
    (folder / name).write_bytes(encode(told))
    return name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_list_names_every_layer_and_both_hashes(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--lang", language]) == 0
    out = capsys.readouterr().out
    for name in layer_names():
        assert f"0x{shipped_template(name).sha256.hex()}" in out
    assert max(map(width, out.splitlines())) <= 100


def test_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["format"] == "templates/1"
    assert {layer["name"]: layer["merged"] for layer in told["layers"]}["flat-glass"] == (
        f"0x{GLASS_TEMPLATE.sha256.hex()}"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("industry", layer_names())
def test_show_lists_every_item_within_100_columns(
    industry: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", industry, "--lang", language]) == 0
    out, template = capsys.readouterr().out, shipped_template(industry)
    table, _, end = out.rpartition("\n\n")
    assert [line[:4] for line in table.splitlines()[1:] if line[:1] != " "] == [str(i.index) for i in template.items]
    assert max(map(width, table.splitlines())) <= 100
    assert f"0x{template.sha256.hex()}" in end.splitlines()[-1]


def test_show_json_is_what_the_hash_is_of(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["show", "C3041", "--json"]) == 0
    assert hashlib.sha256(capsysbinary.readouterr().out).digest() == GLASS_TEMPLATE.sha256


def test_show_one_layer_and_an_extension(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = write(folder, "ext.json", extension())
    assert main(["show", "--extension", name]) == 0
    assert f"0x{extended().sha256.hex()}" in capsys.readouterr().out
    assert main(["show", "--extension", name, "--layer", "extension"]) == 0
    out = capsys.readouterr().out
    assert "tinBath" in out
    assert "naturalGas" not in out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["show", "glass"], 2, "no industry 'glass'"),
        (["show", "--layer", "industry"], 2, "there is no industry layer"),
        (["show", "none.json"], 2, "cannot read none.json"),
        (["show", "steel", "--extension", "ext.json"], 1, "is based on"),
        (["check", "none.json"], 2, "cannot read"),
        (["check", "steps.json"], 2, "x-template"),
        (["check", "foreign.json"], 2, "no layer '88.118.0/META_CARBON_X_1.0.0' is shipped"),
        (["states", "ext.json"], 2, "format"),
        (["states", "steps.json", "--at", "soon"], 2, "no date or time"),
        (["states", "steps.json", "--extension", "other.json"], 2, "the steps are about layer"),
        (["states", "later.json", "--extension", "ext.json"], 2, "other bodies"),
        (["states", "frames"], 2, "add --extension"),
    ],
)  # fmt: skip
def test_wrong_use_and_malformed_files(
    arguments: list[str], code: int, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "ext.json", extension())
    write(folder, "other.json", extension({}))
    write(
        folder, "foreign.json", extension(base={"handle": "88.118.0/META_CARBON_X_1.0.0", "sha256": "0x" + "00" * 32})
    )
    write(folder, "steps.json", STEPS)
    write(folder, "later.json", STEPS | {"effective": "2026-07-01T00:00:00+08:00"})
    (folder / "frames").write_bytes(b"\xd2\x84\x40\xa0\x40\x40")
    assert main(arguments) == code
    assert message in capsys.readouterr().err


def test_check_accepts_and_warns(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = extension({"gridGas": quantity(3000, "天然气用量", "Gas from the grid", unit="10^4Nm3")})
    name = write(folder, "ext.json", told)
    assert main(["check", name]) == 0
    out = capsys.readouterr().out
    assert "to the reviewer" in out
    assert f"0x{extended(told).sha256.hex()}" in out
    assert main(["check", name, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["accepted"]
    assert [warned["like"]["code"] for warned in found["warnings"]] == ["naturalGas"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_check_names_every_refusal(folder: Path, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    items = {"gas": quantity(2200, "气", "Gas"), "naturalGas": restated("naturalGas", **{"x-unit": "t"})}
    name = write(folder, "bad.json", extension(items))
    assert main(["check", name, "--lang", language]) == 1
    out = capsys.readouterr().out
    for part in ("'gas'", "'naturalGas'", "x-unit", "3000 to 4999"):
        assert part in out
    assert max(map(width, out.splitlines())) <= 100
    assert main(["check", name, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["accepted"], found["template"], len(found["refusals"])) == (False, None, 3)


def test_check_of_a_record(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = extended()
    record = {"format": "template-record/1", "template": f"0x{template.sha256.hex()}", "values": VALUES}
    write(folder, "ext.json", extension())
    write(folder, "good.json", record)
    write(folder, "bad.json", record | {"values": VALUES | {"purchasedElectricity": [measured(unit="kWh")]}})
    assert main(["check", "ext.json", "--record", "good.json"]) == 0
    capsys.readouterr()
    assert main(["check", "ext.json", "--record", "bad.json"]) == 1
    assert "item 2230 purchasedElectricity" in capsys.readouterr().out
    assert main(["check", "ext.json", "--record", "bad.json", "--json"]) == 1
    assert [fault["index"] for fault in json.loads(capsys.readouterr().out)["record"]] == [2230]


@pytest.mark.parametrize(
    ("count", "moment", "parts"),
    [
        (0, "2026-05-01", ["draft", "no step yet", "the applicant (88.118.20260): submit"]),
        (1, "2026-05-03", ["submitted", "the node (88.118.0): node-review", "due by"]),
        (2, "2026-06-01", ["OVERDUE, and escalated to the top", "another account of the node", "node-approve"]),
        (3, "2026-05-04", ["provisionally", "the top (88.100.0): top-review"]),
        (5, "2026-05-20", ["registered", "takes effect at 2026-05-31 16:00 UTC", "code 600"]),
        (5, "2026-06-01", ["effective", "may register identifiers under it", "the template resolves"]),
    ],
)
def test_states_says_where_it_stands(
    count: int, moment: str, parts: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = write(folder, "steps.json", STEPS | {"steps": STEPS["steps"][:count]})
    write(folder, "ext.json", extension())
    assert main(["states", name, "--at", moment, "--extension", "ext.json"]) == 0
    out = capsys.readouterr().out
    assert [part for part in parts if part not in out] == []
    assert max(map(width, out.splitlines())) <= 100
    assert main(["states", name, "--at", moment, "--lang", "zh"]) == 0


def test_states_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = write(folder, "steps.json", STEPS)
    assert main(["states", name, "--at", "2026-06-01", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["use"], told["answer"]) == ("effective", "full", 1)
    assert [step["action"] for step in told["taken"]] == [
        "submit", "node-review", "node-approve", "top-review", "register",
    ]  # fmt: skip


def test_states_refuses_a_step_out_of_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = write(folder, "steps.json", STEPS | {"steps": STEPS["steps"][1:]})
    assert main(["states", name]) == 1
    assert "step 1, node-review by 88.118.0/P-1" in capsys.readouterr().err


def test_every_text_stands_in_both_languages() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()


@given(st.text("ab 中文，(x)-", max_size=60), st.integers(2, 20))
def test_wrapping_loses_nothing_and_fits(text: str, size: int) -> None:
    lines = wrapped(text, size)
    assert all(width(line) <= size for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(row) <= size + 6 for row in rows([[text], ["x"]], (size, 4)))
