"""JSON-RPC to one node over kept-alive connections, with named errors. Safe to share between threads."""

import itertools
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import urllib3

from ledger.chain.errors import ChainUnreachable, NodeRefused
from terminal_signer.strict import loads_bounded

Request = tuple[str, list[Any]]
LARGEST_ANSWER = 64 << 20
CONNECTIONS = 8


class Node:
    """One node at `url`. Requests are never repeated here: whether that is safe, only the caller knows."""

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        self.url = url
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=CONNECTIONS, timeout=timeout, retries=False)
        self._numbers = itertools.count(1)

    @property
    def place(self) -> str:
        """The address without path and credentials, which may hold a secret: fit to be shown."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")

    def call(self, method: str, *params: Any) -> Any:
        """One answer. Raises ChainUnreachable, NodeRefused."""
        return self._result(method, self._post(self._request(method, list(params))))

    def batch(self, requests: Sequence[Request]) -> list[Any]:
        """The answers of several requests in one exchange, in order. Raises ChainUnreachable, NodeRefused."""
        if not requests:
            return []
        sent = [self._request(method, params) for method, params in requests]
        answers = self._post(sent)
        if not isinstance(answers, list):
            raise ChainUnreachable("a batch was not answered as a batch", where=self.place)
        by_number = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        return [self._result(request["method"], by_number.get(request["id"])) for request in sent]

    def _request(self, method: str, params: list[Any]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": params}

    def _post(self, content: object) -> Any:
        body = json.dumps(content).encode()
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._pool.request("POST", self.url, body=body, headers=headers, preload_content=False)
            text = answer.read(LARGEST_ANSWER + 1, decode_content=True)
            if len(text) > LARGEST_ANSWER:
                answer.close()
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as fault:
            what = f"no chain answers ({type(fault).__name__})"
            raise ChainUnreachable(what, where=self.place, mend="is the node running?") from fault
        if len(text) > LARGEST_ANSWER:
            raise ChainUnreachable(f"an answer of more than {LARGEST_ANSWER} bytes", where=self.place)
        try:
            return loads_bounded(text)
        except (ValueError, RecursionError) as fault:
            raise ChainUnreachable(f"HTTP {answer.status}, and not JSON", where=self.place) from fault

    def _result(self, method: str, answer: object) -> Any:
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise ChainUnreachable("the answer is not JSON-RPC", where=self.place)
        fault = answer.get("error")
        if fault is None:
            return answer.get("result")
        if not isinstance(fault, dict):
            raise NodeRefused(str(fault)[:200], where=method)
        number = fault.get("code")
        raise NodeRefused(
            str(fault.get("message", ""))[:500],
            number=number if isinstance(number, int) else 0,
            data=_revert_data(fault.get("data")),
            where=method,
        )


def _revert_data(data: object) -> str:
    if isinstance(data, dict):  # some nodes wrap it
        data = data.get("data")
    return data if isinstance(data, str) and data.startswith("0x") else ""
