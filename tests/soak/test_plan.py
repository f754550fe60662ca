"""The soak's plan of kills: a pure function of the seed."""

from collections import Counter

from devnet.anvil import FINALITY
from devnet.soak.plan import KILLS, Kind, plan


def test_the_same_seed_gives_the_same_plan() -> None:
    assert plan(7, 50, 2) == plan(7, 50, 2)
    assert plan(7, 50, 2) != plan(8, 50, 2)
    assert plan(7, 20, 2) == plan(7, 50, 2)[: len(plan(7, 20, 2))]


def test_as_many_kills_as_asked_for_of_every_kind() -> None:
    for seed in range(20):
        counted = Counter(fault.kind for fault in plan(seed, 300, 2))
        assert sum(counted[kind] for kind in KILLS) == 300
        assert all(counted[kind] > 5 for kind in Kind)
    assert plan(1, 0, 2) == []


def test_reorganisations_stay_above_finality_and_terminals_in_range() -> None:
    faults = [fault for seed in range(20) for fault in plan(seed, 100, 3)]
    assert {fault.depth for fault in faults if fault.kind is Kind.REORGANISATION} == set(range(1, FINALITY + 1))
    assert {fault.which for fault in faults if fault.kind is Kind.TERMINAL} == {0, 1, 2}
    assert all(fault.depth == 0 for fault in faults if fault.kind is not Kind.REORGANISATION)
