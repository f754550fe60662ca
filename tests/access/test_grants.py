"""INV-20: who sees what. Each role's part of one certificate, by what the enterprise granted, at what time."""

from dataclasses import replace

import pytest

from ledger.access.grants import GRANTABLE, Grant, Part, Period, Subject, Viewer, may
from ledger.access.roles import Role

MILL, BUYER, BANK, BODY, BUREAU = "88.118.20260", "88.118.30001", "88.118.40001", "88.118.50001", "88.118.60001"
YEAR = Period(1_514_736_000, 1_546_272_000)
SUBJECT = Subject(f"{MILL}/CE-2018-0001", YEAR)
NOW = 1_600_000_000
PLAIN = Grant(
    digest=b"\x01" * 32, enterprise=MILL, by=f"{MILL}/OFFICER-1", at=NOW - 100, to=BUYER, role=Role.CUSTOMER,
    about=SUBJECT.identifier, parts=frozenset({Part.FIGURES}), since=NOW - 100, until=NOW + 100,
)  # fmt: skip
GRANTS = (
    replace(PLAIN, figures=frozenset({"emissions.total"})),
    replace(PLAIN, to=BANK, role=Role.FINANCIER, parts=frozenset({Part.RESULT}), about=f"{MILL}/*"),
    replace(PLAIN, to=BODY, role=Role.VERIFIER, parts=frozenset(Part)),
    replace(PLAIN, to=BUREAU, role=Role.REGULATOR, parts=frozenset({Part.FIGURES, Part.ACTIVITY}), period=YEAR),
)


@pytest.mark.parametrize(
    ("organisation", "role", "seen"),
    [
        (MILL, Role.ENTERPRISE, "figures activity result bundle"),
        (BUYER, Role.CUSTOMER, "figures"),
        (BANK, Role.FINANCIER, "result"),
        (BODY, Role.VERIFIER, "figures activity result bundle"),
        (BUREAU, Role.REGULATOR, "figures activity"),
        (BUYER, Role.VERIFIER, ""),
        (BUYER, Role.ENTERPRISE, ""),
        (MILL, Role.CUSTOMER, ""),
        (BANK, Role.CUSTOMER, ""),
        ("88.118.2026", Role.ENTERPRISE, ""),
        ("88.118.999", Role.REGULATOR, ""),
    ],
)
def test_each_sees_exactly_its_part(organisation: str, role: Role, seen: str) -> None:
    viewer = Viewer(organisation, role)
    allowed = [part for part in Part if may(viewer, SUBJECT, part, NOW, GRANTS).allowed]
    assert allowed == [Part(name) for name in seen.split()]
    visible = any(may(viewer, SUBJECT, part, NOW, GRANTS).visible for part in Part)
    assert visible is bool(seen), "who is granted nothing learns nothing"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "granted"),
        ({"since": NOW}, "granted"),
        ({"since": NOW + 1}, "not-yet"),
        ({"until": NOW}, "over"),
        ({"ended_at": NOW - 1}, "ended"),
        ({"ended_at": NOW - 1, "until": NOW}, "ended"),
        ({"parts": frozenset({Part.ACTIVITY})}, "other-part"),
        ({"parts": frozenset()}, "other-part"),
        ({"period": Period(YEAR.start, YEAR.end - 1)}, "other-period"),
        ({"period": YEAR}, "granted"),
        ({"about": f"{MILL}/*"}, "granted"),
        ({"about": SUBJECT.identifier.lower()}, "granted"),
        ({"about": f"{MILL}/CE-2018-0002"}, "stranger"),
        ({"about": f"{MILL}/CE-2018-000"}, "stranger"),
        ({"to": BANK}, "stranger"),
        ({"role": Role.FINANCIER}, "stranger"),
        ({"enterprise": "88.118.666"}, "stranger"),
    ],
)
def test_why(change: dict[str, object], reason: str) -> None:
    grant = replace(PLAIN, **change)  # type: ignore[arg-type]
    decision = may(Viewer(BUYER, Role.CUSTOMER), SUBJECT, Part.FIGURES, NOW, [grant])
    assert (decision.reason, decision.allowed) == (reason, reason == "granted")
    assert decision.grants == (() if reason == "stranger" else (grant,))


def test_another_enterprise_cannot_grant_what_is_not_its_own() -> None:
    """A forged `about` in another enterprise's grant reaches nobody else's certificates."""
    forged = replace(PLAIN, enterprise="88.118.666", about=SUBJECT.identifier)
    assert may(Viewer(BUYER, Role.CUSTOMER), SUBJECT, Part.FIGURES, NOW, [forged]).reason == "stranger"


def test_what_a_role_cannot_be_given_it_does_not_get() -> None:
    """Even where a grant says so: the rule of the role stands above it."""
    wide = replace(PLAIN, parts=frozenset(Part))
    allowed = {part for part in Part if may(Viewer(BUYER, Role.CUSTOMER), SUBJECT, part, NOW, [wide]).allowed}
    assert allowed == GRANTABLE[Role.CUSTOMER]
    assert Part.BUNDLE not in allowed


def test_figures_add_up_and_all_is_all() -> None:
    viewer = Viewer(BUYER, Role.CUSTOMER)
    one, two = (replace(PLAIN, figures=frozenset({name})) for name in ("emissions.total", "grade.level"))
    over = replace(PLAIN, until=NOW, figures=frozenset({"emissions.energy"}))
    both = may(viewer, SUBJECT, Part.FIGURES, NOW, [one, two, over]).figures
    assert both == frozenset({"emissions.total", "grade.level"})
    assert may(viewer, SUBJECT, Part.FIGURES, NOW, [one, PLAIN]).figures is None


def test_the_reason_is_that_of_the_grant_that_comes_nearest() -> None:
    other, ended = replace(PLAIN, parts=frozenset({Part.ACTIVITY})), replace(PLAIN, ended_at=NOW)
    assert may(Viewer(BUYER, Role.CUSTOMER), SUBJECT, Part.FIGURES, NOW, [ended, other]).reason == "ended"
