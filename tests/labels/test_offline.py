"""A code checked without a network: what it proves, what it cannot, and what was done to it."""

import base64
from collections.abc import Callable
from contextlib import suppress

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from ledger.labels.compact import Compact, CompactError, payload
from ledger.labels.offline import CANNOT_KNOW, MOST_BYTES, Outcome, read_code, sign, verify
from terminal_signer import keys
from tests.labels.samples import (
    ADDRESS,
    ENTERPRISE,
    FOOTPRINT,
    GRADED,
    ISSUED,
    ITEM,
    KEY,
    OTHER_KEY,
    PRODUCT,
    TRADE_ITEM,
    UNTIL,
    changed,
)  # fmt: skip

TEXT = sign(ADDRESS, ENTERPRISE, KEY)
KEYS = [OTHER_KEY.public, KEY.public]
NOW = ISSUED + 86400
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def swap(text: str, place: int) -> str:
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


def fragment(data: bytes, version: str = "v1") -> str:
    return f"{ADDRESS}#{version}." + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


SIGNED = payload(ENTERPRISE)
SIGNATURE = read_code(TEXT).signature


@pytest.mark.parametrize(
    ("text", "at", "outcome", "notes"),
    [
        (TEXT, NOW, Outcome.VALID, ()),
        (TEXT, UNTIL - 1, Outcome.VALID, ()),
        (TEXT, UNTIL, Outcome.EXPIRED, ()),
        (TEXT, ISSUED - 1, Outcome.NOT_YET, ()),
        (sign(ADDRESS, changed(valid_until=0), KEY), 1 << 39, Outcome.VALID, ()),
        (TEXT.replace("CE-2018-0001#", "ce-2018-0001#"), NOW, Outcome.VALID, ()),
        (TEXT.replace("CE-2018-0001#", "CE%2D2018-0001#"), NOW, Outcome.VALID, ()),
        (TEXT.replace("CE-2018-0001#", "CE-2018-0002#"), NOW, Outcome.MOVED, ()),
        (TEXT.replace("/88.118.20260/", "/88.118.20261/"), NOW, Outcome.MOVED, ()),
        (TEXT.replace("CE-2018-0001#", "CE-2018-0001/../CE-2018-0002#"), NOW, Outcome.MOVED, ()),
        (TEXT.replace("CE-2018-0001#", "CE-2018-0001/%2e%2e/CE-2018-0002#"), NOW, Outcome.MOVED, ()),
        (TEXT.replace("/88", "/88.1.1/88"), NOW, Outcome.MOVED, ()),
        (TEXT.replace("ledger.example", "evil.example"), NOW, Outcome.VALID, ("other-host",)),
        (TEXT.replace("ledger.example", "ledger.example@evil.example"), NOW, Outcome.VALID, ("other-host",)),
        (TEXT.replace("ledger.example", "ledger.example/app"), NOW, Outcome.VALID, ()),
        (f"https://ledger.example/01/06901234567892#{TEXT.split('#')[1]}", NOW, Outcome.VALID, ("unbound",)),
        (f"https://ledger.example/01/06901234567892?7230=XXCE-2018-0001#{TEXT.split('#')[1]}", NOW, Outcome.VALID, ()),
        (f"https://ledger.example/01/06901234567892?7230=XXCE-2018-9#{TEXT.split('#')[1]}", NOW, Outcome.MOVED, ()),
        (swap(TEXT, len(TEXT) - 20), NOW, Outcome.WRONG_SIGNATURE, ()),
        (fragment(payload(changed(grade=1)) + SIGNATURE), NOW, Outcome.WRONG_SIGNATURE, ()),
        (fragment(SIGNED + KEY.sign(SIGNED)), NOW, Outcome.WRONG_SIGNATURE, ()),
    ],
)
def test_what_a_code_proves(text: str, at: int, outcome: Outcome, notes: tuple[str, ...]) -> None:
    """INV-11, INV-13: a changed fact breaks the signature, a code carried to another certificate is called moved."""
    checked = verify(text, KEYS, at)
    assert (checked.outcome, checked.notes, checked.at) == (outcome, notes, at)
    assert checked.cannot_know == CANNOT_KNOW


@pytest.mark.parametrize(
    ("address", "outcome", "notes"),
    [
        (ITEM, Outcome.VALID, ()), (f"{ITEM}/", Outcome.VALID, ()), (f"/app{ITEM}", Outcome.VALID, ()),
        (f"{ITEM}?7230=XXPCF-2018-0001", Outcome.VALID, ()), (f"{ITEM}?17=281231", Outcome.VALID, ()),
        (f"/{PRODUCT}", Outcome.VALID, ()), ("/01/09506000134352/10/%4B1", Outcome.VALID, ()),
        ("/01/09506000134352/10/K2", Outcome.MOVED, ()), ("/01/09506000134352", Outcome.MOVED, ()),
        (f"{ITEM}/21/S1", Outcome.MOVED, ()), ("/01/09506000164908/10/K1", Outcome.MOVED, ()),
        (f"{ITEM}?7230=XXPCF-2018-0002", Outcome.MOVED, ()), (f"/{GRADED}", Outcome.MOVED, ()),
    ],
)  # fmt: skip
def test_a_code_that_leads_by_a_digital_link(address: str, outcome: Outcome, notes: tuple[str, ...]) -> None:
    """INV-13: product and batch are signed, so that a code carried to another batch is called moved."""
    text = sign(f"https://ledger.example{ITEM}", TRADE_ITEM, KEY)
    checked = verify(f"https://ledger.example{address}#{text.partition('#')[2]}", KEYS, NOW)
    assert (checked.outcome, checked.notes) == (outcome, notes)


def test_a_digital_link_is_signed_as_it_stands_in_the_address() -> None:
    for address in (f"{ITEM}2", "/01/09506000134352"):
        with pytest.raises(CompactError):
            sign(f"https://ledger.example{address}", TRADE_ITEM, KEY)


@pytest.mark.parametrize("known", [[], [OTHER_KEY.public], [keys.generate(keys.ES256).public]])
def test_a_key_that_nobody_vouches_for(known: list[keys.PublicKey]) -> None:
    """INV-19: the key comes from whoever checks, never from the code."""
    assert verify(TEXT, known, NOW).outcome is Outcome.UNKNOWN_KEY


def test_sizes() -> None:
    """At most 900 bytes; within 450 with all that is public, which is version 16 of a QR code at most."""
    product = sign(f"https://ledger.example/{PRODUCT}", FOOTPRINT, KEY)
    trade_item = sign(f"https://ledger.example{ITEM}?7230=XXPCF-2018-0001", TRADE_ITEM, KEY)
    for text in (TEXT, product, trade_item):
        assert len(text) <= 450
        assert int(segno.make_qr(text, error="m").version) <= 16


@pytest.mark.parametrize(
    ("address", "compact", "key", "code"),
    [
        (ADDRESS, ENTERPRISE, OTHER_KEY, "key"),
        pytest.param(ADDRESS, ENTERPRISE, keys.generate(keys.ES256), "key", id="P-256"),
        ("https://evil.example/88.118.20260/CE-2018-0001", ENTERPRISE, KEY, "field"),
        ("https://ledger.example/88.118.20260/CE-2018-0002", ENTERPRISE, KEY, "field"),
        ("https://ledger.example/", ENTERPRISE, KEY, "no-statement"),
        (f"https://ledger.example/{'x' * 700}/{GRADED}", ENTERPRISE, KEY, "too-long"),
    ],
)
def test_what_is_never_signed(address: str, compact: Compact, key: keys.PrivateKey, code: str) -> None:
    with pytest.raises(CompactError) as told:
        sign(address, compact, key)
    assert told.value.code == code


def padded(text: str) -> str:
    return text + "="


def other_spelling(text: str) -> str:
    """The last sign carries bits that belong to no byte."""
    last = ALPHABET[ALPHABET.index(text[-1]) ^ 1]
    return text[:-1] + last


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no-statement"),
        (ADDRESS, "no-statement"),
        (f"{ADDRESS}#top", "no-statement"),
        (f"{ADDRESS}#v1.", "cbor"),
        (f"{ADDRESS}#v1.AAAA", "cbor"),
        (TEXT.replace("#v1.", "#v2."), "unknown-version"),
        (TEXT.replace("#v1.", "#V1."), "no-statement"),
        (TEXT.replace("https", "ftp"), "no-statement"),
        (f"https://ledger.example/elsewhere#{TEXT.split('#')[1]}", "no-statement"),
        (f"https://ledger.example/88.118.20260/%zz#{TEXT.split('#')[1]}", "field"),
        (f"https://ledger.example/88.118.20260/%1b#{TEXT.split('#')[1]}", "field"),
        (TEXT.replace("0001#", "0001%0A0002#"), "field"),
        (TEXT.replace("/88", "\x1b/88"), "no-statement"),
        (TEXT.replace("https://", "https://evil.example\\@"), "no-statement"),
        (TEXT.replace("/88", "/x\\..\\88"), "no-statement"),
        (padded(TEXT), "no-statement"),
        (fragment(b"\xa0" + SIGNATURE), "field"),
        (fragment(SIGNED + b"\0" + SIGNATURE), "cbor"),
        ("x" * (MOST_BYTES + 1), "too-long"),
        ("碳" * 301, "too-long"),
    ],
)
def test_texts_that_are_no_code(text: str, code: str) -> None:
    with pytest.raises(CompactError) as told:
        read_code(text)
    assert told.value.code == code


def test_one_spelling_only() -> None:
    for more in range(3):
        text = sign(ADDRESS, changed(enterprise="x" * (10 + more)), KEY)
        if len(text.split(".")[-1]) % 4:
            with pytest.raises(CompactError) as told:
                read_code(other_spelling(text))
            assert told.value.code == "base64url"


@given(st.integers(len(ADDRESS) + 4, len(TEXT) - 1), st.sampled_from(ALPHABET))
def test_no_single_sign_can_be_changed(place: int, sign_: str) -> None:
    """INV-11."""
    text = TEXT[:place] + sign_ + TEXT[place + 1 :]
    if text == TEXT:
        return
    with suppress(CompactError):
        assert verify(text, KEYS, NOW).outcome in (Outcome.WRONG_SIGNATURE, Outcome.UNKNOWN_KEY)


BUILD: list[Callable[[str], str]] = [str, lambda tail: f"{ADDRESS}#{tail}", lambda tail: f"{ADDRESS}#v1.{tail}"]


@given(st.sampled_from(BUILD), st.text(max_size=400) | st.text(ALPHABET, max_size=400))
def test_garbage_has_a_name(build: Callable[[str], str], tail: str) -> None:
    """INV-18."""
    with suppress(CompactError):
        read_code(build(tail))


def test_a_retired_key_beside_the_new_one() -> None:
    again = keys.generate(keys.EDDSA)
    assert verify(TEXT, [again.public, KEY.public], NOW).outcome is Outcome.VALID
