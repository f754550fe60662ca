"""Ingest over HTTP: frames signed beforehand, 1,000 a request, to a real gateway process on loopback.

Timed from the first byte sent until the answer to the last request is there, which the gateway gives after its commit.
Every check is on: envelope, signature, content, admission against the key's history, SQLite with synchronous=FULL, and
a signed promise for each frame. The frames are like those of the real plant's file: one hour, three points, twelve
values.
"""

import http.client
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from devnet.bench.measure import Row, raw_verification, seconds
from devnet.bench.workplace import ISS, SUB, workplace
from terminal_signer.errors import CarbonError
from terminal_signer.frame import NO_FRAME, Header, Record, build, digest_of, encode_pack
from terminal_signer.keys import PrivateKey

FRAMES = 16_000
A_REQUEST = 1_000
TARGET = 0.5
HOUR = 3600
QUARTER = HOUR // 4
POINTS = (("kWh", "kWh"), ("kvarh-lagging", "kvarh"), ("kvarh-leading", "kvarh"))
HEADERS = {"Content-Type": "application/cbor-seq"}


class NotLogged(CarbonError):
    """The gateway did not log a frame that it had to."""

    code = "not-logged"


def rows(count: int = FRAMES, a_request: int = A_REQUEST) -> Iterator[Row]:
    """Frames a second against bare verifications a second of the same frames."""
    opened_at = int(time.time()) // HOUR * HOUR - (count + 24) * HOUR
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as name, workplace(Path(name), opened_at) as place:
        frames = signed_year(place.meter, opened_at + 12 * HOUR, count)
        verify = raw_verification(frames, {place.meter.public.thumbprint(): place.meter.public})
        bodies = [b"".join(frames[at : at + a_request]) for at in range(0, count, a_request)]
        before = seconds(verify, 2)
        taken, answers = _send(place.port, bodies)
        raw = count / min(before, seconds(verify, 2))
        _check(answers, count)
    details = {"frames": count, "frames a request": a_request, "bytes a frame": round(sum(map(len, bodies)) / count)}
    yield Row("ingest over HTTP", "frames/s", count / taken, "raw", raw, TARGET, details=details)


def signed_year(key: PrivateKey, start: int, count: int) -> list[bytes]:
    """A chain of hourly frames of one key from `start` on."""
    frames: list[bytes] = []
    previous = NO_FRAME
    for number in range(count):
        base = start + number * HOUR
        end = base + HOUR
        header = Header(ISS, SUB, end, number, previous)
        frames.append(build(key, header, encode_pack(ISS, base, _records(number, base), end)))
        previous = digest_of(frames[-1])
    return frames


def _records(number: int, base: int) -> list[Record]:
    return [
        Record(f"{SUB}/{name}", at, at + QUARTER, unit, Decimal(300 + (number * 7 + at // QUARTER) % 9000) / 100, None)
        for at in range(base, base + HOUR, QUARTER)
        for name, unit in POINTS
    ]


def _send(port: int, bodies: Sequence[bytes]) -> tuple[float, list[bytes]]:
    """Seconds from the first byte to the last answer, and the answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    answers = []
    begin = time.perf_counter()
    for body in bodies:
        connection.request("POST", "/frames", body, HEADERS)
        answers.append(connection.getresponse().read())
    taken = time.perf_counter() - begin
    connection.close()
    return taken, answers


def _check(answers: Sequence[bytes], count: int) -> None:
    """Every frame was logged in order, with its promise, and no flag but that its readings are old."""
    index = 0
    for body in answers:
        for answer in json.loads(body)["answers"]:
            sound = answer["outcome"] == "logged" and answer["index"] == index and answer["promise"]
            if not sound or set(answer["flags"]) - {"late"}:
                raise NotLogged("the gateway answered otherwise", where=f"frame {index}: {str(answer)[:200]}")
            index += 1
    if index != count:
        raise NotLogged(f"{index} answers for {count} frames")
