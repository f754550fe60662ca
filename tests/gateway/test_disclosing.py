"""INV-20: which figures of an SD-JWT go to whom, by the grants that the enterprise signed; each is logged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ledger.access.acts import Ending
from ledger.access.client import new_client
from ledger.access.grants import Part
from ledger.access.journal import first_break
from ledger.access.roles import Role
from ledger.credentials.key_binding import Asked, bind, did_jwk
from ledger.credentials.sd_jwt_vc import held
from ledger.credentials.trust import read_did_document
from ledger.credentials.verify import verify
from ledger.store.clients import put_client
from ledger.store.readings import entries_of
from terminal_signer import keys
from tests.access.test_disclosures import ACTIVITY
from tests.credentials.issuers import issuer
from tests.gateway.meters import Meter, open_gateway
from tests.gateway.samples import GRADED
from tests.gateway.test_credentials import certificate, show
from tests.gateway.test_evidence import BANK, BODY, BUREAU, BUYER, CLIENTS, MILL, SECRET, Officer, Setting
from tests.gateway.test_followed import Clock

PATH = f"/credentials/{GRADED}"


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    clock, officer = Clock(), Officer()
    opened = open_gateway(tmp_path, Meter(), issuer=issuer(), machine_clock=clock)
    opened.chain.reachable = False
    opened.ingest.learn([officer.enrolment()])
    show(opened, certificate())
    for client_id, (organisation, role) in CLIENTS.items():
        put_client(opened.engine, new_client(client_id, organisation, role, 1), SECRET)
    yield Setting(opened, TestClient(opened.app, raise_server_exceptions=False), clock, officer)  # type: ignore[arg-type]
    opened.ingest.close()
    opened.engine.dispose()


def shown(setting: Setting, who: str, query: str = "") -> set[str]:
    answer = setting.get(who, f"?form=sd-jwt{query}", PATH)
    assert answer.status_code == 200, answer.text
    return set(verify(answer.content, read_did_document(issuer().document("", 1))).shown)


def test_each_sees_exactly_its_part(setting: Setting) -> None:
    setting.grant(BUYER, Role.CUSTOMER, Part.FIGURES, figures=frozenset({"emissions.total"}), about=GRADED)
    setting.grant(BANK, Role.FINANCIER, Part.RESULT, about=f"{MILL}/*")
    setting.grant(BODY, Role.VERIFIER, Part.ACTIVITY, about=GRADED)
    assert shown(setting, "buyer") == {"total_emissions"}
    assert shown(setting, "body") == ACTIVITY
    assert shown(setting, "bank") == shown(setting, "mill") > ACTIVITY
    assert shown(setting, "stranger") == shown(setting, "bureau") == set()
    refused = setting.get("buyer", "?form=sd-jwt&disclose=scopes", PATH)
    assert (refused.status_code, refused.json()["code"]) == (403, "field-not-open")
    assert shown(setting, "body", "&disclose=activity.natural_gas") == {"activity.natural_gas"}


def test_a_grant_begins_and_ends(setting: Setting) -> None:
    digest = setting.grant(BUREAU, Role.REGULATOR, Part.FIGURES, about=GRADED)
    assert "total_emissions" in shown(setting, "bureau")
    setting.sign(Ending(digest))
    assert shown(setting, "bureau") == set()
    setting.grant(BUREAU, Role.REGULATOR, Part.FIGURES, about=GRADED, until=setting.clock.now + 5)
    assert "total_emissions" in shown(setting, "bureau")
    setting.clock.now += 5
    assert shown(setting, "bureau") == set()


def test_every_disclosure_is_in_the_enterprises_log(setting: Setting) -> None:
    setting.grant(BUYER, Role.CUSTOMER, Part.FIGURES, figures=frozenset({"emissions.total"}), about=GRADED)
    answer = setting.get("buyer", "?form=sd-jwt", PATH)
    assert shown(setting, "stranger") == set()
    entries = entries_of(setting.gateway.engine, MILL, 0, 10)
    assert answer.headers["access-log"] == f"{entries[0].number} 0x{entries[0].hash.hex()}"
    assert len(entries) == 1
    assert first_break(entries) is None
    reading = entries[0].reading
    assert (reading.organisation, reading.part, reading.detail) == (BUYER, "sd-jwt", "total_emissions")
    assert len(reading.grants) == 1


def test_only_the_enterprise_binds_its_credential_to_a_key(setting: Setting) -> None:
    """`cnf` says that the holder is the one whom the certificate is about."""
    key, asked = keys.generate(keys.ES256), Asked("7f3a", "https://bank.example")
    setting.grant(BUYER, Role.CUSTOMER, Part.FIGURES, figures=frozenset({"emissions.total"}), about=GRADED)
    mine = setting.get("mill", f"?form=sd-jwt&holder={did_jwk(key.public)}", PATH)
    assert mine.status_code == 200, mine.text
    text = bind(held(mine.text).presenting(["total_emissions"]), key, asked, setting.clock.now)
    checked = verify(text.encode(), read_did_document(issuer().document("", 1)), asked)
    assert checked.shown == ("total_emissions",)
    other = setting.get("buyer", f"?form=sd-jwt&holder={did_jwk(key.public)}", PATH)
    assert (other.status_code, other.json()["code"]) == (403, "holder-not-you")
    nobody = setting.client.get(f"{PATH}?form=sd-jwt&holder={did_jwk(key.public)}")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "token-missing")
    for wrong in ("x", "did:jwk:", did_jwk(keys.generate(keys.EDDSA).public)):
        refused = setting.get("mill", f"?form=sd-jwt&holder={wrong}", PATH)
        assert (refused.status_code, refused.json()["code"]) == (400, "holder-key")
