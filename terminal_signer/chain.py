"""A terminal's own look at the chain: JSON-RPC over HTTP with the standard library, and the few questions to AnchorLog.

Answers come from outside: they are bounded, and whatever is wrong with them is a ChainFault. `finality` is the tag
"finalized", or, on a chain without that tag, the number of blocks that must lie on top.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from terminal_signer.abi import word
from terminal_signer.errors import CarbonError
from terminal_signer.header import Seen
from terminal_signer.strict import loads_bounded

MAX_ANSWER = 64 << 20
MAX_BATCH = 200
HEADS_A_CALL = 1000
Finality = str | int

IS_ANCHORED = bytes.fromhex("4c0dca5e")  # isAnchored(bytes32,uint64,bytes32,uint64,uint64)
VERIFY_HEADS = bytes.fromhex("84e9d9b4")  # verifyHeads(bytes32,uint64,(uint64,bytes32,uint64)[])
LATEST = bytes.fromhex("79feb107")  # latest(bytes32)


class ChainFault(CarbonError):
    """The node answered, but with an error or with something that is no answer to the question."""

    code = "chain-answer"


class ChainUnavailable(CarbonError):
    """No answer from the node. Nothing is lost by asking again later."""

    code = "chain-unavailable"


@dataclass(frozen=True, slots=True)
class Head:
    """A tree head as AnchorLog keeps it; `time` is its block's, `previous_size` the size of the head before it."""

    size: int
    root: bytes
    time: int
    previous_size: int


class Rpc:
    """One node. `timeout` in seconds bounds each request."""

    def __init__(self, url: str, timeout: float = 20.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ChainUnavailable(f"{url!r:.200} is not an http address", mend="for example http://127.0.0.1:8545")
        self.url = url
        self._timeout = timeout

    def call(self, method: str, params: Sequence[Any] = ()) -> Any:
        return self.batch([(method, params)])[0]

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results in the order of the calls, asked MAX_BATCH at a time. The first error ends it."""
        results: list[Any] = []
        for start in range(0, len(calls), MAX_BATCH):
            results += self._ask(calls[start : start + MAX_BATCH])
        return results

    def eth_call(self, to: bytes, data: bytes, tag: str = "latest") -> bytes:
        return self.eth_calls([(to, data)], tag)[0]

    def eth_calls(self, calls: Sequence[tuple[bytes, bytes]], tag: str = "latest") -> list[bytes]:
        asked = [("eth_call", ({"to": _hex(to), "data": _hex(data)}, tag)) for to, data in calls]
        return [hex_bytes(result) for result in self.batch(asked)]

    def chain_id(self) -> int:
        return quantity(self.call("eth_chainId"))

    def tag(self, finality: Finality) -> str:
        """The block tag at which something counts as final."""
        if isinstance(finality, str):
            return finality
        return hex(max(0, quantity(self.call("eth_blockNumber")) - finality))

    def _ask(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        questions = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
            for number, (method, params) in enumerate(calls)
        ]
        single = len(questions) == 1
        answers = self._post(questions[0] if single else questions)
        by_id: dict[int, Any] = {}
        for answer in [answers] if single else answers if isinstance(answers, list) else []:
            if isinstance(answer, dict) and type(answer.get("id")) is int:
                by_id[answer["id"]] = answer
        return [_result(by_id.get(number), method) for number, (method, _) in enumerate(calls)]

    def _post(self, body: object) -> Any:
        request = urllib.request.Request(  # noqa: S310 - scheme checked in the constructor
            self.url, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:  # noqa: S310
                data = response.read(MAX_ANSWER + 1)
                if response.length and len(data) <= MAX_ANSWER:  # read(n) does not mind an answer that was cut off
                    raise IncompleteRead(data, response.length)
        except urllib.error.HTTPError as error:
            raise ChainUnavailable(f"the node answers {error.code}", where=self.url) from None
        except (OSError, HTTPException) as error:
            raise ChainUnavailable(
                f"no answer: {getattr(error, 'reason', error)}", where=self.url, mend="is the node up?"
            ) from None
        if len(data) > MAX_ANSWER:
            raise ChainFault(f"an answer larger than {MAX_ANSWER} bytes", where=self.url)
        try:
            return loads_bounded(data)
        except (ValueError, RecursionError):
            raise ChainFault("the node's answer is not JSON", where=self.url) from None


def head_is_anchored(
    rpc: Rpc, contract: bytes, log_id: bytes, size: int, root: bytes, time: int, previous_size: int, tag: str
) -> bool:
    return heads_are_anchored(rpc, contract, log_id, [Head(size, root, time, previous_size)], tag)[0]


def heads_are_anchored(rpc: Rpc, contract: bytes, log_id: bytes, heads: Sequence[Head], tag: str) -> list[bool]:
    """Head by head, whether AnchorLog holds exactly it as of block `tag` (isAnchored)."""
    calls = [
        (contract, IS_ANCHORED + log_id + word(head.size) + head.root + word(head.time) + word(head.previous_size))
        for head in heads
    ]
    return [_boolean(answer) for answer in rpc.eth_calls(calls, tag)]


def heads_follow(rpc: Rpc, contract: bytes, log_id: bytes, heads: Sequence[Head], tag: str) -> bool:
    """Whether all heads are anchored and each directly follows the one before it (verifyHeads): one question a year.

    False for no heads, as in the contract.
    """
    if not heads or any(later.previous_size != earlier.size for earlier, later in pairwise(heads)):
        return False
    questions = [heads[start : start + HEADS_A_CALL] for start in range(0, len(heads), HEADS_A_CALL)]
    answers = rpc.eth_calls([(contract, _verify_heads(log_id, some)) for some in questions], tag)
    return all(_boolean(answer) for answer in answers)


def _verify_heads(log_id: bytes, heads: Sequence[Head]) -> bytes:
    body = b"".join(word(head.size) + head.root + word(head.time) for head in heads)
    return VERIFY_HEADS + log_id + word(heads[0].previous_size) + word(96) + word(len(heads)) + body


def latest_head(rpc: Rpc, contract: bytes, log_id: bytes, tag: str) -> Seen | None:
    """The newest head as of block `tag`; None before the first."""
    answer = rpc.eth_call(contract, LATEST + log_id, tag)
    if len(answer) != 96:
        raise ChainFault("latest() did not answer three words", mend="is the contract's address right?")
    size = int.from_bytes(answer[:32], "big")
    return Seen(size, answer[32:64]) if size else None


def _result(answer: Any, method: str) -> Any:
    if not isinstance(answer, dict):
        raise ChainFault(f"{method}: no answer with this id")
    if "error" in answer:
        error = answer["error"]
        message = error.get("message") if isinstance(error, dict) else error
        raise ChainFault(f"{method}: {message!s:.300}")
    if "result" not in answer:
        raise ChainFault(f"{method}: an answer without a result")
    return answer["result"]


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def hex_bytes(value: Any) -> bytes:
    """Bytes as JSON-RPC gives them. Raises ChainFault."""
    if isinstance(value, str) and value.startswith("0x"):
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            pass
    raise ChainFault("not hex data after 0x")


def quantity(value: Any) -> int:
    """A number as JSON-RPC gives it. Raises ChainFault."""
    if isinstance(value, str) and value.startswith("0x") and len(value) <= 66:
        try:
            return int(value[2:], 16)
        except ValueError:
            pass
    raise ChainFault("not a hex quantity after 0x")


def _boolean(answer: bytes) -> bool:
    if len(answer) != 32 or any(answer[:31]) or answer[31] > 1:
        raise ChainFault("not a boolean word", mend="is the contract's address right?")
    return answer[31] == 1
