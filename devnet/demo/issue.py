"""From the log to a certificate: evaluate what is logged, sign three times, mint, write the bundle and a policy."""

import json
import secrets
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devnet.demo.plant import Plant
from devnet.demo.replay import Tally
from devnet.demo.report import Proven, Report, Tampering
from devnet.demo.show import period_text
from devnet.demo.stage import DAY, EVALUATOR, VERIFIER, Stage
from gateway.facts import Name, PageFacts, RuleName
from ledger.anchoring.heads import State
from ledger.assemble import Assembled, assemble, signers_of
from ledger.certificates.bundling import write_bundle
from ledger.certificates.certify import Issued, Parties, Terms, certify, draw_up
from ledger.certificates.openings import open_figures
from ledger.certificates.page import product_named, published
from ledger.certificates.statement import Statement
from ledger.evaluation.evaluate import Rules, evaluate
from ledger.evaluation.result import Result
from ledger.evidence.bundle import Bundle
from ledger.evidence.case import times_of
from ledger.log.replay import Head
from ledger.log.tree import leaf_hash
from ledger.store.anchors import AnchorStore
from ledger.store.database import open_store
from ledger.store.evidence import FOLDER, deposit

VALID = 365 * DAY
ORGANISATIONS = {
    "evaluator": Name("演示评价机构", "Demo evaluation body"),
    "verifier": Name("演示核查机构", "Demo verification body"),
}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The evidence and the result that follows from it."""

    evidence: Assembled
    result: Result
    anchor_count: int
    anchor_gas: int


@dataclass(frozen=True, slots=True)
class Issuance:
    """What the demo leaves behind for anyone to check. `rpc` is the chain's address while it runs."""

    issued: Issued
    bundle: Path
    policy: Path
    rpc: str


def evaluate_logged(stage: Stage, plant: Plant) -> Evaluated:
    """Everything is read from the store and the chain again; nothing is carried over from the replay."""
    engine = open_store(f"sqlite:///{stage.folder / 'ledger.db'}")
    anchored = AnchorStore(engine, stage.log_id).heads([State.FINAL])
    heads = [Head(head.size, head.root, head.place.time) for head in anchored if head.place is not None]
    enrolments = stage.chain.enrolments()
    subs = signers_of(engine, stage.log_id, plant.facts, enrolments)
    times = times_of(plant.facts, stage.rules["method"])
    evidence = assemble(engine, stage.log_id, enrolments, heads, subs, plant.period, times)
    result = evaluate(
        plant.site, Rules(**stage.rules), evidence.admitted, plant.period, seed=secrets.token_bytes(32), kind=plant.kind
    )
    engine.dispose()
    return Evaluated(evidence, result, len(anchored), sum(head.gas_used or 0 for head in anchored))


def parties_of(stage: Stage) -> Parties:
    return Parties(*(stage.accounts[role] for role in ("enterprise", "evaluator", "verifier")))


def statement_of(stage: Stage, plant: Plant, evaluated: Evaluated, identifier: str) -> Statement:
    """What the three are to sign of an identifier."""
    now, evidence = stage.chain.now(), evaluated.evidence
    terms = Terms(identifier, plant.kind, plant.period.start, plant.period.end, now + VALID, now + DAY)
    leaves = [leaf_hash(entry.frame.digest) for entry in evidence.admitted]
    size, iss = evidence.heads[-1].size, plant.facts.iss
    return draw_up(terms, parties_of(stage), iss, plant.site, stage.rules, stage.log_id, size, leaves, evaluated.result)


def certify_result(
    stage: Stage, plant: Plant, evaluated: Evaluated, *, identifier: str = "", bundle_name: str = "certificate.bundle"
) -> Issuance:
    """Statement, three signatures, mint; then the bundle, deposited too, and a policy that names chain and parties.
    `identifier`: of a product, where it is not the plant's own."""
    result, now = evaluated.result, stage.chain.now()
    statement = statement_of(stage, plant, evaluated, identifier or plant.identifier)
    engine = open_store(f"sqlite:///{stage.folder / 'ledger.db'}")
    issued = certify(
        stage.chain, engine, statement, parties_of(stage), result,
        openings=open_figures(result, published(plant.kind, result.document)),
        summary=_page_facts(stage, plant, result, statement.identifier).to_json(),
        issued_at=now,
    )  # fmt: skip
    stage.anvil.finalize()
    bundle = stage.folder / bundle_name
    bundle.write_bytes(data := write_bundle(_bundle(stage, plant, evaluated, issued)))
    deposit(engine, stage.folder / FOLDER, data, int(time.time()))
    engine.dispose()
    policy = stage.folder / "policy.json"
    policy.write_text(json.dumps(_policy(stage), indent=2) + "\n", encoding="utf-8")
    return Issuance(issued, bundle, policy, stage.anvil.url)


def report_of(
    stage: Stage,
    plant: Plant,
    evaluated: Evaluated,
    issuance: Issuance,
    tally: Tally,
    proven: Proven,
    *,
    verified: bool,
    tampers: Sequence[Tampering],
    attacks: Sequence[Tampering],
) -> Report:
    return Report(
        title=plant.title,
        period=period_text(plant.period.start, plant.period.end, plant.facts.offset),
        marks=tuple(evaluated.result.marks),
        frames=tally.frames,
        readings=plant.readings,
        result=evaluated.result.document,
        token=issuance.issued.token,
        identifier=plant.identifier,
        kind=plant.kind,
        transaction="0x" + issuance.issued.transaction.hex(),
        anchor_count=evaluated.anchor_count,
        anchor_gas=evaluated.anchor_gas,
        proven=proven,
        verified=verified,
        tampers=tuple(tampers),
        attacks=tuple(attacks),
    )


def _bundle(stage: Stage, plant: Plant, evaluated: Evaluated, issued: Issued) -> Bundle:
    evidence = evaluated.evidence
    return Bundle(
        chain_id=stage.deployment.chain_id,
        seed=evaluated.result.seed,
        frames=evidence.raws,
        previous_size=evidence.previous_size,
        heads=evidence.heads,
        ranges=evidence.ranges,
        keys=evidence.keys,
        site=plant.site,
        rules=stage.rules,
        result=evaluated.result.canonical(),
        statement=issued.statement,
        signatures=issued.signatures,
    )


def _policy(stage: Stage) -> dict[str, Any]:
    """The trust roots of this demo. A real verifier writes its own, from what registries and regulators publish."""
    accredited = [
        {"address": stage.accounts[role].address.lower(), "organisation": organisation, "role": role}
        for role, organisation in (("evaluator", EVALUATOR), ("verifier", VERIFIER))
    ]
    contracts = stage.deployment.generations[-1].contracts
    return {
        "format": "policy/1",
        "chain_id": stage.deployment.chain_id,
        "genesis": "0x" + stage.deployment.genesis.hex(),
        "contracts": {name: "0x" + address.hex() for name, address in contracts.items()},
        "accredited": accredited,
        "finality": "finalized",
        "max_age": None,
        "allow_demo": True,
    }


def _page_facts(stage: Stage, plant: Plant, result: Result, identifier: str) -> PageFacts:
    document: Mapping[str, Any] = result.document
    product = product_named(document, identifier)
    facts, grade = plant.facts, document["grade"]
    return PageFacts(
        enterprise=_name(facts.name),
        evaluator=ORGANISATIONS["evaluator"],
        verifier=ORGANISATIONS["verifier"],
        site=_name(facts.boundary),
        offset=facts.offset_text,
        level=_name(grade["level_band"]) if grade["level_band"] else None,
        grade_reason=_name(grade["reason_text"]) if grade["reason_text"] else None,
        rules=tuple(_rule_name(role, body) for role, body in stage.rules.items()),
        marks=tuple(result.marks),
        corrections=document["frames"]["corrections"],
        uscc=document["site"]["uscc"] or "",
        product=_name(product) if product else None,
    )


def _rule_name(role: str, body: bytes) -> RuleName:
    rule = tomllib.loads(body.decode())
    return RuleName(role, rule["id"], _name(rule["title"]))


def _name(names: Mapping[str, str]) -> Name:
    return Name(names["zh"], names["en"])
