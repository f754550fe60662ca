"""Certificates to show: statements with their page facts and openings, and a chain that answers as it is told."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.facts import Name, PageFacts, RuleName
from ledger.canonical import canonical_json
from ledger.certificates.statement import Domain, Statement
from ledger.chain.deployment import REQUIRED, Deployment, Generation
from ledger.chain.errors import ChainUnreachable
from ledger.chain.views import Block, CertificateView
from ledger.identifiers.vaa import leaf, node
from ledger.log.tree import root_of_leaves
from ledger.store.certificates import StoredCertificate
from terminal_signer.receipt import leaf_hash

CHAIN_ID = 31337
CONTRACTS = {name: bytes([number]) * 20 for number, name in enumerate(("AccessManager", *REQUIRED), 1)}
DEPLOYMENT = Deployment(CHAIN_ID, bytes(32), True, (Generation(0, CONTRACTS),))
DOMAIN = Domain(CHAIN_ID, CONTRACTS["CertificateRegistry"])
YEAR_START, YEAR_END = 1514736000, 1546272000  # 2018 in UTC+08:00
MINTED = 1547000000
GRADED = "88.118.20260/CE-2018-0001"
EMISSIONS = "88.118.20260/ES-2018-0001"
PRODUCT = "88.118.20260/PCF-2018-0001"
SEED = bytes(range(32))

FACTS = PageFacts(
    enterprise=Name("演示轧钢有限公司", "Demo Rolling Mill Co., Ltd."),
    evaluator=Name("演示评价机构", "Demo Evaluation Institute"),
    verifier=Name("演示核查机构", "Demo Verification Body"),
    site=Name("一号型钢轧制厂区，外购电力与天然气", "Section mill no. 1: purchased electricity and natural gas"),
    industry_code="3130",
    industry=Name("钢压延加工", "Steel rolling"),
    offset="+08:00",
    level=Name("中碳", "medium carbon"),
    rules=(
        RuleName("method", "general/2015", Name("工业其他行业企业（GB/T 32150）", "General method (GB/T 32150)")),
        RuleName("factors", "cn-a/2024", Name("中国缺省因子", "Chinese defaults")),
        RuleName("scheme", "zhejiang-carbon-efficiency/1", Name("浙江碳效等级评价方法", "Zhejiang grades")),
        RuleName("benchmarks", "demo-rolling/2018", Name("演示行业均值", "Invented industry mean")),
    ),
    marks=("DEMO", "REPLAYED"),
)

ILLUSTRATIVE = replace(
    FACTS,
    enterprise=Name("钢铁厂（公开数据集）", "Steel plant (public data set)"),
    site=Name("全厂外购电力", "Purchased electricity of the whole plant"),
    offset="+09:00",
    level=None,
    grade_reason=Name("未申报工业增加值，无法分级。", "No value added was declared, so there is no grade."),
    marks=("REPLAYED", "ILLUSTRATIVE"),
)


def statement(identifier: str = GRADED, kind: int = 2, **changes: Any) -> Statement:
    iss = identifier.split("/")[0]
    plain = Statement(
        kind=kind, subject=leaf(identifier), identifier=identifier, enterprise=node(iss), recipient=b"\xa1" * 20,
        evaluator=b"\xb2" * 20, verifier=b"\xc3" * 20, period_start=YEAR_START, period_end=YEAR_END, site=b"\x01" * 32,
        template=bytes(32), method=b"\x02" * 32, factors=b"\x03" * 32, scheme=b"\x04" * 32, benchmarks=b"\x05" * 32,
        log_id=b"\x0a" * 32, tree_size=9131, evidence_root=b"\x06" * 32, result_hash=b"\x07" * 32,
        grade=2 if kind == 2 else 0, grade_value=734512 if kind == 2 else 0, footprint=0, figures=bytes(32), unit="",
        quantity=0, upstream_root=bytes(32), coverage=9412, metered=9412, declared=431, defaulted=0, estimated=157,
        assurance=1, opinion=bytes(32), supersedes=0, valid_until=1609430400, submit_before=MINTED + 3600,
    )  # fmt: skip
    return replace(plain, **changes)


def openings(figures: dict[str, tuple[str, str]]) -> tuple[dict[str, Any], bytes]:
    """Openings of these figures (name → value, unit) and the root that commits to them; paths only for up to two."""
    leaves: list[bytes] = []
    opened: dict[str, dict[str, Any]] = {}
    for name, (value, unit) in figures.items():
        salt = hmac.new(SEED, name.encode(), hashlib.sha256).digest()
        leaves.append(
            leaf_hash(hashlib.sha256(salt + canonical_json({"name": name, "value": value, "unit": unit})).digest())
        )
        opened[name] = {"value": value, "unit": unit, "salt": "0x" + salt.hex(), "index": len(leaves) - 1}
    for opening in opened.values():
        path = [leaves[1 - opening["index"]]] if len(leaves) == 2 else []
        opening |= {"size": len(leaves), "path": ["0x" + step.hex() for step in path]}
    return opened, root_of_leaves(leaves)


def stored(said: Statement, facts: PageFacts, opened: dict[str, Any] | None = None) -> StoredCertificate:
    return StoredCertificate(
        token_id=said.digest(DOMAIN), identifier=said.identifier, kind=said.kind, statement=said.to_json(),
        result={"activity": {"purchased_electricity": {"value": "12345678.9", "unit": "kWh"}}},
        openings=opened or {}, marks=facts.marks, summary=facts.to_json(), transaction=b"\x77" * 32, block_number=412,
        issued_at=MINTED,
    )  # fmt: skip


def efficiency() -> StoredCertificate:
    """A grade with level L published."""
    opened, root = openings({"emissions.total": ("41230.55", "tCO2e"), "grade.level": ("1.9337", "tCO2/10^4{CNY}")})
    return stored(statement(figures=root), FACTS, {"grade.level": opened["grade.level"]})


def emission_statement() -> StoredCertificate:
    opened, root = openings({"emissions.total": ("585.476553131", "tCO2e"), "coverage": ("10000", "")})
    said = statement(
        EMISSIONS, 1, figures=root, coverage=10000, metered=10000, declared=0, estimated=0, scheme=bytes(32),
        benchmarks=bytes(32), period_start=YEAR_START - 3600, period_end=YEAR_END - 3600,
    )  # fmt: skip
    return stored(said, ILLUSTRATIVE, {"emissions.total": opened["emissions.total"]})


def footprint() -> StoredCertificate:
    """A product's footprint: 2183.45 kgCO2e per tonne."""
    facts = replace(
        FACTS,
        level=None,
        uscc="91110000600037341L",
        product=Name("热轧 H 型钢 Q355B", "Hot-rolled H-beam Q355B"),
        boundary=Name("从摇篮到大门", "cradle to gate"),
    )
    said = statement(
        PRODUCT, 3, footprint=2_183_450_000, unit="t", quantity=1_200_000, scheme=bytes(32), benchmarks=bytes(32)
    )  # fmt: skip
    return stored(said, facts)


@dataclass
class FakeChain:
    """Answers from a table, or not at all."""

    certificates: dict[str, CertificateView] = field(default_factory=dict)
    reachable: bool = True
    latest: Block = field(default_factory=lambda: Block(431, b"\x11" * 32, MINTED + 600))
    final: Block = field(default_factory=lambda: Block(427, b"\x12" * 32, MINTED + 500))
    deployment: Deployment = DEPLOYMENT

    def depths(self) -> tuple[Block, Block, Block]:
        if not self.reachable:
            raise ChainUnreachable("no chain answers", where="http://127.0.0.1:1")
        return self.latest, self.final, self.final

    def check(self, identifier: str, tag: str | int = "latest") -> CertificateView | None:
        return self.certificates.get(identifier)

    def show(self, said: Statement, status: str = "active", minted_at: int = MINTED) -> None:
        self.certificates[said.identifier] = CertificateView(
            token_id=int.from_bytes(said.digest(DOMAIN)), status=status, kind=said.kind, grade=said.grade,
            grade_value=said.grade_value, footprint=said.footprint, period_start=said.period_start,
            period_end=said.period_end, valid_until=said.valid_until, minted_at=minted_at, recipient=said.recipient,
            evaluator=said.evaluator, verifier=said.verifier, coverage=said.coverage, assurance=said.assurance,
            block=self.latest,
        )  # fmt: skip
