"""Where a certificate's page and JSON lead to its credentials, and where not."""

from fastapi.testclient import TestClient

from ledger.certificates.statement import Statement
from ledger.store.certificates import put_certificate
from tests.gateway.meters import Gateway
from tests.gateway.samples import GRADED
from tests.gateway.test_credentials import certificate, client, clock, gateway, show
from tests.gateway.test_followed import changed, follow

__all__ = ["client", "clock", "gateway"]
BROWSER = {"Accept": "text/html"}
FORMS = ["vc", "vc-jwt", "sd-jwt", "dcc", "dcc-jwt"]


def test_each_link_leads_to_a_credential(gateway: Gateway, client: TestClient) -> None:
    show(gateway, certificate())
    links = client.get(f"/certificates/{GRADED}").json()["links"]["credentials"]
    assert list(links) == FORMS
    for address in links.values():
        assert client.get(address.removeprefix("https://ledger.example")).status_code == 200
    for language, title in (("en", "Verifiable credentials"), ("zh", "可验证凭证")):
        html = client.get(f"/{GRADED}?lang={language}", headers=BROWSER).text
        assert title in html
        assert html.count(f'href="/credentials/{GRADED}?form=') == len(FORMS)


def test_of_a_superseded_one_to_its_own(gateway: Gateway, client: TestClient) -> None:
    row = certificate()
    show(gateway, row, changed(Statement.from_json(row.statement), "superseded", successor=b"\x0f" * 32))
    links = client.get(f"/certificates/{GRADED}").json()["links"]["credentials"]
    assert all(address.endswith(f"&token=0x{row.token_id.hex()}") for address in links.values())


def test_there_are_none_before_the_chain_holds_it_for_good(gateway: Gateway, client: TestClient) -> None:
    row = certificate()
    put_certificate(gateway.engine, row)
    follow(gateway)
    assert "credentials" not in client.get(f"/certificates/{GRADED}").json()["links"]
    assert "Verifiable credentials" not in client.get(f"/{GRADED}", headers=BROWSER).text
