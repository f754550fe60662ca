"""A certificate that was replaced on the chain is replaced wherever this gateway speaks of it, by that one act."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ledger.access.client import new_client
from ledger.chain.certificate_events import CertificateEvent
from ledger.credentials.verify import Verdict
from ledger.exchange.footprint import footprint_id
from ledger.store.certificates import put_certificate
from ledger.store.clients import put_client
from tests.credentials.issuers import issuer
from tests.exchange.products import INGOT, SMELTER, product_statement, row
from tests.gateway.meters import Meter, open_gateway
from tests.gateway.samples import DOMAIN, MINTED
from tests.gateway.shown import FORMS, SECRET, Shown
from tests.gateway.test_followed import NOW, POSITION, Clock, changed, follow, minted

OLD = product_statement(valid_until=NOW + 1_000_000)
NEW = product_statement(
    footprint=12_000_000_000, supersedes=int.from_bytes(OLD.digest(DOMAIN)), valid_until=NOW + 1_000_000
)
REPLACED = (
    changed(OLD, "superseded", successor=NEW.digest(DOMAIN)),
    CertificateEvent(420, 1, MINTED + 60, b"\x79" * 32, "minted", NEW.digest(DOMAIN), statement=NEW),
)
LATER = replace(POSITION, latest=replace(POSITION.latest, number=501, hash=b"\x31" * 32))


@pytest.mark.parametrize("ours", [True, False], ids=["issued here", "issued elsewhere"])
def test_one_act_on_the_chain_shows_everywhere(tmp_path: Path, ours: bool) -> None:
    """INV-19, INV-24. A footprint is exchanged where its result is stored; the rest follows from the chain alone."""
    gateway = open_gateway(tmp_path, Meter(), issuer=issuer(), machine_clock=Clock())
    gateway.chain.reachable = False
    put_client(gateway.engine, new_client("smelter", SMELTER, "enterprise", NOW), SECRET)
    old, new = OLD.digest(DOMAIN), NEW.digest(DOMAIN)
    put_certificate(gateway.engine, row(OLD, issued_at=MINTED))
    follow(gateway, minted(OLD))
    shown = Shown(TestClient(gateway.app, raise_server_exceptions=False), INGOT, "smelter", NOW)
    before = shown.footprints()[footprint_id(old)]
    assert (shown.page(old), before["status"]) == ("valid", "Active")
    assert {shown.credential(old, form) for form in FORMS} == {Verdict.VALID}

    if ours:
        put_certificate(gateway.engine, row(NEW, issued_at=MINTED + 60))
    follow(gateway, minted(OLD), *REPLACED, position=LATER)
    assert (shown.page(old), shown.page(new)) == ("superseded", "valid")
    after = shown.footprints()
    assert after[footprint_id(old)] == {**before, "status": "Deprecated"}, "nothing else of it changes"
    assert {shown.credential(old, form) for form in FORMS} == {Verdict.REVOKED}
    assert (shown.handle()["intensityP"], shown.handle()["status"]) == ("12000", "valid")
    if ours:
        assert after[footprint_id(new)]["precedingPfIds"] == [before["id"]]
        assert shown.credential(new) is Verdict.VALID
    gateway.ingest.close()
    gateway.engine.dispose()
