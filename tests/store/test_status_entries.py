"""Places in the status lists: given once, at random, never twice."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.credentials.status_list import ENTRIES
from ledger.store import status_entries
from ledger.store.database import migrate, open_store
from ledger.store.status_entries import ended_entries, has_list, status_entry


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    opened = open_store(str(tmp_path / "x.db"))
    migrate(opened)
    return opened


def token(number: int) -> bytes:
    return number.to_bytes(32)


def test_a_place_is_kept_and_no_two_share_one(engine: Engine) -> None:
    given = [status_entry(engine, token(number)) for number in range(60)]
    assert [status_entry(engine, token(number)) for number in range(60)] == given
    assert len(set(given)) == 60
    assert all(0 <= entry.index < ENTRIES and entry.list_number == 0 for entry in given)


def test_places_tell_no_order(engine: Engine) -> None:
    indices = [status_entry(engine, token(number)).index for number in range(40)]
    assert sorted(indices) != indices
    assert max(indices) - min(indices) > ENTRIES // 4


def test_a_taken_place_is_not_given_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    rolls = iter([7, 7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(rolls))
    assert [status_entry(engine, token(number)).index for number in range(2)] == [7, 8]


def test_a_full_list_is_followed_by_another(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_entries, "FULL", 3)
    assert not has_list(engine, 1)
    assert [status_entry(engine, token(number)).list_number for number in range(7)] == [0, 0, 0, 1, 1, 1, 2]
    assert has_list(engine, 0)
    assert has_list(engine, 2)
    assert ended_entries(engine, 2) == {}
