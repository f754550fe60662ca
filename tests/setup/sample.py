"""An honest certificate, a forged copy and two policies as files, and a server that stands for its chain."""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from ledger.certificates.bundling import write_bundle
from ledger.certificates.certify import sign
from ledger.certificates.statement import Signatures
from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.stateproof.document import StateProof
from terminal_signer.keys import ES256
from tests.evidence.plant import Case, certified, run_plant
from tests.setup.chain_double import chain_double
from tests.stateproof.plant_state import proof_of

FAR = 4_102_444_800  # 2100-01-01: the installed command reads the real clock


@dataclass(frozen=True, slots=True)
class Sample:
    """`forged_claim` is the first claim that fails for the forged copy."""

    case: Case
    bundle: Bundle
    forged_claim: str

    def files(self) -> dict[str, bytes]:
        """File names and contents, as a user would have them."""
        last = self.bundle.frames[-1]
        forged = replace(self.bundle, frames=(*self.bundle.frames[:-1], last[:-1] + bytes([last[-1] ^ 1])))
        policy = policy_json(self.case.policy)
        return {
            "honest.bundle": write_bundle(self.bundle),
            "forged.bundle": write_bundle(forged),
            "garbage.bundle": bytes(range(256)),
            "state.json": self.state()[0].to_json(),
            "policy.json": json.dumps(policy).encode(),
            "stranger.json": json.dumps(policy | {"accredited": []}).encode(),
        }

    def state(self) -> tuple[StateProof, bytes]:
        """The proof of the chain's state, and the hash of its block."""
        return proof_of(self.bundle, self.case.policy, self.case.facts(self.bundle))


def sample(alg: int = ES256) -> Sample:
    """A plant's three days, certified by a statement that does not expire; `alg` is that of one meter's key."""
    case = certified(run_plant(alg=alg))
    statement = replace(case.bundle.statement, valid_until=FAR)
    domain, signing = case.policy.domain(), case.parties
    signatures = (sign(statement, domain, who) for who in (signing.enterprise, signing.evaluator, signing.verifier))
    bundle = replace(case.bundle, statement=statement, signatures=Signatures(*signatures))
    case.world.minted[statement.digest(domain)] = 1
    return Sample(case, bundle, "signatures")


def chain_of(sample: Sample) -> AbstractContextManager[str]:
    """The address of a server that answers as the chain of this certificate."""
    return chain_double(sample.bundle, sample.case.policy, sample.case.facts(sample.bundle))


def policy_json(policy: Policy) -> dict[str, Any]:
    return {
        "format": "policy/1",
        "chain_id": policy.chain_id,
        "genesis": f"0x{policy.genesis.hex()}",
        "contracts": {name: f"0x{address.hex()}" for name, address in policy.contracts.items()},
        "accredited": [
            {"address": f"0x{entry.address.hex()}", "organisation": entry.organisation, "role": entry.role}
            for entry in policy.accredited
        ],
        "finality": policy.finality,
        "max_age": policy.max_age,
        "allow_demo": policy.allow_demo,
    }
