"""Write the evidence bundle that `ledger.evidence.bundle` reads.

One order of members and one time stamp: the same evidence gives the same file (with one version of zlib).
"""

import hashlib
import io
import json
import zipfile
from typing import Any

from ledger.evidence.bundle import RULES, Bundle

__all__ = ["write_bundle", "zip_members"]

TIMESTAMP = (1980, 1, 1, 0, 0, 0)


def write_bundle(bundle: Bundle) -> bytes:
    members = {
        "frames.cborseq": b"".join(bundle.frames),
        "proofs.json": _dump(_proofs(bundle)),
        "site.toml": bundle.site,
        **{f"rules/{name}.toml": bundle.rules[name] for name in RULES if name in bundle.rules},
        "result.json": bundle.result,
        "statement.json": _dump(_signed_json(bundle)),
    }
    sums = {name: {"size": len(body), "sha256": _sha256(body)} for name, body in members.items()}
    manifest = {"format": "bundle/1", "chain_id": bundle.chain_id, "seed": _hex(bundle.seed), "members": sums}
    return zip_members({"manifest.json": _dump(manifest), **members})


def zip_members(members: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, body in members.items():
            entry = zipfile.ZipInfo(name, TIMESTAMP)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            file.writestr(entry, body, compresslevel=6)
    return archive.getvalue()


def _signed_json(bundle: Bundle) -> dict[str, Any]:
    names = ("enterprise", "evaluator", "verifier")
    signatures = {name: _hex(getattr(bundle.signatures, name)) for name in names}
    return {"format": "signed-statement/1", "statement": bundle.statement.to_json(), "signatures": signatures}


def _proofs(bundle: Bundle) -> dict[str, Any]:
    return {
        "format": "proofs/1",
        "previous_size": bundle.previous_size,
        "heads": [{"size": head.size, "root": _hex(head.root), "time": head.time} for head in bundle.heads],
        "ranges": [
            {"start": stretch.start, "count": stretch.count, "hashes": [_hex(value) for value in stretch.hashes]}
            for stretch in bundle.ranges
        ],
        "keys": [
            {
                "iss": key.iss, "sub": key.sub, "alg": key.alg,
                "public_key": _hex(key.public_key), "proof": _hex(key.proof),
            }
            for key in bundle.keys
        ],
    }  # fmt: skip


def _dump(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _sha256(data: bytes) -> str:
    return _hex(hashlib.sha256(data).digest())
