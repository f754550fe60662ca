"""The projections are derived once more from the frames, byte for byte."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update

from ledger.commands.rebuild import main
from ledger.ingest import Ingest
from ledger.projections import Rebuilt, rebuild
from ledger.store.database import StoreError, reading, writing
from ledger.store.log import LogStore
from ledger.store.schema import frames, key_states, logs, tiles
from terminal_signer.frame import Seen, digest_of
from tests.ingest.terminal import HOUR, LOG, START, Terminal

PROJECTIONS = (
    select(tiles).order_by(tiles.c.log_id, tiles.c.level, tiles.c.tile_index),
    select(key_states).order_by(key_states.c.kid),
    select(logs),
    select(frames.c.leaf_index, frames.c.flags).order_by(frames.c.leaf_index),
)


def _projections(engine: Engine) -> list[Sequence[Any]]:
    with reading(engine) as connection:
        return [connection.execute(query).all() for query in PROJECTIONS]


@pytest.fixture
def history(ingest: Ingest, terminal: Terminal, log: LogStore) -> int:
    """A log with a bit of everything: two keys, calls of all sizes, gaps, a fork, faults, a key's end learnt late."""
    other = Terminal(2)
    ingest.learn([other.enrolment(calibration_due=START + 40 * HOUR)])
    chance = random.Random(7)  # noqa: S311 - the same history every time
    now = START
    for call in range(20):
        raws = terminal.frames(chance.randrange(1, 30)) + other.frames(chance.randrange(0, 5))
        if call % 4 == 1:
            raws.append(terminal.frame(payload=b"\xa0", seen=Seen(log.size(), log.root())))
        if call % 9 == 5:
            other.frame()  # lost on the way
            raws += [other.frame(), terminal.frame(seq=terminal.seq - 3, prev=digest_of(raws[0]))]
        now += chance.randrange(0, 40 * HOUR)
        ingest.submit(raws, now)
    ingest.learn([terminal.enrolment(until=START + 50 * HOUR)])
    return log.size()


def test_nothing_changes_where_nothing_is_wrong(history: int, engine: Engine) -> None:
    before = _projections(engine)
    flags = {flag for _, text in before[3] for flag in text.split()}
    assert flags >= {"gap", "fork", "payload", "calibration", "revoked", "late"}
    assert rebuild(engine, LOG) == Rebuilt(history, 0, 0, 0)
    assert _projections(engine) == before


def test_every_projection_comes_back_byte_for_byte(history: int, engine: Engine) -> None:
    before = _projections(engine)
    with writing(engine) as connection:
        connection.execute(update(tiles).where(tiles.c.level == 0, tiles.c.tile_index == 0), {"hashes": bytes(8192)})
        connection.execute(delete(tiles).where(tiles.c.level == 1))
        connection.execute(delete(key_states))
        connection.execute(update(logs), {"size": 3})
        connection.execute(update(frames).where(frames.c.leaf_index % 2 == 0), {"flags": "late"})
    result = rebuild(engine, LOG)
    assert result.frames == history
    assert result.tiles >= 3
    assert result.key_states == 2
    assert result.flags > 0
    assert _projections(engine) == before


DAMAGE = {
    "a frame is gone": delete(frames).where(frames.c.leaf_index == 5),
    "a frame was altered": update(frames).where(frames.c.leaf_index == 5).values(raw=b"\x00"),
    "a digest was altered": update(frames).where(frames.c.leaf_index == 5).values(digest=b"\x00" * 32),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_to_a_record_stops_the_work(history: int, engine: Engine, case: str) -> None:
    """INV-01, INV-02: and leaves everything as it was."""
    with writing(engine) as connection:
        connection.execute(DAMAGE[case])
    before = _projections(engine)
    with pytest.raises(StoreError, match="leaf 5"):
        rebuild(engine, LOG)
    assert _projections(engine) == before


def test_the_command(history: int, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = str(tmp_path / "ledger.sqlite")
    assert main(["--database", store]) == 0
    assert f"{history} frames, every projection was as it should be" in capsys.readouterr().out
    with writing(engine) as connection:
        connection.execute(delete(key_states))
    (tmp_path / "gateway.toml").write_text('database = "ledger.sqlite"')
    assert main(["--dir", str(tmp_path), "--json", "--log", f"0x{LOG.hex()}"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "format": "rebuild/1",
        "logs": [
            {
                "log_id": f"0x{LOG.hex()}",
                "frames": history,
                "corrected": {"tiles": 0, "key_states": 2, "flags": 0, "hours": 0, "engagements": 0, "grants": 0},
            }
        ],
    }
    assert main(["--database", store, "--lang", "zh"]) == 0
    assert "均正确" in capsys.readouterr().out


WRONG = [
    (["--database", "nowhere.sqlite"], 2, "no store"),
    (["--log", "0x12"], 2, "not a log id"),
    (["--log", f"0x{bytes(32).hex()}"], 1, "no such log"),
]
CONFIGURED = [("database = ", 2, "TOML"), ('database = "other.db"', 2, "no store"), ("", 2, "no store")]


@pytest.mark.parametrize(("file", "code", "words"), CONFIGURED)
def test_the_folder_s_configuration(
    file: str, code: int, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gateway.toml").write_text(file)
    assert main(["--dir", str(tmp_path)]) == code
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG)
def test_wrong_use(
    arguments: list[str], code: int, words: str, history: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--database", str(tmp_path / "ledger.sqlite"), *arguments]) == code
    assert words in capsys.readouterr().err


def test_damage_is_said(history: int, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with writing(engine) as connection:
        connection.execute(DAMAGE["a frame is gone"])
    assert main(["--database", str(tmp_path / "ledger.sqlite")]) == 1
    assert "leaf 5" in capsys.readouterr().err
