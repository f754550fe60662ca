"""Who may do what: every restricted function is for its role alone, and no role reaches the referee's own duties."""

from functools import partial
from typing import Any

import ape
import pytest

from ledger.identifiers.vaa import node
from tests.contracts.stage import DUTIES, GENESIS, ROLES, YEAR, Stage, refusal

TOKEN = 1
CALLS: dict[str, tuple[Any, ...]] = {
    "createNode": (bytes(32), "99", "0x" + "11" * 20),
    "proposeReassignment": (node("88"), "0x" + "11" * 20),
    "withdrawReassignment": (node("88"),),
    "accredit": ("0x" + "22" * 20, b"\x01" * 32, 1, bytes(32), GENESIS, GENESIS + YEAR),
    "endAccreditation": ("0x" + "22" * 20, 1),
    "publish": (1, "other/1", b"\x99" * 32, "", GENESIS, GENESIS + YEAR),
    "suspend": (TOKEN, "reason"),
    "reinstate": (TOKEN, "reason"),
    "proposeRevocation": (TOKEN, "reason"),
    "withdrawRevocation": (TOKEN,),
    "confirmRevocation": (TOKEN, "reason"),
}
RESTRICTED = [(role, contract, name) for role, (contract, names) in DUTIES.items() for name in names]


@pytest.mark.parametrize(("role", "contract", "name"), RESTRICTED, ids=[name for _, _, name in RESTRICTED])
def test_a_restricted_function_is_for_its_role(stage: Stage, role: str, contract: str, name: str) -> None:
    """INV-12, INV-15: nobody but the accreditor accredits, nobody but the publisher publishes, and so on."""
    function = getattr(stage.contracts[contract], name)
    outsiders = [who for who in (*ROLES, "admin", "enterprise", "stranger") if who != role]
    refusals = {who: refusal(partial(function, *CALLS[name], sender=stage.people[who])) for who in outsiders}
    assert set(refusals.values()) == {"AccessManagedUnauthorized"}, refusals
    assert refusal(lambda: function(*CALLS[name], sender=stage.people[role])) != "AccessManagedUnauthorized"


def test_a_role_that_was_taken_away_is_gone(stage: Stage) -> None:
    publisher, admin = stage.people["publisher"], stage.people["admin"]
    stage.AccessManager.revokeRole(ROLES["publisher"], publisher, sender=admin)
    assert (
        refusal(lambda: stage.RuleRegistry.publish(*CALLS["publish"], sender=publisher)) == "AccessManagedUnauthorized"
    )


def test_a_role_with_a_delay_announces_what_it_will_do(stage: Stage) -> None:
    """The admin multisig's delay: an operation is public for a day before it can be carried out."""
    admin, newcomer, manager = stage.people["admin"], stage.people["stranger"], stage.AccessManager
    manager.grantRole(ROLES["publisher"], newcomer, 86_400, sender=admin)
    publish = stage.RuleRegistry.publish
    assert refusal(lambda: publish(*CALLS["publish"], sender=newcomer)) == "AccessManagerNotScheduled"
    manager.schedule(stage.RuleRegistry, publish.encode_input(*CALLS["publish"]), 0, sender=newcomer)
    assert refusal(lambda: publish(*CALLS["publish"], sender=newcomer)) == "AccessManagerNotReady"
    ape.chain.pending_timestamp += 86_400
    publish(*CALLS["publish"], sender=newcomer)
    assert bytes(stage.RuleRegistry.hashOf("other/1")) == b"\x99" * 32


def test_a_closed_manager_stops_no_anchor_no_revocation_and_no_mint(stage: Stage) -> None:
    """INV-06, INV-07: anchoring and the revocation of keys can never be paused."""
    admin, enterprise, operator = (stage.people[who] for who in ("admin", "enterprise", "operator"))
    for contract in ("IdentifierRegistry", "RuleRegistry", "CertificateRegistry"):
        stage.AccessManager.setTargetClosed(stage.contracts[contract], True, sender=admin)
    assert (
        refusal(lambda: stage.RuleRegistry.publish(*CALLS["publish"], sender=stage.people["publisher"]))
        == "AccessManagedUnauthorized"
    )

    terminal = stage.enrol().events[0].id
    stage.TerminalRegistry.revoke(terminal, 1, sender=enterprise)
    other = stage.AnchorLog.createLog("example.org/other", b"\x07" * 32, bytes(64), operator, sender=operator)
    stage.AnchorLog.anchor(other.events[0].logId, 1, b"\x02" * 32, [], sender=operator)
    stage.IdentifierRegistry.createNode(node("88.118.20260"), "plant-1", enterprise, sender=enterprise)
    ape.chain.pending_timestamp = GENESIS + YEAR + 1
    stage.mint(stage.statement())


def test_the_managers_admin_has_no_power_over_a_log(stage: Stage) -> None:
    admin = stage.people["admin"]
    anchors = stage.AnchorLog
    assert refusal(lambda: anchors.anchor(stage.log_id, 9, b"\x02" * 32, [], sender=admin)) == "AnchorLogNotOperator"
    assert refusal(lambda: anchors.rotateOperator(stage.log_id, admin, sender=admin)) == "AnchorLogNotCreator"
    assert refusal(lambda: anchors.rotateNoteKey(stage.log_id, b"\x08" * 32, sender=admin)) == "AnchorLogNotCreator"


def test_the_operator_anchors_but_does_not_rotate(stage: Stage) -> None:
    """A stolen operator key cannot lock the log's creator out."""
    operator = stage.people["operator"]
    assert (
        refusal(lambda: stage.AnchorLog.rotateOperator(stage.log_id, operator, sender=operator))
        == "AnchorLogNotCreator"
    )
