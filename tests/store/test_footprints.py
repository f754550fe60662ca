"""When a footprint says that it was verified: at the opinion, where a log holds its engagement."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.exchange.footprint import product_footprint
from ledger.exchange.periods import moment
from ledger.ingest import Ingest
from ledger.store.certificates import put_certificate
from ledger.store.database import migrate, open_store
from ledger.store.engagements import opined_at, record_of
from ledger.store.footprints import index_footprints, listed
from ledger.verification.contents import Reasoned
from ledger.verification.steps import Stated
from terminal_signer.keys import generate
from tests.exchange.products import NODE, product_statement, row
from tests.gateway.samples import DOMAIN, MINTED
from tests.verification import engagement as e
from tests.verification.desk import LOG, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_store(str(tmp_path / "ledger.sqlite"))
    migrate(engine)
    ingest = Ingest(engine, LOG, generate())
    yield Desk(engine, ingest)
    ingest.close()
    engine.dispose()


def completed(desk: Desk, **changes: Any) -> str:
    """Of a product's certificate that is indexed now."""
    said = product_statement(f"{e.ENTERPRISE}/INGOT", **changes)
    put_certificate(desk.engine, row(said))
    assert index_footprints(desk.engine, DOMAIN) == 1
    (entry,) = listed(desk.engine, [e.ENTERPRISE])
    at = product_footprint(entry.certificate, entry.standing, NODE)["pcf"]["verification"]["completedAt"]
    assert isinstance(at, str)
    return at


def draw_up(desk: Desk) -> tuple[bytes, int]:
    """A statement that names the opinion, in the log; the opinion's hash and time."""
    desk.tell(e.opined())
    case = record_of(desk.engine, LOG, e.ENGAGEMENT).case
    assert case is not None
    desk.say("evaluator", Stated(e.ENGAGEMENT, "draw-up", e.drawn(case)), case.since + e.DAY)
    return case.opinion_hash, case.since


def test_it_was_completed_with_the_opinion(desk: Desk) -> None:
    opinion, at = draw_up(desk)
    assert opined_at(desk.engine, LOG, e.ENTERPRISE, opinion) == at
    assert opined_at(desk.engine, LOG, "88.118.999", opinion) is None
    assert completed(desk, opinion=opinion) == moment(at) != moment(MINTED)


def test_without_the_record_it_is_the_minting(desk: Desk) -> None:
    draw_up(desk)
    assert completed(desk) == moment(MINTED)


def test_an_opinion_that_is_gone_dates_nothing(desk: Desk) -> None:
    """INV-12: a finding after it took it away again, and the statement with it."""
    opinion, at = draw_up(desk)
    desk.say("member", Stated(e.ENGAGEMENT, "find", e.FIND), at + 2 * e.DAY)
    assert completed(desk, opinion=opinion) == moment(MINTED)


def test_strangers_who_name_it_change_nothing(desk: Desk) -> None:
    """INV-18: neither in this engagement nor in one of their own."""
    opinion, at = draw_up(desk)
    for engagement in (e.ENGAGEMENT, f"{e.ENTERPRISE}/V-2"):
        desk.say("stranger", Stated(engagement, "refuse", Reasoned(f"0x{opinion.hex()}")), at + 3 * e.DAY)
    assert completed(desk, opinion=opinion) == moment(at)
