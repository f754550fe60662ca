"""The examples of RFC 8428 with their resolved forms, against the resolver; and which of them a frame refuses."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from terminal_signer import cbor, quantity
from terminal_signer.errors import PayloadFault
from terminal_signer.senml import read, resolve

LABELS = {"bver": -1, "bn": -2, "bt": -3, "bu": -4, "bv": -5, "bs": -6}
LABELS |= {"n": 0, "u": 1, "v": 2, "vs": 3, "vb": 4, "s": 5, "t": 6, "ut": 7, "vd": 8}

RESOLVED = ("ex4", "ex5", "ex6", "ex10", "ex11", "ex12")
REFUSED = {
    "ex1": "time",  # no time: 'now' is no instant that a log can keep
    "ex2": "time",  # likewise
    "ex3": "payload",  # bver 5, and a base time with milliseconds
    "ex7": "payload",  # text, boolean and data values
    "ex8": "payload",  # a link, which is no label of the profile
    "ex9": "time",  # no time
    "ex13": "time",  # a tenth of a second
}
REFUSED_IN_FRAMES = {
    "ex4": "payload",  # points carry the base name alone, without a name of their own under an enterprise
    "ex5": "payload",
    "ex6": "payload",  # the base name changes on the way
    "ex10": "payload",  # no base name
    "ex11": "payload",
    "ex12": "payload",
}


def in_cbor(records: list[dict[str, Any]]) -> bytes:
    """A JSON pack in CBOR; labels outside RFC 8428's table stay as text."""
    return cbor.encode(
        [{LABELS.get(name, name): _value(value) for name, value in record.items()} for record in records]
    )


def _value(value: Any) -> Any:
    return quantity.to_cbor(value) if isinstance(value, Decimal) else value


def load(path: Path) -> Any:
    return json.loads(path.read_text(), parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize("name", RESOLVED)
def test_resolved_as_the_rfc_says(vectors: Path, name: str) -> None:
    folder = vectors / "senml"
    _, rows = resolve(in_cbor(load(folder / f"{name}.gen.json")))
    expected = load(folder / f"{name}.gen.resolved.json")
    found = [
        {"n": name, "u": unit, "t": Decimal(time), "v": quantity.decimal(*value)}
        for name, unit, time, value, _ in rows
        if value
    ]
    assert found == expected


@pytest.mark.parametrize("name", REFUSED)
def test_valid_packs_that_the_profile_cannot_carry(vectors: Path, name: str) -> None:
    path = vectors / "senml" / f"{name}.gen.json"
    with pytest.raises(PayloadFault) as caught:
        resolve(in_cbor(load(path)))
    assert caught.value.code == REFUSED[name]


@pytest.mark.parametrize("name", REFUSED_IN_FRAMES)
def test_resolvable_packs_that_are_no_frame(vectors: Path, name: str) -> None:
    payload = in_cbor(load(vectors / "senml" / f"{name}.gen.json"))
    with pytest.raises(PayloadFault) as caught:
        read(payload, "88.118.20260/", 1 << 39)
    assert caught.value.code == REFUSED_IN_FRAMES[name]


@pytest.mark.parametrize("name", ["ex3", "ex5"])
def test_their_cbor_carries_floats_and_is_refused(vectors: Path, name: str) -> None:
    with pytest.raises(PayloadFault) as caught:
        resolve((vectors / "senml" / f"{name}.gen.cbor").read_bytes())
    assert caught.value.code == "payload"


def test_every_example_is_accounted_for(vectors: Path) -> None:
    names = {path.name.split(".")[0] for path in (vectors / "senml").glob("ex*.gen.json")}
    assert names == set(RESOLVED) | set(REFUSED)
