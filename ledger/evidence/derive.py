"""The fields of a statement that follow from evidence, site file, rules and result, for issuer and verifier alike.

Not derived: kind, period, log and tree size (the evaluation's inputs), the parties, assurance and opinion, what it
supersedes, and the two dates.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from ledger.evaluation.result import Result
from ledger.evidence.bundle import RULES
from ledger.identifiers.vaa import leaf, node
from ledger.log.tree import leaf_hash, root_of_leaves

NONE = bytes(32)


def evidence_root(leaves: Sequence[bytes], files: Sequence[bytes]) -> bytes:
    """RFC 9162 root over the frames in the order of the log (`leaves`: their leaf hashes, the same as there), then the
    hashes of site file and rules in the statement's order; an absent one, 32 zero bytes, is left out."""
    return root_of_leaves([*leaves, *(leaf_hash(digest) for digest in files if any(digest))])


def file_hashes(site: bytes, rules: Mapping[str, bytes]) -> dict[str, bytes]:
    """The statement's hashes of site file and rules, 32 zero bytes for an absent one."""
    found = {role: sha256(rules[role]).digest() if role in rules else NONE for role in RULES}
    return {"site": sha256(site).digest(), **found}


def derived_fields(
    identifier: str, iss: str, site: bytes, rules: Mapping[str, bytes], leaves: Sequence[bytes], result: Result
) -> dict[str, Any]:
    """By the statement's attribute names. Raises IdentifierError."""
    files = file_hashes(site, rules)
    return {
        "subject": leaf(identifier),
        "enterprise": node(iss),
        **files,
        "evidence_root": evidence_root(leaves, list(files.values())),
        **result.statement_fields(identifier),
    }
