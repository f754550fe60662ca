"""From spool to log and back, over HTTP, with gateways and nodes that fail and lie."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal_signer.agent import Agent
from terminal_signer.chain import ChainUnavailable, Rpc
from terminal_signer.delivery import DeliveryFault
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Seen, parse
from terminal_signer.gateway_client import GatewayFault, GatewayUnavailable
from terminal_signer.keys import generate, save
from terminal_signer.signer import Entry
from terminal_signer.spool import ACKNOWLEDGED, STORED, Spool
from tests.terminal_signer.fakes import CHAIN_ID, CONTRACT, LOG_ID, Ledger, ledger_server
from tests.terminal_signer.sample import IAT, ISS, KEY, KID, START, SUB, hour

NOW = IAT + 10


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(keys={KID: KEY.public})


@pytest.fixture
def address(ledger: Ledger) -> Iterator[str]:
    with ledger_server(ledger) as found:
        yield found


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def agent(tmp_path: Path, ledger: Ledger, address: str, waits: list[float]) -> Iterator[Agent]:
    spool = Spool(tmp_path / "spool.sqlite")
    spool.begin(KID, ISS, SUB)
    yield make(spool, ledger, address, sleep=waits.append)
    spool.close()


def make(spool: Spool, ledger: Ledger, address: str, **options: Any) -> Agent:
    options = {"chain_id": CHAIN_ID, "promise_key": ledger.promise_key.public, **options}
    return Agent(spool, KEY, address, Rpc(address + "/rpc"), CONTRACT, LOG_ID, **options)


def record_hours(agent: Agent, count: int) -> list[bytes]:
    return agent.record_many(Entry(IAT + 3600 * n, hour(START + 3600 * n)) for n in range(count))


def test_the_whole_way(agent: Agent, ledger: Ledger) -> None:
    """INV-09: bytes are held until a receipt under a final anchor was checked."""
    digests = record_hours(agent, 5)
    sent = agent.send(NOW)
    assert (sent.logged, sent.duplicates, sent.refused) == (5, 0, {})
    assert agent.spool.counts()[ACKNOWLEDGED] == 5
    waiting = agent.collect(NOW)
    assert (waiting.released, waiting.pending, waiting.seen) == (0, 5, None)

    ledger.anchor(NOW, final=False)
    mined = agent.collect(NOW)
    assert (mined.released, mined.not_final, mined.seen) == (0, 5, None)
    assert all(stored.raw for stored in agent.spool.held(ACKNOWLEDGED))

    ledger.final = 1
    final = agent.collect(NOW)
    assert (final.released, final.not_final, final.pending, final.faults) == (5, 0, 0, [])
    assert agent.spool.counts() == {"stored": 0, "acknowledged": 0, "released": 5, "refused": 0}
    assert final.seen == Seen(5, ledger.heads[0][1])

    agent.heartbeat(IAT + 20_000)
    frame = parse(agent.spool.held(STORED)[0].raw)
    assert (frame.seq, frame.prev, frame.seen) == (5, digests[-1], final.seen)


def test_a_thousand_frames_go_in_one_request(agent: Agent, ledger: Ledger) -> None:
    record_hours(agent, 1001)
    sent = agent.send(NOW)
    assert sent.logged == 1001
    assert len(ledger.requests) == 2


def test_a_gateway_that_is_down_is_asked_again_with_growing_waits(
    agent: Agent, ledger: Ledger, waits: list[float]
) -> None:
    record_hours(agent, 2)
    ledger.down = 3
    assert agent.send(NOW).logged == 2
    assert len(waits) == 3
    assert waits == sorted(waits)
    assert all(1 <= wait <= 60 for wait in waits)  # Retry-After: 1


def test_a_gateway_that_stays_down_loses_nothing(agent: Agent, ledger: Ledger) -> None:
    """INV-09."""
    record_hours(agent, 2)
    ledger.down = 99
    with pytest.raises(GatewayUnavailable, match="Storage unavailable"):
        agent.send(NOW)
    assert agent.spool.counts()[STORED] == 2
    ledger.down = 0
    assert agent.send(NOW).logged == 2


def test_a_chain_that_is_down_loses_nothing(agent: Agent, ledger: Ledger) -> None:
    """INV-09."""
    record_hours(agent, 2)
    agent.send(NOW)
    ledger.anchor(NOW)
    ledger.node_down = 99
    with pytest.raises(ChainUnavailable):
        agent.collect(NOW)
    assert agent.spool.counts()[ACKNOWLEDGED] == 2
    ledger.node_down = 2
    assert agent.collect(NOW).released == 2


def test_an_answer_that_is_lost_makes_duplicates_and_no_second_frame(agent: Agent, ledger: Ledger) -> None:
    """INV-03: the same bytes again are the same digest."""
    record_hours(agent, 3)
    ledger.submit(b"".join(stored.raw for stored in agent.spool.held(STORED)))
    sent = agent.send(NOW)
    assert (sent.logged, sent.duplicates) == (0, 3)
    assert ledger.requests[0] == ledger.requests[1]
    assert len(ledger.digests) == 3


KILLED = """
import os, signal, sys
from terminal_signer.agent import Agent
from terminal_signer.chain import Rpc
from terminal_signer.keys import PublicKey, load
from terminal_signer.spool import Spool
from tests.terminal_signer.fakes import CHAIN_ID, CONTRACT, LOG_ID
from tests.terminal_signer.sample import IAT, hour
spool, key, address, promise_key = sys.argv[1:]
agent = Agent(Spool(spool), load(key, b"phrase"), address, Rpc(address + "/rpc"), CONTRACT, LOG_ID,
              chain_id=CHAIN_ID, promise_key=PublicKey(-7, bytes.fromhex(promise_key)))
agent.record(hour().records, IAT)
agent.send(IAT)
"""


def test_killed_before_the_answer_arrives_the_very_same_bytes_are_sent_again(tmp_path: Path) -> None:
    """INV-04, INV-09: SIGKILL between storing and acknowledgement; no second signature over one seq ever leaves."""
    key = generate()
    ledger = Ledger(keys={key.public.thumbprint(): key.public})
    save(tmp_path / "key.pem", key, b"phrase")
    spool = Spool(tmp_path / "spool.sqlite")
    spool.begin(key.public.thumbprint(), ISS, SUB)
    spool.close()
    with ledger_server(ledger) as address:
        arguments = [
            str(tmp_path / "spool.sqlite"),
            str(tmp_path / "key.pem"),
            address,
            ledger.promise_key.public.raw.hex(),
        ]
        process = subprocess.Popen([sys.executable, "-c", KILLED, *arguments], cwd=Path(__file__).parents[2])
        ledger.before_answer = process.kill
        assert process.wait(30) == -signal.SIGKILL
        ledger.before_answer = lambda: None
        again = Spool(tmp_path / "spool.sqlite")
        assert again.counts()[STORED] == 1
        agent = Agent(
            again, key, address, Rpc(address + "/rpc"), CONTRACT, LOG_ID, chain_id=CHAIN_ID,
            promise_key=ledger.promise_key.public,
        )  # fmt: skip
        assert agent.send(NOW).duplicates == 1
        again.close()
    assert ledger.requests[0] == ledger.requests[1]
    assert len(ledger.digests) == 1


def test_a_key_not_enrolled_yet_keeps_its_frames_to_be_sent(agent: Agent, ledger: Ledger) -> None:
    record_hours(agent, 2)
    ledger.keys = {}
    assert agent.send(NOW).refused == {"unknown-key": 2}
    assert agent.spool.counts()[STORED] == 2
    ledger.keys = {KID: KEY.public}
    assert agent.send(NOW).logged == 2


def test_a_refused_frame_is_kept_and_not_sent_again_by_itself(agent: Agent, ledger: Ledger) -> None:
    digests = record_hours(agent, 2)

    def refuse(answer: dict[str, Any]) -> None:
        answer["answers"][0] = {
            "outcome": "refused", "digest": "0x" + digests[0].hex(),
            "error": {"code": "high-s", "message": "in the high half"},
        }  # fmt: skip

    ledger.warp = refuse
    sent = agent.send(NOW)
    assert (sent.logged, sent.refused) == (1, {"high-s": 1})
    assert agent.spool.refusals() == [(digests[0], "high-s: in the high half")]
    ledger.warp = lambda _: None
    assert agent.send(NOW).logged == 0
    agent.spool.restore(digests[:1])
    assert agent.send(NOW).duplicates == 1


def forget(ledger: Ledger, answer: dict[str, Any]) -> None:
    answer["answers"].pop()


def swap(ledger: Ledger, answer: dict[str, Any]) -> None:
    answer["answers"].reverse()


def foreign_promise(ledger: Ledger, answer: dict[str, Any]) -> None:
    answer["answers"][0]["promise"] = answer["answers"][1]["promise"]


def no_promise(ledger: Ledger, answer: dict[str, Any]) -> None:
    del answer["answers"][0]["promise"]


def other_outcome(ledger: Ledger, answer: dict[str, Any]) -> None:
    answer["answers"][0]["outcome"] = "perhaps"


def other_format(ledger: Ledger, answer: dict[str, Any]) -> None:
    answer["format"] = "answers/2"


def not_objects(ledger: Ledger, answer: dict[str, Any]) -> None:
    answer["answers"] = [None, None]


@pytest.mark.parametrize("lie", [forget, swap, foreign_promise, no_promise, other_outcome, other_format, not_objects])
def test_an_answer_that_does_not_hold_acknowledges_nothing(agent: Agent, ledger: Ledger, lie: Any) -> None:
    """INV-21: without a promise that convicts, a frame is not acknowledged."""
    record_hours(agent, 2)
    ledger.warp = lambda answer: lie(ledger, answer)
    with pytest.raises(CarbonError) as caught:
        agent.send(NOW)
    assert isinstance(caught.value, GatewayFault | DeliveryFault)
    assert agent.spool.counts()[STORED] == 2


def test_a_promise_by_another_key_acknowledges_nothing(agent: Agent, ledger: Ledger) -> None:
    """INV-21."""
    record_hours(agent, 1)
    ledger.promise_key = generate()
    with pytest.raises(CarbonError, match="signature"):
        agent.send(NOW)
    assert agent.spool.counts()[STORED] == 1


def each_receipt(**changes: Any) -> Any:
    def warp(answer: dict[str, Any]) -> None:
        for item in answer.get("receipts", ()):
            for name, value in changes.items():
                if name in item["anchor"]:
                    item["anchor"][name] = value
                else:
                    item[name] = value

    return warp


LIES: dict[str, Any] = {
    "another root": each_receipt(root="0x" + "11" * 32),
    "another path": each_receipt(path=["0x" + "11" * 32]),
    "another index": each_receipt(index=0),
    "another log": each_receipt(log_id="0x" + "11" * 32),
    "another contract": each_receipt(contract="0x" + "11" * 20),
    "another chain": each_receipt(chain_id=1),
    "another block time": each_receipt(time=1514739000),
    "another predecessor": each_receipt(previous_size=1),
    "no receipt": each_receipt(format="receipt/1", anchor=None),
    "another digest": each_receipt(digest="0x" + "11" * 32),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_receipt_that_does_not_hold_releases_nothing(agent: Agent, ledger: Ledger, lie: Any) -> None:
    """INV-07, INV-09: the terminal checks path, log, contract and chain, and asks the contract itself."""
    record_hours(agent, 3)
    agent.send(NOW)
    ledger.anchor(NOW)
    ledger.warp = lie
    report = agent.collect(NOW)
    released = report.released
    assert released <= (1 if lie is LIES["another index"] else 0)
    assert agent.spool.counts()[ACKNOWLEDGED] == 3 - released
    ledger.warp = lambda _: None
    assert agent.collect(NOW).released == 3 - released


def test_a_head_that_the_chain_does_not_hold_releases_nothing(agent: Agent, ledger: Ledger) -> None:
    """INV-08: a consistent lie – tree, path and receipt of another log – fails at the contract."""
    record_hours(agent, 3)
    agent.send(NOW)
    ledger.anchor(NOW)
    size, root, time, previous = ledger.heads[0]
    ledger.heads[0] = (size, bytes(32), time, previous)

    def keep_root(answer: dict[str, Any]) -> None:
        for item in answer.get("receipts", ()):
            item["root"] = "0x" + root.hex()

    ledger.warp = keep_root
    report = agent.collect(NOW)
    assert (report.released, report.not_final) == (0, 3)
    assert agent.spool.counts()[ACKNOWLEDGED] == 3


def test_a_node_of_another_chain_is_not_asked_further(tmp_path: Path, ledger: Ledger, address: str) -> None:
    spool = Spool(tmp_path / "other.sqlite")
    spool.begin(KID, ISS, SUB)
    with pytest.raises(DeliveryFault) as caught:
        make(spool, ledger, address, chain_id=1).collect(NOW)
    assert caught.value.code == "wrong-chain"
    spool.close()


def test_a_gateway_that_lost_frames_gets_them_again(agent: Agent, ledger: Ledger) -> None:
    """INV-09: acknowledged, then gone (an old backup was restored): the terminal still has the bytes."""
    record_hours(agent, 3)
    agent.send(NOW)
    ledger.digests, ledger.frames = ledger.digests[:1], ledger.frames[:1]
    report = agent.collect(NOW)
    assert (report.resent, report.pending) == (2, 1)
    assert agent.send(NOW).logged == 2
    ledger.anchor(NOW)
    assert agent.collect(NOW).released == 3


def test_a_promise_that_is_overdue_is_reported(agent: Agent) -> None:
    """INV-21."""
    record_hours(agent, 2)
    agent.send(NOW)
    assert agent.collect(NOW).overdue == 0
    assert agent.collect(IAT + 86_401).overdue == 1


def test_confirmations_where_the_chain_has_no_finalized_tag(tmp_path: Path, ledger: Ledger, address: str) -> None:
    asked: list[str] = []
    ask = ledger.eth_call
    ledger.eth_call = lambda to, data, tag: (asked.append(tag), ask(to, data, tag))[1]  # type: ignore[method-assign,func-returns-value]
    spool = Spool(tmp_path / "other.sqlite")
    spool.begin(KID, ISS, SUB)
    agent = make(spool, ledger, address, finality=1)
    agent.record(hour().records, IAT)
    agent.send(NOW)
    ledger.anchor(NOW)
    assert agent.collect(NOW).released == 1
    assert set(asked) == {"0x0"}
    spool.close()
