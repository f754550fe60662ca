"""The reader in the browser and the one in Python take and refuse the same: statements, mutated bytes, whole codes."""

import base64
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from gateway import label_check
from ledger.commands.scan_keys import label_keys, vouched
from ledger.commands.scan_page import script_keys
from ledger.credentials.trust import Bounds, TrustedIssuer
from ledger.identifiers.gs1 import KEYS, SIGNS, check_digit
from ledger.identifiers.text import percent_encoded
from ledger.labels.compact import FIELDS, Compact, CompactError, payload, read_payload
from ledger.labels.offline import SIGNATURE, Checked, sign, verify
from terminal_signer import cbor
from tests.labels.samples import (
    ADDRESS,
    ENTERPRISE,
    FOOTPRINT,
    GRADED,
    HOST,
    ISSUED,
    ITEM,
    KEY,
    OTHER_KEY,
    PRODUCT,
    TRADE_ITEM,
    UNTIL,
)  # fmt: skip
from tests.labels.test_compact import VALUES, said
from tests.labels.test_offline import ALPHABET

DID = "did:web:ledger.example"
KNOWN = [TrustedIssuer(DID, {"a": KEY.public, "b": OTHER_KEY.public})]
SIGNED = {"e": payload(ENTERPRISE), "p": payload(FOOTPRINT), "t": payload(TRADE_ITEM)}
ONE_OTHER = [TrustedIssuer(DID, {"b": OTHER_KEY.public})]
TWICE = {"a": KEY.public, "b": KEY.public}
RETIRED_BEFORE = [TrustedIssuer(DID, TWICE, {"a": Bounds(ISSUED - 1, UNTIL + 9)})]
RETIRED_AFTER = [TrustedIssuer(DID, TWICE, {"a": Bounds(ISSUED), "b": Bounds(ISSUED + 1, UNTIL + 9)})]
ENDED = [TrustedIssuer(DID, TWICE, {"b": Bounds(None, UNTIL - 1)})]
TWO_ISSUERS = [*RETIRED_BEFORE, TrustedIssuer("did:web:other.example", {"a": KEY.public})]
MANY = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

READ = """
async ([module, payloads]) => {
  const { readPayload, Refused } = await import(module);
  const bytes = told => Uint8Array.from(atob(told), sign => sign.charCodeAt(0));
  const plain = ([name, value]) => [name, typeof value === "bigint" ? String(value) : value];
  return payloads.map(told => {
    try {
      return Object.fromEntries(Object.entries(readPayload(bytes(told))).map(plain));
    } catch (fault) {
      if (fault instanceof Refused) return null;
      throw fault;
    }
  });
}
"""
CHECK = """
async ([module, codes, keys, now]) => {
  const { check, Refused } = await import(module);
  return Promise.all(codes.map(async code => {
    try {
      const { outcome, notes } = await check(code, keys, BigInt(now));
      return [outcome, notes];
    } catch (fault) {
      if (fault instanceof Refused) return null;
      throw fault;
    }
  }));
}
"""


@pytest.fixture(scope="module")
def reader(browser: Browser, site: str) -> Iterator[Page]:
    """A page that may load the module by a dynamic import, which the gateway's policy forbids."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}/scan")
    yield page
    context.close()


def in_browser(page: Page, payloads: list[bytes]) -> list[dict[str, Any] | None]:
    told: list[dict[str, Any] | None] = page.evaluate(
        READ, [f"/static/{label_check.NAME}", [base64.b64encode(each).decode() for each in payloads]]
    )
    return told


def in_python(data: bytes) -> dict[str, Any] | None:
    try:
        fields = asdict(read_payload(data))
    except CompactError:
        return None
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if type(value) is int else value


def agree(page: Page, payloads: list[bytes]) -> None:
    for data, theirs in zip(payloads, in_browser(page, payloads), strict=True):
        ours = in_python(data)
        if ours is None and theirs is not None and newer(theirs):
            continue
        assert theirs == ours, data.hex()


def newer(told: dict[str, Any]) -> bool:
    """A browser's Unicode may have characters that this Python's has not: they are names then, not invisible."""
    return any(unicodedata.category(sign) == "Cn" for text in told.values() if isinstance(text, str) for sign in text)


def assigned(most: int) -> st.SearchStrategy[str]:
    signs = st.characters(exclude_categories=("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
    return st.text(signs, max_size=most).filter(lambda text: len(text.encode()) <= most)


TIMES = st.integers(0, 1 << 40)
AMOUNTS = st.integers(0, 1 << 63) | st.integers(0, 30)
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "identifier": st.from_regex(r"\A88(\.[a-z0-9-]{1,8}){1,3}/[A-Za-z0-9._~%碳-]{1,40}\Z"),
    "host": st.from_regex(r"\A[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?(:[0-9]{1,5})?\Z"),
    "period_start": st.integers(0, 1 << 30), "period_end": st.integers((1 << 30) + 1, 1 << 40), "valid_until": TIMES,
    "issued_at": TIMES, "issuer": st.binary(min_size=8, max_size=8), "token": st.binary(min_size=16, max_size=16),
    "tree_size": AMOUNTS, "offset": st.integers(-840, 840), "marks": st.integers(0, 15),
    "uscc": st.sampled_from(["", "91110000600037341L"]), "enterprise": assigned(96),
    "status_index": st.none() | AMOUNTS,
}  # fmt: skip
SIGNED_VALUES = st.text(SIGNS, min_size=1, max_size=12).map(percent_encoded)
ORDER = ("22", "10", "21", "235")
LINKS = st.just("") | st.builds(
    lambda gtin, parts: f"/01/{gtin}{check_digit(gtin)}" + "".join(f"/{ai}/{parts[ai]}" for ai in ORDER if ai in parts),
    st.text("0123456789", min_size=13, max_size=13),
    st.fixed_dictionaries({}, optional={"22": SIGNED_VALUES, "10": SIGNED_VALUES, "21": SIGNED_VALUES})
    | st.builds(lambda value: {"235": value}, SIGNED_VALUES),
).filter(lambda link: len(link) <= 120)
LEVELS = st.tuples(st.just(0), st.none()) | st.tuples(st.integers(1, 3), st.integers(-(1 << 63), 1 << 63))


@st.composite
def statements(draw: st.DrawFn) -> Compact:
    common = {name: draw(strategy) for name, strategy in COMMON.items()}
    if draw(st.booleans()):
        unit, link = draw(assigned(24).filter(bool)), draw(LINKS)
        return Compact(kind=3, product=draw(assigned(96)), footprint=draw(AMOUNTS), unit=unit, link=link, **common)
    grade = draw(st.integers(0, 5))
    level, intensity = draw(LEVELS)
    return Compact(kind=2, grade=grade, k=draw(AMOUNTS) if grade else 0, level=level, intensity=intensity, **common)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Sound bytes with a few of them changed, put in, taken out; or cut."""
    data = bytearray(SIGNED[draw(st.sampled_from("ept"))])
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(data) - 1))
        how = draw(st.sampled_from(("flip", "set", "insert", "delete", "cut")))
        if how == "flip":
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif how == "set":
            data[place] = draw(st.integers(0, 255))
        elif how == "insert":
            data[place:place] = draw(st.binary(min_size=1, max_size=4))
        elif how == "delete":
            del data[place]
        else:
            del data[max(place, 1) :]
    return bytes(data)


@st.composite
def odd(draw: st.DrawFn) -> bytes:
    """Well-formed, with fields that cannot be so."""
    changes = draw(st.dictionaries(st.integers(0, len(FIELDS) + 1), VALUES, min_size=1, max_size=3))
    try:
        return cbor.encode({**said(draw(st.sampled_from((ENTERPRISE, FOOTPRINT, TRADE_ITEM)))), **changes})
    except cbor.NotAllowed:
        return b""


@MANY
@given(st.lists(statements(), min_size=1, max_size=20))
def test_what_python_writes_the_browser_reads(reader: Page, made: list[Compact]) -> None:
    """INV-11: the same figures, to the last digit."""
    payloads = [payload(each) for each in made]
    told = in_browser(reader, payloads)
    assert None not in told
    agree(reader, payloads)


@MANY
@given(st.lists(mutated() | odd() | st.binary(max_size=200), min_size=1, max_size=60))
def test_what_python_refuses_the_browser_refuses(reader: Page, payloads: list[bytes]) -> None:
    """INV-18."""
    agree(reader, payloads)


def test_every_single_byte_of_a_statement(reader: Page) -> None:
    """INV-18: all values of each of the first forty bytes, and each length."""
    data = SIGNED["e"]
    agree(reader, [data[:place] + bytes([value]) + data[place + 1 :] for place in range(40) for value in range(256)])
    agree(reader, [data[:length] for length in range(len(data))])


def test_links_in_another_spelling(reader: Page) -> None:
    links = [
        ITEM, "/01/09506000134352", f"{ITEM}/", "/01/09506000134352/10/%4B1", "/01/09506000134352/10/k%2f1",
        "/01/09506000134352/10/k%2F1", "/01/09506000134353", "/01/9506000134352", "/417/9506000111117",
        "/01/09506000134352/10/K1/22/V", "/01/09506000134352/22/V/10/K1/21/S", "/01/09506000134352/235/T",
        "/01/09506000134352/10/K1/235/T", "/01/09506000134352/10/", f"/01/09506000134352/10/{'K' * 21}",
        f"/01/09506000134352/10/{'K' * 20}", "/01/09506000134352/10/K~1", "/01/09506000134352/10/K%7E1",
        "/01/09506000134352/10/.", "/01/09506000134352/10/..", "/app/01/09506000134352", "/01/09506000134352?17=260101",
        "/01/09506000134352/10/K%201", "/01/09506000134352/10/K%", f"/01/09506000134352/10/{'%2F' * 20}",
        f"/01/09506000134352/10/{'%2F' * 20}/21/{'%2F' * 20}", "/01/09506000134352/10/碳",
    ]  # fmt: skip
    agree(reader, [cbor.encode({**said(FOOTPRINT), FIELDS.index("link"): link}) for link in links])
    agree(reader, [cbor.encode({**said(ENTERPRISE), FIELDS.index("link"): ITEM})])


@pytest.mark.parametrize(
    "data",
    [
        b"\xbf" + SIGNED["e"][1:] + b"\xff",
        SIGNED["e"] + b"\x00",
        SIGNED["e"].replace(b"\x01\x02", b"\x01\x18\x02", 1),
        b"\xb8\x11" + SIGNED["e"][1:],
        b"\x9a\xff\xff\xff\xff",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\xa1\x00" * 400,
        b"\x81" * 890,
        b"\xd9\x01\x00" + SIGNED["e"],
    ],
)
def test_bombs_and_other_encodings(reader: Page, data: bytes) -> None:
    """INV-18."""
    assert in_browser(reader, [data]) == [None]
    assert in_python(data) is None


TAIL = sign(ADDRESS, ENTERPRISE, KEY).split("#")[1]
ADDRESSES = ["01/06901234567892", "01/06901234567892/10/B1", "8004/9506000134300001", "417/9506000111117"]
BY_LINK = sign(f"https://{HOST}{ITEM}", TRADE_ITEM, KEY).split("#")[1]
CODES = [
    f"{address}#{TAIL}"
    for address in (
        ADDRESS,
        ADDRESS.replace("0001", "0002"),
        ADDRESS.replace("CE-2018", "ce-2018"),
        ADDRESS.replace("CE-2018", "CE%2D2018"),
        ADDRESS.replace("https", "HTTPS").replace(HOST, HOST.upper()),
        ADDRESS.replace(HOST, f"{HOST}@evil.example"),
        ADDRESS.replace(HOST, f"evil.example\\@{HOST}"),
        ADDRESS.replace(HOST, f"{HOST}/app"),
        ADDRESS.replace(HOST, f"{HOST}:443"),
        f"{ADDRESS}?lang=zh",
        f"{ADDRESS}?a%zz",
        f"{ADDRESS}/../x",
        f"{ADDRESS}%0Ax",
        f"{ADDRESS}%0D",
        f"{ADDRESS}%E2%80%A8x",
        f"{ADDRESS}%zz",
        f"{ADDRESS}%ff",
        f" {ADDRESS}",
        f"{ADDRESS} ",
        ADDRESS.replace("https", "ftp"),
        f"https://{HOST}/88.118.20260",
        f"https://{HOST}/{'8' * 300}",
        f"https://{HOST}",
        *(f"https://{HOST}/{link}" for link in ADDRESSES),
        f"https://{HOST}/{ADDRESSES[0]}?7230=XXCE-2018-0001",
        f"https://{HOST}/{ADDRESSES[0]}?17=260101&7230=XX{GRADED.replace('/', '%2F')}",
        f"https://{HOST}/{ADDRESSES[0]}?7231=XXCE-2018-9&x=1",
        f"https://{HOST}/{ADDRESSES[0]}?other=1;7230=XXce-2018-0001",
        f"https://{HOST}/elsewhere",
        "",
    )
] + [
    "", "x", ADDRESS, f"{ADDRESS}#top", f"{ADDRESS}#v1.", f"{ADDRESS}#v1.AAAA", f"{ADDRESS}#v2.AAAA",
    f"{ADDRESS}#{TAIL}=", f"{ADDRESS}#{TAIL} ", f"{ADDRESS}##{TAIL}", f"{ADDRESS}#{TAIL}#", f"{ADDRESS}#{TAIL}A",
    f"{ADDRESS}#{TAIL[:-1]}", f"{ADDRESS}#{TAIL}\n", f"{ADDRESS}#{TAIL}\u00a0", "碳" * 301, "x" * 901, "\ud800#v1.AA",
    sign(f"https://{HOST}/{PRODUCT}", FOOTPRINT, KEY),
    *(f"https://{HOST}{address}#{BY_LINK}" for address in (
        ITEM, f"{ITEM}/", f"/app{ITEM}", f"{ITEM}?7230=XXPCF-2018-0001", f"/{PRODUCT}", "/01/09506000134352/10/%4B1",
        "/01/09506000134352/10/K2", "/01/09506000134352", f"{ITEM}/21/S1", "/01/09506000164908/10/K1",
        f"{ITEM}?7230=XXPCF-2018-0002", f"/{GRADED}")),
    sign(ADDRESS, replace(ENTERPRISE, valid_until=0), KEY),
]  # fmt: skip


def python_outcome(text: str, issuers: list[TrustedIssuer], at: int) -> list[Any] | None:
    try:
        checked: Checked = verify(text, [key for issuer in issuers for key in label_keys(issuer)], at)
    except CompactError:
        return None
    return [vouched(checked, issuers).outcome.value, list(checked.notes)]


def outcomes(page: Page, codes: list[str], issuers: list[TrustedIssuer], at: int) -> list[Any]:
    keys = script_keys(issuers).split()
    told: list[Any] = page.evaluate(CHECK, [f"/static/{label_check.NAME}", codes, keys, str(at)])
    return told


@pytest.mark.parametrize("at", [ISSUED - 1, ISSUED, UNTIL - 1, UNTIL])
@pytest.mark.parametrize("known", [KNOWN, ONE_OTHER, RETIRED_BEFORE, RETIRED_AFTER, ENDED, TWO_ISSUERS, []])
def test_whole_codes_are_judged_alike(reader: Page, known: list[TrustedIssuer], at: int) -> None:
    """INV-11, INV-13, INV-19."""
    for code, theirs in zip(CODES, outcomes(reader, CODES, known, at), strict=True):
        assert theirs == python_outcome(code, known, at), code


@MANY
@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(ALPHABET + "#.%/?=")), min_size=1, max_size=60))
def test_a_code_with_one_sign_changed(reader: Page, changes: list[tuple[int, str]]) -> None:
    """INV-11, INV-18."""
    text = f"{ADDRESS}#{TAIL}"
    codes = [text[: place % len(text)] + sign_ + text[place % len(text) + 1 :] for place, sign_ in changes]
    for code, theirs in zip(codes, outcomes(reader, codes, KNOWN, ISSUED), strict=True):
        assert theirs == python_outcome(code, KNOWN, ISSUED), code


@MANY
@given(st.lists(st.binary(min_size=SIGNATURE, max_size=SIGNATURE), min_size=1, max_size=20))
def test_no_other_signature_holds(reader: Page, signatures: list[bytes]) -> None:
    tails = [base64.urlsafe_b64encode(SIGNED["e"] + each).rstrip(b"=").decode() for each in signatures]
    codes = [f"{ADDRESS}#v1.{tail}" for tail in tails]
    assert outcomes(reader, codes, KNOWN, ISSUED) == [["wrong-signature", []]] * len(codes)


@pytest.mark.parametrize(
    "address", ["/01/09506000134352%2F10%2FK1", "/01/09506000134353/10/K1", f"{ITEM}/99/x", f"{ITEM}/21"]
)
def test_a_digital_link_that_is_none_is_not_the_signed_one(reader: Page, address: str) -> None:
    """INV-13: Python refuses it; the browser does not know every rule of GS1, and finds another product."""
    code = f"https://{HOST}{address}#{BY_LINK}"
    assert python_outcome(code, KNOWN, ISSUED) is None
    assert outcomes(reader, [code], KNOWN, ISSUED) in ([["moved", []]], [None])


def test_the_browser_knows_every_primary_key_of_gs1(reader: Page) -> None:
    """Of a Digital Link it looks for the key and the certification reference; check digits are the server's."""
    codes = [
        f"https://{HOST}/{key}/0000000000000000?7230=XXCE-2018-0001#{TAIL}" for key in [*KEYS, "11", "8002", "016"]
    ]
    valid = [told is not None for told in outcomes(reader, codes, KNOWN, ISSUED)]
    assert valid == [*([True] * len(KEYS)), False, False, False]
