"""Depositing a bundle: of a certificate that is here, with figures that its statement commits to. INV-11, INV-20."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.certificates.bundling import write_bundle
from ledger.certificates.openings import OpeningError, check_opening
from ledger.certificates.statement import Domain
from ledger.evaluation.result import commit
from ledger.evidence.bundle import Bundle
from ledger.store.certificates import StoredCertificate, put_certificate
from ledger.store.evidence import DepositFault, bundle_path, deposit, deposit_of, result_salt
from terminal_signer.strict import Malformed
from tests.evidence.plant import CHAIN_ID, CONTRACTS, certified, run_plant


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return certified(run_plant(3)).bundle


def put(engine: Engine, bundle: Bundle) -> bytes:
    said = bundle.statement
    token = said.digest(Domain(CHAIN_ID, CONTRACTS["CertificateRegistry"]))
    row = StoredCertificate(token, said.identifier, said.kind, said.to_json(), {}, {}, (), {}, bytes(32), 1, 1)
    put_certificate(engine, row)
    return token


def test_every_figure_can_be_opened(engine: Engine, tmp_path: Path, bundle: Bundle) -> None:
    token, data = put(engine, bundle), write_bundle(bundle)
    made = deposit(engine, tmp_path / "evidence", data, 5)
    assert deposit_of(engine, token) == made
    path = bundle_path(tmp_path / "evidence", token)
    assert path.read_bytes() == data
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    names = set(made.openings) - {"format"}
    assert {"emissions.total", "emissions.scope2"} <= names
    for name in names:
        check_opening(name, made.openings[name], bundle.statement.figures)
    opened = result_salt(path)
    assert opened is not None
    assert commit(opened, json.loads(bundle.result)) == bundle.statement.result_hash
    assert result_salt(tmp_path / "nothing") is None
    (tmp_path / "other").write_bytes(b"PK")
    assert result_salt(tmp_path / "other") is None
    assert "seed" not in json.dumps(made.openings)
    assert deposit(engine, tmp_path / "evidence", data, 6).deposited_at == 6


def test_what_is_not_taken(engine: Engine, tmp_path: Path, bundle: Bundle) -> None:
    with pytest.raises(DepositFault, match="no certificate here"):
        deposit(engine, tmp_path, write_bundle(bundle), 5)
    put(engine, bundle)
    with pytest.raises(Malformed):
        deposit(engine, tmp_path, b"PK", 5)
    with pytest.raises(OpeningError):
        deposit(engine, tmp_path, write_bundle(replace(bundle, seed=bytes(32))), 5)
    assert list(tmp_path.glob("*.bundle")) == []
