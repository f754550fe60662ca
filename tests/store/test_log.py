"""The log on tiles in the database: the same roots and proofs as the tree in memory, from a handful of tiles."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, event, update

from ledger.log.admission import Times
from ledger.log.proof import ProofError, verify_consistency, verify_inclusion, verify_range
from ledger.log.tree import Tree
from ledger.store.database import StoreError, writing
from ledger.store.log import CACHED_TILES, LogStore, NotInLog, all_logs, grow, log_size, log_times, register_log
from ledger.store.schema import logs, tiles
from tests.log import naive

LOG = b"\x05" * 32


def _store(engine: Engine, parts: list[int]) -> tuple[LogStore, Tree]:
    register_log(engine, LOG, Times())
    leaves = naive.leaves(sum(parts))
    done = 0
    for part in parts:
        with writing(engine) as connection:
            size = log_size(connection, LOG, lock=True)
            assert size == done
            grow(connection, LOG, size, leaves[done : done + part])
        done += part
    return LogStore(engine, LOG), Tree(leaves)


def test_an_empty_log(engine: Engine) -> None:
    log = LogStore(engine, LOG)
    assert (log.size(), log.root()) == (0, Tree().root())
    assert log_times(engine, LOG) is None
    with pytest.raises(NotInLog):
        log.root(1)
    with pytest.raises(NotInLog):
        log.tile(0, 0, 1)
    with pytest.raises(NotInLog):
        log.entries(0, 1)
    with pytest.raises(NotInLog):
        log.hash(0, 0)


def test_a_log_is_judged_by_one_set_of_times(engine: Engine) -> None:
    register_log(engine, LOG, Times())
    register_log(engine, LOG, Times())
    assert (all_logs(engine), log_times(engine, LOG)) == ([LOG], Times())
    with pytest.raises(StoreError, match="other times"):
        register_log(engine, LOG, Times(skew=1))


def test_roots_and_proofs_at_every_size(engine: Engine) -> None:
    """INV-07"""
    log, tree = _store(engine, [1, 2, 254, 1, 300, 40])
    for size in [*range(1, 20), *range(250, 262), 512, 513, 557, 597, 598]:
        assert log.root(size) == tree.root(size)
        assert log.consistency(size) == tree.consistency(size)
        verify_consistency(size, 598, log.root(size), log.root(), log.consistency(size, 598))
        for index in {0, size // 2, size - 1}:
            assert log.inclusion(index, size) == tree.inclusion(index, size)
    assert log.hash(8, 1) == tree.node(8, 1)
    assert log.tile(1, 0, 2) == tree.node(8, 0) + tree.node(8, 1)
    with pytest.raises(NotInLog):
        log.tile(1, 0, 3)
    with pytest.raises(NotInLog):
        log.root(599)
    with pytest.raises(ProofError):
        log.inclusion(598)


def test_a_log_of_several_tile_levels(engine: Engine) -> None:
    log, tree = _store(engine, [65_000, 1000])
    root = log.root()
    assert root == tree.root()
    for index in (0, 255, 256, 40_000, 65_535, 65_536, 65_999):
        leaf = tree.node(0, index)
        verify_inclusion(index, 66_000, leaf, log.inclusion(index), root)
    leaves = [tree.node(0, index) for index in range(30_000, 31_000)]
    verify_range(66_000, 30_000, leaves, log.range_proof(30_000, 31_000), root)


def test_a_proof_reads_a_handful_of_tiles(engine: Engine) -> None:
    log, _ = _store(engine, [66_000])
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *values: statements.append(values[2]))
    log.inclusion(12_345)
    assert sum("tiles" in statement for statement in statements) <= 6
    statements.clear()
    log.inclusion(12_346)
    assert sum("tiles" in statement for statement in statements) == 0


def test_the_memory_of_a_log_is_bounded(engine: Engine) -> None:
    log, _ = _store(engine, [256 * 300])
    for index in range(0, 256 * 300, 256):
        log.inclusion(index)
    assert len(log._cache._tiles) == CACHED_TILES


def test_a_tile_that_was_cut_is_noticed(engine: Engine) -> None:
    """INV-07: a truncated log neither proves nor grows."""
    _store(engine, [300])
    with writing(engine) as connection:
        connection.execute(update(tiles).where(tiles.c.level == 0, tiles.c.tile_index == 1), {"hashes": bytes(32)})
    with pytest.raises(NotInLog):
        LogStore(engine, LOG).root()
    with pytest.raises(NotInLog), writing(engine) as connection:
        grow(connection, LOG, 300, naive.leaves(1))
    assert LogStore(engine, LOG).size() == 300


@given(st.lists(st.integers(1, 700), min_size=1, max_size=4), st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_growth_any_range(engine: Engine, parts: list[int], data: st.DataObject) -> None:
    with writing(engine) as connection:
        for table in (tiles, logs):
            connection.execute(delete(table))
    log, tree = _store(engine, parts)
    size = data.draw(st.integers(1, sum(parts)))
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    assert log.root(size) == tree.root(size)
    assert log.range_proof(start, end, size) == tree.range_proof(start, end, size)
