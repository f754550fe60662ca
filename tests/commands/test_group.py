"""`carbon group`: members' results added up, and refused where they overlap."""

import json
from pathlib import Path

import pytest

from ledger.canonical import canonical_json
from ledger.commands import group as command
from tests.evaluation.test_group import FILE, grouped, mill, netting, port


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    named = {"group.toml": (FILE + netting()).encode(), "mill.json": canonical_json(mill())}
    for name, data in (named | {"port.json": canonical_json(port())}).items():
        (tmp_path / name).write_bytes(data)
    return [str(tmp_path / name) for name in ("group.toml", "mill.json", "port.json")]


def test_the_document_is_the_sum(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([*files, "--json", "--out", str(tmp_path / "out.json")]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed) == json.loads((tmp_path / "out.json").read_bytes())
    expected = grouped(mill(), port(), file=FILE + netting())
    assert json.loads(printed)["emissions"] == expected["emissions"]


@pytest.mark.parametrize(("language", "says"), [("zh", "集团"), ("en", "group")])
def test_people_see_members_and_what_is_netted(
    files: list[str], language: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([*files, "--lang", language]) == 0
    shown = capsys.readouterr().out
    assert says in shown
    assert "-4" in shown


def test_one_member_twice_and_a_missing_file_end_with_two(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """INV-11: a group's figure cannot be made from one member's result twice."""
    for results in ([files[1], files[1]], [files[1], "nowhere.json"]):
        assert command.main([files[0], *results]) == 2
    assert "stands twice" in capsys.readouterr().err
