"""A partner's PACT interface as we call it: a token by client credentials, events out, footprints in."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.exchange.events import MEDIA_TYPE
from ledger.partners.calling import Answer, Caller, json_body
from ledger.partners.errors import PartnerUnreachable
from ledger.partners.partner import Partner
from ledger.partners.reach import Reach, Resolve, resolved

_DISCOVERY, _TOKEN, _EVENTS = "/.well-known/openid-configuration", "/auth/token", "/3/events"
_FORM = "application/x-www-form-urlencoded"
_LONGEST_TOKEN = 8_192


@dataclass(frozen=True, slots=True)
class PactClient:
    """One partner's interface."""

    partner: Partner
    reach: Reach
    resolve: Resolve = resolved

    def send(self, event: dict[str, Any], before: Callable[[], object] = lambda: None) -> None:
        """POST one event; `before` is called when the partner has let us in, for from there on it may have read it.
        Raises ForbiddenAddress and PartnerUnreachable."""
        headers = {**self._bearer(), "Content-Type": f"{MEDIA_TYPE}; charset=UTF-8"}
        before()
        self._accepted(self._call("POST", self.partner.url + _EVENTS, headers, json_body(event)), "event")

    def fetch(self, footprint: str) -> dict[str, Any]:
        """GET one footprint: the member `data` of the answer, as it came."""
        where = f"{self.partner.url}/3/footprints/{footprint}"
        data = self._accepted(self._call("GET", where, self._bearer()), "footprint").json(where).get("data")
        if not isinstance(data, dict):
            raise PartnerUnreachable("the answer has no footprint", where=where)
        return data

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token()}"}

    def _token(self) -> str:
        """RFC 6749 §4.4; the credentials are not percent-encoded, as PACT's own tools do not either."""
        pair = base64.b64encode(f"{self.partner.client_id}:{self.partner.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": _FORM}
        url = self.partner.token_url or self._discovered()
        answer = self._accepted(self._call("POST", url, headers, b"grant_type=client_credentials"), "token")
        token = answer.json(url).get("access_token")
        if not isinstance(token, str) or not 0 < len(token) <= _LONGEST_TOKEN or not _is_plain(token):
            raise PartnerUnreachable("the answer has no access token", where=url)
        return token

    def _discovered(self) -> str:
        """The endpoint that the partner names, else the one that PACT prescribes."""
        answer = self._call("GET", self.partner.url + _DISCOVERY)
        if answer.status == 200:
            try:
                named = answer.json(self.partner.url).get("token_endpoint")
            except PartnerUnreachable:
                named = None
            if isinstance(named, str) and named:
                return named
        return self.partner.url + _TOKEN

    def _call(self, method: str, url: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
        ca_file = Path(self.partner.ca_file) if self.partner.ca_file else None
        return Caller(self.reach, ca_file, self.resolve).call(method, url, headers or {}, body)

    def _accepted(self, answer: Answer, what: str) -> Answer:
        if not 200 <= answer.status < 300:
            raise PartnerUnreachable(f"answered {answer.status} to our {what}", where=self.partner.url)
        return answer


def _is_plain(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token
