"""One HTTP request to a partner: to the address that was checked, without redirection, bounded in time and size."""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from ledger.partners.errors import PartnerUnreachable
from ledger.partners.reach import Address, Reach, Resolve, address_of, resolved
from terminal_signer.strict import loads_bounded

CONNECT_SECONDS, SILENCE_SECONDS, WHOLE_SECONDS = 5.0, 10.0, 30.0
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """`link`: the Link header."""

    status: int
    body: bytes
    link: str = ""

    def json(self, where: str) -> dict[str, Any]:
        """Raises PartnerUnreachable for what is no JSON object."""
        try:
            document = loads_bounded(self.body)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise PartnerUnreachable("the answer is no JSON object", where=where)
        return document


@dataclass(frozen=True, slots=True)
class Caller:
    """`ca_file`: who vouches for the partner's certificate, where the machine's own authorities do not."""

    reach: Reach
    ca_file: Path | None = None
    resolve: Resolve = resolved

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Raises ForbiddenAddress and PartnerUnreachable."""
        address = address_of(url, self.reach, self.resolve)
        sent = {"Host": address.authority, "User-Agent": "carbon-ledger", "Accept": "application/json", **headers}
        until = time.monotonic() + WHOLE_SECONDS
        try:
            with self._pool(address) as pool:
                answer = pool.urlopen(
                    method, address.target, body=body, headers=sent, redirect=False, retries=False,
                    preload_content=False, assert_same_host=False,
                )  # fmt: skip
                return Answer(answer.status, _read(answer, url, until), answer.headers.get("Link", "")[:4096])
        except (HTTPError, OSError, ValueError) as fault:
            raise PartnerUnreachable(f"no answer: {type(fault).__name__}", where=url[:200]) from fault

    def _pool(self, address: Address) -> urllib3.HTTPConnectionPool:
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=SILENCE_SECONDS)
        if address.scheme == "http":
            return urllib3.HTTPConnectionPool(address.ip, address.port, timeout=timeout)
        return urllib3.HTTPSConnectionPool(
            address.ip, address.port, timeout=timeout, ssl_context=self._trust(), server_hostname=address.host
        )

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)


def _read(answer: urllib3.BaseHTTPResponse, url: str, until: float) -> bytes:
    """As it comes, so that a little at a time counts too."""
    parts, length = [], 0
    while part := answer.read1(65_536, decode_content=False):
        length += len(part)
        if length > MOST_BYTES or time.monotonic() > until:
            raise PartnerUnreachable("the answer is too long, or takes too long", where=url[:200])
        parts.append(part)
    return b"".join(parts)


def json_body(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
