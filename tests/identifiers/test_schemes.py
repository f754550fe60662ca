"""Each scheme against the reference vectors, and against garbage: a named error or a normalised identifier."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean
from stdnum.cn import uscc as peer_uscc

from ledger.identifiers.did import base58, did_key, from_base58, parse_did
from ledger.identifiers.digital_link import parse_path, parse_uri
from ledger.identifiers.ecode import parse_ecode
from ledger.identifiers.gs1 import check_digit, check_gtin, check_key, check_pair
from ledger.identifiers.handle import parse_handle, parse_vaa
from ledger.identifiers.oid import Oid, parse_oid
from ledger.identifiers.private import parse_private, private_code
from ledger.identifiers.text import IdentifierError, percent_decoded, percent_encoded
from ledger.identifiers.uscc import ALPHABET, INNER_CHECK, LETTER_FIRST, check_uscc
from tests.conftest import outside

GTIN = "06901234567892"
PARSERS: dict[str, Callable[[str], object]] = {
    "uscc": check_uscc,
    "gtin": lambda text: check_key("01", text),
    "gln": lambda text: check_key("417", text),
    "sscc": lambda text: check_key("00", text),
    "gs1_dl": parse_uri,
    "vaa_handle": parse_handle,
    "oid": parse_oid,
    "ecode": parse_ecode,
    "did": parse_did,
}


def vectors() -> dict[str, Any]:
    folder = outside("CARBON_REFERENCE", "reference")
    if folder is None:
        pytest.skip("no reference folder: set CARBON_REFERENCE")
    loaded: dict[str, Any] = json.loads((folder / "identifier_vectors.json").read_text(encoding="utf-8"))
    return loaded


def bare(vector: str | dict[str, Any]) -> str:
    """Without the remark in brackets that some vectors carry."""
    text = vector if isinstance(vector, str) else str(vector["v"])
    return text.split(" (")[0]


@pytest.mark.parametrize("scheme", PARSERS)
def test_reference_vectors(scheme: str) -> None:
    told = vectors()[scheme]
    for vector in told.get("valid", told.get("valid14")):
        PARSERS[scheme](bare(vector))
    refused = [bare(vector) for vector in told["invalid"] if not _only_warned(vector)]
    for text in refused:
        with pytest.raises(IdentifierError):
            PARSERS[scheme](text)
    assert len(refused) >= len(told["invalid"]) - 1


def _only_warned(vector: str | dict[str, Any]) -> bool:
    return isinstance(vector, dict) and "outer check ok, inner" in vector.get("why", "")


@pytest.mark.parametrize(
    ("code", "warnings"),
    [
        ("913200001234567887", ()),
        ("91110000600037341L", ()),
        ("91320000123456780E", (INNER_CHECK,)),
    ],
)
def test_uscc_warns_of_the_inner_check(code: str, warnings: tuple[str, ...]) -> None:
    assert check_uscc(code) == warnings


@given(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=10, max_size=10),
)
def test_uscc_agrees_with_a_peer(first: str, region: str, rest: str) -> None:
    code = first + region + rest
    try:
        mine = LETTER_FIRST not in check_uscc(code)
    except IdentifierError:
        mine = False
    assert mine == peer_uscc.is_valid(code)


@given(st.text("0123456789", min_size=12, max_size=12))
def test_check_digit_agrees_with_a_peer(digits: str) -> None:
    assert check_digit(digits) == ean.calc_check_digit(digits)


def test_check_pair_of_a_model_number() -> None:
    assert check_pair("1987654Ad4X4bL5ttr2310c") == "2K"
    assert check_key("8013", "1987654Ad4X4bL5ttr2310c2K")
    with pytest.raises(IdentifierError, match="check characters"):
        check_key("8013", "1987654Ad4X4bL5ttr2310c2J")


def test_shorter_gtins_become_fourteen_digits() -> None:
    assert check_gtin("6901234567892") == GTIN


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("88.118.8/../../etc/passwd", "traversal"),
        ("88.118.8/a\\..\\b", "traversal"),
        ("88.118.8/a\nb", "control character"),
        ("88.118.8/a\u202eb", "invisible"),
        ("88.118.8/СE-2026", "mixes"),  # a Cyrillic letter first
        ("88.118.8/ＣＥ-2026", "look like"),
        ("８８.118.8/CE-2026", "look like"),
        ("88.118.8/" + "x" * 300, "at most"),
        ("", "empty"),
    ],
)
def test_handles_that_deceive_are_refused(text: str, reason: str) -> None:
    """INV-13: no second spelling passes for an enterprise's identifier."""
    with pytest.raises(IdentifierError, match=reason):
        parse_handle(text)


def test_handles_compare_without_case_and_are_echoed() -> None:
    asked, other = parse_handle("hdl:88.118.8/CE-2026"), parse_handle("88.118.8/ce-2026")
    assert asked.key == other.key
    assert asked.text == "88.118.8/CE-2026"
    assert parse_handle("88.118.8/碳效码/2025").is_vaa
    assert parse_handle("88.118.8/a:b").warnings == ("colon",)
    with pytest.raises(IdentifierError):
        parse_vaa("20.500.12345/x")


def test_oid_in_its_forms() -> None:
    oid = parse_oid("urn:oid:1.2.156.3001.1")
    assert oid.text == "1.2.156.3001.1"
    assert oid.der().hex() == "06062a811c973901"
    assert parse_oid(oid.urn) == parse_oid("oid:/1.2.156.3001.1") == oid


@given(st.integers(0, 2), st.lists(st.integers(0, 2**128), min_size=1, max_size=4))
def test_oids_survive_writing(first: int, others: list[int]) -> None:
    others[0] %= 40
    assert parse_oid(Oid((first, *others)).text).arcs == (first, *others)


@pytest.mark.parametrize(
    ("path", "query", "text", "attributes"),
    [
        (f"/01/{GTIN}", "", f"https://id.gs1.org/01/{GTIN}", ()),
        (f"/some/stem/01/{GTIN}/10/B1/", "", f"https://id.gs1.org/01/{GTIN}/10/B1", ()),
        (
            f"/01/{GTIN}/21/S%2F1",
            "17=281231&linkType=all",
            f"https://id.gs1.org/01/{GTIN}/21/S%2F1",
            (("17", "281231"),),
        ),
        ("/415/6901234000016/8020/A1", "", "https://id.gs1.org/415/6901234000016/8020/A1", ()),
    ],
)
def test_digital_links_are_normalised(
    path: str, query: str, text: str, attributes: tuple[tuple[str, str], ...]
) -> None:
    link = parse_path(path, query)
    assert (link.text, link.attributes) == (text, attributes)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/415/6901234000016", ""),
        ("/417/6901234000016/254/A", ""),
        (f"/01/{GTIN}/10/{'x' * 21}", ""),
        (f"/01/{GTIN}/10/%ff", ""),
        (f"/01/{GTIN}/10/%zz", ""),
        (f"/01/{GTIN}", "7230=A"),
        (f"/01/{GTIN}", "17="),
        ("/8006/069012345678920302", ""),
        (f"/01/{GTIN}/10/压", ""),
    ],
)
def test_digital_links_that_break_a_rule(path: str, query: str) -> None:
    with pytest.raises(IdentifierError):
        parse_path(path, query)


def test_a_walk_up_ends_at_the_key() -> None:
    link = parse_path(f"/01/{GTIN}/10/B1/21/S1")
    assert [one.path for one in link.ancestors()] == [f"/01/{GTIN}/10/B1", f"/01/{GTIN}"]
    assert parse_path(f"/01/{GTIN}").ancestors() == ()


def test_did_key_of_a_known_key() -> None:
    known = "did:key:z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvVd"
    public = from_base58(known.removeprefix("did:key:z"))[2:]
    assert did_key(b"\xed\x01", public).text == known
    with pytest.raises(IdentifierError):
        did_key(b"\xed\x01", public[1:])


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("did:web:gw.example", "https://gw.example/.well-known/did.json"),
        ("did:web:GW.example%3A8443:org:88.118.8", "https://gw.example:8443/org/88.118.8/did.json"),
        ("did:key:z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvVd", ""),
    ],
)
def test_where_the_document_of_a_did_lies(text: str, url: str) -> None:
    assert parse_did(text).document_url == url


@pytest.mark.parametrize("text", ["did:web:gw.example:..:x", "did:web:gw.example:%2E%2E", "did:ion:x", "did:key:z0"])
def test_dids_that_are_refused(text: str) -> None:
    with pytest.raises(IdentifierError):
        parse_did(text)


@given(st.binary(max_size=40))
def test_base58_survives_reading(data: bytes) -> None:
    assert from_base58(base58(data)) == data


@pytest.mark.parametrize("code", ["A-17/3 左", "压延机#2", "50%", "a.b"])
def test_private_codes_survive_publishing(code: str) -> None:
    private = private_code("88.118.8", "erp", code)
    assert parse_private(private.text) == private
    assert private.text.startswith("88.118.8/P.erp.")


@pytest.mark.parametrize(
    "text", ["88.118.8/P.erp.a%2eb", "88.118.8/P.erp.%41", "88.118.8/CE-2026", "20.500.1/P.erp.a", "88.118.8/P..a"]
)
def test_private_codes_have_one_spelling(text: str) -> None:
    """INV-13."""
    with pytest.raises(IdentifierError):
        parse_private(text)


@pytest.mark.parametrize(
    "parts", [("20.500.1", "erp", "a"), ("88.118.8", "e.rp", "a"), ("88.118.8", "erp", " a"), ("88.118.8", "erp", "")]
)
def test_private_codes_need_owner_scheme_and_code(parts: tuple[str, str, str]) -> None:
    with pytest.raises(IdentifierError):
        private_code(*parts)


@given(st.text(max_size=60).filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text)))
def test_percent_encoding_survives_decoding(text: str) -> None:
    assert percent_decoded(percent_encoded(text)) == text


GARBAGE = st.one_of(
    st.text(max_size=400),
    st.text("0123456789./:%-_ABCxyzé压Я\u200b", max_size=60),
    st.sampled_from(["did:web:", "did:key:z", "88.118.8/", f"https://a.b/01/{GTIN}/", "2.25.", "urn:oid:"]).flatmap(
        lambda start: st.text(max_size=40).map(lambda rest: start + rest)
    ),
)


@pytest.mark.parametrize("scheme", [*PARSERS, "private"])
@given(text=GARBAGE)
def test_garbage_is_refused_by_name(scheme: str, text: str) -> None:
    """INV-18: IdentifierError and nothing else."""
    parser = PARSERS.get(scheme, parse_private)
    with contextlib.suppress(IdentifierError):
        parser(text)
