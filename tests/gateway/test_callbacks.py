"""The worker that answers partners' requests: until the answer arrived, and no longer than 72 hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.callbacks import FIRST_DELAY, LONGEST_DELAY, PATIENCE, Callbacks, CallbackThread, delay_after
from ledger.exchange.events import CREATED, FULFILLED, REJECTED
from ledger.partners.partner import PartnerBook, new_partner
from ledger.partners.reach import Reach
from ledger.store.certificates import put_certificate
from ledger.store.clients import end_client
from ledger.store.exchange import Outgoing, outgoing_events, take_due
from tests.exchange.products import FOUNDRY, SMELTER, product_statement, result, row
from tests.exchange.test_events import URN, event
from tests.gateway.test_pact import Exchange, exchange
from tests.gateway.test_serve import waited
from tests.partners.listener import CLIENT, SECRET, Listener, listening

__all__ = ["exchange"]


@dataclass
class Desk:
    exchange: Exchange
    listener: Listener
    book: PartnerBook
    callbacks: Callbacks

    def ask(self, name: str = "run/12", client_id: str = "smelter", **data: Any) -> None:
        asked = event(CREATED, data or {"productId": [URN]}, id=name, source=self.listener.url)
        assert self.exchange.post(asked, client_id).status_code == 200

    def outgoing(self) -> Outgoing:
        (one,) = outgoing_events(self.exchange.gateway.engine, 10)
        return one

    def later(self, seconds: int) -> int:
        self.exchange.clock.now += seconds
        self.exchange.tokens.clear()
        return self.callbacks.run_once()


@pytest.fixture
def desk(exchange: Exchange, tmp_path: Path) -> Iterator[Desk]:
    book = PartnerBook(tmp_path)
    with listening() as listener:
        book.add(new_partner("smelters-erp", listener.url, SMELTER, CLIENT, SECRET))
        settings = exchange.gateway.app.state.settings
        yield Desk(exchange, listener, book, Callbacks(settings, book, Reach.LOCAL))


def test_a_request_is_answered_once(desk: Desk) -> None:
    desk.ask()
    desk.ask()
    assert desk.callbacks.run_once() == 1
    (answer,) = desk.listener.events
    assert (answer["type"], answer["data"]["requestEventId"]) == (FULFILLED, "run/12")
    assert answer["source"] == "https://ledger.example"
    assert [entry["status"] for entry in answer["data"]["pfs"]] == ["Deprecated", "Active"]
    assert (desk.outgoing().state, desk.outgoing().outcome) == ("sent", "RequestFulfilledEvent.3")
    assert desk.later(PATIENCE) == 0
    desk.ask()
    assert desk.later(PATIENCE) == 0


def test_nothing_that_matches_is_a_rejection(desk: Desk) -> None:
    desk.ask(productId=["urn:pact:null"])
    desk.callbacks.run_once()
    (answer,) = desk.listener.events
    assert (answer["type"], answer["data"]["error"]["code"]) == (REJECTED, "NotFound")


def test_an_answer_holds_what_the_client_may_see(desk: Desk) -> None:
    """INV-20: the foundry's client is told nothing of the smelter's footprints."""
    desk.book.add(new_partner("foundrys-erp", desk.listener.url, FOUNDRY, CLIENT, SECRET))
    desk.ask(client_id="foundry")
    desk.callbacks.run_once()
    assert [answer["type"] for answer in desk.listener.events] == [REJECTED]


def test_whoever_asks_for_a_batch_is_not_sent_its_sisters(desk: Desk) -> None:
    """Case 13 of the conformance tests asks with all names of one footprint, and takes no other name in the answer."""
    for batch in ("B-1", "B-2"):
        made = product_statement(f"{SMELTER}/RODS/{batch}")
        put_certificate(desk.exchange.gateway.engine, row(made, result(id="RODS")))
    rods = f"urn:pact:ledger.example:vaa:{SMELTER}/RODS"
    assert len(desk.exchange.list(f"?productId={rods}&productId={rods}/B-1")) == 2
    desk.ask("one", productId=[f"{rods}/B-1", rods])
    desk.ask("both", productId=[rods])
    desk.callbacks.run_once()
    one, both = sorted(desk.listener.events, key=lambda event: len(event["data"]["pfs"]))
    assert [entry["productIds"] for entry in one["data"]["pfs"]] == [[f"{rods}/B-1", rods]]
    assert (one["data"]["requestEventId"], len(both["data"]["pfs"])) == ("one", 2)


def test_a_partner_that_fails_is_asked_again(desk: Desk) -> None:
    """Twice as long after each failure; the answer that arrives at last is the same event."""
    desk.listener.fails = 4
    desk.ask()
    assert desk.callbacks.run_once() == 1
    waiting = desk.outgoing()
    assert (waiting.state, waiting.attempts) == ("waiting", 1)
    assert waiting.due_at == desk.exchange.clock.now + FIRST_DELAY
    assert "answered 503" in waiting.outcome
    assert SECRET not in waiting.outcome
    assert desk.later(FIRST_DELAY - 1) == 0
    assert desk.later(1) == 1
    assert desk.later(2 * FIRST_DELAY) == 1
    assert desk.outgoing().state == "sent"
    assert len(desk.listener.events) == 1


def test_delays_grow_to_an_hour() -> None:
    delays = [delay_after(attempts) for attempts in range(100)]
    assert delays[:4] == [5, 10, 20, 40]
    assert max(delays) == LONGEST_DELAY


def test_after_72_hours_it_is_given_up(desk: Desk) -> None:
    desk.listener.fails = 1_000
    desk.ask()
    desk.callbacks.run_once()
    desk.later(PATIENCE)
    assert desk.outgoing().state == "abandoned"
    desk.listener.fails = 0
    assert desk.later(PATIENCE) == 0
    assert desk.listener.events == []


def test_without_a_partner_it_waits_for_one(desk: Desk) -> None:
    """INV-20: an event alone makes this gateway call nobody."""
    desk.ask(client_id="foundry")
    desk.callbacks.run_once()
    assert desk.outgoing().state == "waiting"
    assert "no partner is entered for 88.118.20262" in desk.outgoing().outcome
    assert desk.listener.requests == []
    desk.book.add(new_partner("foundrys-erp", desk.listener.url, FOUNDRY, CLIENT, SECRET))
    desk.later(LONGEST_DELAY)
    assert desk.outgoing().state == "sent"


def test_an_address_out_of_reach_is_not_called(desk: Desk) -> None:
    desk.ask()
    Callbacks(desk.exchange.gateway.app.state.settings, desk.book, Reach.PUBLIC).run_once()
    assert "forbidden-address" in desk.outgoing().outcome
    assert desk.listener.requests == []


def test_a_client_that_was_ended_gets_no_answer(desk: Desk) -> None:
    desk.ask()
    end_client(desk.exchange.gateway.engine, "smelter", desk.exchange.clock.now)
    desk.callbacks.run_once()
    assert (desk.outgoing().state, desk.listener.requests) == ("abandoned", [])


def test_a_broken_partner_file_stops_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "partners" / "broken.json").write_text("{}")
    desk.ask()
    desk.callbacks.run_once()
    assert "partner" in desk.outgoing().outcome
    (tmp_path / "partners" / "broken.json").unlink()
    desk.later(LONGEST_DELAY)
    assert desk.outgoing().state == "sent"


def test_two_workers_take_each_event_once(desk: Desk) -> None:
    desk.ask()
    engine, now = desk.exchange.gateway.engine, desk.exchange.clock.now
    assert len(take_due(engine, now, 60, 10)) == 1
    assert take_due(engine, now, 60, 10) == []
    assert len(take_due(engine, now + 60, 60, 10)) == 1


def test_the_thread_goes_on_after_a_fault() -> None:
    calls: list[int] = []

    def run_once() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("a fault of the program")
        return 0

    thread = CallbackThread(run_once, 0.01)
    thread.start()
    waited(lambda: len(calls) > 2, "it runs again")
    thread.stop()
    assert not thread.is_alive()
