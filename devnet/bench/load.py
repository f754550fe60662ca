"""Load on a loopback server: 50 connections that each ask again as soon as they are answered.

The client does as little as it can – the request's bytes are made beforehand, an answer is read only as far as its
length – and runs in the measuring process, so that the server has the other core for itself.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from terminal_signer.errors import CarbonError

CONNECTIONS = 50
ANSWER_SECONDS = 30.0
_OK = b"HTTP/1.1 200"
_LENGTH = b"content-length:"


class LoadFailed(CarbonError):
    """The server gave another answer than 200, or none."""

    code = "load"


@dataclass(frozen=True, slots=True)
class Load:
    """Answers a second, and how long answers took, in milliseconds."""

    rate: float
    median: float
    p99: float
    count: int


def request(path: str, accept: str = "application/json") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n\r\n".encode("ascii")


def load(port: int, requests: Sequence[bytes], seconds: float, connections: int = CONNECTIONS, least: int = 1) -> Load:
    """Ask the given requests in turn for a time, `least` of them on each connection. Raises LoadFailed at the first
    answer that is not 200."""
    return asyncio.run(_load(port, requests, seconds, connections, least))


async def _load(port: int, requests: Sequence[bytes], seconds: float, connections: int, least: int) -> Load:
    begin = time.perf_counter()
    until = begin + seconds
    parts = [_client(port, requests[at::connections] or requests, until, least) for at in range(connections)]
    times = sorted(took for part in await asyncio.gather(*parts) for took in part)
    passed = time.perf_counter() - begin
    return Load(len(times) / passed, 1e3 * times[len(times) // 2], 1e3 * times[len(times) * 99 // 100], len(times))


async def _client(port: int, requests: Sequence[bytes], until: float, least: int) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times: list[float] = []
    try:
        while len(times) < least or time.perf_counter() < until:
            asked = time.perf_counter()
            writer.write(requests[len(times) % len(requests)])
            await asyncio.wait_for(_answer(reader), ANSWER_SECONDS)
            times.append(time.perf_counter() - asked)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
        raise LoadFailed(f"no answer: {fault or type(fault).__name__}") from fault
    finally:
        writer.close()
    return times


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(_OK):
        raise LoadFailed("the server answered otherwise", where=head[:80].decode("ascii", "replace"))
    lower = head.lower()
    at = lower.find(_LENGTH)
    if at < 0:
        raise LoadFailed("an answer without a length")
    await reader.readexactly(int(lower[at + len(_LENGTH) : lower.index(b"\r", at)]))
