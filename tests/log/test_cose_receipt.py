"""Receipts as COSE: scitt-cose accepts ours and refuses what was changed, and so does our own reader."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from scitt_cose import build_receipt, verify_receipt  # type: ignore[import-untyped]

from ledger.log.cose_receipt import CoseReceiptFault, encode, read
from ledger.log.tree import Tree
from terminal_signer import cbor, cose, promise
from terminal_signer.keys import EDDSA, ES256, PrivateKey, PublicKey, generate
from terminal_signer.receipt import Anchor, Receipt, leaf_hash

KEY = generate()
LOG_ID, CONTRACT, TRANSACTION = b"\x0a" * 32, b"\xc0" * 20, b"\x99" * 32
DIGESTS = [sha256(b"frame %d" % number).digest() for number in range(300)]
TREE = Tree(map(leaf_hash, DIGESTS))


def receipt_of(index: int, size: int) -> Receipt:
    anchor = Anchor(31337, CONTRACT, TRANSACTION, 431, 1_700_000_431, size // 2)
    return Receipt(LOG_ID, DIGESTS[index], index, size, TREE.root(size), tuple(TREE.inclusion(index, size)), anchor)


RECEIPT = receipt_of(203, 260)
RAW = encode(RECEIPT, KEY)


def pem(key: PublicKey) -> bytes:
    loaded: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
    if key.alg == ES256:
        loaded = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + key.raw)
    else:
        loaded = ed25519.Ed25519PublicKey.from_public_bytes(key.raw)
    return loaded.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def parts(raw: bytes) -> list[object]:
    return list(cbor.decode(raw).value)


def rebuilt(protected: dict[object, object] | None = None, proof: object = None, payload: bytes | None = None) -> bytes:
    """RECEIPT with other headers, another proof or a payload, signed again with the right key."""
    header, unprotected, _, _ = parts(RAW)
    assert isinstance(header, bytes)
    assert isinstance(unprotected, dict)
    if protected is not None:
        header = cbor.encode(cbor.decode(header) | protected)
    if proof is not None:
        unprotected = {396: {-1: [cbor.encode(proof)]}}
    signature = KEY.sign(cose.signed_bytes(header, RECEIPT.root))
    return cbor.encode(cbor.Tag(18, [header, unprotected, payload, signature]))


@pytest.mark.parametrize("key", [KEY, generate(EDDSA)], ids=["ES256", "EdDSA"])
@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (6, 7), (255, 256), (256, 257), (203, 260), (299, 300)])
def test_scitt_cose_accepts_ours(key: PrivateKey, index: int, size: int) -> None:
    """An implementation that shares no code with this project finds leaf, size, root and claims as we wrote them."""
    receipt = receipt_of(index, size)
    raw = encode(receipt, key)
    found = verify_receipt(raw, leaf_entry_hex=receipt.digest.hex(), log_public_key_pem=pem(key.public))
    assert (found.ok, found.errors) == (True, [])
    assert (found.leaf_index, found.tree_size, found.root) == (index, size, receipt.root.hex())
    assert (found.issuer, found.iat) == (f"eip155:31337:0x{'c0' * 20}/0x{'0a' * 32}", 1_700_000_431)
    assert found.protected_header_ext == {4: key.public.thumbprint()}
    assert read(raw, receipt.digest, key.public) == receipt


def other_proof(change: Callable[[list[object]], list[object]]) -> bytes:
    return rebuilt(proof=change([260, 203, list(RECEIPT.path)]))


TAMPERED: dict[str, bytes] = {
    "signature": RAW[:-1] + bytes([RAW[-1] ^ 1]),
    "index": other_proof(lambda proof: [proof[0], 202, proof[2]]),
    "size": other_proof(lambda proof: [256, *proof[1:]]),
    "hash": other_proof(lambda proof: [*proof[:2], [bytes(32), *RECEIPT.path[1:]]]),
    "short path": other_proof(lambda proof: [*proof[:2], list(RECEIPT.path[1:])]),
    "long path": other_proof(lambda proof: [*proof[:2], [*RECEIPT.path, bytes(32)]]),
    "path of numbers": other_proof(lambda proof: [*proof[:2], [7]]),
    "huge size": other_proof(lambda proof: [1 << 63, *proof[1:]]),
    "true as index": other_proof(lambda proof: [260, True, proof[2]]),
    "another structure": rebuilt({395: 2}),
    "attached root": rebuilt(payload=RECEIPT.root),
    "a promise": promise.sign(KEY, promise.Promise(RECEIPT.digest, LOG_ID, 1, 2)),
    "cut": RAW[:-1],
    "longer": RAW + b"\x00",
    "nothing": b"",
}


@pytest.mark.parametrize("case", TAMPERED)
def test_both_refuse_what_was_changed(case: str) -> None:
    """INV-09, INV-18: a receipt for another leaf, tree or key is refused, by scitt-cose and by ours alike."""
    found = verify_receipt(TAMPERED[case], leaf_entry_hex=RECEIPT.digest.hex(), log_public_key_pem=pem(KEY.public))
    assert not found.ok
    with pytest.raises(CoseReceiptFault):
        read(TAMPERED[case], RECEIPT.digest, KEY.public)


def test_ours_holds_to_the_signed_size() -> None:
    """INV-09: the size in a proof is not signed, and trees of 260 and 261 leaves have paths of one shape; the size in
    the signed header tells them apart."""
    raw = other_proof(lambda proof: [261, *proof[1:]])
    assert verify_receipt(raw, leaf_entry_hex=RECEIPT.digest.hex(), log_public_key_pem=pem(KEY.public)).ok
    with pytest.raises(CoseReceiptFault, match="another tree"):
        read(raw, RECEIPT.digest, KEY.public)


def test_both_refuse_another_frame_and_another_key() -> None:
    """INV-09"""
    for digest, key in ((DIGESTS[204], KEY), (DIGESTS[203], generate())):
        assert not verify_receipt(RAW, leaf_entry_hex=digest.hex(), log_public_key_pem=pem(key.public)).ok
        with pytest.raises(CoseReceiptFault):
            read(RAW, digest, key.public)


CLAIMS = {
    1: f"eip155:31337:0x{'c0' * 20}/0x{'0a' * 32}", 6: 1_700_000_431, "size": 260, "previous_size": 130, "block": 431,
    "transaction": TRANSACTION,
}  # fmt: skip


@pytest.mark.parametrize(
    "claims",
    [
        None, [], {}, {**CLAIMS, "more": 1}, {**CLAIMS, "size": 259}, {**CLAIMS, "size": True}, {**CLAIMS, 6: -1},
        {**CLAIMS, 1: "eip155:31337:0x00/0x00"}, {**CLAIMS, 1: 7}, {**CLAIMS, "transaction": b"\x99"},
        {**CLAIMS, 1: str(CLAIMS[1]).upper()}, {**CLAIMS, 1: str(CLAIMS[1]) + "\n"},
        {**CLAIMS, "previous_size": 1 << 63},
    ],
)  # fmt: skip
def test_a_signed_header_that_does_not_name_the_head_is_refused(claims: object) -> None:
    """INV-18: even where the right key signed it."""
    assert read(rebuilt({15: CLAIMS}), RECEIPT.digest, KEY.public) == RECEIPT
    with pytest.raises(CoseReceiptFault):
        read(rebuilt({15: claims}), RECEIPT.digest, KEY.public)


@pytest.mark.parametrize(
    "proofs", [None, {}, {-1: []}, {-1: [b""]}, {-1: [7]}, {-1: [b"\x80", b"\x80"]}, {-2: [b""]}, 7]
)
def test_anything_but_one_inclusion_proof_is_refused(proofs: object) -> None:
    header, _, payload, signature = parts(RAW)
    raw = cbor.encode(cbor.Tag(18, [header, {396: proofs}, payload, signature]))
    with pytest.raises(CoseReceiptFault):
        read(raw, RECEIPT.digest, KEY.public)


def test_more_bytes_than_any_receipt_are_refused_unread() -> None:
    """INV-18"""
    with pytest.raises(CoseReceiptFault, match="4096"):
        read(b"\x5b" + b"\xff" * 5000, RECEIPT.digest, KEY.public)


def test_the_largest_receipt_fits() -> None:
    """2^63 − 1 leaves: 63 hashes on the way to the root."""
    anchor = replace(RECEIPT.anchor, chain_id=10**18 - 1, block=(1 << 63) - 1, time=(1 << 63) - 1)
    raw = encode(replace(RECEIPT, size=(1 << 63) - 1, index=0, path=(bytes(32),) * 63, anchor=anchor), KEY)
    assert len(raw) < 4096


def test_ours_reads_only_receipts_that_name_their_head() -> None:
    """A receipt of another issuer may be sound; it does not say which head of which contract to ask for."""
    theirs = build_receipt(
        leaf_entry_hex=DIGESTS[1].hex(), leaf_index=1, tree_entries_hex=[digest.hex() for digest in DIGESTS[:5]],
        alg="ES256", log_private_key_pem=_secret(),
    )  # fmt: skip
    with pytest.raises(CoseReceiptFault, match="does not name the head"):
        read(theirs, DIGESTS[1], KEY.public)


def _secret() -> bytes:
    secret = ec.generate_private_key(ec.SECP256R1())
    return secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@given(st.integers(0, len(RAW) - 1), st.binary(max_size=3))
@settings(max_examples=200, deadline=None)
def test_a_damaged_receipt_says_the_same_or_nothing(at: int, other: bytes) -> None:
    """INV-18: whatever bytes come, one named error or the signed receipt."""
    raw = RAW[:at] + other + RAW[at + 1 :]
    try:
        assert read(raw, RECEIPT.digest, KEY.public) == RECEIPT
    except CoseReceiptFault:
        return


LABELS = st.sampled_from([-1, 1, 15, 395, 396])
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.binary(max_size=40), st.text(max_size=5))


@given(
    st.recursive(
        VALUES, lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(LABELS, inner)), max_leaves=12
    )
)
@settings(max_examples=200, deadline=None)
def test_any_other_cbor_is_refused_by_name(value: object) -> None:
    """INV-18"""
    for raw in (
        cbor2.dumps(value),
        cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps(value), {396: value}, None, bytes(64)])),
    ):
        with pytest.raises(CoseReceiptFault):
            read(raw, RECEIPT.digest, KEY.public)
