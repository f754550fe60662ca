"""Reading and writing bundles: determinism, limits, and every kind of broken archive."""

import contextlib
import hashlib
import io
import json
import struct
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.archive import MEBI
from ledger.certificates.bundling import write_bundle, zip_members
from ledger.certificates.statement import Signatures
from ledger.errors import UnknownFormat
from ledger.evidence import bundle as reader
from ledger.evidence.bundle import Bundle, Key, Range, read_bundle
from ledger.log.replay import Head
from terminal_signer.build import build, encode_pack
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Header, digest_of
from terminal_signer.keys import generate
from terminal_signer.strict import Malformed
from tests.certificates.sample import STATEMENT


def sample() -> Bundle:
    """Formats only: nothing in it would verify."""
    key, prev, frames = generate(), bytes(32), []
    for seq in range(5):
        time = 1_514_732_400 + seq
        header = Header("88.118.20260", "88.118.20260/EQ-0001", time, seq, prev)
        frames.append(build(key, header, encode_pack("88.118.20260", time - 60, (), time)))
        prev = digest_of(frames[-1])
    return Bundle(
        31337, b"\x05" * 32, tuple(frames), 2, (Head(5, b"\x01" * 32, 10), Head(9, b"\x02" * 32, 20)),
        (Range(2, 4, (b"\x03" * 32,)), Range(8, 1, ())),
        (Key("88.118.20260", "88.118.20260/EQ-0001", -7, key.public.raw, b"\x04" * 64),),
        b"site", {"method": b"m", "factors": b"f"}, b"{}", STATEMENT, Signatures(b"\x01" * 65, b"\x02" * 65, b""),
    )  # fmt: skip


SAMPLE = sample()
WRITTEN = write_bundle(SAMPLE)


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(WRITTEN)) as file:
        return {name: file.read(name) for name in file.namelist()}


def repacked(**changes: bytes | None) -> bytes:
    """The sample with members replaced (None: left out), the manifest put right, as a smart forger would."""
    content = members()
    for name, body in changes.items():
        if body is None:
            content.pop(name, None)
        else:
            content[name] = body
    manifest = json.loads(content["manifest.json"])
    if "manifest.json" not in changes:
        manifest["members"] = {
            name: {"size": len(body), "sha256": "0x" + hashlib.sha256(body).hexdigest()}
            for name, body in content.items()
            if name != "manifest.json"
        }
        content["manifest.json"] = json.dumps(manifest).encode()
    return zip_members(content)


def altered(name: str, path: list[Any], value: Any) -> bytes:
    document = json.loads(members()[name])
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return repacked(**{name: json.dumps(document).encode()})


def test_reads_back_what_was_written() -> None:
    assert read_bundle(WRITTEN) == SAMPLE
    assert list(SAMPLE.indices()) == [2, 3, 4, 5, 8]


def test_the_same_evidence_gives_the_same_file() -> None:
    assert write_bundle(SAMPLE) == WRITTEN == write_bundle(read_bundle(WRITTEN))


def test_optional_rules() -> None:
    rules = {name: name.encode() for name in reader.RULES}
    assert read_bundle(write_bundle(replace(SAMPLE, rules=rules))).rules == rules


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "frames.cborseq",
        "proofs.json",
        "site.toml",
        "rules/method.toml",
        "result.json",
        "statement.json",
    ],
)
def test_a_missing_member(name: str) -> None:
    content = members()
    del content[name]
    with pytest.raises(Malformed, match="missing"):
        read_bundle(zip_members(content))


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "rules/", "notes.txt", "Manifest.json", "rules/../site.toml", ""]
)
def test_unknown_members_and_paths_that_climb(name: str) -> None:
    """INV-18: nothing is ever written to disk, and no name but the known ones is read."""
    with pytest.raises(Malformed):
        read_bundle(zip_members({**members(), name: b"x"}))


def test_a_member_twice() -> None:
    """INV-18: no two programs may see two different files under one name."""
    archive = io.BytesIO(WRITTEN)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(archive, "a") as file:
        file.writestr("result.json", b"{ }")
    with pytest.raises(Malformed, match="twice"):
        read_bundle(archive.getvalue())


def test_a_zip_bomb_is_not_inflated() -> None:
    """INV-18"""
    bomb = zip_members({**members(), "site.toml": bytes(200 * MEBI)})
    with pytest.raises(Malformed, match="larger"):
        read_bundle(bomb)


def test_a_bomb_that_lies_about_its_size() -> None:
    """INV-18: the declared size is small, the stream goes on."""
    body = bytes(50 * MEBI)
    honest = zip_members({**members(), "site.toml": body})
    lying = honest.replace(struct.pack("<L", len(body)), struct.pack("<L", 100))
    assert lying != honest
    with pytest.raises(Malformed):
        read_bundle(lying)


def test_damage_is_noticed() -> None:
    """INV-01: a byte changed in storage, manifest untouched."""
    content = members()
    content["result.json"] = b"{ }"
    with pytest.raises(Malformed, match="manifest"):
        read_bundle(zip_members(content))


@pytest.mark.parametrize(
    "frames",
    [
        b"\xd2", b"\xd2\x84", b"\xd2\x84\x58", b"\xd2\x84\x58\xff", b"\xd2\x84\x59\xff\xff",
        b"\xd2\x84\x5a\xff\xff\xff\xff",
        b"\x80", b"\xd2\x84\x40\xa1", b"\xd2\x84\x40\xa0\x40\x5f", b"\x00" * 10,
    ],
)  # fmt: skip
def test_sequences_that_are_not_frames(frames: bytes) -> None:
    """INV-18"""
    with pytest.raises(Malformed, match="frame"):
        read_bundle(repacked(**{"frames.cborseq": members()["frames.cborseq"] + frames}))


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("manifest.json", ["seed"], "0x00"), ("manifest.json", ["chain_id"], "1"), ("manifest.json", ["more"], 1),
        ("manifest.json", ["format"], "proofs/1"),
        ("proofs.json", ["previous_size"], 5), ("proofs.json", ["heads"], []), ("proofs.json", ["heads", 1, "size"], 5),
        ("proofs.json", ["heads", 0, "root"], "0x"), ("proofs.json", ["heads", 0, "more"], 1),
        ("proofs.json", ["ranges", 0, "count"], 0), ("proofs.json", ["ranges", 0, "start"], 1),
        ("proofs.json", ["ranges", 0, "count"], 3), ("proofs.json", ["ranges", 0, "count"], 10**12),
        ("proofs.json", ["ranges", 1, "start"], 5), ("proofs.json", ["ranges", 1, "start"], 9),
        ("proofs.json", ["ranges", 0, "hashes"], ["0x00"] * 3),
        ("proofs.json", ["ranges", 0, "hashes"], ["0x" + "00" * 32] * 200),
        ("proofs.json", ["keys", 0, "alg"], "ES256"), ("proofs.json", ["keys", 0, "public_key"], 5),
        ("proofs.json", ["keys", 0, "iss"], "a\nb"), ("proofs.json", ["keys", 0, "sub"], ""),
        ("statement.json", ["statement", "grade"], 999), ("statement.json", ["signatures"], {}),
        ("statement.json", ["statement"], None), ("statement.json", ["signatures", "verifier"], "0x" + "00" * 5000),
    ],
)  # fmt: skip
def test_members_that_break_their_format(name: str, path: list[Any], value: Any) -> None:
    """INV-18"""
    body = altered(name, path, value)
    if name == "manifest.json":
        document = json.loads(members()[name])
        document[path[0]] = value
        body = zip_members({**members(), name: json.dumps(document).encode()})
    with pytest.raises(Malformed):
        read_bundle(body)


@pytest.mark.parametrize("name", ["manifest.json", "proofs.json", "statement.json"])
def test_another_version_is_refused_by_name(name: str) -> None:
    document = json.loads(members()[name])
    document["format"] = document["format"].replace("/1", "/2")
    content = {**members(), name: json.dumps(document).encode()}
    with pytest.raises(UnknownFormat, match="/2"):
        read_bundle(zip_members(content) if name == "manifest.json" else repacked(**{name: content[name]}))


def test_a_key_twice() -> None:
    with pytest.raises(Malformed, match="key"):
        read_bundle(write_bundle(replace(SAMPLE, keys=SAMPLE.keys * 2)))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_garbage(data: bytes) -> None:
    """INV-18"""
    with contextlib.suppress(CarbonError):
        read_bundle(data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_mutated_archive(data: st.DataObject) -> None:
    """INV-18: flipped, cut and doubled bytes anywhere in the ZIP."""
    body = bytearray(WRITTEN)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        change = data.draw(st.sampled_from(["flip", "cut", "double"]))
        if change == "flip":
            body[at] ^= data.draw(st.integers(1, 255))
        elif change == "cut":
            del body[at : at + data.draw(st.integers(1, 40))]
        else:
            body[at:at] = body[at : at + 20]
        body = body or bytearray(b"x")
    with contextlib.suppress(CarbonError):
        read_bundle(bytes(body))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["frames.cborseq", "proofs.json", "statement.json"]), st.data())
def test_a_mutated_member_under_a_correct_manifest(name: str, data: st.DataObject) -> None:
    """INV-18"""
    body = bytearray(members()[name])
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CarbonError):
        read_bundle(repacked(**{name: bytes(body)}))


def test_bzip_and_encrypted_members() -> None:
    """INV-18: methods that the standard library may or may not know."""
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", method) as file:
            for name, body in members().items():
                file.writestr(name, body)
        with contextlib.suppress(CarbonError):
            assert read_bundle(archive.getvalue()) == SAMPLE
    flagged = bytearray(WRITTEN)
    at = flagged.index(b"PK\x01\x02")
    flagged[at + 8] |= 1
    with pytest.raises(Malformed):
        read_bundle(bytes(flagged))
