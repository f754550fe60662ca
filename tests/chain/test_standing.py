"""Where a certificate stands by its events: a table of courses. INV-13, INV-24: the chain's events alone decide."""

import pytest

from ledger.chain.certificate_events import CertificateEvent
from ledger.chain.standing import fold, status_at
from tests.certificates.sample import STATEMENT

TOKEN, OTHER, ACTOR = b"\x01" * 32, b"\x02" * 32, b"\xaa" * 20


def happened(*kinds: str) -> list[CertificateEvent]:
    events = []
    for number, kind in enumerate(kinds):
        minted = kind == "minted"
        events.append(
            CertificateEvent(
                block=10 + number, index=number, time=1000 + number, transaction=bytes(32), kind=kind, token=TOKEN,
                successor=OTHER if kind == "superseded" else None,
                actor=None if minted or kind == "superseded" else ACTOR,
                reason="" if minted else f"because {number}", statement=STATEMENT if minted else None,
            )
        )  # fmt: skip
    return events


@pytest.mark.parametrize(
    ("course", "status", "changed"),
    [
        ("minted", "active", 0),
        ("minted suspended", "suspended", 1),
        ("minted suspended reinstated", "active", 2),
        ("minted revocation-proposed", "active", 0),
        ("minted revocation-proposed revocation-withdrawn", "active", 0),
        ("minted revocation-proposed revoked", "revoked", 2),
        ("minted suspended revocation-proposed revoked", "revoked", 3),
        ("minted superseded", "superseded", 1),
        ("minted suspended superseded", "superseded", 2),
        ("minted superseded revocation-withdrawn", "superseded", 1),
    ],
)
def test_courses(course: str, status: str, changed: int) -> None:
    standing = fold(happened(*course.split()))[TOKEN]
    assert (standing.status, standing.changed_block, standing.changed_at) == (status, 10 + changed, 1000 + changed)
    assert standing.place == (10, 0)
    assert standing.successor == (OTHER if status == "superseded" else None)
    assert standing.actor == (ACTOR if status in ("suspended", "revoked") else standing.actor)
    assert standing.reason == (f"because {changed}" if changed else "")


def test_what_happens_to_no_certificate_is_left_out() -> None:
    assert fold(happened("suspended", "revoked")) == {}


@pytest.mark.parametrize(
    ("status", "time", "expected"),
    [("active", 99, "active"), ("active", 100, "expired"), ("suspended", 100, "suspended"), ("revoked", 1, "revoked")],
)
def test_expiry_begins_with_the_second_named(status: str, time: int, expected: str) -> None:
    assert status_at(status, 100, time) == expected
