"""Depositing in the act that issues: what is done, what is kept where it cannot be, and what is said to be run."""

import shlex
from argparse import Namespace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.certificates.bundling import write_bundle
from ledger.certificates.statement import Domain
from ledger.commands.access import main as access
from ledger.commands.depositing import deposit_issued, say_deposited
from ledger.commands.input_files import WrongUse
from ledger.commands.verification_texts import TEXTS
from ledger.evidence.bundle import Bundle
from ledger.store.certificates import StoredCertificate, put_certificate
from ledger.store.database import migrate, open_store
from ledger.store.evidence import FOLDER, bundle_path, deposit_of
from tests.evidence.plant import CHAIN_ID, CONTRACTS, certified, run_plant


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return certified(run_plant(3)).bundle


@pytest.fixture
def store(tmp_path: Path, bundle: Bundle) -> Engine:
    engine = open_store(str(tmp_path / "ledger.db"))
    migrate(engine)
    said = bundle.statement
    row = StoredCertificate(token(bundle), said.identifier, said.kind, said.to_json(), {}, {}, (), {}, bytes(32), 1, 1)
    put_certificate(engine, row)
    return engine


def token(bundle: Bundle) -> bytes:
    return bundle.statement.digest(Domain(CHAIN_ID, CONTRACTS["CertificateRegistry"]))


def options(folder: Path, **more: object) -> Namespace:
    usual = {"dir": folder, "database": None, "bundle": None, "claim": folder / "claim.json", "json": False}
    return Namespace(**(usual | more))


def test_it_is_deposited_and_said(
    tmp_path: Path, store: Engine, bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    given = options(tmp_path, bundle=tmp_path / "own.bundle")
    made = deposit_issued(given, store, bundle)
    assert bundle_path(tmp_path / FOLDER, token(bundle)).read_bytes() == write_bundle(bundle)
    assert (tmp_path / "own.bundle").read_bytes() == write_bundle(bundle)
    say_deposited(given, made, TEXTS["en"])
    shown = capsys.readouterr()
    assert TEXTS["en"]["deposited"] in shown.out
    assert shown.err == ""


def test_what_cannot_be_deposited_is_kept_and_the_command_does_it(
    tmp_path: Path, store: Engine, bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is a file; afterwards it is not."""
    (tmp_path / FOLDER).write_text("in the way")
    given = options(tmp_path)
    made = deposit_issued(given, store, bundle)
    assert made.path == tmp_path / "claim.bundle"
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert deposit_of(store, token(bundle)) is None
    for language in ("en", "zh"):
        say_deposited(given, made, TEXTS["zh" if language == "zh" else "en"])
    said = capsys.readouterr().err.splitlines()
    (tmp_path / FOLDER).unlink()
    command = shlex.split(said[1].partition(": ")[2])
    assert command == shlex.split(said[3].partition("：")[2])
    assert access(command[2:]) == 0
    assert deposit_of(store, token(bundle)) is not None


def test_a_store_that_is_reached_from_elsewhere(tmp_path: Path, store: Engine, bundle: Bundle) -> None:
    """The row would say that there is a file which the gateway does not have."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    given = options(elsewhere, database=str(tmp_path / "ledger.db"))
    made = deposit_issued(given, store, bundle)
    assert "no gateway works in this folder" in made.why
    assert made.path == elsewhere / "claim.bundle"
    assert deposit_of(store, token(bundle)) is None
    (elsewhere / "gateway.toml").touch()
    assert deposit_issued(given, store, bundle).why == ""


def test_where_nothing_can_be_written_the_act_says_so(tmp_path: Path, store: Engine, bundle: Bundle) -> None:
    """So that it is run again with another file: the chain has what was minted."""
    (tmp_path / FOLDER).write_text("in the way")
    (tmp_path / "claim.bundle").mkdir()
    with pytest.raises(WrongUse, match="cannot be written"):
        deposit_issued(options(tmp_path), store, bundle)
