"""`carbon report`: which files it writes, what it says, with which exit code."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ledger import cli
from ledger.canonical import canonical_json
from ledger.commands.report import main
from ledger.commands.report_texts import TEXTS
from ledger.reports.pdf import chinese_font
from tests.reports import samples
from tests.reports.bundles import bundle_of, file_of


@pytest.fixture
def result(tmp_path: Path) -> Path:
    path = tmp_path / "result.json"
    path.write_bytes(canonical_json(samples.bare()))
    return path


def test_both_formats_in_both_languages(result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if chinese_font() is None:
        pytest.skip("no Chinese font: apt-get install fonts-noto-cjk")
    assert main([str(result), "--out", str(tmp_path / "reports")]) == 0
    written = sorted(path.name for path in (tmp_path / "reports").iterdir())
    assert written == ["report-en.html", "report-en.pdf", "report-zh.html", "report-zh.pdf"]
    assert "report-zh.pdf" in capsys.readouterr().out.replace("\n", "")


def test_json_says_what_was_written(result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(result), "--out", str(tmp_path), "--format", "html", "--lang", "zh", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["format"] == "report-files/1"
    (entry,) = told["files"]
    assert (entry["language"], entry["format"], entry["remarks"]) == ("zh", "html", [])
    assert entry["size"] == len(Path(entry["file"]).read_bytes())
    assert "未经认证" in Path(entry["file"]).read_text(encoding="utf-8")


def test_one_file_by_its_name(result: Path, tmp_path: Path) -> None:
    assert main([str(result), "--out", str(tmp_path / "a" / "b.html"), "--lang", "en"]) == 0
    assert (tmp_path / "a" / "b.html").read_bytes().startswith(b"<!doctype html>")


@pytest.mark.parametrize("more", [["--lang", "both"], ["--format", "pdf"], ["--format", "both"]])
def test_one_file_holds_one_report(
    result: Path, tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(result), "--out", str(tmp_path / "b.html"), *more]) == 2
    assert "--out" in capsys.readouterr().err


def test_a_bundle(tmp_path: Path) -> None:
    path = tmp_path / "certificate.bundle"
    path.write_bytes(file_of(bundle_of(samples.full())))
    assert main([str(path), "--out", str(tmp_path), "--format", "html", "--lang", "en"]) == 0
    page = (tmp_path / "report-en.html").read_text(encoding="utf-8")
    assert "88.118.20260/CE-2018-0001" in page
    assert "NOT CERTIFIED" not in page


def test_a_bundle_with_another_result_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = replace(bundle_of(samples.full()), result=canonical_json(samples.bare()))
    path = tmp_path / "certificate.bundle"
    path.write_bytes(file_of(bundle))
    assert main([str(path), "--out", str(tmp_path / "none")]) == 1
    assert "commits to" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04", b"PK\x03\x04" + bytes(200), b'{"format": "result/1"}'])
def test_malformed(data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    assert main([str(path), "--out", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("carbon report: ")
    assert not (tmp_path / "none").exists()


def test_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_place_that_cannot_be_written(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(result), "--out", str(result / "inside"), "--format", "html"]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_both_languages_say_the_same() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()


@pytest.mark.parametrize(("language", "word"), [("en", "proves nothing"), ("zh", "不构成证明")])
def test_help(language: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["report", "--help", "--lang", language])
    assert word in capsys.readouterr().out
