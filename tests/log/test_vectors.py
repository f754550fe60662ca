"""The proofs of others (transparency-dev/merkle): every good one is accepted, every bad one refused with ProofError."""

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.log.proof import ProofError, verify_consistency, verify_inclusion

Case = dict[str, Any]
LEAST = {"inclusion": 90, "consistency": 98}


def _inclusion(case: Case, proof: list[bytes]) -> None:
    leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])
    verify_inclusion(case["leafIdx"], case["treeSize"], leaf, proof, root)


def _consistency(case: Case, proof: list[bytes]) -> None:
    old, new = b64decode(case["root1"]), b64decode(case["root2"])
    verify_consistency(case["size1"], case["size2"], old, new, proof)


CHECKS: dict[str, Callable[[Case, list[bytes]], None]] = {
    "inclusion": _inclusion,
    "consistency": _consistency,
}


def _accepted(check: Callable[[Case, list[bytes]], None], case: Case) -> bool:
    try:
        check(case, [b64decode(item) for item in case["proof"] or []])
    except ProofError:
        return False
    return True


@pytest.mark.parametrize("kind", CHECKS)
def test_every_vector(kind: str, vectors: Path) -> None:
    files = sorted((vectors / "merkle" / "testdata" / kind).rglob("*.json"))
    cases = {file: json.loads(file.read_text()) for file in files}
    wrong = [str(file) for file, case in cases.items() if _accepted(CHECKS[kind], case) is case["wantErr"]]
    assert wrong == []
    assert len(files) >= LEAST[kind]
