"""A statement with a different value in every field, and its form as others' typed data."""

from dataclasses import astuple
from typing import Any

from ledger.certificates.statement import FIELDS, Domain, Statement

DOMAIN = Domain(31337, bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3"))

STATEMENT = Statement(
    2, b"\x01" * 32, "88.118.20260/CE-2018-0001", b"\x02" * 32, b"\x03" * 20, b"\x04" * 20, b"\x05" * 20,
    1514732400, 1546268400, b"\x06" * 32, bytes(32), b"\x07" * 32, b"\x08" * 32, b"\x09" * 32, b"\x0a" * 32,
    b"\x0b" * 32, 8764, b"\x0c" * 32, b"\x0d" * 32, 3, 1_203_400, 0, b"\x0e" * 32, "", 0, bytes(32),
    10000, 9900, 100, 0, 0, 1, b"\x0f" * 32, 0, 1577804400, 1546873200,
)  # fmt: skip


def typed_data(statement: Statement, domain: Domain) -> dict[str, Any]:
    return {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Statement": [{"name": name, "type": kind} for kind, name in FIELDS],
        },
        "primaryType": "Statement",
        "domain": {
            "name": domain.name,
            "version": domain.version,
            "chainId": domain.chain_id,
            "verifyingContract": "0x" + domain.contract.hex(),
        },
        "message": {name: value for (_, name), value in zip(FIELDS, astuple(statement), strict=True)},
    }
