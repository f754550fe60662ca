"""Fetching credentials, status lists and the issuer's DID document from a gateway, as a client where that is needed."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from ledger.credentials.errors import CredentialError
from ledger.credentials.jcs import read_object
from ledger.credentials.jose import unverified_payload
from ledger.language import Language
from terminal_signer.errors import CarbonError

MOST_BYTES = 8 << 20
_SECONDS = 60


class FetchRefused(CarbonError):
    """The gateway gives nothing. `code` is that of its problem, or `gateway`."""

    code = "gateway"


@dataclass(frozen=True, slots=True)
class Answer:
    """`log_entry`: number and hash of the reading in the enterprise's log, where it is one."""

    body: bytes
    log_entry: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A gateway, and the language of what it refuses; `token` of a client, or nothing."""

    url: str
    language: Language
    token: str = ""

    def get(self, path: str, accept: str = "*/*") -> bytes:
        """Raises FetchRefused."""
        return self.answer(path, accept).body

    def answer(self, path: str, accept: str = "*/*", most: int = MOST_BYTES) -> Answer:
        """Up to `most` bytes. Raises FetchRefused."""
        headers = {"Accept": accept, "Accept-Language": self.language}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(f"{self.url}{path}", headers=headers)  # noqa: S310 – checked by `gateway_address`
        return _answer(request, most)


def authorised(source: Source, client: str, secret: str) -> Source:
    """The same gateway for a client (RFC 6749, 4.4). Raises FetchRefused."""
    form = urlencode({"grant_type": "client_credentials", "client_id": client, "client_secret": secret})
    request = urllib.request.Request(f"{source.url}/auth/token", form.encode(), method="POST")  # noqa: S310
    request.add_header("Accept-Language", source.language)
    try:
        answer = json.loads(_answer(request).body)
        return Source(source.url, source.language, str(answer["access_token"]))
    except (ValueError, KeyError, TypeError) as fault:
        raise FetchRefused("the answer to the token request cannot be read", where=source.url) from fault


def credential(source: Source, identifier: str, asked: Mapping[str, str | None]) -> bytes:
    """`asked`: parameters of the query. Raises FetchRefused."""
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return source.get(f"/credentials/{quote(identifier)}?{query}")


def kit(source: Source, data: bytes) -> dict[str, bytes]:
    """What checking this credential offline takes: the DID document, and the lists that it names. Raises FetchRefused,
    CredentialError."""
    files = {"did.json": source.get("/.well-known/did.json")}
    for address in _lists(data.decode()):
        path = "/credentials/status/" + address.rpartition("/credentials/status/")[2]
        purpose = address.rpartition("/")[2]
        name = f"{purpose}.jwt" if purpose == "status" else f"{purpose}.json"
        files[name] = source.get(path)
    return files


def _lists(text: str) -> list[str]:
    """Addresses of the status lists that a credential names."""
    document: dict[str, Any] = read_object(text) if text.startswith("{") else unverified_payload(text.split("~")[0])
    try:
        if "credentialStatus" in document:
            return [str(entry["statusListCredential"]) for entry in document["credentialStatus"]]
        return [str(document["status"]["status_list"]["uri"])]
    except (KeyError, TypeError) as fault:
        raise CredentialError("the credential names no status list", where="status") from fault


def _answer(request: urllib.request.Request, most: int = MOST_BYTES) -> Answer:
    where = request.full_url
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
            answer = Answer(bytes(response.read(most + 1)), response.headers.get("Access-Log", ""))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, error.read(65_536), where) from None
    except (OSError, HTTPException, ValueError) as error:
        raise FetchRefused(f"no answer: {getattr(error, 'reason', error)}", where=where) from None
    if len(answer.body) > most:
        raise FetchRefused("an endless answer", where=where)
    return answer


def _refusal(status: int, data: bytes, where: str) -> FetchRefused:
    try:
        problem = json.loads(data)
        if "error" in problem:
            return FetchRefused(str(problem.get("error_description", problem["error"]))[:300], where=where)
        code, detail, mend = (str(problem[name])[:300] for name in ("code", "detail", "mend"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return FetchRefused(f"HTTP {status}", where=where)
    return FetchRefused(detail, code=code, where=where, mend=mend)
