"""Frames, packs and keys that the tests of this package share."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from terminal_signer import cbor, cose
from terminal_signer.build import build, encode_pack
from terminal_signer.csv_meter import Batch
from terminal_signer.errors import CarbonError
from terminal_signer.frame import NO_FRAME, Header, Record, Seen
from terminal_signer.keys import EDDSA, PrivateKey, generate

ISS = "88.118.20260"
SUB = "88.118.20260/EQ-0001"
START = 1514732400  # 2018-01-01 00:00 +09:00
IAT = START + 3700
KEY = generate()
ED_KEY = generate(EDDSA)
KID = KEY.public.thumbprint()
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def hour(start: int = START, value: str = "3.17") -> Batch:
    """Four quarter-hours of three measuring points, the shape of the real file."""
    columns = (("kWh", "kWh"), ("kvarh-lagging", "kvarh"), ("kvarh-leading", "kvarh"))
    records = tuple(
        Record(
            f"{SUB}/{name}", start + 900 * quarter, start + 900 * (quarter + 1), unit, Decimal(value) + quarter, None
        )
        for quarter in range(4)
        for name, unit in columns
    )
    return Batch(start, records)


def header(**changes: Any) -> Header:
    fields: dict[str, Any] = {
        "iss": ISS, "sub": SUB, "iat": IAT, "seq": 7, "prev": NO_FRAME, "seen": Seen(1000, bytes(32)),
    }  # fmt: skip
    return Header(**{**fields, **changes})


def readings(batch: Batch | None = None) -> bytes:
    batch = batch or hour()
    return encode_pack(ISS, batch.base_time, batch.records, IAT)


def frame_bytes(key: PrivateKey = KEY, payload: bytes | None = None, **changes: Any) -> bytes:
    return build(key, header(**changes), readings() if payload is None else payload)


def protected_fields(**changes: Any) -> dict[int | str, Any]:
    """The protected header as a map; `alg`, `content_type`, `kid`, `claims` name the numbered labels."""
    labels: Mapping[str, int] = {"alg": 1, "content_type": 3, "kid": 4, "claims": 15}
    fields: dict[int | str, Any] = {
        1: -7, 3: 112, 4: KID, 15: {1: ISS, 2: SUB, 6: IAT}, "seq": 7, "prev": NO_FRAME, "seen": [1000, bytes(32)],
    }  # fmt: skip
    for name, value in changes.items():
        label = labels.get(name, name)
        if value is ...:
            fields.pop(label, None)
        else:
            fields[label] = value
    return fields


def signed(protected: bytes, payload: bytes | None = None, key: PrivateKey = KEY) -> bytes:
    """A frame around any protected header, with a signature that is right."""
    body = readings() if payload is None else payload
    return cose.assemble(protected, {}, body, key.sign(cose.signed_bytes(protected, body)))


def with_fields(**changes: Any) -> bytes:
    return signed(cbor.encode(protected_fields(**changes)))


def error_of(call: Callable[[], object]) -> str | None:
    """The code of the CarbonError that `call` raises, None if it raises nothing; any other exception is the test's."""
    try:
        call()
    except CarbonError as error:
        return error.code
    return None
