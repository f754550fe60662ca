"""The statement's digest against eth_account and others' typed-data vectors; its JSON against garbage."""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.certificates.recover import recover
from ledger.certificates.statement import FIELDS, Domain, Statement, StatementError, type_string
from tests.certificates.sample import DOMAIN, STATEMENT, typed_data


def test_digest_is_that_of_eth_account() -> None:
    message = encode_typed_data(full_message=typed_data(STATEMENT, DOMAIN))
    assert STATEMENT.digest(DOMAIN) == keccak(b"\x19" + message.version + message.header + message.body)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_field_enters_the_digest_as_eth_account_has_it(data: st.DataObject) -> None:
    """INV-13: no field can be changed under the three signatures."""
    index = data.draw(st.integers(0, len(FIELDS) - 1))
    kind = FIELDS[index][0]
    attribute = Statement.__match_args__[index]
    other = data.draw(_values(kind).filter(lambda value: value != getattr(STATEMENT, attribute)))
    changed = replace(STATEMENT, **{attribute: other})
    message = encode_typed_data(full_message=typed_data(changed, DOMAIN))
    assert changed.digest(DOMAIN) == keccak(b"\x19" + message.version + message.header + message.body)
    assert changed.digest(DOMAIN) != STATEMENT.digest(DOMAIN)
    assert Statement.from_json(json.loads(json.dumps(changed.to_json()))) == changed


def _values(kind: str) -> st.SearchStrategy[Any]:
    if kind == "string":
        return st.text(st.characters(codec="utf-8"), max_size=40)
    if kind in ("bytes32", "address"):
        size = 32 if kind == "bytes32" else 20
        return st.binary(min_size=size, max_size=size)
    return st.integers(0, min(2 ** int(kind[4:]) - 1, 2**53 - 1 if kind == "uint64" else 2**256))


def test_domain_binds_chain_and_contract() -> None:
    """INV-13"""
    digests = {
        STATEMENT.digest(domain)
        for domain in (
            DOMAIN,
            replace(DOMAIN, chain_id=2),
            replace(DOMAIN, contract=bytes(20)),
            replace(DOMAIN, name="x"),
        )
    }
    assert len(digests) == 4


def test_separator_against_the_published_example() -> None:
    """The 'Ether Mail' domain of the EIP-712 vectors has this separator in every implementation."""
    domain = Domain(1, bytes.fromhex("cc" * 20), "Ether Mail", "1")
    assert domain.separator().hex() == "f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f"


def test_separators_of_others_vectors() -> None:
    folder = Path(os.environ.get("CARBON_VECTORS", "../shared/vectors")) / "eip712" / "tests"
    if not folder.is_dir():
        pytest.skip(f"no vectors at {folder}; set CARBON_VECTORS")
    names = {"name", "version", "chainId", "verifyingContract"}
    compared = 0
    for file in sorted(folder.rglob("valid*.json")):
        for entry in _messages(json.loads(file.read_text())):
            given = entry.get("domain", {})
            declared = {field["name"] for field in entry.get("types", {}).get("EIP712Domain", [])}
            if declared != names or not isinstance(given.get("chainId"), int):
                continue
            ours = Domain(given["chainId"], _address(given["verifyingContract"]), given["name"], given["version"])
            assert ours.separator() == encode_typed_data(full_message=entry).header
            compared += 1
    assert compared >= 3


def _messages(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, dict) and "primaryType" in document:
        return [document]
    values = document.values() if isinstance(document, dict) else document if isinstance(document, list) else []
    return [message for value in values for message in _messages(value)]


def _address(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x").rjust(40, "0"))


def test_type_string_is_the_struct_of_the_contract() -> None:
    source = Path("contracts/src/Statement.sol")
    if not source.is_file():
        pytest.skip("no contract sources beside this checkout")
    body = source.read_text().split("struct Statement {")[1].split("}")[0]
    fields = [line.strip().rstrip(";") for line in body.splitlines() if line.strip()]
    assert type_string() == "Statement(" + ",".join(fields) + ")"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", 256), ("kind", -1), ("kind", True), ("kind", "1"), ("kind", 1.0), ("treeSize", 2**53),
        ("subject", "0x00"), ("subject", "00" * 32), ("subject", "0x" + "AA" * 32), ("recipient", "0x" + "00" * 32),
        ("footprint", 1), ("footprint", "01"), ("footprint", str(2**128)), ("footprint", "1e3"), ("footprint", "١"),
        ("supersedes", "0x0"), ("identifier", 5), ("identifier", "x" * 2000), ("identifier", "\ud800"), ("unit", None),
    ],
)  # fmt: skip
def test_bad_fields_are_named(field: str, value: object) -> None:
    with pytest.raises(StatementError) as caught:
        Statement.from_json({**STATEMENT.to_json(), field: value})
    assert caught.value.where == field


@pytest.mark.parametrize("document", [None, [], "x", {}, {"format": "statement/1"}, {"format": "statement/2"}])
def test_other_documents_are_refused(document: object) -> None:
    with pytest.raises(StatementError):
        Statement.from_json(document)


def test_unknown_field_is_refused() -> None:
    with pytest.raises(StatementError):
        Statement.from_json({**STATEMENT.to_json(), "extra": 1})


def test_recover_finds_the_signer() -> None:
    for seed in range(1, 6):
        account = Account.from_key(bytes([seed]) * 32)
        digest = keccak(bytes([seed]))
        signature = bytes(account.unsafe_sign_hash(digest).signature)
        assert recover(digest, signature) == bytes.fromhex(account.address[2:])
        assert recover(keccak(b"other"), signature) != bytes.fromhex(account.address[2:])


def test_recover_refuses_second_encodings() -> None:
    account = Account.from_key(b"\x07" * 32)
    digest = keccak(b"x")
    good = bytes(account.unsafe_sign_hash(digest).signature)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = good[:32] + (order - int.from_bytes(good[32:64], "big")).to_bytes(32, "big") + bytes([55 - good[64]])
    zero = bytes(64) + b"\x1b"
    for bad in (
        b"",
        good[:64],
        good + b"\0",
        good[:64] + b"\0",
        high,
        zero,
        b"\xff" * 64 + b"\x1b",
        good[:32] * 2 + b"\x1b",
    ):
        assert recover(digest, bad) != bytes.fromhex(account.address[2:])


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=65, max_size=65), st.sampled_from([27, 28]))
def test_recover_takes_any_bytes(signature: bytes, v: int) -> None:
    """INV-18"""
    answer = recover(b"\x01" * 32, signature[:64] + bytes([v]))
    assert answer is None or len(answer) == 20


def test_recover_against_others_signatures() -> None:
    """Wycheproof's ECDSA secp256k1 cases: what they call valid, and low S, recovers to the key; nothing else does."""
    folder = Path(os.environ.get("CARBON_VECTORS", "../shared/vectors")) / "wycheproof"
    file = folder / "ecdsa_secp256k1_sha256_bitcoin_test.json"
    if not file.is_file():
        pytest.skip(f"no vectors at {file}; set CARBON_VECTORS")
    found = 0
    for group in json.loads(file.read_text())["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["uncompressed"])[1:]
        for case in group["tests"]:
            numbers = _plain_signature(bytes.fromhex(case["sig"]))
            digest = hashlib.sha256(bytes.fromhex(case["msg"])).digest()
            answers = [recover(digest, numbers + bytes([v])) for v in (27, 28)] if numbers else [None]
            matches = keccak(key)[12:] in answers
            no_encoding = case["comment"] == "k*G has a large x-coordinate"  # v would have to be 29 or 30
            assert matches == (case["result"] == "valid" and not no_encoding), case
            found += matches
    assert found > 30


def _plain_signature(der: bytes) -> bytes | None:
    try:
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    except (ValueError, OverflowError):
        return None
