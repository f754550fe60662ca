"""The language of help and answers, wanted before the arguments are parsed."""

import pytest

from ledger.commands.methods import main
from ledger.language import Language, asked


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        (["list", "--lang", "zh"], "en_GB.UTF-8", "zh"),
        (["list", "--lang=zh"], "en_GB.UTF-8", "zh"),
        (["--lang", "en", "list"], "zh_CN.UTF-8", "en"),
        (["list"], "zh_CN.UTF-8", "zh"),
        (["list", "--lang"], "zh_CN.UTF-8", "zh"),  # argparse refuses it, in the reader's language
        (["list", "--language", "zh"], "en_GB.UTF-8", "en"),
        ([], "", "en"),
    ],
)
def test_a_flag_goes_before_the_environment(
    arguments: list[str], environment: str, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARBON_LANG", environment)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert asked(arguments) == language


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_list_of_methods_cuts_no_title(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["list", f"--lang={language}"]) == 0
    assert "…" not in capsys.readouterr().out
