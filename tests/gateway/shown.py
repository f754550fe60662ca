"""What each of a gateway's interfaces says of one identifier's certificates, by their tokens."""

from dataclasses import dataclass, field, replace
from typing import Any

from httpx import Client

from ledger.credentials.trust import read_did_document
from ledger.credentials.verify import Verdict, judge, read_list, verify
from tests.gateway.test_tokens import basic

SECRET = "s3cret-s3cret"
FORMS = ("vc", "sd-jwt")
"""By a Bitstring Status List, by a Token Status List."""
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "en"}


@dataclass
class Shown:
    """Asked by the enterprise's own client `asking`, whose secret is SECRET. Credentials are judged at `now`; None: by
    status alone, for what a replay certifies is of another year than the clock of those who sign credentials."""

    client: Client
    identifier: str
    asking: str
    now: int | None = None
    bearer: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        form = {"grant_type": "client_credentials"}
        answer = self.client.post("/auth/token", data=form, headers=basic(self.asking, SECRET))
        self.bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def page(self, token: bytes) -> str:
        return str(self.facts(token)["status"])

    def facts(self, token: bytes) -> dict[str, Any]:
        facts: dict[str, Any] = self.client.get(f"/certificates/{self.identifier}?token=0x{token.hex()}").json()
        return facts

    def html(self, token: bytes) -> str:
        return self.client.get(f"/{self.identifier}?token=0x{token.hex()}", headers=BROWSER).text

    def footprints(self) -> dict[str, dict[str, Any]]:
        data = self.client.get("/3/footprints", headers=self.bearer).json()["data"]
        return {entry["id"]: entry for entry in data}

    def credential(self, token: bytes, form: str = "vc") -> Verdict:
        """By the status list that the form names: a Bitstring Status List, or for `sd-jwt` a Token Status List."""
        trusted = read_did_document(self.client.get("/.well-known/did.json").json())
        purposes = ("revocation", "suspension", "status")
        known = [read_list(self.client.get(f"/credentials/status/0/{name}").content, trusted) for name in purposes]
        asked = self.client.get(f"/credentials/{self.identifier}?form={form}&token=0x{token.hex()}")
        checked = verify(asked.content, trusted)
        if self.now is None:
            return judge(replace(checked, begins=None, ends=None), 0, known)
        return judge(checked, self.now, known)

    def handle(self) -> dict[str, str]:
        values = self.client.get(f"/api/handles/{self.identifier}").json()["values"]
        return {value["type"]: str(value["data"]["value"]) for value in values}
