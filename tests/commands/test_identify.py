"""`carbon identify` as a user calls it."""

import json

import pytest

from ledger.cli import main
from ledger.commands.identify_texts import TEXTS


def test_schemes_are_named_with_what_to_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["identify", "hdl:88.118.8/CE-1", "91320000123456780E"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "industrial-internet identifier (VAA)  88.118.8/CE-1",
        "unified social credit code  91320000123456780E",
        "  ! the check inside the organisation code fails; some codes issued after 2015 are so",
    ]


def test_an_invalid_one_is_told_beside_the_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["identify", "6901234567893", "6901234567892", "--json"]) == 2
    out, err = capsys.readouterr()
    bad, good = json.loads(out)
    assert (good["scheme"], good["identifier"]) == ("gtin", "06901234567892")
    assert bad["asked"] == "6901234567893"
    assert (bad["mend"], err) == ("compare it with its source", "")


def test_a_private_code_needs_its_owner(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["identify", "A-17/3"]) == 2
    assert main(["identify", "A-17/3", "--owner", "88.118.8", "--lang", "zh"]) == 0
    assert capsys.readouterr().out == "企业私有标识，发布为  88.118.8/P.code.A-17%2F3\n"


def test_both_languages_say_the_same_things() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()


def test_a_new_identifier_is_minted_and_a_typing_error_in_it_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["identify", "--mint", "PCF-2026-17", "--owner", "88.118.8", "--json"]) == 0
    [minted] = json.loads(capsys.readouterr().out)
    assert minted["identifier"].startswith("88.118.8/PCF-2026-00000H-")
    assert main(["identify", minted["identifier"][:-1] + "_"]) == 0
    assert main(["identify", minted["identifier"].replace("00000H", "0000H0"), "--lang", "zh"]) == 0
    assert "校验位不符" in capsys.readouterr().out


def test_nothing_to_do_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["identify", "--lang", "en"])
    assert stop.value.code == 2
    assert "--mint" in capsys.readouterr().err
    assert main(["identify", "--mint", "CE-2026-1"]) == 2
