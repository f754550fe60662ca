"""Checkpoints as signed notes: the examples of the specification, round trips, and what must not be accepted."""

from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.keccak import keccak256
from ledger.log.checkpoint import (
    Checkpoint,
    CheckpointError,
    key_id,
    note_key_hash,
    open_checkpoint,
    parse,
    sign,
    verifier_key,
)
from ledger.log.tree import Tree, leaf_hash
from terminal_signer.keys import EDDSA, ES256, PrivateKey, generate
from tests.log import naive

KEY = generate(EDDSA)
ORIGIN = "ledger.example/mill"
HEAD = Checkpoint(ORIGIN, 8760, sha256(b"root").digest())
NOTE = sign(HEAD, KEY)

SPECIFICATION = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo"
    "+zyWE+xeMcTOAYQ8=\n"
)


def test_the_specification_s_example_is_read() -> None:
    checkpoint, signatures = parse(SPECIFICATION.encode())
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert b64encode(checkpoint.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert [(item.name, item.key_id.hex(), len(item.signature)) for item in signatures] == [
        ("example.com/behind-the-sofa", "033de0ae", 64)
    ]


def test_the_note_as_another_reader_takes_it_apart() -> None:
    text, line = NOTE.decode().split("\n\n")
    dash, name, blob = line.rstrip("\n").split(" ")
    assert (dash, name) == ("—", ORIGIN)
    assert text == f"{ORIGIN}\n8760\n{b64encode(HEAD.root).decode()}"
    raw = b64decode(blob)
    assert raw[:4] == sha256(ORIGIN.encode() + b"\n\x01" + KEY.public.raw).digest()[:4] == key_id(ORIGIN, KEY.public)
    Ed25519PublicKey.from_public_bytes(KEY.public.raw).verify(raw[4:], f"{text}\n".encode())


GIVEN_SEED = bytes(range(32))
GIVEN_ENTRIES = [sha256(b"frame %d" % number).digest() for number in range(1000)]
GIVEN_NOTE = (
    f"{ORIGIN}\n1000\n3kN92YmAECuKER0HF0sPjREBys4tzVgSJG44CMcoFQE=\n\n— {ORIGIN} "
    "Te39lp/ZB/gLSTnbHW9UdZgd86RMr39Q9QadbMgIm4mkDg5NY2H7MoBiq2folZklK1eo51CQjVP2effvCcQRBXHqEAU=\n"
)


def test_given_keys_and_leaves_give_these_very_bytes() -> None:
    """Ed25519 draws nothing at random: whoever has the key and the entries writes the same note, anywhere, any day."""
    key = PrivateKey(Ed25519PrivateKey.from_private_bytes(GIVEN_SEED))
    leaves = [leaf_hash(entry) for entry in GIVEN_ENTRIES]
    root = Tree(leaves).root()
    assert root == naive.root(leaves), "the root by the definition of RFC 9162"
    assert sign(Checkpoint(ORIGIN, len(GIVEN_ENTRIES), root), key).decode() == GIVEN_NOTE
    assert verifier_key(ORIGIN, key.public) == f"{ORIGIN}+4dedfd96+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


def test_the_chain_knows_the_key_by_type_and_bytes() -> None:
    assert note_key_hash(KEY.public) == keccak256(b"\x01" + KEY.public.raw)
    name, identity, key = verifier_key(ORIGIN, KEY.public).split("+", 2)
    assert (name, identity) == (ORIGIN, key_id(ORIGIN, KEY.public).hex())
    assert b64decode(key) == b"\x01" + KEY.public.raw


@pytest.mark.parametrize("head", [HEAD, replace(HEAD, size=0), replace(HEAD, extensions=("more", "lines"))])
def test_what_is_signed_is_opened(head: Checkpoint) -> None:
    assert open_checkpoint(sign(head, KEY), KEY.public, ORIGIN) == head


def test_unknown_signatures_are_passed_over() -> None:
    witness = b64encode(b"\x01\x02\x03\x04" + bytes(72)).decode()
    assert open_checkpoint(NOTE + f"— witness.example {witness}\n".encode(), KEY.public, ORIGIN) == HEAD


FALSE = {
    "another root": NOTE.replace(b64encode(HEAD.root), b64encode(sha256(b"other").digest())),
    "another size": NOTE.replace(b"\n8760\n", b"\n8761\n"),
    "another key": sign(HEAD, generate(EDDSA)),
    "another log": sign(replace(HEAD, origin="ledger.example/other"), KEY),
    "another name in the signature": NOTE.replace(f"— {ORIGIN}".encode(), "— ledger.example/other".encode()),
    "no signature": NOTE[: NOTE.index("—".encode())],
    "no text": NOTE[NOTE.index(b"\n\n") :],
    "no empty line": NOTE.replace(b"\n\n", b"\n"),
    "a leading zero": NOTE.replace(b"\n8760\n", b"\n08760\n"),
    "a sign": NOTE.replace(b"\n8760\n", b"\n+8760\n"),
    "other digits": NOTE.replace(b"\n8760\n", "\n٨٧٦٠\n".encode()),
    "a size beyond all trees": NOTE.replace(b"\n8760\n", b"\n9223372036854775808\n"),
    "a short root": NOTE.replace(b64encode(HEAD.root), b64encode(HEAD.root[:31])),
    "carriage returns": NOTE.replace(b"\n", b"\r\n"),
    "not UTF-8": NOTE.replace(b"mill", b"\xff\xff"),
    "nothing": b"",
    "too much": NOTE + b"x" * 70_000,
    "a line cut short": NOTE[:-1],
    "base64 of another spelling": NOTE[:-2].rstrip(b"=") + b"\n",
    "too many signatures": NOTE + NOTE[NOTE.index("—".encode()) :] * 100,
}


@pytest.mark.parametrize("case", FALSE)
def test_refused(case: str) -> None:
    """INV-08: a checkpoint that is not the log's, or not what the log signed, is refused by name."""
    with pytest.raises(CheckpointError):
        open_checkpoint(FALSE[case], KEY.public, ORIGIN)


def test_a_false_signature_beside_a_good_one_refuses_the_note() -> None:
    line = f"— {ORIGIN} {b64encode(key_id(ORIGIN, KEY.public) + bytes(64)).decode()}\n"
    with pytest.raises(CheckpointError):
        open_checkpoint(NOTE + line.encode(), KEY.public, ORIGIN)


@pytest.mark.parametrize(
    "head",
    [
        replace(HEAD, origin=""), replace(HEAD, origin="two words"), replace(HEAD, origin="a+b"),
        replace(HEAD, origin="two\nlines"), replace(HEAD, size=-1), replace(HEAD, root=b"short"),
        replace(HEAD, extensions=("",)),
    ],
)  # fmt: skip
def test_what_could_not_be_read_back_is_not_signed(head: Checkpoint) -> None:
    with pytest.raises(CheckpointError):
        sign(head, KEY)


def test_only_ed25519_signs_notes() -> None:
    with pytest.raises(CheckpointError):
        sign(HEAD, generate(ES256))
    with pytest.raises(CheckpointError):
        open_checkpoint(NOTE, generate(ES256).public, ORIGIN)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
@settings(max_examples=150, deadline=None)
def test_garbage_raises_checkpoint_errors_only(note: bytes) -> None:
    """INV-18"""
    with pytest.raises(CheckpointError):
        open_checkpoint(note, KEY.public, ORIGIN)


@given(st.integers(0, len(NOTE) - 1), st.binary(max_size=3))
@settings(max_examples=150, deadline=None)
def test_a_damaged_note_never_opens_as_something_else(at: int, other: bytes) -> None:
    """INV-08, INV-18"""
    note = NOTE[:at] + other + NOTE[at + 1 :]
    try:
        assert open_checkpoint(note, KEY.public, ORIGIN) == HEAD
    except CheckpointError:
        return
