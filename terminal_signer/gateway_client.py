"""The gateway as a terminal sees it: frames in, answers and receipts out, over HTTP with the standard library.

Answers come from outside: they are bounded, and whatever is wrong with them is a GatewayFault. What is worth asking
again is GatewayUnavailable.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead
from typing import Any, Literal
from urllib.parse import urlsplit

from terminal_signer.errors import CarbonError
from terminal_signer.receipt import FORMAT, Receipt, from_json
from terminal_signer.strict import loads_bounded

MAX_FRAMES = 1000
MAX_BODY = 8 << 20
MAX_ANSWER = 64 << 20
MAX_WAIT = 300
_TRANSIENT = frozenset((408, 425, 429, 500, 502, 503, 504))


class GatewayFault(CarbonError):
    """The gateway answered something that is no answer, or refused the request as a whole."""

    code = "gateway-answer"


class GatewayUnavailable(CarbonError):
    """No answer for now. `retry_after` is what the gateway asked for, in seconds, or 0."""

    code = "gateway-unavailable"
    retry_after = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one frame. `promise` is unchecked; `reason` says why a refused one was refused."""

    kind: Literal["logged", "duplicate", "refused"]
    digest: bytes | None
    flags: tuple[str, ...] = ()
    promise: bytes = b""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receipts:
    """`faulty` are receipts that are not receipts, `unknown` digests that the gateway says it never logged."""

    found: tuple[Receipt, ...]
    unknown: frozenset[bytes]
    faulty: int


class Gateway:
    def __init__(self, url: str, timeout: float = 60.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise GatewayFault(f"{url!r:.200} is not an http address", mend="for example http://127.0.0.1:8080")
        self.url = url.rstrip("/")
        self._timeout = timeout

    def submit(self, raws: Sequence[bytes]) -> list[Outcome]:
        """The answers in the order of the frames, each checked to be the answer to its frame's place."""
        answer = self._post("/frames", b"".join(raws), "application/cbor-seq")
        rows = answer.get("answers")
        if answer.get("format") != "answers/1" or not isinstance(rows, list) or len(rows) != len(raws):
            raise GatewayFault("not one answer to each frame", where=self.url)
        return [_outcome(row) for row in rows]

    def receipts(self, log_id: bytes, digests: Sequence[bytes]) -> Receipts:
        """What the gateway has for these digests; those that are neither found nor unknown wait for their anchor."""
        body = json.dumps({"digests": ["0x" + digest.hex() for digest in digests]}).encode()
        answer = self._post(f"/log/0x{log_id.hex()}/receipts", body, "application/json")
        rows = answer.get("receipts")
        if not isinstance(rows, list) or len(rows) > len(digests):
            raise GatewayFault("not a list of receipts", where=self.url)
        asked, found, unknown, faulty = set(digests), [], set(), 0
        for row in rows:
            if not isinstance(row, dict):
                faulty += 1
            elif row.get("format") == FORMAT:
                try:
                    found.append(from_json(row))
                except CarbonError:
                    faulty += 1
            elif row.get("state") == "unknown":
                unknown.add(_digest(row.get("digest")))
        wanted = tuple(receipt for receipt in found if receipt.digest in asked)
        return Receipts(wanted, frozenset(digest for digest in unknown if digest in asked), faulty)

    def _post(self, path: str, body: bytes, media: str) -> Mapping[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - scheme checked in the constructor
            self.url + path, body, {"Content-Type": media, "Accept": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:  # noqa: S310
                data = response.read(MAX_ANSWER + 1)
                if response.length and len(data) <= MAX_ANSWER:  # read(n) does not mind an answer that was cut off
                    raise IncompleteRead(data, response.length)
        except urllib.error.HTTPError as error:
            raise self._http_error(error) from None
        except (OSError, HTTPException) as error:
            raise GatewayUnavailable(
                f"no answer: {getattr(error, 'reason', error)}", where=self.url, mend="is the gateway up?"
            ) from None
        if len(data) > MAX_ANSWER:
            raise GatewayFault(f"an answer larger than {MAX_ANSWER} bytes", where=self.url)
        try:
            answer = loads_bounded(data)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise GatewayFault("the answer is not a JSON object", where=self.url)
        return answer

    def _http_error(self, error: urllib.error.HTTPError) -> CarbonError:
        with error:
            message = f"HTTP {error.code}{_problem(error)}"
        if error.code not in _TRANSIENT:
            return GatewayFault(message, where=self.url)
        unavailable = GatewayUnavailable(message, where=self.url)
        asked = error.headers.get("Retry-After", "")
        unavailable.retry_after = (
            min(int(asked), MAX_WAIT) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        )
        return unavailable


def _problem(error: urllib.error.HTTPError) -> str:
    """Title and detail of an RFC 9457 answer, if it is one."""
    try:
        problem = loads_bounded(error.read(64 * 1024))
    except (OSError, HTTPException, ValueError, RecursionError):
        return ""
    if not isinstance(problem, dict):
        return ""
    return "".join(f" – {problem[name]!s:.200}" for name in ("title", "detail") if problem.get(name))


def _outcome(row: Any) -> Outcome:
    if not isinstance(row, dict):
        raise GatewayFault("an answer is not an object")
    digest = None if row.get("digest") is None else _digest(row["digest"])
    kind = row.get("outcome")
    if kind == "refused":
        error = row.get("error")
        error = error if isinstance(error, dict) else {}
        return Outcome(
            "refused", digest, code=f"{error.get('code', '')!s:.60}", reason=f"{error.get('message', '')!s:.300}"
        )
    if kind not in ("logged", "duplicate") or digest is None:
        raise GatewayFault(f"outcome {kind!r:.60} is unknown")
    flags = row.get("flags", [])
    if not isinstance(flags, list) or not all(isinstance(flag, str) and flag.isascii() for flag in flags):
        raise GatewayFault("flags is not a list of names")
    return Outcome(kind, digest, tuple(flag.replace(" ", "-")[:60] for flag in flags[:32]), _hex(row.get("promise")))


def _digest(value: Any) -> bytes:
    digest = _hex(value)
    if len(digest) != 32:
        raise GatewayFault("a digest is not 32 bytes")
    return digest


def _hex(value: Any) -> bytes:
    if isinstance(value, str) and value.startswith("0x"):
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            pass
    raise GatewayFault("not hex data after 0x")
