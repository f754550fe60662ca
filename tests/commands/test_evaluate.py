"""`carbon evaluate` as a person reads it."""

from pathlib import Path

import pytest

from ledger.commands.evaluate import main


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "当量值 12.29 · 等价值 30.15"), ("en", "by calorific value 12.29 · by equivalent value 30.15")],
)
def test_both_bases_of_energy_are_told_by_their_names(
    language: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """100 MWh at 0.1229 kgce/kWh; the other basis stands beside it."""
    file = tmp_path / "year.csv"
    file.write_text("item,value,unit,period\npurchased_electricity,100,MWh,2022\n", encoding="utf-8")
    rules = ["--method", "cn-energy-2589", "--factors", "cn-tce-2589"]
    assert main(["--activity", str(file), "--unverified", *rules, "--lang", language]) == 0
    assert words in capsys.readouterr().out
