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
