"""Our extension of a footprint: where the certificate stands, so that a reader can verify it without trusting us.

`dataSchema` names a JSON Schema that the gateway serves; its text is `certificate_proof.json` beside this file.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from ledger.certificates.statement import Statement
from ledger.exchange.urns import path_of

VERSION = "1.0.0"
SCHEMA_PATH = f"/3/extensions/certificate-proof/{VERSION}/data-model.json"
DEMO = "DEMO"
EXTENSIONS = "2.0.0"  # of the specification of data model extensions


@dataclass(frozen=True, slots=True)
class Node:
    """Who answers for footprints: its address without a slash at its end, that one's host name, chain and contract.
    Whatever a `demo` deployment holds is marked DEMO."""

    public_url: str
    domain: str
    chain_id: int
    contract: bytes
    demo: bool = False

    def marks(self, held: Sequence[str]) -> tuple[str, ...]:
        return (DEMO, *held) if self.demo and DEMO not in held else tuple(held)


@dataclass(frozen=True, slots=True)
class Issue:
    """How a certificate came to be. `issued_at` is Unix seconds."""

    token: bytes
    transaction: bytes
    block: int
    issued_at: int


def proof(said: Statement, issue: Issue, node: Node, marks: Sequence[str], unknown: Sequence[str]) -> dict[str, Any]:
    return {
        "specVersion": EXTENSIONS,
        "dataSchema": node.public_url + SCHEMA_PATH,
        "documentation": f"{node.public_url}/{path_of(said.identifier)}",
        "data": {
            "identifier": said.identifier,
            "token": _hex(issue.token),
            "chain": {
                "id": node.chain_id,
                "contract": _hex(node.contract),
                "transaction": _hex(issue.transaction),
                "block": issue.block,
            },
            "log": {"id": _hex(said.log_id), "size": said.tree_size, "evidenceRoot": _hex(said.evidence_root)},
            "resultHash": _hex(said.result_hash),
            "figuresRoot": _hex(said.figures),
            "upstreamRoot": _hex(said.upstream_root),
            "supersedes": _hex(said.supersedes.to_bytes(32, "big")) if said.supersedes else None,
            "certified": {
                "footprint": str(said.footprint),
                "quantity": str(said.quantity),
                "unit": said.unit,
            },
            "shares": {
                "coverage": said.coverage,
                "metered": said.metered,
                "declared": said.declared,
                "defaulted": said.defaulted,
                "estimated": said.estimated,
            },
            "parties": {
                "enterprise": _hex(said.recipient),
                "evaluator": _hex(said.evaluator),
                "verifier": _hex(said.verifier),
            },
            "assurance": said.assurance,
            "opinion": _hex(said.opinion),
            "marks": list(marks),
            "notDetermined": list(unknown),
            "verify": f"{node.public_url}/certificates/{path_of(said.identifier)}?token={_hex(issue.token)}",
        },
    }


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the extension's `data`."""
    text = resources.files("ledger.exchange").joinpath("certificate_proof.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
