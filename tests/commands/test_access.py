"""`carbon access` from a client's secret to the log of who read: with a gateway as a process, and an officer's key."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.configuration import PASSPHRASE
from ledger.access.journal import Reading
from ledger.commands.access import main
from ledger.commands.access_texts import TEXTS
from ledger.ingest import Ingest
from ledger.store.database import open_store
from ledger.store.readings import record
from terminal_signer import keys
from terminal_signer.frame import KeyClass
from terminal_signer.place import PASSPHRASE as OFFICERS
from terminal_signer.place import Connection, Place, connect, create
from tests.gateway.meters import ISS, LOG_ID, Meter
from tests.gateway.samples import CHAIN_ID, CONTRACTS
from tests.gateway.test_serve import SECRET, Running, configure, furnish

BUYER = "88.118.30001"
ABOUT = f"{ISS}/a%2Fb?c"


@dataclass
class Desk:
    running: Running
    officer: Place

    @property
    def folder(self) -> str:
        return str(self.running.folder)

    def run(self, *words: str) -> int:
        return main([*words, "--dir", self.folder])

    def sign(self, *words: str) -> int:
        return self.run(*words, "--key", str(self.officer.folder))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv(OFFICERS, "the officer's own")
    monkeypatch.setenv(PASSPHRASE, SECRET)
    running = Running(tmp_path, Meter())
    furnish(tmp_path, running.meter)
    configure(tmp_path, f"port = {running.port}\n")
    key = keys.generate()
    place = create(tmp_path / "officer", key, b"the officer's own", ISS, f"{ISS}/OFFICER-1", bytes(32))
    promise_key = keys.load(tmp_path / "promise.pem", SECRET.encode())
    engine = open_store(str(tmp_path / "ledger.db"))
    ingest = Ingest(engine, LOG_ID, promise_key)
    kid = key.public.thumbprint()
    ingest.learn([replace(running.meter.enrolment(), id=kid, sub=place.sub, kid=kid, public_key=key.public,
                          key_class=KeyClass.OFFICER)])  # fmt: skip
    ingest.close()
    engine.dispose()
    there = Connection(
        running.url, "http://127.0.0.1:1", CHAIN_ID, CONTRACTS["AnchorLog"], LOG_ID, promise_key.public, "finalized"
    )
    yield Desk(running, connect(place, there))
    if running.process is not None and running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_from_a_secret_to_the_log_of_who_read(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-20, over the wire: nothing before the grant, the part after it, nothing after its end, all of it logged."""
    desk.running.start()
    assert desk.run("client", "add", "--organisation", BUYER, "--role", "customer", "--json") == 0
    client = told(capsys)
    with httpx.Client(base_url=desk.running.url) as http:
        credentials = (client["client_id"], client["client_secret"])
        answer = http.post("/auth/token", data={"grant_type": "client_credentials"}, auth=credentials)
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        path = "/evidence/88.118.20260/a%252Fb%3Fc?part=activity"
        assert http.get(path).status_code == 404
        grant = ("grant", "add", "--to", BUYER, "--role", "customer", "--about", ABOUT, "--part", "activity")
        assert desk.sign(*grant, "--until", "2099-01-01", "--purpose", "年度采购", "--json") == 0
        signed = told(capsys)
        assert (signed["sent"], signed["by"]) == (True, f"{ISS}/OFFICER-1")
        answer = http.get(path)
        assert answer.json()["activity"]["purchased_electricity"]["value"] == "12345678.9"
        assert desk.sign("grant", "revoke", signed["grant"][:14], "--reason", "done") == 0
        assert http.get(path).status_code == 403
        assert desk.run("client", "revoke", client["client_id"]) == 0
        assert http.get(path).status_code == 401
    capsys.readouterr()
    assert desk.run("log", "--json") == 0
    entries = told(capsys)["entries"]
    assert [(entry["act"], entry["grants"]) for entry in entries] == [
        ("read", [signed["grant"]]), ("refused", [signed["grant"]]),
    ]  # fmt: skip
    assert desk.run("grant", "list", "--json") == 0
    (listed,) = told(capsys)["grants"]
    assert (listed["in_force"], listed["ended_by"], listed["purpose"]) == (False, f"{ISS}/OFFICER-1", "年度采购")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tables_for_people(desk: Desk, capsys: pytest.CaptureFixture[str], language: str) -> None:
    lang = ("--lang", language)
    text = TEXTS["zh" if language == "zh" else "en"]
    for word in ("client", "grant"):
        assert desk.run(word, "list", *lang) == 0
    assert desk.run("log", *lang) == 0
    shown = capsys.readouterr().out
    for name in ("clients-none", "grants-none", "log-none"):
        assert text[name] in shown
    desk.run(
        "client", "add", "--organisation", BUYER, "--role", "customer", "--id", "erp", "--label", "整车厂ERP", *lang
    )
    shown = capsys.readouterr().out
    secret = re.search(r"[A-Za-z0-9_-]{43}", shown)
    assert secret is not None
    grant = ("grant", "add", "--to", BUYER, "--role", "customer", "--about", f"{ISS}/*", "--part", "figures")
    assert desk.sign(*grant, "--figure", "emissions.total", "--until", "2099-01-01", "--no-send", *lang) == 0
    assert text["kept"].format(by=f"{ISS}/OFFICER-1") in capsys.readouterr().out
    desk.run("client", "list", *lang)
    shown = capsys.readouterr().out
    assert text["state.in-force"] in shown
    assert secret[0] not in shown
    assert all(secret[0].encode() not in path.read_bytes() for path in desk.running.folder.glob("ledger.db*"))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--role", "customer", "--part", "bundle"), "cannot be given"),
        (("--role", "customer", "--part", "activity", "--figure", "x"), "does not give them"),
        (("--role", "customer", "--part", "activity", "--from", "2100-01-01"), "before it begins"),
        (("--role", "customer", "--part", "activity", "--until", "soon"), "no date"),
        (("--role", "customer", "--part", "activity", "--about", "88.118.666/X"), "not of 88.118.666"),
        (("--role", "customer", "--part", "activity", "--to", "88"), "no node below 88"),
    ],
)
def test_grants_that_nobody_would_honour_are_not_signed(
    desk: Desk, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], what: str
) -> None:
    usual = ("--to", BUYER, "--about", ABOUT, "--until", "2099-01-01")
    assert desk.sign("grant", "add", *usual, *words, "--no-send") == 2
    assert what in capsys.readouterr().err


def test_wrong_use(desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert desk.run("client", "revoke", "nobody") == 2
    assert desk.sign("grant", "revoke", "0x12345678") == 2
    assert desk.run("client", "add", "--organisation", BUYER, "--role", "customer", "--scope", "handle:write") == 2
    assert main(["log", "--dir", str(tmp_path / "nowhere")]) == 2
    (tmp_path / "x").write_bytes(b"PK")
    assert desk.run("deposit", str(tmp_path / "x")) == 2
    shown = capsys.readouterr().err
    for expected in ("nobody", "no grant begins with", "not for a customer", "there is no store", "deposit"):
        assert expected in shown


def test_a_broken_log_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-20: an entry that was changed is found, by its number."""
    engine = open_store(str(desk.running.folder / "ledger.db"))
    for number in range(3):
        record(engine, Reading(ISS, 1000 + number, "erp", BUYER, "customer", "read", ABOUT, bytes(32), "activity"))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE readings SET client_id = 'other' WHERE number = 2")
    engine.dispose()
    assert desk.run("log") == 1
    assert "entry 2 does not follow" in capsys.readouterr().out
    assert desk.run("log", "--json") == 1
    assert told(capsys)["broken"] == {ISS: 2}


def test_a_log_that_was_cut_off_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-20: entries taken from the front show by themselves, those at the end by what their readers were told."""
    engine = open_store(str(desk.running.folder / "ledger.db"))
    made = [record(engine, Reading(ISS, when, "erp", BUYER, "customer", "read", ABOUT, bytes(32), "result"))
            for when in range(3)]  # fmt: skip
    known = [f"{entry.number} 0x{entry.hash.hex()}" for entry in made]
    assert desk.run("log", "--enterprise", ISS, "--known", known[0], "--known", known[2]) == 0
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM readings WHERE number = 3")
    assert desk.run("log") == 0
    assert desk.run("log", "--enterprise", ISS, "--known", known[2]) == 1
    assert "entry 3 is not the one" in capsys.readouterr().out
    record(engine, Reading(ISS, 9, "erp", BUYER, "customer", "refused", ABOUT, bytes(32), "result"))
    assert desk.run("log", "--enterprise", ISS, "--known", known[2], "--json") == 1
    assert told(capsys)["missing"] == [3]
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM readings WHERE number = 1")
    engine.dispose()
    assert desk.run("log", "--json") == 1
    assert told(capsys)["broken"] == {ISS: 2}
    assert desk.run("log", "--after", "1") == 0
    assert desk.run("log", "--known", known[2]) == 2
    assert desk.run("log", "--enterprise", ISS, "--known", "3") == 2


def test_the_texts_have_the_same_keys() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()
