"""What the mutator can do to a document: first to its bytes, then with knowledge of how its family is built.

A mutation takes chance, the bytes, and another valid document of the same parser; it answers bytes and never fails.
"""

import io
import json
import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from random import Random
from typing import Any

Mutation = Callable[[Random, bytes, bytes], bytes]

MAGIC: Sequence[bytes] = (
    b"", b"\x00", b"\xff" * 8, b"\x7f\xff\xff\xff", b"\x80" + bytes(7), b"\x1b" + b"\xff" * 8, b"\x3b" + b"\xff" * 8,
    b"\x9f", b"\xbf", b"\xf9\x7e\x00", b"\xfb\x7f\xf0" + bytes(6), b"\x9b\x7f" + b"\xff" * 7, b"\x5b\x7f" + b"\xff" * 7,
    b"\xc2\x58\x20" + b"\xff" * 32, b"\xc4\x82\x3b" + b"\xff" * 8 + b"\x01", b"\xd8\x1c\x81\xd8\x1d\x00",
    b"\xa2\x01\x01\x01\x02",
    b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"PK\x06\x07", b"../../../../etc/passwd", b"C:\\",
    b"-0", b"NaN", b"Infinity",
    b"1e999999999", b"-1e-999999999", b"0x" + b"f" * 200, b"9" * 5000, b"9" * 19,
    b"18446744073709551616", b"9223372036854775808",
    b"\xed\xa0\x80", b"\xc0\xaf", b"\xef\xbb\xbf", "\u202e\u0000\u2028".encode(), b"\\ud800", b"\r\n", b"\n\n", b'"',
    b"'''",
    b"[" * 3000, b"{" * 3000, b"\x81" * 3000, b"\xa1\x00" * 1500, b"a." * 300, b'"a":' * 200, b"[[a]]\n" * 100,
)  # fmt: skip
ODD_NUMBERS = ("1e999999999", "-0", "0.1", "1E400", "9" * 400, "-1", "18446744073709551616", "9007199254740993", "00")
ODD_VALUES: Sequence[Any] = (
    None, True, -1, 0, 2**53, 2**63, 2**64, 10**400, 0.5, "", "\ud800", "0x", "0X" + "ab" * 32, "\u202e", "9" * 300,
    [], {}, [[]] * 50, {"a": {"a": {}}}, "88.118.20260/..", "../x",
)  # fmt: skip
ODD_TOML = (
    '"1e999999999"', '"9/0"', '"' + "9" * 150 + '"', "0x" + "f" * 300, "1979-05-27", "nan", "inf",
    "-1", "[]", "{}", "true",
    '""', '"\\uD800"', "[[[]]]", "2" * 60, '"mol9.mol9.mol9"', '"10^99.10^99"', '"((((((((((a"', '"a [t] = a / 0"',
)  # fmt: skip
LARGEST = 256 * 1024


def flip(chance: Random, data: bytes, _: bytes) -> bytes:
    changed = bytearray(data)
    for _bit in range(chance.choice((1, 1, 1, 2, 8))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def overwrite(chance: Random, data: bytes, _: bytes) -> bytes:
    at, length = _span(chance, data)
    return data[:at] + chance.randbytes(min(length, 64)) + data[at + length :]


def cut_off(chance: Random, data: bytes, _: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def cut_out(chance: Random, data: bytes, _: bytes) -> bytes:
    at, length = _span(chance, data)
    return data[:at] + data[at + length :]


def repeat(chance: Random, data: bytes, _: bytes) -> bytes:
    at, length = _span(chance, data)
    return data[:at] + data[at : at + length] * chance.choice((2, 2, 3, 9, 60)) + data[at + length :]


def insert_magic(chance: Random, data: bytes, _: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    taken = chance.choice((0, 0, 1, 4, 8))
    return data[:at] + chance.choice(MAGIC) + data[at + taken :]


def splice(chance: Random, data: bytes, other: bytes) -> bytes:
    at, length = _span(chance, other)
    to, replaced = _span(chance, data)
    return data[:to] + other[at : at + length] + data[to + replaced :]


def cbor_head(chance: Random, data: bytes, _: bytes) -> bytes:
    """Another length, number or type in one head; now and then not in its shortest form."""
    heads = list(_heads(data, chance.random() < 0.5))
    if not heads:
        return data
    at, end = chance.choice(heads)
    major = data[at] >> 5 if chance.random() < 0.7 else chance.randrange(8)
    argument = chance.choice((0, 1, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63, 2**64 - 1, len(data)))
    return data[:at] + _head(major, argument, chance.choice((0, 0, 0, 1, 2, 4, 8))) + data[end:]


def json_value(chance: Random, data: bytes, _: bytes) -> bytes:
    """One member replaced, dropped, renamed or moved somewhere else."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return data
    places = list(_places(document))
    if not places:
        return data
    holder, key = chance.choice(places)
    match chance.randrange(4):
        case 0:
            holder[key] = chance.choice(ODD_VALUES)
        case 1:
            del holder[key]
        case 2:
            other, name = chance.choice(places)
            taken = other.get(name) if isinstance(other, dict) else chance.choice(other or [0])
            holder[key] = json.loads(json.dumps(taken))  # a copy: a document must not come to hold itself
        case 3 if isinstance(holder, dict):
            holder[chance.choice(("", "\ud800", "format", "size", key + "x"))] = holder.pop(key)
    return json.dumps(document).encode()


def json_text(chance: Random, data: bytes, _: bytes) -> bytes:
    """A number that no writer of ours would write, or a name that stands twice."""
    found = list(re.finditer(rb'(?<=[:\[, ])-?\d+|"\w+": ?("[^"]*"|\d+)', data))
    if not found:
        return data
    match = chance.choice(found)
    if match[0].startswith(b'"'):
        return data[: match.start()] + match[0] + b", " + data[match.start() :]
    return data[: match.start()] + chance.choice(ODD_NUMBERS).encode() + data[match.end() :]


def toml_line(chance: Random, data: bytes, other: bytes) -> bytes:
    """Lines doubled, dropped, moved, taken from elsewhere, or with another value."""
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            lines.insert(chance.randrange(len(lines)), lines[at])
        case 1:
            del lines[at]
        case 2:
            to = chance.randrange(len(lines))
            lines[at], lines[to] = lines[to], lines[at]
        case 3:
            lines.insert(at, chance.choice(other.split(b"\n")))
        case 4:
            name, equals, _ = lines[at].partition(b"=")
            lines[at] = name + equals + chance.choice(ODD_TOML).encode() if equals else lines[at]
    return b"\n".join(lines)


def zip_header(chance: Random, data: bytes, _: bytes) -> bytes:
    """A field of a local, central or end header: method, sizes, offsets, counts, name lengths."""
    marks = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06")
    found = [(match.start(), match[0]) for mark in marks for match in re.finditer(re.escape(mark), data)]
    if not found:
        return data
    at, mark = chance.choice(found)
    width, offsets = chance.choice({
        marks[0]: ((2, (6, 8, 26, 28)), (4, (14, 18, 22))),
        marks[1]: ((2, (8, 10, 28, 30, 32)), (4, (16, 20, 24, 42))),
        marks[2]: ((2, (8, 10, 20)), (4, (12, 16))),
    }[mark])  # fmt: skip
    place = at + chance.choice(offsets)
    value = chance.choice((0, 1, 8, 9, 12, 14, 93, 99, 0xFFFF, 0xFFFFFFFF, 0x7FFFFFFF, 1 << 31, len(data)))
    packed = struct.pack("<I", value)[:width]
    return data[:place] + packed + data[place + width :]


def zip_name(chance: Random, data: bytes, _: bytes) -> bytes:
    """A member of another name, in both of its headers or in one."""
    names = re.findall(rb"(?:PK\x03\x04.{26}|PK\x01\x02.{42})([a-z/]+\.[a-z]+)", data, re.DOTALL)
    if not names:
        return data
    name = chance.choice(names)
    odd = chance.choice((b"../" + name[3:], b"/" + name[1:], name[:-1] + b"\x00", name.upper(), chance.choice(names)))
    return data.replace(name, odd, chance.choice((1, -1)))


def zip_member(chance: Random, data: bytes, other: bytes) -> bytes:
    """One member mutated by its own family, and the manifest brought up to date, so that the damage gets through."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice(list(members))
        members[name] = mutate(chance, members[name], members[name], _family(name))
        if name != "manifest.json":
            manifest = json.loads(members["manifest.json"])
            body = members[name]
            manifest["members"][name] = {"size": len(body), "sha256": "0x" + sha256(body).hexdigest()}
            members["manifest.json"] = json.dumps(manifest).encode()
    except Exception:
        return flip(chance, data, other)
    return _zipped(chance, members)


def _zipped(chance: Random, members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    method = chance.choice((zipfile.ZIP_DEFLATED,) * 6 + (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in members.items():
            entry = zipfile.ZipInfo(name)  # without a time of its own, so that the bytes are the seed's
            entry.compress_type = method
            archive.writestr(entry, body)
    return out.getvalue()


BYTE_MUTATIONS: Sequence[Mutation] = (flip, overwrite, cut_off, cut_out, repeat, insert_magic, splice)
STRUCTURED: dict[str, Sequence[Mutation]] = {
    "cbor": (cbor_head,),
    "json": (json_value, json_text),
    "toml": (toml_line,),
    "zip": (zip_member, zip_member, zip_header, zip_name),
}


def mutate(chance: Random, sample: bytes, other: bytes, family: str) -> bytes:
    """One to four mutations, half of them structured where the family has such."""
    data = sample
    for _ in range(chance.choice((1, 1, 2, 3, 4))):
        structured = STRUCTURED.get(family, ())
        kinds = structured if structured and chance.random() < 0.6 else BYTE_MUTATIONS
        data = chance.choice(kinds)(chance, data, other)[:LARGEST]
    return data


def _family(name: str) -> str:
    return {"json": "json", "toml": "toml", "cborseq": "cbor"}.get(name.rpartition(".")[2], "bytes")


def _span(chance: Random, data: bytes) -> tuple[int, int]:
    at = chance.randrange(len(data) + 1)
    return at, chance.choice((1, 2, 4, 8, 32, 200, len(data)))


def _heads(data: bytes, into_strings: bool) -> Iterator[tuple[int, int]]:
    """Offset and end of each CBOR head, as far as the bytes make sense; byte strings often hold CBOR again."""
    at = 0
    while at < len(data):
        low = data[at] & 31
        end = at + 1 + (1 << (low - 24) if 24 <= low <= 27 else 0)
        yield at, end
        major, argument = data[at] >> 5, int.from_bytes(data[at + 1 : end], "big") if low >= 24 else low
        at = end + argument if major == 3 or (major == 2 and not into_strings) else end


def _head(major: int, argument: int, width: int) -> bytes:
    """`width` 0: the shortest form."""
    if width == 0 and argument < 24:
        return bytes((major << 5 | argument,))
    width = max(width, next(size for size in (1, 2, 4, 8) if argument < 1 << (8 * size)))
    return bytes((major << 5 | 24 + (1, 2, 4, 8).index(width),)) + argument.to_bytes(width, "big")


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every holder and key in a JSON document."""
    if isinstance(document, dict | list):
        for key in document if isinstance(document, dict) else range(len(document)):
            yield document, key
            yield from _places(document[key])
