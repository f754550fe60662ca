"""A meter's handle record: for its enterprise, and for whoever was granted the bundle. INV-20."""

import pytest

from ledger.access.grants import Part
from ledger.access.roles import Role
from ledger.store.readings import entries_of
from tests.gateway.meters import SUB
from tests.gateway.test_evidence import BANK, BODY, MILL, Setting, setting

__all__ = ["setting"]
RECORD = f"/api/handles/{SUB}"


def sees(setting: Setting, who: str) -> bool:
    answer = setting.get(who, path=RECORD)
    if answer.status_code == 404:
        return False
    assert answer.status_code == 200, answer.text
    return any(value["type"] == "deviceKey" for value in answer.json()["values"])


@pytest.mark.parametrize(("who", "about", "seen"), [
    ("body", f"{MILL}/*", True), ("body", SUB, True), ("body", f"{MILL}/OTHER", False), ("bank", f"{MILL}/*", False),
    ("stranger", f"{MILL}/*", False), ("mill", f"{MILL}/*", True),
])  # fmt: skip
def test_who_sees_a_meter(setting: Setting, who: str, about: str, seen: bool) -> None:
    setting.grant(BODY, Role.VERIFIER, *Part, about=about)
    setting.grant(BANK, Role.FINANCIER, Part.RESULT, about=about)
    assert sees(setting, who) is seen
    assert setting.client.get(RECORD).status_code == 404


def test_a_reading_by_another_is_logged_and_ends_with_the_grant(setting: Setting) -> None:
    setting.grant(BODY, Role.VERIFIER, Part.BUNDLE, about=f"{MILL}/*")
    assert sees(setting, "body")
    assert sees(setting, "mill")
    (entry,) = entries_of(setting.gateway.engine, MILL)
    assert (entry.reading.client_id, entry.reading.act, entry.reading.identifier) == ("body", "read", SUB)
    setting.clock.now += 999
    setting.tokens.clear()
    assert sees(setting, "body")
    setting.clock.now += 1
    setting.tokens.clear()
    assert not sees(setting, "body")
    assert [entry.reading.act for entry in entries_of(setting.gateway.engine, MILL)] == ["read", "read", "refused"]
