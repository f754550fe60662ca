"""Why a text is no identifier, said in Chinese and English: by the parsers, `carbon identify` and `carbon resolve`."""

import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.commands import identify, resolve, resolve_alias
from ledger.identifiers.did import did_key, parse_did
from ledger.identifiers.digital_link import parse_path, parse_uri
from ledger.identifiers.ecode import parse_ecode
from ledger.identifiers.element_string import parse_element_string
from ledger.identifiers.gs1 import check_gtin, check_key
from ledger.identifiers.handle import parse_handle, parse_vaa
from ledger.identifiers.minted import mint, mint_from
from ledger.identifiers.oid import parse_oid
from ledger.identifiers.private import parse_private, private_code
from ledger.identifiers.recognise import recognise
from ledger.identifiers.refusal_texts import REFUSALS
from ledger.identifiers.text import IdentifierError, checked, percent_decoded, refused, told
from ledger.identifiers.uscc import check_uscc
from ledger.identifiers.vaa import node, split
from ledger.language import LANGUAGES
from ledger.resolution.names import alias_of
from terminal_signer.errors import CarbonError

OWNER = "88.118.20260"
CASES: dict[str, Callable[[], object]] = {
    "empty": lambda: recognise(""),
    "too-long": lambda: parse_handle(f"{OWNER}/{'a' * 300}"),
    "control-character": lambda: recognise(f"{OWNER}/a\x07b"),
    "look-alike": lambda: recognise(f"{OWNER}/ＣＥ-1"),
    "invisible": lambda: recognise(f"{OWNER}/CE\u200b-1"),
    "mixed-scripts": lambda: recognise(f"{OWNER}/СE-1"),
    "broken-escape": lambda: percent_decoded("a%zz"),
    "not-utf8": lambda: percent_decoded("%ff"),
    "handle-prefix": lambda: parse_handle("/x"),
    "handle-suffix": lambda: parse_handle("88.118.8/"),
    "path-traversal": lambda: recognise(f"{OWNER}/../x"),
    "no-vaa": lambda: parse_vaa("10.1234/x"),
    "node-prefix": lambda: node("88..1"),
    "vaa-prefix": lambda: split("88..1/x"),
    "vaa-suffix": lambda: split(OWNER),
    "owner-prefix": lambda: private_code("10.1", "code", "x"),
    "scheme-name": lambda: private_code(OWNER, "1", "x"),
    "outer-space": lambda: private_code(OWNER, "code", " x"),
    "no-private-code": lambda: parse_private(f"{OWNER}/x"),
    "private-spelling": lambda: parse_private(f"{OWNER}/P.code.%41"),
    "mint-kind": lambda: mint(OWNER, "XX", 2026, 1),
    "mint-range": lambda: mint(OWNER, "CE", 26, 1),
    "mint-wanted": lambda: mint_from(OWNER, "CE"),
    "no-oid": lambda: parse_oid("1.02"),
    "one-arc": lambda: parse_oid("1"),
    "first-arc": lambda: parse_oid("3.1"),
    "second-arc": lambda: parse_oid("1.40"),
    "ecode-start": lambda: parse_ecode("x1"),
    "ecode-version": lambda: parse_ecode("7123"),
    "ecode-scheme": lambda: parse_ecode("1x"),
    "ecode-digits": lambda: parse_ecode("10064x"),
    "ecode-letters": lambda: parse_ecode("300641-"),
    "ecode-signs": lambda: parse_ecode("400641" + "x" * 220),
    "uscc-length": lambda: check_uscc("9111"),
    "uscc-character": lambda: check_uscc("I1110000600037341L"),
    "uscc-lower-case": lambda: check_uscc("91110000600037341l"),
    "uscc-region": lambda: check_uscc("91AA0000600037341L"),
    "uscc-check": lambda: recognise("91110000600037341A"),
    "no-primary-key": lambda: parse_path("/99/1"),
    "key-without-value": lambda: parse_path("/01/09506000134352/10"),
    "qualifier-order": lambda: parse_path("/01/09506000134352/21/1/10/2"),
    "incomplete-415": lambda: parse_path("/415/5412345000013"),
    "qualifier-value": lambda: parse_path("/01/09506000134352/10/" + "x" * 30),
    "attribute-value": lambda: parse_path("/01/09506000134352", "7230=1"),
    "no-web-address": lambda: parse_uri("ftp://x"),
    "unknown-key": lambda: check_key("99", "1"),
    "key-shape": lambda: check_key("01", "1"),
    "check-digit": lambda: recognise("6901234567890"),
    "check-pair": lambda: check_key("8013", "1987654Ad4X4bL5ttr2310cXX"),
    "itip-piece": lambda: check_key("8006", "095060001343520302"),
    "no-gtin": lambda: check_gtin("1"),
    "no-element-string": lambda: parse_element_string("(x)"),
    "repeated-element": lambda: parse_element_string("(01)09506000134352(10)A(10)B"),
    "no-did": lambda: parse_did("did:"),
    "did-method": lambda: parse_did("did:x:y"),
    "key-length": lambda: did_key(b"\xed\x01", b"1"),
    "no-base58": lambda: parse_did("did:key:z0"),
    "did-web": lambda: parse_did("did:web:-"),
    "did-key": lambda: parse_did("did:key:x"),
    "did-public-key": lambda: parse_did("did:key:z11"),
    "did-ethr": lambda: parse_did("did:ethr:0x1"),
    "no-identifier": lambda: recognise("https://example.org/x"),
    "unknown-scheme": lambda: recognise("what is it".replace(" ", "-")),
    "not-another-name": lambda: alias_of(f"{OWNER}/x"),
}


def _refusal(text: str) -> IdentifierError | None:
    try:
        recognise(text)
    except IdentifierError as fault:
        return fault
    return None


BY_OTHERS = {"key-not-first"}
"""Raised by the gateway, and tested there."""


def test_each_rule_is_here() -> None:
    assert set(CASES) | BY_OTHERS == set(REFUSALS)


@pytest.mark.parametrize("rule", CASES)
def test_a_refusal_names_its_rule_and_speaks_both_languages(rule: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        CASES[rule]()
    fault = caught.value
    assert fault.code == rule
    assert told(fault, "en") == str(fault)
    assert re.search("[\u4e00-\u9fff]", told(fault, "zh"))
    assert "{" not in told(fault, "en") + told(fault, "zh")


@pytest.mark.parametrize("rule", REFUSALS)
def test_both_languages_show_the_same(rule: str) -> None:
    said = [REFUSALS[rule][one] for one in LANGUAGES]
    shown = [{name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name} for texts in said]
    assert shown[0] == shown[1]
    assert [bool(mend) for _, mend in REFUSALS[rule].values()] in ([True, True], [False, False])


@given(st.text(max_size=300) | st.from_regex(r"[0-9]{8,18}|[0-9.]{1,20}/?.{0,9}|\([0-9]{2}\).{1,20}", fullmatch=True))
def test_every_refusal_of_a_stranger_s_text_is_said_in_chinese(text: str) -> None:
    fault = _refusal(text)
    if fault is not None:
        assert told(fault, "en") == str(fault)
        assert re.search("[\u4e00-\u9fff]", told(fault, "zh"))


def test_an_error_of_another_kind_speaks_for_itself() -> None:
    assert told(CarbonError("away", mend="wait"), "zh") == "away (wait)"
    assert told(IdentifierError("other"), "zh") == "other"


def test_what_was_shown_is_escaped() -> None:
    with pytest.raises(IdentifierError) as caught:
        checked("a\x1b[31mb")
    assert "\x1b" not in told(caught.value, "zh")
    assert refused("empty").values == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["6901234567890", "--lang", "zh"], "carbon identify: GTIN '06901234567890'：校验码不符（请与来源核对）"),
        (["6901234567890", "--lang", "en"], "the check digit is wrong (compare it with its source)"),
        (["--mint", "XX-2026-1", "--owner", OWNER, "--lang", "zh"], "不能新编 'XX' 类标识（可选 CE, PCF, EQ）"),
    ],
)
def test_identify_refuses_in_the_reader_s_language(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert identify.main(arguments) == 2
    assert said in capsys.readouterr().err


def test_resolve_refuses_in_the_reader_s_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert resolve.main([f"{OWNER}/../x", "--lang", "zh"]) == 2
    assert "含有路径穿越" in capsys.readouterr().err


def test_resolve_names_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = [f"{OWNER}/x", "--from", "http://127.0.0.1:1", "--ca", str(tmp_path / "none.pem")]
    assert resolve.main(arguments) == 2
    assert "none.pem" in capsys.readouterr().err


def test_an_alias_is_refused_in_the_reader_s_language(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert resolve_alias.main(["add", f"{OWNER}/x", "6901234567890", "--dir", str(tmp_path), "--lang", "zh"]) == 2
    assert "校验码不符" in capsys.readouterr().err
