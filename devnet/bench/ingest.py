"""Ingest over HTTP: frames signed beforehand, 1,000 a request, to a real gateway process on loopback, by two terminals
at the same time, each over a connection of its own.

Timed from the first byte sent until the answer to the last request is there, which the gateway gives after its commit.
Every check is on: envelope, signature, content, admission against the key's history, SQLite with synchronous=FULL, and
a signed promise for each frame. The frames are like those of the real plant's file: one hour, three points, twelve
values.
"""

import http.client
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path

import cbor2

from devnet.bench.measure import Row, raw_verification, seconds
from devnet.bench.workplace import ISS, workplace
from terminal_signer.build import build, encode_pack
from terminal_signer.errors import CarbonError
from terminal_signer.frame import NO_FRAME, Header, Record, digest_of
from terminal_signer.keys import PrivateKey

FRAMES = 16_000
A_REQUEST = 1_000
TARGET = 0.5
HOUR = 3600
QUARTER = HOUR // 4
POINTS = (("kWh", "kWh"), ("kvarh-lagging", "kvarh"), ("kvarh-leading", "kvarh"))
HEADERS = {"Content-Type": "application/cbor-seq", "Accept": "application/cbor"}


class NotLogged(CarbonError):
    """The gateway did not log a frame that it had to."""

    code = "not-logged"


def rows(count: int = FRAMES, a_request: int = A_REQUEST) -> Iterator[Row]:
    """Frames a second against bare verifications a second of the same frames."""
    opened_at = int(time.time()) // HOUR * HOUR - (count + 24) * HOUR
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as name, workplace(Path(name), opened_at) as place:
        each = count // len(place.meters)
        chains = [signed_year(key, sub, opened_at + 12 * HOUR, each) for sub, key in place.meters.items()]
        frames = [frame for chain in chains for frame in chain]
        verify = raw_verification(frames, {key.public.thumbprint(): key.public for key in place.meters.values()})
        bodies = [[b"".join(chain[at : at + a_request]) for at in range(0, each, a_request)] for chain in chains]
        before = seconds(verify, 2)
        taken, answers = _send_together(place.port, bodies)
        raw = count / min(before, seconds(verify, 2))
        _check(answers, count)
    details = {
        "frames": count, "terminals": len(chains), "frames a request": a_request,
        "bytes a frame": round(sum(map(len, frames)) / count),
    }  # fmt: skip
    yield Row("ingest over HTTP", "frames/s", count / taken, "raw", raw, TARGET, details=details)


def signed_year(key: PrivateKey, sub: str, start: int, count: int) -> list[bytes]:
    """A chain of hourly frames of one key from `start` on."""
    frames: list[bytes] = []
    previous = NO_FRAME
    for number in range(count):
        base = start + number * HOUR
        end = base + HOUR
        header = Header(ISS, sub, end, number, previous)
        frames.append(build(key, header, encode_pack(ISS, base, _records(sub, number, base), end)))
        previous = digest_of(frames[-1])
    return frames


def _records(sub: str, number: int, base: int) -> list[Record]:
    return [
        Record(f"{sub}/{name}", at, at + QUARTER, unit, Decimal(300 + (number * 7 + at // QUARTER) % 9000) / 100, None)
        for at in range(base, base + HOUR, QUARTER)
        for name, unit in POINTS
    ]


def _send_together(port: int, bodies: Sequence[Sequence[bytes]]) -> tuple[float, list[bytes]]:
    """Seconds from the first byte to the last answer, and all answers."""
    with ThreadPoolExecutor(len(bodies)) as terminals:
        begin = time.perf_counter()
        answers = [answer for part in terminals.map(partial(_send, port), bodies) for answer in part]
        return time.perf_counter() - begin, answers


def _send(port: int, bodies: Sequence[bytes]) -> list[bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    answers = []
    for body in bodies:
        connection.request("POST", "/frames", body, HEADERS)
        answers.append(connection.getresponse().read())
    connection.close()
    return answers


def _check(answers: Sequence[bytes], count: int) -> None:
    """Every frame was logged once, with its promise, and no flag but that its readings are old."""
    indices = set()
    for body in answers:
        for answer in cbor2.loads(body)["answers"]:
            if answer["outcome"] != "logged" or not answer["promise"] or set(answer["flags"]) - {"late"}:
                raise NotLogged("the gateway answered otherwise", where=str(answer)[:200])
            indices.add(answer["index"])
    if indices != set(range(count)):
        raise NotLogged(f"{len(indices)} leaves for {count} frames")
