"""Certificates of products to exchange: the smelter's ingots by the tonne, the foundry's wheels by the piece."""

from dataclasses import replace
from typing import Any

from gateway.facts import Name, PageFacts
from ledger.certificates.statement import Statement
from ledger.exchange.facts import Facts, facts_of
from ledger.exchange.footprint import Certificate
from ledger.exchange.proof import Issue, Node
from ledger.store.certificates import StoredCertificate
from tests.gateway.samples import CHAIN_ID, CONTRACTS, DOMAIN, MINTED, statement

SMELTER, FOUNDRY = "88.118.20261", "88.118.20262"
INGOT, WHEEL = f"{SMELTER}/INGOT", f"{FOUNDRY}/WHEEL/B-2018-07"
NODE = Node("https://ledger.example", "ledger.example", CHAIN_ID, CONTRACTS["CertificateRegistry"])
USCC = "91350100M000100Y43"

PAGE = PageFacts(
    enterprise=Name("演示电解铝有限公司", "Demo Aluminium Smelting Co., Ltd."),
    evaluator=Name("演示评价机构", "Demo Evaluation Institute"),
    verifier=Name("演示核查机构", "Demo Verification Body"),
    marks=("DEMO",),
)


def result(**product: Any) -> dict[str, Any]:
    """As far as an exchange reads it."""
    made = {
        "id": "INGOT", "name": {"zh": "重熔用铝锭", "en": "Aluminium ingot for remelting"}, "unit": "t",
        "quantity": "1250", "by_source": {"electricity": "9000000", "packaging_steel": "2500"}, "batches": [],
        "allocation": [{"source": "electricity", "of": "POTS", "rule": "mass", "share": "1"}],
    }  # fmt: skip
    return {
        "site": {
            "enterprise": SMELTER, "name": {"zh": "电解厂", "en": "Smelter"}, "uscc": USCC, "industry": "3216",
            "region": "530100", "boundary": {"zh": "电解至铸锭", "en": "from alumina to the cast ingot"}, "absent": [],
        },
        "rules": {
            "method": {"id": "product-footprint", "edition": "GB/T 24067-2024, cradle to gate"},
            "factors": {"id": "cn-footprint-2024", "edition": "2024-12"},
        },
        "emissions": {"unit": "kgCO2e", "gwp_set": "direct gases by IPCC AR6 (2021), 100 years"},
        "gaps": {"rule": "report", "share": "0"},
        "products": [{**made, **product}],
    }  # fmt: skip


def product_statement(identifier: str = INGOT, **changes: Any) -> Statement:
    plain = statement(
        identifier, 3, unit="t", footprint=11_234_567_891, quantity=1_250_000, scheme=bytes(32), benchmarks=bytes(32),
        metered=9412, assurance=1, opinion=b"\x0b" * 32,
    )  # fmt: skip
    return replace(plain, **changes)


def certificate(said: Statement | None = None, facts: Facts | None = None) -> Certificate:
    said = said or product_statement()
    known = facts or facts_of(said.identifier, result(), PAGE.to_json())
    return Certificate(said, known, Issue(said.digest(DOMAIN), b"\x77" * 32, 412, MINTED), ("DEMO",))


def row(said: Statement, document: dict[str, Any] | None = None, issued_at: int = MINTED) -> StoredCertificate:
    return StoredCertificate(
        token_id=said.digest(DOMAIN), identifier=said.identifier, kind=said.kind, statement=said.to_json(),
        result=document or result(), openings={}, marks=("DEMO",), summary=PAGE.to_json(), transaction=b"\x77" * 32,
        block_number=412, issued_at=issued_at,
    )  # fmt: skip
