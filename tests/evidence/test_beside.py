"""Work beside the caller gives the caller's answer: in a process, in threads, and when the process is killed."""

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence

import pytest

from ledger.evidence import beside
from ledger.evidence.pace import undisturbed
from ledger.evidence.report import CLAIMS
from ledger.evidence.verify import verify
from tests.evidence.plant import certified, run_plant

MANY = list(range(10_000))


def first_at(wanted: int | None) -> beside.First[int]:
    def first(items: Sequence[int]) -> int | None:
        return next((at for at, item in enumerate(items) if item == wanted), None)

    return first


@pytest.fixture(params=["process", "threads"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    chosen: str = request.param
    if chosen == "process" and not hasattr(os, "fork"):
        pytest.skip("this system has no fork")
    monkeypatch.setattr(threading, "active_count", lambda: 1 if chosen == "process" else 2)
    return chosen


@pytest.mark.parametrize("wanted", [None, 0, 255, 256, 9_999])
def test_the_position_of_the_first_objection(way: str, wanted: int | None) -> None:
    work = beside.beside(first_at(wanted), MANY)
    assert (type(work).__name__ == "_Process") == (way == "process")
    assert work.result() == wanted
    work.stop()


def test_the_earliest_of_several(way: str) -> None:
    work = beside.beside(lambda items: next((at for at, item in enumerate(items) if item % 3_000 == 2_999), None), MANY)
    assert work.result() == 2_999
    work.stop()


def test_few_items_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    work = beside.beside(first_at(5), MANY[:10])
    assert work.result() == 5
    work.stop()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_killed_process_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done again here: nothing passes because a process died."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    mine = os.getpid()

    def slow(items: Sequence[int]) -> int | None:
        if os.getpid() != mine:
            time.sleep(60)
        return 7

    work = beside.beside(slow, MANY)
    assert isinstance(work, beside._Process)
    os.kill(work._pid, signal.SIGKILL)
    assert work.result() == 7
    work.stop()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_that_is_not_waited_for_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    work = beside.beside(lambda items: time.sleep(60), MANY)
    assert isinstance(work, beside._Process)
    work.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(work._pid, 0)


def test_verification_is_the_same_either_way(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "WORTHWHILE", 1)
    case = certified(run_plant())
    report = verify(case.bundle, case.policy, case.facts(), 1_700_000_000)
    assert [claim.name for claim in report.claims if claim.state == "verified"] == list(CLAIMS)


def test_settings_are_put_back() -> None:
    interval = sys.getswitchinterval()
    with undisturbed():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert sys.getswitchinterval() == interval
