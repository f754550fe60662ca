"""A press shop that makes brackets of sheet: electricity and pieces are metered, sheet is declared, two days.

Per hour 2 kWh and 10 brackets; over the two days 300 kg of sheet. What is made of aluminium with a certificate is added
by tests.
"""

from collections.abc import Iterable
from hashlib import sha256

from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import Period, Rules
from ledger.evaluation.result import Result
from ledger.rules import load_rule
from terminal_signer.frame import Document, KeyClass
from tests.evaluation.plant import HOUR, ISS, METER, OFFICER, SEED, Log, hour, item

PIECES, POWER = f"{METER}/brackets", f"{METER}/power"
PERIOD = Period(1_675_094_400, 1_675_267_200)  # 2023-01-31 and 2023-02-01, +08:00
HOURS = range(PERIOD.start, PERIOD.end, HOUR)
RULES = Rules(load_rule("product-footprint"), load_rule("footprint-secondary-cn"))
BRACKET = f"{ISS}/bracket"
MADE, SHEET = 480, 300

SITE = f"""\
format = "site/1"
marks = ["ILLUSTRATIVE"]
boundary = {{ zh = "冲压车间", en = "The press shop" }}

[enterprise]
iss = "{ISS}"
subject = "{ISS}/CE-2023-0001"
name = {{ zh = "示例冲压厂", en = "Sample press shop" }}
industry = "C3670"
region = "CN"
offset = "+08:00"

[rules]
method = "product-footprint"
factors = "footprint-secondary-cn"

[[meter]]
sub = "{METER}"
name = {{ zh = "采集器", en = "Concentrator" }}

[[meter.point]]
id = "{POWER}"
item = "electricity"
unit = "kWh"
kind = "amount"

[[meter.point]]
id = "{PIECES}"
item = "product_pieces"
unit = "{{piece}}"
kind = "amount"

[[declaration]]
item = "steel_bf_bof"
sub = "{OFFICER}"
class = "officer"

[[source]]
id = "electricity"

[[source]]
id = "steel_bf_bof"

[[product]]
id = "bracket"
name = {{ zh = "支架", en = "Bracket" }}
at = "enterprise"
output = "{PIECES}"
"""


CERTIFIED = f"""
[[declaration]]
item = "certified_aluminium"
sub = "{OFFICER}"
class = "officer"
certified = true

[[source]]
id = "certified_aluminium"
"""
FIRST, SECOND = bytes([1]) * 32, bytes([2]) * 32


def with_certified(site: str = SITE) -> str:
    """The shop also takes aluminium with a certificate."""
    at = site.index("[[product]]")
    return site[:at] + CERTIFIED.lstrip() + "\n" + site[at:]


def claim(
    account: bytes,
    quantity: str,
    footprint: str,
    unit: str = "t",
    start: int = PERIOD.start,
    end: int = PERIOD.end,
    name: str = "certified_aluminium",
) -> Document:
    """What the office signs when goods of an account go in."""
    named, each = f"{name}/0x{account.hex()}", f"kg{{CO2e}}/{unit}"
    items = item(named, quantity, unit, start, end), item(f"{named}.footprint", footprint, each, start, end)
    return Document("upstream-certificate", "application/pdf", sha256(named.encode()).digest(), None, items)


def batch(identity: str, first: str, last: str, quantity: str = "") -> str:
    stated = f'quantity = "{quantity}"\n' if quantity else ""
    return f'\n[[batch]]\nid = "{identity}"\nproduct = "bracket"\nfrom = "{first}"\nto = "{last}"\n{stated}'


def shop(
    power: Iterable[int] = HOURS, pieces: str = "10", sheet: str = str(SHEET), claims: Iterable[Document] = ()
) -> Log:
    log = Log()
    for start in power:
        log.add(hour(start, "2", POWER))
    for start in HOURS:
        log.add(hour(start, pieces, PIECES, "{piece}"))
    log.declare(item("steel_bf_bof", sheet, "kg", PERIOD.start, PERIOD.end))
    for document in claims:
        log.add(document, OFFICER, KeyClass.OFFICER)
    return log


def footprints(log: Log, site: str = SITE, kind: int = 3) -> Result:
    return evaluate(site.encode(), RULES, log.frames, PERIOD, seed=SEED, kind=kind)
