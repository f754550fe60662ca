"""`carbon log audit` over a store that ingest wrote."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ledger.anchoring.heads import Head, Place, State
from ledger.commands.log import main
from ledger.ingest import Ingest
from ledger.store.anchors import AnchorStore
from ledger.store.database import writing
from ledger.store.log import LogStore
from terminal_signer.frame import Seen
from tests.ingest.terminal import HOUR, LOG, START, Terminal

DAY = 86_400
LONG_AFTER = START + 30 * DAY


@pytest.fixture
def database(engine: Engine) -> str:
    return str(engine.url.database)


def _run(capsys: pytest.CaptureFixture[str], database: str, *flags: str) -> tuple[int, Any]:
    code = main(["audit", "--database", database, "--json", *flags])
    return code, json.loads(capsys.readouterr().out)


def _anchor(engine: Engine, log: LogStore, time: int) -> Seen:
    """The log as it is, under a final anchor of that time."""
    size = log.size()
    head = Head(size, log.root(), 0, b"-", State.FINAL, time, place=Place(1, bytes(32), time))
    with writing(engine) as connection:
        AnchorStore(engine, LOG).insert(connection, head)
    return Seen(size, head.root)


def test_a_whole_chain(
    engine: Engine, ingest: Ingest, terminal: Terminal, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest.submit(terminal.frames(5), START + 6 * HOUR)
    code, document = _run(capsys, database)
    key = document["logs"][0]["keys"][0]
    assert (code, document["format"], document["whole"]) == (0, "audit/1", True)
    assert (key["frames"], key["missing"], key["holes"], key["forks"], key["closed"]) == (5, 0, [], [], None)
    assert (key["first"]["seq"], key["last"]["seq"]) == (0, 4)


def test_what_is_missing_and_since_when(
    ingest: Ingest, terminal: Terminal, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """INV-02: the operator can tell before the verifier does, and what arrives late mends it."""
    raws = terminal.frames(9)
    ingest.submit([*raws[:3], *raws[6:]], START + 10 * HOUR)
    code, document = _run(capsys, database)
    hole = {"first": 3, "last": 5, "since": START + 3 * HOUR, "until": START + 7 * HOUR}
    assert (code, document["logs"][0]["keys"][0]["holes"]) == (1, [hole])
    ingest.submit(raws[3:6], START + 11 * HOUR)
    assert _run(capsys, database)[0] == 0


def test_a_fork_shows_both_frames(
    ingest: Ingest, terminal: Terminal, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """INV-04: both twins are in the log, and the audit names them."""
    raws = terminal.frames(3)
    twin = terminal.frame(seq=1, iat=START + 2 * HOUR + 1)
    answers = ingest.submit([*raws, twin], START + 4 * HOUR)
    code, document = _run(capsys, database)
    fork = document["logs"][0]["keys"][0]["forks"][0]
    assert (code, fork["seq"]) == (1, 1)
    expected = {f"0x{answer.digest.hex()}" for answer in (answers[1], answers[3]) if answer.digest is not None}
    assert set(fork["digests"]) == expected


def test_the_closing_frame(
    engine: Engine,
    ingest: Ingest,
    terminal: Terminal,
    log: LogStore,
    database: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """INV-02: that nothing was left out at the end is shown by a frame that has seen a head after period and grace."""
    until = "2023-11-20"
    ingest.submit(terminal.frames(3), START + 4 * HOUR)
    seen = _anchor(engine, log, LONG_AFTER)
    code, document = _run(capsys, database, "--until", until)
    assert (code, document["logs"][0]["keys"][0]["closed"]) == (1, False)
    ingest.submit([terminal.frame(LONG_AFTER + HOUR, seen=seen)], LONG_AFTER + HOUR)
    code, document = _run(capsys, database, "--until", until)
    assert (code, document["logs"][0]["keys"][0]["closed"]) == (0, True)


def test_a_key_of_which_nothing_came(
    ingest: Ingest, terminal: Terminal, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest.learn([Terminal(2).enrolment()])
    ingest.submit(terminal.frames(2), START + 3 * HOUR)
    assert _run(capsys, database)[0] == 0
    code, document = _run(capsys, database, "--sub", Terminal(2).sub, "--until", "2023-11-20")
    assert (code, document["logs"][0]["keys"][0]["frames"]) == (1, 0)


@pytest.mark.parametrize(("lang", "words"), [("en", ("broken", "3 frames missing")), ("zh", ("有断裂", "缺 3 帧"))])
def test_for_people(
    ingest: Ingest,
    terminal: Terminal,
    database: str,
    lang: str,
    words: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    raws = terminal.frames(9)
    ingest.submit([*raws[:3], *raws[6:]], START + 10 * HOUR)
    assert main(["audit", "--database", database, "--lang", lang]) == 1
    said = capsys.readouterr().out
    assert all(word in said for word in words)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--log", "0x12"], "not a log id"),
        (["--log", "0x" + "11" * 32], "holds no log"),
        (["--until", "yesterday"], "not a date"),
        (["--sub", "88.118.20260/EQ-0099"], "no key is enrolled"),
    ],
)
def test_wrong_use(
    ingest: Ingest, database: str, flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "--database", database, "--lang", "en", *flags]) == 2
    assert said in capsys.readouterr().err


def test_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--dir", str(tmp_path), "--lang", "en"]) == 2
    assert "there is no store" in capsys.readouterr().err
