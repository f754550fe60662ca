"""INV-18: small inputs that would cost much. Each is read in a process of its own, within bounded memory and time.

The bounds are generous and fixed: 600 MiB of address space and a minute; what the bombs took before they were refused
were gigabytes and hours.
"""

import hashlib
import io
import json
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from devnet.soak import samples
from devnet.soak.parsers import PARSERS
from terminal_signer import cbor
from tests.conftest import ROOT

MEBI = 1 << 20
MEMORY, SECONDS = 600 * MEBI, 60
NAMES = {parser.name: parser for parser in PARSERS}
HEAD = b'{"format":"policy/1","x":'


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(samples.bundle())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(changes: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A bundle whose manifest is right about the changed members."""
    kept = members() | changes
    manifest = json.loads(kept["manifest.json"])
    for name, body in changes.items():
        manifest["members"][name] = {"size": len(body), "sha256": f"0x{hashlib.sha256(body).hexdigest()}"}
    kept["manifest.json"] = json.dumps(manifest).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in kept.items():
            archive.writestr(name, body)
    return out.getvalue()


def many_lists() -> bytes:
    """A twentieth of a megabyte that is 64 MiB of JSON and, read, some gigabytes."""
    start = b'{"format":"proofs/1","previous_size":0,"heads":['
    return zipped({"proofs.json": start + b"[]," * (20 * MEBI) + b"[]]}"})


def huge_dictionary() -> bytes:
    """An LZMA member that asks for a dictionary of 4 GiB."""
    data = zipped({}, zipfile.ZIP_LZMA)
    properties = b"\x09\x04\x05\x00\x5d"
    at = data.index(properties) + len(properties)
    return data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]


def long_directory() -> bytes:
    """A ZIP64 record that names a directory of 700,000 members."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    count, directory = 700_000, entry * 700_000
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(directory), 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(directory), 1)
    return directory + record + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 2**32 - 1, 0, 0)


def renamed(name: str) -> Callable[[], bytes]:
    def build() -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for known, body in members().items():
                archive.writestr(name if known == "site.toml" else known, body)
        return out.getvalue()

    return build


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in members().items():
            archive.writestr(name, body)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("site.toml", b"another")
    return out.getvalue()


def frame_around(payload: bytes) -> bytes:
    return cbor.encode(cbor.Tag(18, [b"\xa0", {}, payload, bytes(64)]))


BOMBS: list[tuple[str, str, Callable[[], bytes]]] = [
    ("bundle", "zip bomb", lambda: zipped({"frames.cborseq": bytes(400 * MEBI)})),
    ("bundle", "zip bomb by bzip2", lambda: zipped({"frames.cborseq": bytes(64 * MEBI)}, zipfile.ZIP_BZIP2)),
    ("bundle", "many small lists", many_lists),
    ("bundle", "huge dictionary", huge_dictionary),
    ("bundle", "long directory", long_directory),
    ("bundle", "path traversal", renamed("../../etc/passwd")),
    ("bundle", "absolute path", renamed("/etc/passwd")),
    ("bundle", "path with a drive", renamed("C:\\site.toml")),
    ("bundle", "member twice", twice),
    ("CBOR item", "deep", lambda: b"\x81" * MEBI + b"\x00"),
    ("CBOR item", "deep tags", lambda: b"\xc4" * MEBI + b"\x00"),
    ("CBOR item", "endless array", lambda: b"\x9b" + b"\xff" * 8 + bytes(100)),
    ("CBOR item", "endless string", lambda: b"\x5b\x7f" + b"\xff" * 7 + bytes(100)),
    ("CBOR item", "duplicate keys", lambda: b"\xa2\x01\x01\x01\x02"),
    ("COSE message", "deep", lambda: b"\x81" * 60_000 + b"\x00"),
    ("COSE message", "endless array", lambda: b"\x9b\x00" + b"\xff" * 7 + bytes(100)),
    ("COSE message", "shared references", lambda: b"\xd2\x84\x40\xa0" + b"\xd8\x1c\x81\xd8\x1d\x00" * 2),
    ("COSE message", "big number", lambda: frame_around(b"\xc2\x59\xff\xff" + b"\xff" * 65_535)[:65_000]),
    ("COSE receipt", "deep", lambda: b"\x81" * 16_000),
    ("CBOR sequence", "deep", lambda: b"\x81" * (4 * MEBI)),
    ("CBOR sequence", "endless map", lambda: b"\xbb" + b"\xff" * 8 + bytes(MEBI)),
    ("SenML pack", "exponent bomb", lambda: cbor.encode([{-2: "88.118.20260/", -3: 2**30, 0: "P", 1: "kWh", 2: None}])
     .replace(b"\x02\xf6", b"\x02\xc4\x82\x3b" + b"\xff" * 8 + b"\x01")),
    ("frame", "larger than a frame", lambda: b"\xd2\x84" * MEBI),
    ("RLP", "deep", lambda: b"\xf8\xff" * MEBI),
    ("RLP", "endless list", lambda: b"\xff" + b"\xff" * 8),
    ("policy", "deep", lambda: HEAD + b"[" * MEBI),
    ("policy", "deep objects", lambda: HEAD + b'{"a":' * (MEBI // 5)),
    ("policy", "huge integer", lambda: HEAD + b"9" * (MEBI - 100) + b"}"),
    ("policy", "exponent bomb", lambda: HEAD + b"1e999999999}"),
    ("policy", "duplicate names", lambda: samples.policy().replace(b'"chain_id"', b'"chain_id": 1, "chain_id"')),
    ("receipt", "deep", lambda: b"[" * 16_000),
    ("receipt", "huge integer", lambda: samples.receipt().replace(b'"index": 1', b'"index": ' + b"9" * 9_000)),
    ("receipt", "duplicate names", lambda: samples.receipt().replace(b'"index"', b'"index": 0, "index"')),
    ("deployment", "deep", lambda: b"[" * MEBI),
    ("deployment", "huge integer", lambda: b'{"format":"deployment/1","chain_id":' + b"9" * MEBI + b"}"),
    ("deployment", "duplicate names", lambda: samples.deployment().replace(b'"genesis"', b'"genesis": "", "genesis"')),
    ("statement", "deep", lambda: b"[" * MEBI),
    ("evidence file", "deep", lambda: b"[" * (8 * MEBI)),
    ("state proof", "deep", lambda: b"[" * (8 * MEBI)),
    ("checkpoint", "huge size", lambda: b"a\n" + b"9" * 60_000 + b"\n\n\n"),
    ("tile address", "long", lambda: b"tile/0/" + b"x001/" * 200_000 + b"001"),
    ("site file", "dotted key", lambda: b"a." * 50_000 + b"a = 1\n"),
    ("site file", "dotted key in quotes", lambda: b'"=".' + b'"a".' * 50_000 + b"a = 1\n"),
    ("site file", "deep header", lambda: b"[" + b"a." * 50_000 + b"a]\n" + b"k=1\n" * 9_999),
    ("site file", "deep arrays", lambda: b"x = " + b"[" * 900_000),
    ("site file", "deep tables", lambda: b"x = " + b"{a=" * 300_000),
    ("site file", "a line of blanks", lambda: samples.site() + b"odd = [\n[" + b" " * 900_000 + b"]\n]\n"),
    ("factors", "huge integer", lambda: _factor(b"0x" + b"f" * 900_000)),
    ("factors", "exponent bomb", lambda: _factor(b'"1e999999999"')),
    ("factors", "division by zero", lambda: _factor(b'"1/0"')),
    ("method", "deep formula", lambda: samples.rule("general").replace(b" = AD *", b" = " + b"(" * 300 + b"AD *")),
    ("meter's CSV", "exponent bomb", lambda: samples.csv().replace(b"3.17", b"1e999999999", 1)),
    ("meter's CSV", "endless line", lambda: samples.csv() + b"9" * (8 * MEBI)),
]  # fmt: skip


def _factor(value: bytes) -> bytes:
    """The shipped factors, the first of them with another value."""
    data = samples.rule("cn-a-2013")
    at = data.index(b"\nvalue = ") + len(b"\nvalue = ")
    return data[:at] + value + data[data.index(b"\n", at) :]


@pytest.mark.parametrize(("parser", "name", "build"), BOMBS, ids=[f"{parser}: {name}" for parser, name, _ in BOMBS])
def test_a_bomb_is_refused_within_bounds(parser: str, name: str, build: Callable[[], bytes], tmp_path: Path) -> None:
    """INV-18"""
    file = tmp_path / "bomb"
    file.write_bytes(build())
    command = [sys.executable, "-m", "tests.soak.test_bombs", parser, str(file)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert (ended.returncode, ended.stdout) == (0, "refused\n"), ended.stderr[-500:]


def test_the_bounds_would_show(tmp_path: Path) -> None:
    """The process dies of its bounds when a reader takes too much: 800 MiB here."""
    code = "from tests.soak.test_bombs import bound; bound(); bytearray(800 << 20)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "MemoryError" in ended.stderr


def bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    given = Path(sys.argv[2]).read_bytes()
    bound()
    print("read" if NAMES[sys.argv[1]].accepts(given) else "refused")
