"""OCMF records (Open Charge Metering Format, S.A.F.E. e.V., 1.x): meters that sign for themselves.

`OCMF|{payload}|{signature}`; the meter signs exactly the bytes of the payload section. What is read here is what the
evaluation needs; names that this program does not know are under the meter's signature and are left alone. Limits and
rules: docs/formats/ocmf.md; whose signature it is: meter_key.py. Every fault of foreign bytes is an OcmfFault.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from terminal_signer import quantity
from terminal_signer.errors import CarbonError
from terminal_signer.senml import MAX_TIME, MIN_TIME

KIND = "ocmf"
"""The kind of the document frame whose body is one record or several, each at the start of a line."""
MAX_RECORD = 16_384
MAX_READINGS = 256
MAX_DEPTH = 8
MAX_TEXT = 255
MAX_SIGNATURE = 160
DEFAULT = "ECDSA-secp256r1-SHA256"
GOOD = "G"
STATES = frozenset("NGTDRMXIOSEF")

_VERSION = re.compile(r"[01]\.[0-9]{1,4}\Z")
_PAGE = re.compile(r"([TF])(0|[1-9][0-9]{0,14})\Z")
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}),[0-9]{3}([+-])([0-9]{2})([0-9]{2}) ([UISR])\Z"
)
_ERRORS = re.compile(r"E?t?|tE")
_REASONS = frozenset("BCXELRAPST")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?\Z")
_INHERITED = ("TM", "TX", "RI", "RU", "RT", "EF", "ST")


class OcmfFault(CarbonError):
    """Not a record of the form that docs/formats/ocmf.md describes, or no key that could sign one."""

    code = "ocmf"


@dataclass(frozen=True, slots=True)
class Reading:
    """`time`: unix seconds, milliseconds dropped; `clock`: U, I, S or R. `value` is None where only a state is told."""

    time: int
    clock: str
    reason: str | None
    value: Decimal | None
    register: str | None
    unit: str | None
    current: str | None
    errors: str
    status: str

    @property
    def sound(self) -> bool:
        """Whether the meter itself stands by value and time."""
        return self.status == GOOD and not self.errors and self.clock != "U"


@dataclass(frozen=True, slots=True)
class Record:
    """`payload`: the very bytes that the meter signed. `context` and `number` are the pagination: T or F, +1 each."""

    payload: bytes
    version: str | None
    gateway: str
    gateway_serial: str
    vendor: str
    model: str
    meter_serial: str
    firmware: str
    context: str
    number: int
    readings: tuple[Reading, ...]
    algorithm: str
    signature: bytes

    @property
    def serial(self) -> str:
        """Of the meter, or of the signing gateway where the record names no meter."""
        return self.meter_serial or self.gateway_serial

    @property
    def identity(self) -> bytes:
        """Of what was signed: ECDSA has many signatures of one payload."""
        return hashlib.sha256(self.payload).digest()


def read(data: bytes) -> Record:
    """One record. Raises OcmfFault."""
    if len(data) > MAX_RECORD:
        raise OcmfFault(f"a record has at most {MAX_RECORD} bytes")
    sections = data.split(b"|")
    if len(sections) != 3 or sections[0] != b"OCMF":
        raise OcmfFault("not OCMF|payload|signature")
    payload, signature = _object(sections[1], "payload"), _object(sections[2], "signature")
    page = _PAGE.match(_text(payload, "PG"))
    if page is None:
        raise OcmfFault("not T or F and a number without leading zeros", where="PG")
    version = _text(payload, "FV", "")
    if version and not _VERSION.match(version):
        raise OcmfFault(f"format version {version!r:.20} is not read here", where="FV")
    gateway, gateway_serial, vendor, model, serial, firmware = (
        _text(payload, name, "") for name in ("GI", "GS", "MV", "MM", "MS", "MF")
    )
    record = Record(
        sections[1], version or None, gateway, gateway_serial, vendor, model, serial, firmware, page[1], int(page[2]),
        _readings(payload), *_signature(signature),
    )  # fmt: skip
    if not record.serial:
        raise OcmfFault("no serial number, neither the meter's nor the gateway's", where="MS")
    return record


def split(body: bytes) -> list[bytes]:
    """The records of a document's body: each starts a line; no section may contain a pipe, so nothing else does."""
    first, *rest = body.split(b"\nOCMF|")
    return [first, *(b"OCMF|" + record for record in rest)]


def _object(section: bytes, where: str) -> dict[str, Any]:
    _bounded(section, where)
    try:
        value = json.loads(
            section.decode("utf-8"), object_pairs_hook=_once, parse_int=_number, parse_float=_number,
            parse_constant=_no_constant,
        )  # fmt: skip
    except UnicodeDecodeError:
        raise OcmfFault("not UTF-8", where=where) from None
    except (ValueError, RecursionError):
        raise OcmfFault("not JSON", where=where) from None
    if not isinstance(value, dict):
        raise OcmfFault("not a JSON object", where=where)
    return value


def _bounded(section: bytes, where: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(section):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(token[0], 0)
        if depth > MAX_DEPTH:
            raise OcmfFault(f"nested deeper than {MAX_DEPTH}", where=where)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise OcmfFault("a name stands twice in one object")
    return fields


def _number(text: str) -> Decimal:
    if not _NUMBER.match(text):
        raise OcmfFault("a number with more than 40 digits or a large exponent")
    return Decimal(text)


def _no_constant(name: str) -> None:
    raise OcmfFault(f"{name} is no JSON number")


def _text(fields: dict[str, Any], name: str, default: str | None = None) -> str:
    value = fields.get(name, default)
    if type(value) is not str or len(value) > MAX_TEXT or not value.isprintable():
        raise OcmfFault(f"missing, or not a printable text of at most {MAX_TEXT} characters", where=name)
    return value


def _readings(payload: dict[str, Any]) -> tuple[Reading, ...]:
    rows = payload.get("RD")
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_READINGS:
        raise OcmfFault(f"not an array of 1 to {MAX_READINGS} readings", where="RD")
    readings = []
    before: dict[str, Any] = {}
    for row in rows:
        if not isinstance(row, dict):
            raise OcmfFault("a reading is not an object", where="RD")
        before = {**{name: before[name] for name in _INHERITED if name in before}, **row}
        readings.append(_reading(before))
    return tuple(readings)


def _reading(fields: dict[str, Any]) -> Reading:
    time, clock = _time(_text(fields, "TM"))
    reason, register, unit, current, errors = (_text(fields, name, "") for name in ("TX", "RI", "RU", "RT", "EF"))
    status = _text(fields, "ST")
    if reason and reason not in _REASONS:
        raise OcmfFault("an unknown reason of reading", where="TX")
    if not _ERRORS.fullmatch(errors):
        raise OcmfFault("error flags other than E and t", where="EF")
    if status not in STATES:
        raise OcmfFault("an unknown state of the meter", where="ST")
    value = fields.get("RV")
    if value is not None:
        value = _register(value)
        if not register or not unit:
            raise OcmfFault("a value without RI and RU", where="RV")
    return Reading(time, clock, reason or None, value, register or None, unit or None, current or None, errors, status)


def _register(value: Any) -> Decimal:
    """A number that a frame could carry: 64 bits, 18 places."""
    if not isinstance(value, Decimal):
        raise OcmfFault("not a number", where="RV")
    try:
        quantity.to_cbor(value)
    except CarbonError as fault:
        raise OcmfFault(fault.message, where="RV") from None
    return value


def _time(text: str) -> tuple[int, str]:
    found = _TIME.match(text)
    if found is None:
        raise OcmfFault("not a time such as 2018-07-24T13:22:04,000+0200 S", where="TM")
    moment, sign, hours, minutes, clock = found.groups()
    try:
        offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
        time = datetime.fromisoformat(moment).replace(tzinfo=timezone(offset)) - datetime.fromisoformat(
            "1970-01-01T00:00:00+00:00"
        )
    except (ValueError, OverflowError):
        raise OcmfFault("no such time", where="TM") from None
    seconds = time.days * 86_400 + time.seconds
    if not MIN_TIME <= seconds < MAX_TIME:
        raise OcmfFault("a time out of range", where="TM")
    return seconds, clock


def _signature(fields: dict[str, Any]) -> tuple[str, bytes]:
    algorithm, encoding = _text(fields, "SA", DEFAULT), _text(fields, "SE", "hex")
    if _text(fields, "SM", "application/x-der") != "application/x-der":
        raise OcmfFault("signature data of another type than DER", where="SM")
    data = fields.get("SD")
    if not isinstance(data, str) or len(data) > 2 * MAX_SIGNATURE or not data.isascii():
        raise OcmfFault(f"not a text of at most {2 * MAX_SIGNATURE} characters", where="SD")
    try:
        if encoding == "base64":
            return algorithm, base64.b64decode(data, validate=True)
        if encoding == "hex" and not re.search(r"\s", data):
            return algorithm, bytes.fromhex(data)
    except ValueError:
        pass
    raise OcmfFault("neither hex nor base64, as SE says", where="SD")
