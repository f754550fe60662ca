"""`carbon what-if` and `carbon regrade` over a result and over a bundle."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.certificates.bundling import write_bundle
from ledger.cli import COMMANDS
from ledger.commands import regrade, what_if
from ledger.evaluation.result import Result
from tests.evaluation.plant import RULES, result, whole
from tests.evaluation.test_grading import LINES, smelter
from tests.evidence.plant import certified, run_plant


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARBON_LANG", "en")
    monkeypatch.setenv("COLUMNS", "100")


def saved(folder: Path, found: Result) -> Path:
    path = folder / "result.json"
    path.write_bytes(found.canonical())
    return path


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """K 1.206961, grade 4."""
    return saved(tmp_path, result(whole("21200"), kind=2))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert what_if.main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: object, command: Any = what_if) -> str:
    assert command.main(list(map(str, arguments))) == 2
    output = capsys.readouterr()
    assert output.out == ""
    return output.err


def test_the_grade_now_and_the_ways_up(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, graded)
    assert (found["now"]["grade"], found["now"]["value"]) == (4, 1_206_961)
    assert [way["grade"] for way in found["ways"]] == [3, 2, 1]
    assert found["ways"][0]["electricity"] == "117"
    assert (found["warning"]["lower"], found["warning"]["higher"]) == (3, 4)
    assert found["sources"][0]["source"] == "purchased_heat"
    assert "tried" not in found


def test_changes_are_tried(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = graded.read_bytes()
    found = run(capsys, graded, "--set", "purchased_heat=-10%", "--set", "value_added=+1%")
    assert found["tried"]["changes"] == ["purchased_heat=-10%", "value_added=+1%"]
    assert found["tried"]["grade"] == 3
    assert graded.read_bytes() == before


def test_other_means(graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "means.toml"
    other.write_bytes((RULES.benchmarks or b"").replace(b'value = "4.5"', b'value = "9"'))
    assert run(capsys, graded, "--benchmarks", other)["now"]["grade"] == 2


def test_what_may_be_shown_gives_no_amount_away(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exact fractions of the percentages would carry the emissions' digits: in public they are rounded."""
    document = json.loads(graded.read_bytes())
    found = run(capsys, graded, "--public", "--set", "purchased_heat=-10%")
    assert "sources" not in found
    assert found["ways"][0] == {"grade": 3, "of": "energy-less-deductions", "percent": "0.58", "more": "0.59"}
    texts = re.findall(r'"([^"]*)"', json.dumps(found))
    assert not any("/" in text for text in texts if text != "what-if/1")
    amounts = [document["emissions"][name] for name in ("total", "energy")] + [
        document["activity"]["value_added"]["value"]
    ]
    assert not any(amount in texts for amount in amounts)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("public", [True, False])
def test_people_read_it_in_both_languages(
    graded: Path, language: str, public: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(graded), "--lang", language, "--set", "purchased_heat=-10%"]
    assert what_if.main([*arguments, "--public"] if public else arguments) == 0
    shown = capsys.readouterr().out
    assert ("grade 4" if language == "en" else "等级 4") in shown
    assert ("rather low efficiency" if language == "en" else "较低") in shown
    assert "DEMO" in shown
    assert ("tCO2 " in shown) is not public
    assert "21200" not in shown.replace(",", "")


def test_lines_of_products(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, data in (("scheme", LINES.scheme), ("benchmarks", LINES.benchmarks)):
        (tmp_path / f"{name}.toml").write_bytes(data or b"")
    path = saved(tmp_path, smelter("5.4"))
    rules = ["--scheme", tmp_path / "scheme.toml", "--benchmarks", tmp_path / "benchmarks.toml"]
    found = run(capsys, path, *rules)
    assert (found["now"]["grade"], found["ways"][0]["less"], found["ways"][0]["unit"]) == (2, "1.8", "kWh")
    assert what_if.main([str(path), *map(str, rules)]) == 0
    assert "between benchmark and baseline" in capsys.readouterr().out


def test_rules_that_are_not_the_results_own_are_not_taken_for_them(
    graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """INV-15: a file of the same name with other bytes never passes for the one that the result was graded by."""
    other = (RULES.benchmarks or b"").replace(b'value = "4.5"', b'value = "9"')
    (tmp_path / "demo-rolling-means.toml").write_bytes(other)
    assert "is not the one that the result was graded by" in refused(capsys, graded, "--rules", tmp_path)


def test_a_bundle_brings_its_own_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Means that no release ships: they are found in the bundle, by the hash that its result names."""
    means = (RULES.benchmarks or b"").replace(b'value = "4.5"', b'value = "4.4"')
    rules = replace(RULES, benchmarks=means)
    bundle = certified(run_plant()).bundle
    inside = {**bundle.rules, "scheme": RULES.scheme or b"", "benchmarks": means}
    held = replace(bundle, rules=inside, result=result(whole("21200"), kind=2, rules=rules).canonical())
    path = tmp_path / "certificate.bundle"
    path.write_bytes(write_bundle(held))
    found = run(capsys, path)
    assert (found["now"]["grade"], found["benchmarks"]["sha256"]) == (4, "0x" + hashlib.sha256(means).hexdigest())


def test_wrong_use(graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no source or item 'steam'" in refused(capsys, graded, "--set", "steam=-1%")
    assert "is no change" in refused(capsys, graded, "--set", "steam")
    assert "cannot be read" in refused(capsys, tmp_path / "absent.json")
    assert "no rule 'nothing'" in refused(capsys, graded, "--scheme", "nothing")
    plain = saved(tmp_path, result(whole()))
    assert "was not graded" in refused(capsys, plain)
    plain.write_bytes(b"PK\x03\x04 no archive")
    assert "carbon what-if: " in refused(capsys, plain)


def test_grading_again_writes_a_new_file_and_never_over_another(
    graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, means, out = graded.read_bytes(), tmp_path / "means.toml", tmp_path / "new.json"
    means.write_bytes((RULES.benchmarks or b"").replace(b'value = "4.5"', b'value = "4.8"'))
    arguments = [graded, "--scheme", "zhejiang-carbon-efficiency", "--benchmarks", means, "--out", out]
    assert regrade.main(list(map(str, arguments))) == 0
    shown = capsys.readouterr().out
    assert "grade 4" in shown
    assert "grade 3" in shown
    assert json.loads(out.read_bytes())["grade"]["grade"] == 3
    assert "is there already" in refused(capsys, *arguments, command=regrade)
    assert "is there already" in refused(capsys, *arguments[:-1], graded, command=regrade)
    assert graded.read_bytes() == before


def test_grading_again_by_the_same_rules_is_refused(
    graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = ["--scheme", "zhejiang-carbon-efficiency", "--benchmarks", "demo-rolling-means"]
    error = refused(capsys, graded, *rules, "--out", tmp_path / "new.json", command=regrade)
    assert "exactly these rules" in error
    assert not (tmp_path / "new.json").exists()


@pytest.mark.parametrize("name", ["what-if", "regrade"])
def test_help_in_both_languages(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main = what_if.main if name == "what-if" else regrade.main
    for language, word in (("en", "Exit codes"), ("zh", "退出码")):
        with pytest.raises(SystemExit) as ended:
            main(["--lang", language, "--help"])
        assert ended.value.code == 0
        shown = capsys.readouterr().out
        assert word in shown
        assert f"carbon {name}" in shown
    assert name in COMMANDS
