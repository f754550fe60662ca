"""A store with a year of many meters: one frame an hour, signed, with four records of a quarter of an hour each, logged
as they would have come – by the hour, meter after meter – and anchored daily.

Signing is not what is measured here, so payloads are put together from a template, and the first one is read back.
"""

import multiprocessing
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine

from ledger.anchoring.heads import Head as Anchored
from ledger.anchoring.heads import Place, State
from ledger.log.admission import Enrolment, Times
from ledger.store.anchors import AnchorStore
from ledger.store.database import bulk_insert, writing
from ledger.store.enrolments import put_enrolments
from ledger.store.log import grow, register_log
from ledger.store.schema import frames
from terminal_signer import cose
from terminal_signer.build import build, encode_document, encode_pack
from terminal_signer.document import Document, Item
from terminal_signer.frame import DOCUMENT, NO_FRAME, Header, KeyClass, Record, content, digest_of, parse
from terminal_signer.header import write_header
from terminal_signer.keys import P256_ORDER, PrivateKey
from terminal_signer.receipt import leaf_hash

ISS = "88.118.20260"
OFFICER = f"{ISS}/OF-0001"
LOG_ID = b"\xe0" * 32
HOUR, DAY = 3600, 86_400
START = 1_640_966_400  # 2022-01-01, +08:00
DAYS = 365
END = START + DAYS * DAY
A_BATCH = 73 * 24
_PLACES = [0x5A5B + 0x0101 * number for number in range(4)]
_BASE = 0x41424344


def sub_of(meter: int) -> str:
    return f"{ISS}/EQ-{meter:04d}"


@lru_cache(maxsize=1024)
def key_of(sub: str) -> PrivateKey:
    """The same for a name in every process."""
    number = int.from_bytes(sha256(b"bench " + sub.encode()).digest(), "big") % (P256_ORDER - 1) + 1
    return PrivateKey(ec.derive_private_key(number, ec.SECP256R1()))


def site(meters: int) -> bytes:
    """A site file whose meters all feed purchased electricity, with value added for a grade."""
    head = f"""\
format = "site/1"
marks = ["ILLUSTRATIVE"]
boundary = {{ zh = "全厂", en = "The whole plant" }}
[enterprise]
iss = "{ISS}"
subject = "{ISS}/CE-2022-0001"
name = {{ zh = "示例厂", en = "Sample plant" }}
industry = "C3130"
region = "CN"
offset = "+08:00"
[rules]
method = "general"
factors = "cn-a-2013"
scheme = "zhejiang-carbon-efficiency"
benchmarks = "demo-rolling-means"
[[declaration]]
item = "value_added"
sub = "{OFFICER}"
class = "officer"
demo = true
[[source]]
id = "purchased_electricity"
"""
    tables = [
        f"""\
[[meter]]
sub = "{sub_of(meter)}"
name = {{ zh = "电表", en = "Meter" }}
[[meter.point]]
id = "{sub_of(meter)}/active"
item = "purchased_electricity"
unit = "kWh"
kind = "amount"
"""
        for meter in range(meters)
    ]
    return (head + "".join(tables)).encode()


def fill(engine: Engine, meters: int) -> None:
    """A year of so many meters into an empty store."""
    register_log(engine, LOG_ID, Times())
    put_enrolments(engine, [enrolment(sub_of(meter), KeyClass.METER) for meter in range(meters)])
    put_enrolments(engine, [enrolment(OFFICER, KeyClass.OFFICER)])
    size = 0
    heads: list[Anchored] = []
    last: dict[int, bytes] = dict.fromkeys(range(meters), NO_FRAME)
    with multiprocessing.get_context("fork").Pool() as pool:
        for first in range(0, DAYS * 24, A_BATCH):
            hours = range(first, min(first + A_BATCH, DAYS * 24))
            chains = pool.starmap(signed, [(meter, hours, last[meter]) for meter in range(meters)], chunksize=1)
            last |= {meter: digest_of(chain[-1]) for meter, chain in enumerate(chains)}
            size = _log(engine, size, hours, chains, heads)
    statement = _declaration()
    kid = key_of(OFFICER).public.thumbprint()
    row = (LOG_ID, size, digest_of(statement), statement, ISS, OFFICER, kid, 0, END, END, "", b"")
    heads.append(_head(size + 1, END + HOUR, heads[-1].size))
    _insert(engine, [row])
    store = AnchorStore(engine, LOG_ID)
    with writing(engine) as connection:
        for head in heads:
            store.insert(connection, head)


def signed(meter: int, hours: Sequence[int], previous: bytes) -> list[bytes]:
    """The meter's frames of these hours of the year, chained behind the frame `previous`."""
    sub = sub_of(meter)
    key, parts = key_of(sub), _template(sub)
    kid = key.public.thumbprint()
    chain = []
    for number in hours:
        base = START + number * HOUR
        first, *others = (_amount(meter, number, quarter).to_bytes(2, "big") for quarter in range(4))
        numbers = (first, base.to_bytes(4, "big"), *others, b"")
        payload = b"".join([piece for pair in zip(parts, numbers, strict=True) for piece in pair])
        protected = write_header(Header(ISS, sub, base + HOUR, number, previous), key.alg, kid)
        raw = cose.assemble(protected, {}, payload, key.sign(cose.signed_bytes(protected, payload)))
        previous = digest_of(raw)
        chain.append(raw)
    content(parse(chain[0]))
    return chain


def _amount(meter: int, hour: int, quarter: int) -> int:
    """In hundredths of a kWh; two bytes, and not ending in zero, so that every payload has the template's form."""
    amount = 1000 + (meter * 131 + hour * 17 + quarter * 5) % 50_000
    return amount + 1 if amount % 10 == 0 else amount


@lru_cache(maxsize=1024)
def _template(sub: str) -> list[bytes]:
    """The bytes of a pack around its first amount, its base time, and its other amounts."""
    quarter = HOUR // 4
    records = [
        Record(f"{sub}/active", _BASE + at * quarter, _BASE + (at + 1) * quarter, "kWh", Decimal(place) / 100, None)
        for at, place in enumerate(_PLACES)
    ]
    rest = encode_pack(ISS, _BASE, records, _BASE + HOUR)
    first, *others = (place.to_bytes(2, "big") for place in _PLACES)
    parts = []
    for mark in (first, _BASE.to_bytes(4, "big"), *others):
        part, _, rest = rest.partition(mark)
        parts.append(part)
    return [*parts, rest]


def _declaration() -> bytes:
    item = Item("value_added", Decimal(50_000_000), "{CNY}", START, END)
    document = Document("declaration", "text/plain", bytes(32), None, (item,))
    header = Header(ISS, OFFICER, END, 0, NO_FRAME, content_type=DOCUMENT)
    return build(key_of(OFFICER), header, encode_document(document))


def enrolment(sub: str, key_class: KeyClass) -> Enrolment:
    key = key_of(sub).public
    return Enrolment(
        sha256(sub.encode()).digest(), ISS, sub, key.thumbprint(), key, key_class, LOG_ID, START - DAY, None, False,
        None, None, NO_FRAME, b"",
    )  # fmt: skip


def _log(
    engine: Engine, size: int, hours: Sequence[int], chains: Sequence[Sequence[bytes]], heads: list[Anchored]
) -> int:
    """Hour by hour, every meter's frame; a head after each day. The size of the log then."""
    rows = []
    kids = [key_of(sub_of(meter)).public.thumbprint() for meter in range(len(chains))]
    for at, hour in enumerate(hours):
        end = START + (hour + 1) * HOUR
        for meter, chain in enumerate(chains):
            raw = chain[at]
            sub = sub_of(meter)
            rows.append((LOG_ID, size, digest_of(raw), raw, ISS, sub, kids[meter], hour, end, end, "", b""))
            size += 1
        if hour % 24 == 23:
            heads.append(_head(size, end + 60, heads[-1].size if heads else 0))
    _insert(engine, rows)
    return size


def _insert(engine: Engine, rows: Sequence[tuple[Any, ...]]) -> None:
    with writing(engine) as connection:
        bulk_insert(connection, frames, rows)
        grow(connection, LOG_ID, rows[0][1], [leaf_hash(row[2]) for row in rows])


def _head(size: int, time: int, previous: int) -> Anchored:
    """No frame says that it has seen one, so that roots do not matter here."""
    return Anchored(size, bytes(32), previous, b"", State.FINAL, time, place=Place(size, bytes(32), time))
