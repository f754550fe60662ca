"""INV-20: a customer sees the footprints that were granted to it, from the day on and until the day, and no other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ledger.access.acts import Ending, Terms
from ledger.access.client import new_client
from ledger.access.grants import Part, Period
from ledger.access.roles import Role
from ledger.store.certificates import put_certificate
from ledger.store.clients import put_client
from tests.exchange.products import product_statement, result, row
from tests.gateway.meters import ISS, Meter, open_gateway
from tests.gateway.samples import DOMAIN, MINTED, YEAR_END, YEAR_START
from tests.gateway.test_evidence import BUYER, SECRET, Clock, Officer
from tests.gateway.test_evidence import Setting as Signing

SLABS, RODS = f"{ISS}/SLABS", f"{ISS}/RODS"


@dataclass
class Setting(Signing):
    def terms(self, about: str, **more: object) -> Terms:
        plain = Terms(BUYER, Role.CUSTOMER, about, frozenset((Part.FIGURES,)), self.clock.now, self.clock.now + 1000)
        return replace(plain, **more)  # type: ignore[arg-type]

    def names(self, who: str = "buyer") -> list[str]:
        self.tokens.clear()
        answer = self.get(who, path="/3/footprints")
        assert answer.status_code == 200, answer.text
        return [entry["extensions"][0]["data"]["identifier"] for entry in answer.json()["data"]]

    def status(self, identifier: str, who: str = "buyer") -> int:
        said = product_statement(identifier)
        listed = self.get("mill", path="/3/footprints").json()["data"]
        token = f"0x{said.digest(DOMAIN).hex()}"
        (name,) = [entry["id"] for entry in listed if entry["extensions"][0]["data"]["token"] == token]
        return self.get(who, path=f"/3/footprints/{name}").status_code


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    clock, officer = Clock(), Officer()
    opened = open_gateway(tmp_path, Meter(), machine_clock=clock)
    opened.ingest.learn([officer.enrolment()])
    for at, identifier in enumerate((SLABS, RODS)):
        put_certificate(opened.engine, row(product_statement(identifier), result(), MINTED + at))
    for client_id, organisation, role in (
        ("mill", ISS, "enterprise"), ("buyer", BUYER, "customer"), ("bank", BUYER, "financier"),
        ("other", "88.118.30002", "customer"),
    ):  # fmt: skip
        put_client(opened.engine, new_client(client_id, organisation, role, 1), SECRET)
    yield Setting(opened, TestClient(opened.app, raise_server_exceptions=False), clock, officer)
    opened.ingest.close()
    opened.engine.dispose()


def test_nothing_without_a_grant(setting: Setting) -> None:
    assert setting.names("mill") == [SLABS, RODS]
    assert setting.names() == []
    assert setting.status(SLABS) == 403


def test_one_certificate(setting: Setting) -> None:
    setting.sign(setting.terms(SLABS))
    assert setting.names() == [SLABS]
    assert (setting.status(SLABS), setting.status(RODS)) == (200, 403)
    assert setting.names("other") == []
    assert setting.names("bank") == []


def test_all_certificates_of_a_period(setting: Setting) -> None:
    setting.sign(setting.terms(f"{ISS}/*", period=Period(YEAR_START, YEAR_END)))
    assert setting.names() == [SLABS, RODS]


def test_another_period_is_not_granted(setting: Setting) -> None:
    setting.sign(setting.terms(f"{ISS}/*", period=Period(YEAR_END, 2 * YEAR_END)))
    assert setting.names() == []
    assert setting.status(SLABS) == 403


def test_a_grant_has_its_time(setting: Setting) -> None:
    now = setting.clock.now
    setting.sign(setting.terms(SLABS, since=now + 100, until=now + 200))
    assert setting.names() == []
    setting.clock.now = now + 100
    assert setting.names() == [SLABS]
    setting.clock.now = now + 200
    assert setting.names() == []


def test_a_grant_that_was_ended(setting: Setting) -> None:
    digest = setting.sign(setting.terms(SLABS))
    assert setting.names() == [SLABS]
    setting.sign(Ending(digest))
    assert setting.names() == []
    assert setting.status(SLABS) == 403


def test_filters_reach_no_further_than_the_grant(setting: Setting) -> None:
    setting.sign(setting.terms(SLABS))
    query = f"?productId=urn:pact:ledger.example:vaa:{RODS}&limit=1"
    assert setting.get("buyer", query, "/3/footprints").json() == {"data": []}
    page = setting.get("buyer", "?limit=1", "/3/footprints")
    assert "link" not in page.headers
