"""A store as a gateway has it after some years: certificates of many enterprises, and the follower's rows of them."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak
from sqlalchemy import insert

from gateway.facts import Name, PageFacts, RuleName
from ledger.certificates.statement import Domain, Statement
from ledger.chain.certificate_events import CertificateEvent
from ledger.chain.deployment import REQUIRED, Deployment, Generation
from ledger.chain.views import Block
from ledger.identifiers.vaa import leaf, node
from ledger.store.database import migrate, open_store, writing
from ledger.store.following import advance
from ledger.store.schema import certificates
from ledger.store.standing import Position

CHAIN_ID = 31337
LOG_ID = bytes(32)
CONTRACTS = {name: bytes([number]) * 20 for number, name in enumerate(("AccessManager", *REQUIRED), 1)}
DEPLOYMENT = Deployment(CHAIN_ID, bytes(32), False, (Generation(0, CONTRACTS),))
DOMAIN = Domain(CHAIN_ID, CONTRACTS["CertificateRegistry"])
YEAR = 365 * 86_400
BLOCK = Block(10_000, b"\x11" * 32, 0)

_FACTS = PageFacts(
    enterprise=Name("轧钢企业", "Rolling mill"),
    evaluator=Name("评价机构", "Evaluation institute"),
    verifier=Name("核查机构", "Verification body"),
    industry_code="3130",
    industry=Name("钢压延加工", "Steel rolling"),
    offset="+08:00",
    level=Name("中碳", "medium carbon"),
    rules=(RuleName("method", "general/2015", Name("通用方法", "General method")),),
)


def fill(path: Path, count: int) -> list[str]:
    """The identifiers of `count` certificates, one in ten of them of a product."""
    now = int(time.time())
    engine = open_store(f"sqlite:///{path}")
    migrate(engine)
    try:
        statements = list(_statements(count, now))
        tokens = [said.digest(DOMAIN, keccak) for said in statements]
        events, rows = [], []
        for number, (said, token) in enumerate(zip(statements, tokens, strict=True)):
            rows.append(_row(said, token, now))
            events.append(CertificateEvent(9_000, number, now - 60, token, "minted", token, statement=said))
        with writing(engine) as connection:
            connection.execute(insert(certificates), rows)
        latest = Block(BLOCK.number, BLOCK.hash, now)
        position = Position(CHAIN_ID, DOMAIN.contract, latest, latest, seen_at=now, read_at=now + YEAR)
        advance(engine, position, events, after=None, back_to=0)
    finally:
        engine.dispose()
    return [said.identifier for said in statements]


def _statements(count: int, now: int) -> Iterator[Statement]:
    for number in range(count):
        iss = f"88.118.{20_000 + number // 10}"
        kind = 3 if number % 10 == 9 else 2
        identifier = f"{iss}/{'PCF' if kind == 3 else 'CE'}-2025-{number:06d}"
        yield Statement(
            kind=kind, subject=leaf(identifier), identifier=identifier, enterprise=node(iss), recipient=b"\xa1" * 20,
            evaluator=b"\xb2" * 20, verifier=b"\xc3" * 20, period_start=now - 2 * YEAR, period_end=now - YEAR,
            site=b"\x01" * 32, template=bytes(32), method=b"\x02" * 32, factors=b"\x03" * 32,
            scheme=b"\x04" * 32 if kind == 2 else bytes(32), benchmarks=b"\x05" * 32 if kind == 2 else bytes(32),
            log_id=LOG_ID, tree_size=9131, evidence_root=b"\x06" * 32, result_hash=number.to_bytes(32, "big"),
            grade=2 if kind == 2 else 0, grade_value=734_512 if kind == 2 else 0,
            footprint=0 if kind == 2 else 2_183_450_000, figures=bytes(32), unit="" if kind == 2 else "t",
            quantity=0 if kind == 2 else 1_200_000, upstream_root=bytes(32), coverage=9412, metered=9412, declared=431,
            defaulted=0, estimated=157, assurance=1, opinion=b"\x09" * 32, supersedes=0, valid_until=now + YEAR,
            submit_before=now,
        )  # fmt: skip


def _row(said: Statement, token: bytes, now: int) -> dict[str, Any]:
    """As `put_certificate` writes it, which takes a transaction for each."""
    return {
        "token_id": token, "identifier": said.identifier, "kind": said.kind, "statement": said.to_json(), "result": {},
        "openings": {}, "marks": [], "summary": _FACTS.to_json(), "transaction_hash": b"\x77" * 32,
        "block_number": 9_000, "issued_at": now - 60,
    }  # fmt: skip
