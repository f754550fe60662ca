"""Resolving from outside: from a first node on to whichever answers, as a client of the industrial internet does.

Answers come from strangers: bounded in size and time, never followed by redirection, and no node is asked twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import urllib3

from ledger.resolution.signature import SignatureFault
from ledger.resolution.values import HandleValue
from ledger.resolution.walk import Judged, Step, Verdict, WalkFault, issuer_of, judge, read_step
from ledger.resolution.zone import MOST_HOPS
from terminal_signer.strict import loads_bounded

SECONDS = 10.0
MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Walked:
    """The nodes that answered, in order; the last one has the record, or says why there is none. `judged` where there
    is one; `fault` says why a signature could not be judged."""

    steps: tuple[Step, ...]
    judged: Judged | None = None
    fault: str = ""

    @property
    def last(self) -> Step:
        return self.steps[-1]


class Client:
    """Asks nodes over HTTP. `ca_file`: who vouches for their certificates, where the machine's authorities do not."""

    def __init__(self, ca_file: str | None = None) -> None:
        trust: dict[str, Any] = {"ca_certs": ca_file} if ca_file else {}
        self._pool = urllib3.PoolManager(timeout=SECONDS, retries=False, **trust)

    def get(self, url: str, accept: str = "application/json") -> tuple[int, Any]:
        """Status and JSON. Raises WalkFault."""
        headers = {"Accept": accept, "User-Agent": "carbon-ledger"}
        try:
            answer = self._pool.request("GET", url, headers=headers, redirect=False, preload_content=False)
            body = answer.read(MOST_BYTES + 1, decode_content=True)
            answer.release_conn() if len(body) <= MOST_BYTES else answer.close()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as fault:
            raise WalkFault(
                f"no answer: {fault}"[:200], where=url, mend="check the address; is the node running?"
            ) from None
        try:
            return answer.status, loads_bounded(body)
        except (ValueError, RecursionError):
            raise WalkFault(f"answered {answer.status} with what is no JSON", where=url) from None

    def step(self, node: str, handle: str, query: str = "") -> Step:
        """Raises WalkFault."""
        _, document = self.get(f"{node}/api/handles/{quote(handle)}?noredirect=true{query}")
        return read_step(node, handle, document)


def walk(client: Client, start: str, handle: str, query: str = "") -> tuple[Step, ...]:
    """From node to node until one answers itself. Raises WalkFault where they lead in a circle, or too far."""
    steps: list[Step] = []
    node = start.rstrip("/")
    while True:
        step = client.step(node, handle, query)
        steps.append(step)
        if not step.onward:
            return tuple(steps)
        if any(step.onward == before.node for before in steps) or len(steps) >= MOST_HOPS:
            raise WalkFault("the nodes refer to each other in a circle", where=step.onward, mend="tell their operators")
        node = step.onward


def resolve(client: Client, start: str, handle: str, now: int) -> Walked:
    """The way to a record, and what its signature is worth. Raises WalkFault."""
    steps = walk(client, start, handle)
    if not steps[-1].found:
        return Walked(steps)
    values = steps[-1].values
    try:
        return Walked(steps, judge(handle, values, _key_record(client, start, values), now))
    except SignatureFault as fault:
        return Walked(steps, Judged(Verdict.FAILED), str(fault))


def _key_record(client: Client, start: str, values: Sequence[HandleValue]) -> Sequence[HandleValue]:
    """The signer's record, by the same way: a node cannot vouch for a key of its own choosing."""
    issuer = issuer_of(values)
    return () if issuer is None else walk(client, start, issuer.handle, f"&index={issuer.index}")[-1].values
