"""Work beside the caller gives the caller's answer: in a process, at the end, and when the process is killed."""

import gc
import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from ledger import beside
from ledger.beside import Beside
from ledger.evidence.report import CLAIMS
from ledger.evidence.verify import verify
from tests.evidence.plant import certified, run_plant

MANY = list(range(10_000))
HAS_FORK = "fork" in multiprocessing.get_all_start_methods()
needs_fork = pytest.mark.skipif(not HAS_FORK, reason="this system has no fork")


def first_at(wanted: int | None) -> Callable[[Sequence[int]], int | None]:
    def first(items: Sequence[int]) -> int | None:
        return next((at for at, item in enumerate(items) if item == wanted), None)

    return first


@pytest.fixture(params=[pytest.param("process", marks=needs_fork), "here"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    chosen: str = request.param
    monkeypatch.setattr(threading, "active_count", lambda: 1 if chosen == "process" else 2)
    return chosen


@pytest.mark.parametrize("wanted", [None, 0, 255, 256, 9_999])
def test_the_position_of_the_first_objection(way: str, wanted: int | None) -> None:
    work = Beside(first_at(wanted), MANY)
    assert (work.process is not None) == (way == "process")
    assert work.result() == wanted
    work.stop()


@needs_fork
@pytest.mark.parametrize("slow_child", [True, False], ids=["caller does most", "process does most"])
@pytest.mark.parametrize("wanted", [{0}, {63}, {64}, {4_999, 5_000}, {9_999}, {70, 9_990}, {1, 2, 3}, set()])
def test_whoever_does_a_part_the_first_objection_is_found(
    monkeypatch: pytest.MonkeyPatch, wanted: set[int], slow_child: bool
) -> None:
    """INV-01: no signature is left out where the two meet."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)

    def first(items: Sequence[int]) -> int | None:
        if slow_child == (multiprocessing.parent_process() is not None):
            time.sleep(0.002)
        return next((at for at, item in enumerate(items) if item in wanted), None)

    work = Beside(first, MANY)
    assert work.result() == min(wanted, default=None)
    work.stop()


@needs_fork
def test_the_two_share_the_work_and_do_little_of_it_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    done = multiprocessing.get_context("fork").Array("i", [0] * len(MANY))

    def first(items: Sequence[int]) -> int | None:
        time.sleep(0.001)
        for item in items:
            done[item] += 1
        return None

    work = Beside(first, MANY)
    assert work.result() is None
    work.stop()
    times = list(done.get_obj())
    assert min(times) >= 1
    assert sum(times) <= len(MANY) + 2 * beside.BATCH


def test_few_items_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    work = Beside(first_at(5), MANY[:10])
    assert work.process is None
    assert work.result() == 5
    work.stop()


def _slow(answer: int, in_child: Callable[[], bool], items: Sequence[int]) -> int | None:
    if in_child():
        time.sleep(60)
    return answer


@needs_fork
def test_a_killed_process_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done again here: nothing passes because a process died."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    in_child = lambda: multiprocessing.parent_process() is not None  # noqa: E731
    work = Beside(partial(_slow, 7, in_child), MANY)
    assert work.process is not None
    work.process.kill()
    assert work.result() == 7
    work.stop()


@needs_fork
def test_a_process_that_is_not_waited_for_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    work = Beside(partial(_slow, 7, lambda: True), MANY)
    assert work.process is not None
    work.stop()
    assert not work.process.is_alive()


def test_verification_is_the_same_either_way(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "WORTHWHILE", 1)
    case = certified(run_plant())
    report = verify(case.bundle, case.policy, case.facts(), 1_700_000_000)
    assert [claim.name for claim in report.claims if claim.state == "verified"] == list(CLAIMS)


def test_collection_of_garbage_is_resumed() -> None:
    case = certified(run_plant())
    assert gc.isenabled()
    verify(case.bundle, case.policy, case.facts(), 1_700_000_000)
    assert gc.isenabled()
