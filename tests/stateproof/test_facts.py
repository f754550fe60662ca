"""Facts from a state that an independent writer built, without any chain."""

from dataclasses import replace

import pytest

from ledger.commands.verify_proof import prove
from ledger.evidence.verify import verify
from ledger.stateproof.document import StateProof
from terminal_signer.strict import Malformed
from tests.evidence.plant import Case, certified, run_plant
from tests.stateproof.plant_state import proof_of

NOW = 1_700_000_000


@pytest.fixture(scope="module")
def case() -> Case:
    return certified(run_plant())


def test_the_facts_are_the_worlds(case: Case) -> None:
    facts = replace(case.facts(), chain_id=case.policy.chain_id, genesis=case.policy.genesis)
    proof, block_hash = proof_of(case.bundle, case.policy, facts)
    shown = prove(proof, block_hash, case.bundle, case.policy)
    assert shown == facts
    assert verify(case.bundle, case.policy, shown, NOW).exit_code == 0


def test_what_is_not_there_is_proven(case: Case) -> None:
    """INV-07: nothing anchored, published, minted, enrolled."""
    nothing = replace(case.facts(), terminals={}, published=frozenset(), status=0)
    proof, block_hash = proof_of(replace(case.bundle, heads=case.bundle.heads[:1]), case.policy, nothing)
    shown = prove(proof, block_hash, case.bundle, case.policy)
    assert (shown.heads, shown.terminals, shown.published, shown.status) == (False, {}, frozenset(), 0)


def test_a_node_swapped(case: Case) -> None:
    """INV-18, INV-19: one byte of any node."""
    proof, block_hash = proof_of(case.bundle, case.policy, case.facts())
    for at in range(0, len(proof.nodes), 13):
        node = bytearray(proof.nodes[at])
        node[-1] ^= 1
        lie = StateProof(proof.header, [*proof.nodes[:at], bytes(node), *proof.nodes[at + 1 :]])
        with pytest.raises(Malformed):
            prove(lie, block_hash, case.bundle, case.policy)
