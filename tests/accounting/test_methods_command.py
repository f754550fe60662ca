"""`carbon methods`: what an accountant reads of a method is what the method says."""

import json
from pathlib import Path

import pytest

from ledger.accounting.method import FORMAT, parse_method
from ledger.commands import methods as command
from ledger.commands.input_files import shipped
from ledger.rules import load_rule


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_shipped_method_is_listed_and_can_be_shown(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["list", "--lang", language]) == 0
    listed = capsys.readouterr().out
    for name in shipped(FORMAT):
        assert name in listed
        assert command.main(["show", name, "--lang", language]) == 0
        first = next(iter(parse_method(load_rule(name)).sources.values()))
        shown = capsys.readouterr().out
        assert first.id in shown
        assert first.formula.steps[-1].text.split(" = ")[0] in shown


def test_one_source_is_shown_with_its_steps_and_constants(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["show", "cn-aluminium-2013", "--source", "anode", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "carbon [t] = anode * (1 - S - A)" in shown
    assert "11/3 tCO2/t" in shown


def test_json_holds_every_source_item_and_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["show", "cn-cement-2015", "--json"]) == 0
    shown, method = json.loads(capsys.readouterr().out), parse_method(load_rule("cn-cement-2015"))
    assert list(shown["sources"]) == list(method.sources)
    assert list(shown["parameters"]) == list(method.parameters)
    assert set(shown["items"]) == {item.id for item in method.items.values() if item.part_of is None}


def test_what_is_unknown_or_malformed_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.toml").write_text('format = "method/1"\n')
    wrong = (["none"], ["general", "--source", "zzz"], [str(tmp_path / "bad.toml")], [str(tmp_path / "gone.toml")])
    for arguments in wrong:
        assert command.main(["show", *arguments]) == 2
        assert "carbon methods show: " in capsys.readouterr().err
