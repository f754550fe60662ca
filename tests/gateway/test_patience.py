"""INV-18: who opens a connection and sends no whole request does not keep it; who is slow for a reason does."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI, Request

from gateway.patience import LEAST, PatientProtocol
from tests.gateway.live import free_socket

LOOK = 1.0


class Hasty(PatientProtocol):
    patience = LOOK


app = FastAPI()


@app.post("/length")
async def length(request: Request) -> int:
    return len(await request.body())


@app.get("/slow")
async def slow() -> str:
    await asyncio.sleep(2.5 * LOOK)
    return "done"


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    listener = free_socket()
    server = uvicorn.Server(uvicorn.Config(app, http=Hasty, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()[:2]
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /slow HTT", b"GET /slow HTTP/1.1\r\nHost: x\r\n",
     b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
     b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
     b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nG"],
    ids=["nothing", "a line", "headers", "a body", "a chunk", "the next request"],
)  # fmt: skip
def test_half_a_request_does_not_hold_a_connection(address: tuple[str, int], sent: bytes) -> None:
    with socket.create_connection(address, 30) as connection:
        connection.sendall(sent)
        while connection.recv(4096):
            pass


def test_a_byte_now_and_then_does_not_either(address: tuple[str, int]) -> None:
    with socket.create_connection(address, 30) as connection:
        connection.sendall(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        with pytest.raises(OSError, match=r".*"):
            _drip(connection, b"a", 10_000, LOOK / 20)


def _drip(connection: socket.socket, part: bytes, times: int, pause: float) -> None:
    for _ in range(times):
        connection.sendall(part)
        time.sleep(pause)


def test_who_waits_for_an_answer_is_left_alone(address: tuple[str, int]) -> None:
    with socket.create_connection(address, 30) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_slow_line_is_given_its_time(address: tuple[str, int]) -> None:
    size = 16 * LEAST
    with socket.create_connection(address, 30) as connection:
        connection.sendall(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size)
        _drip(connection, b"a" * LEAST, 16, LOOK / 5)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
