"""A certificate that was replaced on the chain is replaced wherever this gateway speaks of it, by that one act."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ledger.access.client import new_client
from ledger.certificates.statement import Statement
from ledger.chain.certificate_events import CertificateEvent
from ledger.credentials.trust import read_did_document
from ledger.credentials.verify import Verdict, judge, read_list, verify
from ledger.exchange.footprint import footprint_id
from ledger.store.certificates import put_certificate
from ledger.store.clients import put_client
from tests.credentials.issuers import issuer
from tests.exchange.products import INGOT, SMELTER, product_statement, row
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.samples import DOMAIN, MINTED
from tests.gateway.test_followed import NOW, POSITION, Clock, changed, follow, minted
from tests.gateway.test_tokens import basic

SECRET = "s3cret-s3cret"
OLD = product_statement(valid_until=NOW + 1_000_000)
NEW = product_statement(
    footprint=12_000_000_000, supersedes=int.from_bytes(OLD.digest(DOMAIN)), valid_until=NOW + 1_000_000
)
REPLACED = (
    changed(OLD, "superseded", successor=NEW.digest(DOMAIN)),
    CertificateEvent(420, 1, MINTED + 60, b"\x79" * 32, "minted", NEW.digest(DOMAIN), statement=NEW),
)
LATER = replace(POSITION, latest=replace(POSITION.latest, number=501, hash=b"\x31" * 32))


class Shown:
    """What each of the gateway's interfaces says of one statement's certificate."""

    def __init__(self, gateway: Gateway) -> None:
        self.client = TestClient(gateway.app, raise_server_exceptions=False)
        form = {"grant_type": "client_credentials"}
        token = self.client.post("/auth/token", data=form, headers=basic("smelter", SECRET)).json()["access_token"]
        self.bearer = {"Authorization": f"Bearer {token}"}

    def page(self, said: Statement) -> str:
        return str(self.client.get(f"/certificates/{INGOT}?token=0x{said.digest(DOMAIN).hex()}").json()["status"])

    def footprints(self) -> dict[str, dict[str, Any]]:
        data = self.client.get("/3/footprints", headers=self.bearer).json()["data"]
        return {entry["id"]: entry for entry in data}

    def credential(self, said: Statement) -> Verdict:
        trusted = read_did_document(self.client.get("/.well-known/did.json").json())
        purposes = ("revocation", "suspension", "status")
        known = [read_list(self.client.get(f"/credentials/status/0/{name}").content, trusted) for name in purposes]
        asked = self.client.get(f"/credentials/{INGOT}?form=vc&token=0x{said.digest(DOMAIN).hex()}")
        return judge(verify(asked.content, trusted), NOW, known)

    def handle(self) -> dict[str, str]:
        values = self.client.get(f"/api/handles/{INGOT}").json()["values"]
        return {value["type"]: str(value["data"]["value"]) for value in values}


@pytest.mark.parametrize("ours", [True, False], ids=["issued here", "issued elsewhere"])
def test_one_act_on_the_chain_shows_everywhere(tmp_path: Path, ours: bool) -> None:
    """INV-19, INV-24. A footprint is exchanged where its result is stored; the rest follows from the chain alone."""
    gateway = open_gateway(tmp_path, Meter(), issuer=issuer(), machine_clock=Clock())
    gateway.chain.reachable = False
    put_client(gateway.engine, new_client("smelter", SMELTER, "enterprise", NOW), SECRET)
    put_certificate(gateway.engine, row(OLD, issued_at=MINTED))
    follow(gateway, minted(OLD))
    shown = Shown(gateway)
    before = shown.footprints()[footprint_id(OLD.digest(DOMAIN))]
    assert (shown.page(OLD), before["status"], shown.credential(OLD)) == ("valid", "Active", Verdict.VALID)

    if ours:
        put_certificate(gateway.engine, row(NEW, issued_at=MINTED + 60))
    follow(gateway, minted(OLD), *REPLACED, position=LATER)
    assert (shown.page(OLD), shown.page(NEW)) == ("superseded", "valid")
    after = shown.footprints()
    assert after[footprint_id(OLD.digest(DOMAIN))] == {**before, "status": "Deprecated"}, "nothing else of it changes"
    assert shown.credential(OLD) is Verdict.REVOKED
    assert (shown.handle()["intensityP"], shown.handle()["status"]) == ("12000", "valid")
    if ours:
        assert after[footprint_id(NEW.digest(DOMAIN))]["precedingPfIds"] == [before["id"]]
        assert shown.credential(NEW) is Verdict.VALID
    gateway.ingest.close()
    gateway.engine.dispose()
