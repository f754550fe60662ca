"""Evidence that an enterprise deposited to be read by whom it grants it: the openings of all figures, and the bundle.

Bundles lie as files in a folder beside the store, named by their certificate's token; the row says hash and size.
"""

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, insert, select

from ledger.certificates.openings import check_opening, open_figures
from ledger.evaluation.result import Result, figures, salt
from ledger.evidence.bundle import read_bundle
from ledger.store.certificates import certificates_of
from ledger.store.database import reading, writing
from ledger.store.schema import evidence
from terminal_signer.errors import CarbonError

Json = dict[str, Any]
FOLDER = "evidence"  # below the gateway's own


class DepositFault(CarbonError):
    """The bundle is not the evidence of a certificate that this store holds."""

    code = "deposit"


@dataclass(frozen=True, slots=True)
class Deposit:
    """`openings` is `openings/1` of every figure that the statement commits to."""

    token: bytes
    openings: Json
    bundle_hash: bytes
    bundle_size: int
    deposited_at: int


def deposit(engine: Engine, folder: Path, data: bytes, now: int) -> Deposit:
    """Keep a bundle as the evidence of the certificate of its statement; a later one replaces it. Raises DepositFault,
    Malformed, UnknownFormat, OpeningError, StoreError."""
    bundle = read_bundle(data)
    stated = bundle.statement.to_json()
    rows = certificates_of(engine, bundle.statement.identifier)
    token = next((row.token_id for row in rows if row.statement == stated), None)
    if token is None:
        mend = "this gateway must hold the certificate whose statement the bundle has"
        raise DepositFault("the bundle is of no certificate here", where=bundle.statement.identifier, mend=mend)
    openings = _openings(Result(json.loads(bundle.result), bundle.seed), bundle.statement.figures)
    made = Deposit(token, openings, hashlib.sha256(data).digest(), len(data), now)
    _write(bundle_path(folder, token), data)
    row = {
        "token_id": token, "openings": openings, "bundle_hash": made.bundle_hash, "bundle_size": made.bundle_size,
        "deposited_at": now,
    }  # fmt: skip
    with writing(engine) as connection:
        connection.execute(delete(evidence).where(evidence.c.token_id == token))
        connection.execute(insert(evidence), row)
    return made


def deposit_of(engine: Engine, token: bytes) -> Deposit | None:
    with reading(engine) as connection:
        row = connection.execute(select(evidence).where(evidence.c.token_id == token)).first()
    return None if row is None else Deposit(*row)


def bundle_path(folder: Path, token: bytes) -> Path:
    return folder / f"{token.hex()}.bundle"


def result_salt(path: Path) -> bytes | None:
    """By which whoever has the result holds it against the statement's `resultHash`; it tells nothing of other salts.
    None where no bundle lies there."""
    try:
        with zipfile.ZipFile(path) as archive:
            seed = json.loads(archive.read("manifest.json"))["seed"]
        return salt(bytes.fromhex(seed.removeprefix("0x")), "result")
    except (OSError, zipfile.BadZipFile, ValueError, LookupError, AttributeError, TypeError):
        return None


def _openings(result: Result, root: bytes) -> Json:
    openings = open_figures(result, [name for name, _ in figures(result.document)])
    for name, opening in openings.items():
        if name != "format":
            check_opening(name, opening, root)
    return openings


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, for the owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    beside.replace(path)
