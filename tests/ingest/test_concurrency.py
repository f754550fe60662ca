"""Many callers at once: threads of one process, and several gateways over one store."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from ledger.ingest import Answer, Duplicate, Ingest, Logged
from ledger.log.tree import root_of_leaves
from ledger.store.frames import FrameStore
from ledger.store.log import LogStore
from terminal_signer.frame import digest_of
from terminal_signer.keys import PrivateKey
from terminal_signer.receipt import leaf_hash
from tests.ingest.terminal import LOG, START, Terminal

GATEWAYS = 3
CALLS = 5
EACH = 20


def test_every_leaf_gets_one_index(engine: Engine, gateway_key: PrivateKey, log: LogStore) -> None:
    """INV-09: the leaves of all callers stand in one tree, without a hole and without a double."""
    terminals = [Terminal(number) for number in range(1, 7)]
    gateways = [Ingest(engine, LOG, gateway_key) for _ in range(GATEWAYS)]
    gateways[0].learn([terminal.enrolment() for terminal in terminals])
    calls = [(number, terminal.frames(EACH)) for _ in range(CALLS) for number, terminal in enumerate(terminals)]

    def submit(call: tuple[int, list[bytes]]) -> list[Answer]:
        return gateways[call[0] % GATEWAYS].submit(call[1], START)

    with ThreadPoolExecutor(6) as threads:
        answers = [answer for part in threads.map(submit, calls) for answer in part]
    placed = {answer.index: answer.digest for answer in answers if isinstance(answer, Logged)}
    total = len(calls) * EACH
    assert sorted(placed) == list(range(total))
    stored = list(FrameStore(engine, LOG).between(0, total))
    assert [frame.digest for frame in stored] == [placed[index] for index in range(total)]
    assert log.root() == root_of_leaves([leaf_hash(frame.digest) for frame in stored])
    for gateway in gateways:
        gateway.close()


def test_the_same_frames_from_two_sides_are_logged_once(
    engine: Engine, gateway_key: PrivateKey, terminal: Terminal, log: LogStore
) -> None:
    """INV-03: whoever comes first, both answers name the same index and the same promise."""
    gateways = [Ingest(engine, LOG, gateway_key) for _ in range(2)]
    gateways[0].learn([terminal.enrolment()])
    raws = terminal.frames(150)
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(lambda gateway: gateway.submit(raws, START), gateways)
    assert log.size() == 150
    for raw, left, right in zip(raws, one, other, strict=True):
        assert {type(left), type(right)} == {Logged, Duplicate}
        assert isinstance(left, Logged | Duplicate)
        assert isinstance(right, Logged | Duplicate)
        assert digest_of(raw) == left.digest
        assert (left.digest, left.index, left.promise) == (right.digest, right.index, right.promise)
    for gateway in gateways:
        gateway.close()
