"""The log of readings, by many at once. INV-20: no entry is lost, none stands in another's place."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from ledger.access.journal import Reading, first_break
from ledger.store import readings
from ledger.store.database import StoreError
from ledger.store.readings import entries_of, read_enterprises, record

MILL, OTHER = "88.118.20260", "88.118.20261"


def reading(enterprise: str = MILL, at: int = 1) -> Reading:
    return Reading(
        enterprise, at, "erp", "88.118.30001", "customer", "read", f"{enterprise}/CE", bytes(32), "figures",
        "emissions.total", (b"\x01" * 32, b"\x02" * 32),
    )  # fmt: skip


def test_many_at_once(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda at: record(engine, reading(at=at)), range(40)))
    entries = entries_of(engine, MILL)
    assert first_break(entries) is None
    assert sorted(made, key=lambda entry: entry.number) == entries
    assert {entry.reading.at for entry in entries} == set(range(40))


def test_each_enterprise_has_a_chain_of_its_own(engine: Engine) -> None:
    for enterprise in (MILL, OTHER, MILL):
        record(engine, reading(enterprise))
    assert read_enterprises(engine) == [MILL, OTHER]
    assert [entry.number for entry in entries_of(engine, MILL)] == [1, 2]
    assert [entry.number for entry in entries_of(engine, MILL, after=1)] == [2]
    assert entries_of(engine, OTHER)[0].reading == reading(OTHER)


@pytest.mark.parametrize(("clashes", "done"), [(3, True), (readings.TRIES, False)])
def test_a_place_that_another_gateway_took(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, clashes: int, done: bool
) -> None:
    whole, left = readings._add, [clashes]

    def clashing(engine: Engine, whats: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise StoreError("taken") from IntegrityError("", {}, Exception())
        return whole(engine, whats)

    monkeypatch.setattr(readings, "_add", clashing)
    if done:
        assert record(engine, reading()).number == 1
    else:
        with pytest.raises(StoreError, match="at the same time"):
            record(engine, reading())
