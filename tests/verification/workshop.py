"""A workshop that makes two products out of certified ingots, and the smelter that certified them, on a real chain.

Brackets and rails share the workshop's electricity, by pieces. The ingots lie on the product ledger; what of them went
in is said by the store's clerk, who signs what came with the goods.
"""

from dataclasses import astuple, dataclass, replace
from decimal import Decimal
from hashlib import sha256

from eth_account import Account as Key
from eth_account.signers.local import LocalAccount

from devnet.accounts import fund
from devnet.demo.plant import PRODUCT_FOOTPRINT, Hour, Plant
from devnet.demo.stage import Stage
from devnet.deploy import create_node
from devnet.factories.factory import Filed
from ledger.certificates.booking import domain_of
from ledger.certificates.certify import sign
from ledger.chain.answers import unhex
from ledger.chain.products import deliver
from ledger.evaluation.inputs import Period
from ledger.evaluation.site import parse_site
from ledger.identifiers.vaa import leaf, node
from terminal_signer.csv_meter import Batch
from terminal_signer.frame import Item, Record
from tests.certificates.sample import STATEMENT
from tests.verification.stage import DAY, HOUR, ISS

START = 1_672_502_400  # 2023-01-01T00:00+08:00
DAYS = 2
GATE, COUNTER = f"{ISS}/EQ-0001", f"{ISS}/EQ-0002"
POWER, BRACKETS, RAILS = f"{GATE}/kWh", f"{COUNTER}/brackets", f"{COUNTER}/rails"
BRACKET, RAIL = f"{ISS}/bracket", f"{ISS}/rail"
OFFICE, CLERK = f"{ISS}/OF-0001", f"{ISS}/OF-0003"
SMELTER = "88.118.30001"
INGOTS = f"{SMELTER}/AL-2022-12"
INGOT_FOOTPRINT = 8_000_000_000  # 10⁻⁶ kgCO2e per tonne
SITE = f"""\
format = "site/1"
boundary = {{ zh = "从摇篮到大门", en = "cradle to gate" }}
marks = ["REPLAYED"]

[enterprise]
iss = "{ISS}"
name = {{ zh = "测试五金厂", en = "Test workshop" }}
industry = "3311"
region = "CN"
offset = "+08:00"
subject = "{ISS}/PF-2023"

[rules]
method = "product-footprint"
factors = "footprint-secondary-cn"

[[meter]]
sub = "{GATE}"
name = {{ zh = "总表", en = "main meter" }}

[[meter.point]]
id = "{POWER}"
item = "electricity"
unit = "kWh"
kind = "amount"

[[meter]]
sub = "{COUNTER}"
name = {{ zh = "计件器", en = "piece counter" }}

[[meter.point]]
id = "{BRACKETS}"
item = "product_pieces"
unit = "{{piece}}"
kind = "amount"

[[meter.point]]
id = "{RAILS}"
item = "product_pieces"
unit = "{{piece}}"
kind = "amount"

[[declaration]]
item = "steel_sheet"
sub = "{OFFICE}"
class = "officer"

[[declaration]]
item = "certified_aluminium"
sub = "{CLERK}"
class = "officer"
certified = true

[[source]]
id = "electricity"

[[source]]
id = "steel_sheet"

[[source]]
id = "certified_aluminium"

[[product]]
id = "bracket"
name = {{ zh = "支架", en = "Bracket" }}
output = "{BRACKETS}"

[[product]]
id = "rail"
name = {{ zh = "导轨", en = "Rail" }}
output = "{RAILS}"

[[allocation]]
of = "enterprise"
source = "certified_aluminium"
rule = "avoid"
to = "bracket"

[[allocation]]
of = "enterprise"
rule = "physical"
""".encode()


def workshop() -> Plant:
    """10 kWh, 5 brackets and 3 rails an hour; in its third hour the meter signs 1,000 kWh."""
    hours = []
    for number in range(DAYS * 24):
        start = START + number * HOUR
        power = _record(POWER, start, "kWh", 1_000 if number == 2 else 10)
        made = (_record(BRACKETS, start, "{piece}", 5), _record(RAILS, start, "{piece}", 3))
        hours.append(Hour(start + HOUR, {GATE: Batch(start, (power,)), COUNTER: Batch(start, made)}))
    period = Period(START, START + DAYS * DAY)
    steel = Item("steel_sheet", Decimal("96"), "kg", period.start, period.end)
    declared = Filed(OFFICE, period.end + 7 * HOUR, "declaration", (steel,))
    facts = parse_site(SITE, "site.toml")
    return Plant(SITE, facts, PRODUCT_FOOTPRINT, facts.subject, period, tuple(hours), filed=(declared,))


def _record(point: str, start: int, unit: str, value: int) -> Record:
    return Record(point, start, start + HOUR, unit, Decimal(value), None)


@dataclass(frozen=True, slots=True)
class Smelter:
    """Somebody else's certified ingots, as account `goods` of the product ledger, in kilogrammes."""

    stage: Stage
    holder: LocalAccount
    goods: int

    @property
    def address(self) -> bytes:
        return unhex(self.holder.address)

    def hand_over(self, kilogrammes: int) -> None:
        """To the workshop."""
        deliver(
            self.stage.chain, self.holder, unhex(self.stage.accounts["enterprise"].address), self.goods, kilogrammes
        )


def open_smelter(stage: Stage, size: int, kilogrammes: int = 1_000) -> Smelter:
    """`size`: of an anchored head. Evidence of its own it has none: nobody asks for it here."""
    holder: LocalAccount = Key.create()
    accounts, chain = stage.accounts, stage.chain
    fund(stage.anvil.node, [holder.address])
    create_node(chain, accounts["secondary-node"], "88.118", SMELTER.rpartition(".")[2], holder.address)
    method, factors = (sha256(stage.rules[name]).digest() for name in ("method", "factors"))
    now = chain.now()
    statement = replace(
        STATEMENT, kind=PRODUCT_FOOTPRINT, identifier=INGOTS, subject=leaf(INGOTS), enterprise=node(SMELTER),
        recipient=unhex(holder.address), evaluator=unhex(accounts["evaluator"].address),
        verifier=unhex(accounts["verifier"].address), period_start=START - 31 * DAY, period_end=START - DAY,
        method=method, factors=factors, scheme=bytes(32), benchmarks=bytes(32), grade=0, grade_value=0,
        log_id=stage.log_id, tree_size=size, unit="t", quantity=kilogrammes, footprint=INGOT_FOOTPRINT,
        valid_until=now + 365 * DAY, submit_before=now + DAY,
    )  # fmt: skip
    domain = domain_of(chain)
    signatures = [sign(statement, domain, who) for who in (holder, accounts["evaluator"], accounts["verifier"])]
    chain.send(holder, "CertificateRegistry", "mint", astuple(statement), *signatures)
    return Smelter(stage, holder, int.from_bytes(statement.digest(domain)))
