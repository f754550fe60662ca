"""`carbon access fetch` against a gateway as a process: what was granted, checked where it can be, and nothing else."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from ledger.access.client import new_client
from ledger.access.roles import Role
from ledger.commands import access_fetch
from ledger.commands.access import main
from ledger.commands.access_texts import TEXTS
from ledger.commands.credential_fetch import Answer, Source
from ledger.evaluation.result import commit
from ledger.language import LANGUAGES
from ledger.store.certificates import put_certificate
from ledger.store.clients import put_client
from ledger.store.database import open_store, writing
from ledger.store.schema import evidence
from tests.commands.test_access import BUYER, Desk, desk, told
from tests.gateway.meters import ISS
from tests.gateway.samples import FACTS, openings, statement, stored

__all__ = ["desk"]

IDENTIFIER, ALTERED = f"{ISS}/ES-2018-0001", f"{ISS}/ES-2018-0002"
SECRET = "a secret of the bank's"
TOTAL = {"emissions.total": ("585.476553131", "tCO2e"), "activity.power": ("12345678.9", "kWh")}


@pytest.fixture
def granted(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Two certificates; what was deposited for the second is not what its statement commits to."""
    opened, root = openings(TOTAL)
    engine = open_store(str(desk.running.folder / "ledger.db"))
    for identifier, figures in ((IDENTIFIER, root), (ALTERED, bytes(32))):
        row = stored(statement(identifier, 1, figures=figures), FACTS)
        put_certificate(engine, row)
        with writing(engine) as connection:
            held = {"token_id": row.token_id, "openings": {"format": "openings/1", **opened}, "bundle_hash": bytes(32)}
            connection.execute(insert(evidence), {**held, "bundle_size": 1, "deposited_at": 1})
    put_client(engine, new_client("bank", BUYER, "financier", 1), SECRET)
    engine.dispose()
    (desk.running.folder / "secret").write_text(SECRET + "\n")
    desk.running.start()
    grant = ("grant", "add", "--to", BUYER, "--role", str(Role.FINANCIER), "--about", f"{ISS}/*", "--part", "figures")
    assert desk.sign(*grant, "--part", "activity", "--until", "2099-06-30") == 0
    capsys.readouterr()
    return desk


def fetch(desk: Desk, *words: str, identifier: str = IDENTIFIER) -> int:
    return desk.run("fetch", identifier, "--client", "bank", "--secret-file", f"{desk.folder}/secret", *words)


def test_what_may_be_read_and_until_when(granted: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    for language in LANGUAGES:
        text = TEXTS[language]
        assert fetch(granted, "--lang", language) == 0
        shown = capsys.readouterr().out
        assert shown.count(text["readable-until"].format(until="2099-06-30")) == 2
        assert shown.count(text["why.other-part"]) == 2
        assert text["absent"] not in shown
    assert fetch(granted, "--json") == 0
    assert told(capsys)["format"] == "evidence/1"


def test_figures_are_held_against_the_statement(granted: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-11: what the gateway gives is a figure of the statement, or it is refused."""
    out = granted.running.folder / "figures.json"
    assert fetch(granted, "--part", "figures", "--out", str(out), "--json") == 0
    answer = told(capsys)
    assert (answer["checked"], answer["log_entry"]["number"]) == (True, 1)
    assert set(json.loads(out.read_text())["openings"]) == {"format", *TOTAL}
    assert out.stat().st_mode & 0o777 == 0o600
    assert fetch(granted, "--part", "figures", identifier=ALTERED) == 1
    shown = capsys.readouterr()
    assert "not one that the three parties signed" in shown.err
    assert shown.out == ""
    assert fetch(granted, "--part", "activity") == 0
    shown = capsys.readouterr()
    assert "purchased_electricity" in json.loads(shown.out)["activity"]
    assert TEXTS["en"]["checked"] not in shown.err
    assert TEXTS["en"]["logged"].partition("{")[0] in shown.err
    assert fetch(granted, "--part", "activity", "--json") == 0
    assert "purchased_electricity" in told(capsys)["document"]["activity"]


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        (None, {}), (None, {"identifier": 1, "parts": {"figures": 1}}), (None, []), ("figures", {"openings": {}}),
        ("figures", {"openings": {"x": 1}, "statement": {}}), ("activity", "x"),
        ("result", {"statement": {"format": "statement/1"}, "salt": "0x"}),
    ],
)  # fmt: skip
def test_a_gateway_that_answers_nonsense(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, part: str | None, answer: Any
) -> None:
    """INV-18: a named error, whatever it says."""
    (tmp_path / "secret").write_text(SECRET)
    said = Answer(json.dumps(answer).encode(), "\x1b[31m1 0x00")
    monkeypatch.setattr(access_fetch, "authorised", lambda source, *_: source)
    monkeypatch.setattr(Source, "answer", lambda *_, **__: said)
    words = ["fetch", IDENTIFIER, "--client", "bank", "--secret-file", str(tmp_path / "secret")]
    assert main([*words, *(["--part", part] if part else []), "--gateway", "http://127.0.0.1:1"]) == 1
    shown = capsys.readouterr()
    assert (shown.out, "\x1b" in shown.err) == ("", False)


def test_a_result_is_held_against_the_statement(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """INV-11: a result that was altered on its way is refused; one that cannot be checked says so."""
    (tmp_path / "secret").write_text(SECRET)
    document = {"emissions": {"total": "585"}}
    salt = bytes(range(32))
    stated = replace(statement(IDENTIFIER, 1), result_hash=commit(salt, document)).to_json()
    monkeypatch.setattr(access_fetch, "authorised", lambda source, *_: source)
    words = ["fetch", IDENTIFIER, "--client", "bank", "--secret-file", str(tmp_path / "secret"), "--part", "result"]
    for result, opened, code, checked in (
        (document, f"0x{salt.hex()}", 0, True),
        (document, None, 0, False),
        ({"emissions": {"total": "58"}}, f"0x{salt.hex()}", 1, None),
        ({"emissions": 1.5}, f"0x{salt.hex()}", 1, None),
        (document, "zz", 1, None),
    ):
        body = json.dumps({"statement": stated, "result": result, "salt": opened}).encode()
        monkeypatch.setattr(Source, "answer", lambda *_, body=body, **__: Answer(body))
        assert main([*words, "--gateway", "http://127.0.0.1:1", "--json"]) == code
        shown = capsys.readouterr()
        assert (json.loads(shown.out)["checked"] if code == 0 else None) is checked


REFUSED = (
    (IDENTIFIER, ("--part", "bundle"), 2, "written to a file"),
    (IDENTIFIER, ("--part", "bundle", "--out", "x", "--rpc", "http://127.0.0.1:1"), 2, "both or neither"),
    (IDENTIFIER, ("--part", "figures", "--policy", "p", "--rpc", "http://127.0.0.1:1"), 2, "only a bundle"),
    (IDENTIFIER, ("--part", "result"), 1, "does not include"),
    (IDENTIFIER, ("--part", "figures", "--gateway", "http://127.0.0.1:1"), 1, "no answer"),
    (IDENTIFIER, ("--part", "figures", "--gateway", "file:///etc/passwd"), 2, "no web address"),
    (IDENTIFIER, ("--part", "figures", "--out", "/nowhere/at/all"), 2, "cannot be written"),
    (IDENTIFIER, ("--part", "figures", "--client", "nobody"), 1, "client"),
    (IDENTIFIER, ("--part", "figures", "--secret-file", "/nowhere"), 2, "cannot be read"),
    ("not an identifier", (), 2, "identifier"),
    (f"{ISS}/NOTHING", (), 1, "granted to you"),
)


def test_what_is_refused(granted: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    for identifier, words, code, what in REFUSED:
        assert fetch(granted, *words, identifier=identifier) == code, words
        shown = capsys.readouterr()
        assert what in shown.err, words
        assert SECRET not in shown.out + shown.err
