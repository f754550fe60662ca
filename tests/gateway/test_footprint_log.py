"""INV-20: whoever reads a footprint, or is refused one, stands in the enterprise's log before the answer goes out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.callbacks import Callbacks
from ledger.access.acts import Ending
from ledger.access.grants import Decision
from ledger.access.journal import Entry, first_break
from ledger.access.roles import Role
from ledger.exchange.events import CREATED
from ledger.exchange.footprint import footprint_id
from ledger.partners.partner import PartnerBook, new_partner
from ledger.partners.reach import Reach
from ledger.store.certificates import put_certificate
from ledger.store.readings import entries_of
from tests.exchange.products import FOUNDRY, SMELTER, WHEEL, product_statement, result, row
from tests.exchange.test_events import URN, event
from tests.gateway.meters import ISS
from tests.gateway.samples import DOMAIN, MINTED
from tests.gateway.test_evidence import BUYER
from tests.gateway.test_footprint_grants import RODS, SLABS, Setting, setting
from tests.gateway.test_pact import Exchange, exchange
from tests.partners.listener import CLIENT, SECRET, listening

__all__ = ["exchange", "setting"]
SLABS_ID, RODS_ID = (footprint_id(product_statement(name).digest(DOMAIN)) for name in (SLABS, RODS))


def log_of(setting: Setting, enterprise: str = ISS) -> list[Entry]:
    entries = entries_of(setting.gateway.engine, enterprise)
    assert first_break(entries) is None
    return entries


def told(answer: Any) -> list[str]:
    """The entries that the header names."""
    return [part for part in answer.headers.get("access-log", "").split(", ") if part]


def named(entries: list[Entry]) -> list[str]:
    return [f"{entry.number} 0x{entry.hash.hex()}" for entry in entries]


def test_a_list_is_one_entry_for_the_enterprise(setting: Setting) -> None:
    grants = [setting.sign(setting.terms(name)) for name in (SLABS, RODS)]
    answer = setting.get("buyer", path="/3/footprints")
    (entry,) = log_of(setting)
    assert told(answer) == named([entry])
    said = entry.reading
    assert (said.client_id, said.organisation, said.role) == ("buyer", BUYER, "customer")
    assert (said.act, said.part, said.identifier, said.token) == ("read", "footprint", f"{ISS}/*", bytes(32))
    assert (said.detail, said.grants) == (f"{SLABS_ID}, {RODS_ID}", tuple(sorted(grants)))
    shown = setting.get("mill", path="/access/log").json()["entries"]
    assert [one["hash"] for one in shown] == [f"0x{entry.hash.hex()}"]


def test_one_footprint_is_an_entry_about_its_certificate(setting: Setting) -> None:
    grant = setting.sign(setting.terms(SLABS))
    for path in (f"/3/footprints/{SLABS_ID}", "/3/footprints?limit=1"):
        answer = setting.get("buyer", path=path)
        entry = log_of(setting)[-1]
        assert told(answer) == named([entry])
        said = entry.reading
        assert (said.identifier, said.token) == (SLABS, product_statement(SLABS).digest(DOMAIN))
        assert (said.detail, said.grants) == (SLABS_ID, (grant,))


def test_what_is_refused(setting: Setting) -> None:
    """With the reason, where something was granted once; and a stranger too, who had the id from somewhere."""
    setting.names("mill")  # whose own reading it is as well
    grant = setting.sign(setting.terms(SLABS))
    setting.sign(Ending(grant))
    before = log_of(setting)
    assert [entry.reading.organisation for entry in before] == [ISS]
    for who, reason, grants in (("buyer", "ended", (grant,)), ("other", "stranger", ()), ("bank", "stranger", ())):
        answer = setting.get(who, path=f"/3/footprints/{SLABS_ID}")
        assert (answer.status_code, "access-log" in answer.headers) == (403, False)
        said = log_of(setting)[-1].reading
        assert (said.client_id, said.act, said.detail, said.grants) == (who, "refused", reason, grants)
        assert (said.identifier, said.part) == (SLABS, "footprint")
    assert len(log_of(setting)) == len(before) + 3


def test_what_shows_nothing_is_no_reading(setting: Setting) -> None:
    setting.names("other")
    setting.get("buyer", path="/3/footprints?limit=0")
    setting.get("buyer", path="/3/footprints/00000000-0000-0000-0000-000000000000")
    setting.get("mill", path="/3/footprints?productId=urn:x")
    assert log_of(setting) == []


def test_a_long_list_is_several_entries(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.footprint_log._MOST_IN_ONE", 1)
    setting.sign(setting.terms(f"{ISS}/*"))
    answer = setting.get("buyer", path="/3/footprints")
    assert [entry.reading.identifier for entry in log_of(setting)] == [SLABS, RODS]
    assert told(answer) == named(log_of(setting))


def test_without_a_log_there_is_no_answer(setting: Setting) -> None:
    setting.names("mill")
    with setting.gateway.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE readings")
    for path in ("/3/footprints", f"/3/footprints/{SLABS_ID}"):
        answer = setting.get("mill", path=path)
        assert (answer.status_code, answer.json().keys()) == (503, {"code", "message"})
    answer = setting.get("buyer", path=f"/3/footprints/{SLABS_ID}")
    assert answer.status_code == 503


def test_each_enterprise_has_its_own(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page ends before it shows of too many of them: the reader is told every entry."""
    monkeypatch.setattr("gateway.footprints.MOST_ENTERPRISES", 1)
    others = row(product_statement(f"{BUYER}/PANELS", unit="{piece}"), result(id="PANELS"), MINTED + 2)
    put_certificate(setting.gateway.engine, others)
    monkeypatch.setattr("gateway.sight.Sight.decide", lambda sight, said: sight_of_all(said))
    setting.sign(replace(setting.terms(f"{ISS}/*"), role=Role.FINANCIER))
    pages = [setting.get("bank", path="/3/footprints")]
    while "link" in pages[-1].headers:
        pages.append(setting.get("bank", path=pages[-1].headers["link"].partition("testserver")[2].partition(">")[0]))
    assert sorted(len(page.json()["data"]) for page in pages) == [1, 2]
    every = [*named(log_of(setting)), *named(log_of(setting, BUYER))]
    assert sorted(entry for page in pages for entry in told(page)) == sorted(every)


def sight_of_all(_: object) -> Decision:
    return Decision(True, "granted")


def test_footprints_in_an_event_are_read_by_whom_it_goes_to(exchange: Exchange, tmp_path: Path) -> None:
    """Written when the partner has let us in, not before, and not where nothing is told."""
    engine = exchange.gateway.engine
    book = PartnerBook(tmp_path)
    with listening() as listener:
        book.add(new_partner("smelters-erp", listener.url, SMELTER, CLIENT, SECRET))
        callbacks = Callbacks(exchange.gateway.app.state.settings, book, Reach.LOCAL)
        nothing = event(CREATED, {"productId": ["urn:pact:null"]}, id="none", source=listener.url)
        for asked in (event(CREATED, {"productId": [URN]}, id="run/12", source=listener.url), nothing):
            assert exchange.post(asked).status_code == 200
        listener.fails = 4  # discovery and the token, of both
        callbacks.run_once()
        assert entries_of(engine, SMELTER) == []
        exchange.clock.now += 60
        callbacks.run_once()
        assert len(listener.events) == 2
    (entry,) = entries_of(engine, SMELTER)
    (sent,) = [one["data"]["pfs"] for one in listener.events if "pfs" in one["data"]]
    assert entry.reading.detail == f"RequestFulfilledEvent.3: {', '.join(one['id'] for one in sent)}"
    assert (entry.reading.client_id, entry.reading.organisation) == ("smelter", SMELTER)
    assert entries_of(engine, FOUNDRY) == []
    assert WHEEL not in entry.reading.detail
