"""PublishedEvent to a real receiver: of what the client may see, once, and of what becomes of it. INV-20."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from gateway.callbacks import FIRST_DELAY, PATIENCE, Callbacks
from gateway.notices import Notices
from ledger.access.acts import Ending
from ledger.access.roles import Role
from ledger.exchange.events import PUBLISHED, read_event
from ledger.exchange.footprint import footprint_id
from ledger.partners.partner import PartnerBook, new_partner
from ledger.partners.reach import Reach
from ledger.store.certificates import put_certificate
from ledger.store.clients import end_client
from ledger.store.database import writing
from ledger.store.exchange import Outgoing, outgoing_events
from ledger.store.readings import entries_of
from ledger.store.schema import standings
from ledger.store.subscribers import Subscriber, announced_to, put_subscriber, remove_subscriber
from tests.exchange.products import product_statement, result, row
from tests.gateway.meters import ISS
from tests.gateway.samples import DOMAIN, MINTED
from tests.gateway.test_evidence import BUYER
from tests.gateway.test_footprint_grants import RODS, SLABS, Setting, setting
from tests.partners.listener import CLIENT, SECRET, Listener, listening

__all__ = ["setting"]
BILLET = f"{ISS}/BILLET"


def name_of(identifier: str, **changes: Any) -> str:
    return footprint_id(product_statement(identifier, **changes).digest(DOMAIN))


SLABS_ID, RODS_ID, BILLET_ID = map(name_of, (SLABS, RODS, BILLET))


@dataclass
class Desk:
    setting: Setting
    listener: Listener
    book: PartnerBook
    notices: Notices
    callbacks: Callbacks

    def look(self, later: int = 0) -> list[list[str]]:
        """What is told anew, event by event."""
        self.setting.clock.now += later
        self.setting.tokens.clear()
        before = len(self.listener.events)
        self.notices.run_once()
        self.callbacks.run_once()
        return [event["data"]["pfIds"] for event in self.listener.events[before:]]

    def outgoing(self) -> list[Outgoing]:
        return outgoing_events(self.setting.gateway.engine, 10)

    def subscribe(self, client_id: str = "buyer", partner: str = "erp") -> None:
        assert put_subscriber(self.setting.gateway.engine, Subscriber(client_id, partner, 1))

    def grant(self, about: str = f"{ISS}/*", **more: Any) -> bytes:
        return self.setting.sign(self.setting.terms(about, **more))


@pytest.fixture
def desk(setting: Setting, tmp_path: Path) -> Iterator[Desk]:
    book = PartnerBook(tmp_path)
    settings = setting.gateway.app.state.settings
    with listening() as listener:
        book.add(new_partner("erp", listener.url, BUYER, CLIENT, SECRET))
        yield Desk(setting, listener, book, Notices(settings, 0), Callbacks(settings, book, Reach.LOCAL))


def test_what_becomes_visible_is_told_once(desk: Desk) -> None:
    """Nothing without a grant; one by a grant for one; a further one when it is minted."""
    desk.subscribe()
    assert desk.look() == []
    desk.grant(SLABS)
    assert desk.look() == [[SLABS_ID]]
    assert desk.look(1) == []
    desk.grant()
    assert desk.look() == [[RODS_ID]]
    put_certificate(desk.setting.gateway.engine, row(product_statement(BILLET), result(), MINTED + 9))
    assert desk.look() == [[BILLET_ID]]
    assert desk.look(1) == []
    (event, *_) = desk.listener.events
    assert (event["type"], event["source"], event["specversion"]) == (PUBLISHED, "https://ledger.example", "1.0")
    assert read_event(json.dumps(event).encode()).ids == (SLABS_ID,)
    assert len({one["id"] for one in desk.listener.events}) == 3
    assert [sent.state for sent in desk.outgoing()] == ["sent"] * 3


def test_whoever_is_told_can_get_it(desk: Desk) -> None:
    desk.subscribe()
    desk.grant(SLABS)
    ((name,),) = desk.look()
    assert desk.setting.get("buyer", path=f"/3/footprints/{name}").status_code == 200
    assert desk.setting.get("other", path=f"/3/footprints/{name}").status_code == 403


def test_a_successor_and_what_it_deprecates_are_one_event(desk: Desk) -> None:
    desk.subscribe()
    desk.grant()
    assert desk.look() == [[SLABS_ID, RODS_ID]]
    old = product_statement(SLABS)
    new = product_statement(SLABS, footprint=7, supersedes=int.from_bytes(old.digest(DOMAIN)))
    put_certificate(desk.setting.gateway.engine, row(new, result(), MINTED + 9))
    assert desk.look() == [[SLABS_ID, footprint_id(new.digest(DOMAIN))]]
    assert desk.look(1) == []


def test_what_the_chain_says_of_it(desk: Desk) -> None:
    """Revoked, suspended and taken up again are told; that it expired is not, for its status stays."""
    desk.subscribe()
    desk.grant(SLABS)
    desk.look()
    said = product_statement(SLABS)
    standing = {
        "token_id": said.digest(DOMAIN), "subject": said.identifier, "status": "suspended", "reason": "",
        "changed_at": 1, "changed_block": 1, "minted_at": 1, "minted_block": 1, "minted_index": 0,
        "valid_until": said.valid_until, "statement": said.to_json(),
    }  # fmt: skip
    with writing(desk.setting.gateway.engine) as connection:
        connection.execute(insert(standings), standing)
    assert desk.look() == [[SLABS_ID]]
    for block, (status, told) in enumerate((("active", True), ("expired", False), ("revoked", True)), 2):
        with writing(desk.setting.gateway.engine) as connection:
            connection.execute(update(standings), {"status": status, "changed_block": block})
        assert desk.look() == ([[SLABS_ID]] if told else []), status


@pytest.mark.parametrize("role", [Role.FINANCIER, Role.REGULATOR])
def test_a_grant_to_another_role_tells_nothing(desk: Desk, role: Role) -> None:
    """INV-20: nor one that begins later, until it does; nor one that is over."""
    desk.subscribe()
    desk.setting.sign(replace(desk.setting.terms(SLABS), role=role))
    assert desk.look() == []
    now = desk.setting.clock.now
    desk.grant(RODS, since=now + 100, until=now + 200)
    assert desk.look(99) == []
    assert desk.look(1) == [[RODS_ID]]
    assert desk.look(100) == []
    desk.grant(RODS)
    assert desk.look() == [[RODS_ID]]


def test_what_is_no_longer_granted_when_it_is_sent_is_not_told(desk: Desk) -> None:
    """INV-20: an event is made when it is sent."""
    desk.subscribe()
    kept, ended = desk.grant(SLABS), desk.grant(RODS)
    desk.listener.fails = 2
    assert desk.look() == []
    desk.setting.sign(Ending(ended))
    assert desk.look(FIRST_DELAY) == [[SLABS_ID]]
    desk.setting.sign(Ending(kept))
    desk.grant(RODS)
    desk.listener.fails = 2
    assert desk.look(60) == []
    desk.setting.clock.now += 1_000
    assert desk.look() == []
    assert {sent.state for sent in desk.outgoing()} == {"sent", "abandoned"}
    assert "may be seen" in "".join(sent.outcome for sent in desk.outgoing())


def test_an_enterprise_hears_of_its_own(desk: Desk) -> None:
    desk.book.add(new_partner("mes", desk.listener.url, ISS, CLIENT, SECRET))
    desk.subscribe("mill", "mes")
    assert desk.look() == [[SLABS_ID, RODS_ID]]
    assert entries_of(desk.setting.gateway.engine, ISS) == []


def test_a_client_that_was_ended_hears_nothing(desk: Desk) -> None:
    desk.subscribe()
    desk.grant(SLABS)
    desk.notices.run_once()
    end_client(desk.setting.gateway.engine, "buyer", 1)
    assert desk.look() == []
    assert [sent.state for sent in desk.outgoing()] == ["abandoned"]
    desk.grant(RODS)
    assert desk.look() == []
    assert len(desk.outgoing()) == 1


def test_a_receiver_that_is_down_gets_one_event_and_then_the_rest(desk: Desk) -> None:
    """Not one for each thing that happened meanwhile; and the same event whenever it is sent."""
    desk.subscribe()
    desk.grant(SLABS)
    desk.listener.fails = 6
    for _ in range(3):
        assert desk.look(60) == []
    desk.grant(RODS)
    assert len(desk.outgoing()) == 1
    assert desk.outgoing()[0].attempts == 3
    assert SECRET not in desk.outgoing()[0].outcome
    assert desk.look(60) == [[SLABS_ID]]
    assert desk.look() == [[RODS_ID]]


def test_after_72_hours_it_is_given_up(desk: Desk) -> None:
    desk.subscribe()
    desk.grant(SLABS, until=desk.setting.clock.now + 2 * PATIENCE)
    desk.listener.fails = 1_000
    desk.look()
    desk.look(PATIENCE)
    assert [sent.state for sent in desk.outgoing()] == ["abandoned"]
    desk.listener.fails = 0
    assert desk.look(60) == []
    engine = desk.setting.gateway.engine
    assert remove_subscriber(engine, "buyer")
    desk.subscribe()
    assert desk.look() == [[SLABS_ID]]


def test_many_are_told_in_several_events(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.notices.MOST_IDS", 1)
    desk.subscribe()
    desk.grant()
    assert [desk.look() for _ in range(3)] == [[[SLABS_ID]], [[RODS_ID]], []]


def test_two_gateways_tell_it_once(desk: Desk) -> None:
    desk.subscribe()
    desk.grant()
    other = Notices(desk.setting.gateway.app.state.settings, 0)
    assert (desk.notices.run_once(), other.run_once()) == (1, 0)
    assert announced_to(desk.setting.gateway.engine, "buyer") == {SLABS_ID: "Active", RODS_ID: "Active"}


def test_who_is_no_subscriber_any_more_hears_nothing(desk: Desk) -> None:
    desk.subscribe()
    desk.grant()
    desk.notices.run_once()
    assert remove_subscriber(desk.setting.gateway.engine, "buyer")
    assert desk.look() == []
    assert [(sent.state, sent.outcome) for sent in desk.outgoing()] == [("abandoned", "the client is told no more")]


def test_a_partner_of_another_organisation_is_not_used(desk: Desk) -> None:
    """INV-20: what the client may see goes to its own organisation's system only."""
    desk.book.add(new_partner("strange", desk.listener.url, "88.118.30002", CLIENT, SECRET))
    desk.subscribe(partner="strange")
    desk.grant()
    assert desk.look() == []
    assert (desk.outgoing()[0].state, desk.listener.requests) == ("waiting", [])


def test_an_address_out_of_reach_is_not_called(desk: Desk) -> None:
    desk.subscribe()
    desk.grant()
    desk.notices.run_once()
    Callbacks(desk.setting.gateway.app.state.settings, desk.book, Reach.PUBLIC).run_once()
    assert "forbidden-address" in desk.outgoing()[0].outcome
    assert desk.listener.requests == []


def test_it_looks_seldom(desk: Desk) -> None:
    """And at footprints only where something has changed."""
    seldom = Notices(desk.setting.gateway.app.state.settings, 5)
    desk.subscribe()
    assert seldom.run_once() == 0
    desk.grant()
    assert seldom.run_once() == 0
    desk.setting.clock.now += 5
    assert seldom.run_once() == 1
