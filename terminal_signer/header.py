"""The protected header of a frame: eight fields in one encoding.

    1 alg · 3 content type · 4 kid · 15 CWT claims {1 iss, 2 sub, 6 iat} ·
    "seq" · "prev" · ? "seen" [size, root] · ? "corrects"

The reader walks the bytes that deterministic CBOR prescribes, and any step aside is refused; only then a second, slow
look finds the name for what is wrong. So nothing is accepted that the profile does not spell out.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from terminal_signer import cbor
from terminal_signer.cose import ALG, CONTENT_TYPE, CWT_CLAIMS, KID
from terminal_signer.errors import CarbonError, FrameRefused
from terminal_signer.keys import NAMES, install, is_installed
from terminal_signer.senml import MAX_NAME, MAX_TIME, MIN_TIME

SENML, DOCUMENT = 112, 60
MAX_COUNT = 1 << 63
MAX_ISS = 64
_ISS = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\Z")
_REQUIRED = (ALG, CONTENT_TYPE, KID, CWT_CLAIMS, "seq", "prev")
_OPTIONAL = ("seen", "corrects")
_START = {
    cbor.encode(ALG) + cbor.encode(alg) + cbor.encode(CONTENT_TYPE) + cbor.encode(content_type): (alg, content_type)
    for alg in NAMES
    for content_type in (SENML, DOCUMENT)
}


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest final anchor of the terminal's log that the terminal knew when it signed."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """What the signer decides; alg and kid follow from the key."""

    iss: str
    sub: str
    iat: int
    seq: int
    prev: bytes
    seen: Seen | None = None
    corrects: bytes | None = None
    content_type: int = SENML


class _StepAside(Exception):
    pass


Fields = tuple[int, bytes, str, str, int, int, bytes, Seen | None, bytes | None, int]
"""alg, kid, iss, sub, iat, seq, prev, seen, corrects, content type: in the order in which a Frame has them."""


def read_header(data: bytes) -> Fields:
    """What the header says. Raises FrameRefused: header-field, algorithm, not-deterministic or not-cbor."""
    try:
        return _walk(data)
    except (_StepAside, IndexError, UnicodeDecodeError, CarbonError):
        raise _named(data) from None


def _walk(data: bytes) -> Fields:
    head = 44 if data[2] != 0x3A else 48  # the number of SM2 takes five bytes, the others one
    names = _after_text(data, _after_text(data, head, 0x02), 0x06)
    alg, content_type, kid, iss, sub = _opening(data[1:names])
    if not is_installed(alg):
        raise _StepAside
    if data[names] == 0x1A:
        iat, at = int.from_bytes(data[names + 1 : names + 5], "big"), names + 5
    else:
        iat, at = _unsigned(data, names)
    if data[at : at + 4] != b"\x63seq":
        raise _StepAside
    seq, at = _unsigned(data, at + 4)
    if data[at : at + 7] != b"\x64prev\x58\x20":
        raise _StepAside
    prev, at, fields = data[at + 7 : at + 39], at + 39, 6
    seen = corrects = None
    if data[at : at + 6] == b"\x64seen\x82":
        size, at = _unsigned(data, at + 6)
        if data[at : at + 2] != b"\x58\x20":
            raise _StepAside
        seen, at, fields = Seen(size, data[at + 2 : at + 34]), at + 34, fields + 1
        if not 0 < size < MAX_COUNT:
            raise _StepAside
    if data[at : at + 11] == b"\x68corrects\x58\x20":
        corrects, at, fields = data[at + 11 : at + 43], at + 43, fields + 1
    if at != len(data) or data[0] != 0xA0 + fields or not MIN_TIME <= iat < MAX_TIME or seq >= MAX_COUNT:
        raise _StepAside
    return alg, kid, iss, sub, iat, seq, prev, seen, corrects, content_type


def _after_text(data: bytes, at: int, following: int) -> int:
    """Where the byte `following` ends that must stand behind the text string at `at`."""
    head = data[at]
    if 0x60 <= head < 0x78:
        end = at + head - 0x5F
    else:
        major, length, start = cbor.read_head(data, at)
        if major != 3:
            raise _StepAside
        end = start + length
    if data[end] != following:
        raise _StepAside
    return end + 1


@lru_cache(maxsize=4096)
def _opening(data: bytes) -> tuple[int, int, bytes, str, str]:
    """What is the same in all frames of a key – alg, content type, kid, iss, sub –, from its bytes before iat."""
    at = 5 if data[1] != 0x3A else 9
    start = _START.get(data[:at])
    if start is None or data[at : at + 3] != b"\x04\x58\x20" or data[at + 35 : at + 38] != b"\x0f\xa3\x01":
        raise _StepAside
    iss, end = _text(data, at + 38, 0x02)
    sub, end = _text(data, end, 0x06)
    if not _are_names(iss, sub):
        raise _StepAside
    return *start, data[at + 3 : at + 35], iss, sub


def _text(data: bytes, at: int, following: int) -> tuple[str, int]:
    major, length, start = cbor.read_head(data, at)
    end = start + length
    if major != 3 or data[end] != following:
        raise _StepAside
    return data[start:end].decode(), end + 1


def _unsigned(data: bytes, at: int) -> tuple[int, int]:
    head = data[at]
    if head < 24:
        return head, at + 1
    if head == 0x19 and data[at + 1]:
        return data[at + 1] << 8 | data[at + 2], at + 3
    major, value, end = cbor.read_head(data, at)
    if major != 0:
        raise _StepAside
    return value, end


def _are_names(iss: str, sub: str) -> bool:
    return (
        len(iss) <= MAX_ISS
        and _ISS.match(iss) is not None
        and len(iss) + 1 < len(sub) <= MAX_NAME
        and sub.startswith(iss + "/")
        and sub.isprintable()
        and " " not in sub
    )


def write_header(header: Header, alg: int, kid: bytes) -> bytes:
    fields: dict[int | str, object] = {
        ALG: alg,
        CONTENT_TYPE: header.content_type,
        KID: kid,
        CWT_CLAIMS: {1: header.iss, 2: header.sub, 6: header.iat},
        "seq": header.seq,
        "prev": header.prev,
    }
    if header.seen is not None:
        fields["seen"] = [header.seen.size, header.seen.root]
    if header.corrects is not None:
        fields["corrects"] = header.corrects
    return cbor.encode(fields)


# -- the name for what is wrong ----------------------------------------------------------------------------------------


def _named(data: bytes) -> FrameRefused:
    try:
        fields = cbor.decode(data)
    except (cbor.NotCbor, cbor.NotDeterministic) as error:
        return FrameRefused(f"protected header: {error.message}", code=error.code, where=error.where)
    except CarbonError as error:
        return FrameRefused(f"protected header: {error.message}", code="header-field", where=error.where)
    if not isinstance(fields, dict):
        return FrameRefused("the protected header is not a map", code="header-field")
    alg = fields.get(ALG)
    if type(alg) in (int, str) and not is_installed(alg):
        return FrameRefused(f"algorithm {alg!r:.40} is not installed", code="algorithm", mend=install(alg))
    return FrameRefused(_first_fault(fields), code="header-field", mend="see docs/formats/frame.md")


def _first_fault(fields: dict[Any, Any]) -> str:
    for label in _REQUIRED:
        if label not in fields:
            return f"{label} is missing"
    for label, value in fields.items():
        if label not in _REQUIRED and label not in _OPTIONAL:
            return f"{label!r:.40} is not a field of a frame"
        if label in (KID, "prev", "corrects") and not _is_hash(value):
            return f"{label} is not 32 bytes"
    if fields[CONTENT_TYPE] not in (SENML, DOCUMENT):
        return "content type is neither 112 nor 60"
    claims, seen = fields[CWT_CLAIMS], fields.get("seen")
    if not isinstance(claims, dict) or tuple(claims) != (1, 2, 6):
        return "the claims are not iss, sub and iat"
    if type(claims[1]) is not str or type(claims[2]) is not str or not _are_names(claims[1], claims[2]):
        return "iss is not an enterprise identifier, or sub does not lie under it"
    if type(claims[6]) is not int or not MIN_TIME <= claims[6] < MAX_TIME:
        return "iat is not an absolute time in whole seconds"
    if "seen" in fields and not (
        isinstance(seen, list) and len(seen) == 2 and type(seen[0]) is int and _is_hash(seen[1])
    ):
        return "seen is not [size, root]"
    return "seq or the size in seen is out of range"


def _is_hash(value: object) -> bool:
    return type(value) is bytes and len(value) == 32
