"""JSON-RPC to one node: web3's HTTP provider (connections are kept alive, one session per thread) with named errors."""

import threading
from collections.abc import Sequence
from typing import Any

from requests.exceptions import RequestException
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from ledger.chain.errors import ChainUnreachable, NodeRefused

Request = tuple[str, list[Any]]


class Node:
    """One node at `url`. Requests are never repeated here: whether that is safe, only the caller knows."""

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        self.url = url
        self._provider = HTTPProvider(url, request_kwargs={"timeout": timeout}, exception_retry_configuration=None)
        self._numbering = threading.Lock()  # the provider's request counter is not made for several threads

    def call(self, method: str, *params: Any) -> Any:
        """One answer. Raises ChainUnreachable, NodeRefused."""
        try:
            answer = self._provider.make_request(RPCEndpoint(method), list(params))
        except (RequestException, ValueError, OSError) as fault:
            raise self._unreachable(fault) from fault
        return self._result(method, answer)

    def batch(self, requests: Sequence[Request]) -> list[Any]:
        """The answers of several requests in one exchange, in order. Raises ChainUnreachable, NodeRefused."""
        if not requests:
            return []
        try:
            with self._numbering:
                answers = self._provider.make_batch_request([(RPCEndpoint(name), params) for name, params in requests])
        except (RequestException, ValueError, OSError, KeyError, TypeError) as fault:
            raise self._unreachable(fault) from fault
        if not isinstance(answers, list) or len(answers) != len(requests):
            raise ChainUnreachable("a batch was not answered as a batch", where=self.url)
        return [self._result(name, answer) for (name, _), answer in zip(requests, answers, strict=True)]

    def _result(self, method: str, answer: object) -> Any:
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise ChainUnreachable("the answer is not JSON-RPC", where=self.url)
        fault = answer.get("error")
        if fault is None:
            return answer["result"]
        if not isinstance(fault, dict):
            raise NodeRefused(str(fault), where=method)
        number = fault.get("code")
        raise NodeRefused(
            str(fault.get("message", "")),
            number=number if isinstance(number, int) else 0,
            data=_revert_data(fault.get("data")),
            where=method,
        )

    def _unreachable(self, fault: Exception) -> ChainUnreachable:
        what = f"no chain answers ({type(fault).__name__})"
        return ChainUnreachable(what, where=self.url, mend="is the node running?")


def _revert_data(data: object) -> str:
    if isinstance(data, dict):  # some nodes wrap it
        data = data.get("data")
    return data if isinstance(data, str) and data.startswith("0x") else ""
