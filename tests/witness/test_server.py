"""The gateway's own pages of the log, read over HTTP as a witness reads them."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn

from ledger.log import bridge, witness_file
from ledger.log.tiles import TileAddress
from ledger.witness.server import LogServer, LogUnreachable
from terminal_signer.frame import digest_of
from tests.gateway.meters import LOG_ID, NOTE_KEY, START, Meter, open_gateway


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[LogServer, list[bytes]]]:
    """A gateway with 600 frames, anchored at 300 and 600; and their digests."""
    meter = Meter()
    gateway = open_gateway(tmp_path, meter)
    raws = meter.sign_many(600)
    for start in (0, 300):
        gateway.ingest.submit(raws[start : start + 300], START)
        gateway.anchor(block=start + 1)
    server = uvicorn.Server(uvicorn.Config(gateway.app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    end = monotonic() + 30
    while not server.started:
        assert monotonic() < end
        sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield LogServer(f"http://127.0.0.1:{port}", LOG_ID), [digest_of(raw) for raw in raws]
    server.should_exit = True
    thread.join(30)
    gateway.ingest.close()
    gateway.engine.dispose()


def test_a_witness_reads_the_gateway(served: tuple[LogServer, list[bytes]]) -> None:
    """INV-07: checkpoint, a proof made from tiles, and all entries of the head."""
    server, digests = served
    head = witness_file.open_signed(server.checkpoint(), (NOTE_KEY.public,), "example.org/log")
    assert head is not None
    assert head.size == 600
    assert bridge.build(300, 600, head.root, server.tile).old_size == 300
    read: list[int] = []
    assert list(server.entries(600, read.append)) == digests
    assert read == [256, 256, 88]
    with pytest.raises(LogUnreachable, match="404"):
        server.tile(TileAddress(0, 9))
    with pytest.raises(LogUnreachable):
        LogServer("http://127.0.0.1:1", LOG_ID).checkpoint()
