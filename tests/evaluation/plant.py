"""A small plant for evaluations: two days across a month's end, every kind of key, frames without their signatures.

Signatures are other tests' business: an evaluation takes what the log admitted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from ledger.evaluation.evaluate import evaluate
from ledger.evaluation.inputs import AdmittedFrame, Period, Rules
from ledger.evaluation.result import Result
from ledger.rules import load_rule
from terminal_signer.frame import Document, Frame, Item, KeyClass, Pack, Record

HOUR = 3600
ISS = "88.118.20999"
METER, FURNACE, OFFICER, LAB = f"{ISS}/EQ-1", f"{ISS}/EQ-2", f"{ISS}/OF-1", "88.118.20998/LAB-1"
POWER, GAS = f"{METER}/power", f"{FURNACE}/gas"
PERIOD = Period(1_643_558_400, 1_643_731_200)  # 2022-01-31 and 2022-02-01, +08:00
FEBRUARY = 1_643_644_800
HOURS = range(PERIOD.start, PERIOD.end, HOUR)
SEED = bytes(range(32))
RULES = Rules(
    load_rule("general"),
    load_rule("cn-a-2013"),
    load_rule("zhejiang-carbon-efficiency"),
    load_rule("demo-rolling-means"),
)

SITE = f"""\
format = "site/1"
marks = ["ILLUSTRATIVE"]
boundary = {{ zh = "全厂", en = "The whole plant" }}

[enterprise]
iss = "{ISS}"
subject = "{ISS}/CE-2022-0001"
name = {{ zh = "示例厂", en = "Sample plant" }}
industry = "C3130"
region = "CN"
offset = "+08:00"

[rules]
method = "general"
factors = "cn-a-2013"
scheme = "zhejiang-carbon-efficiency"
benchmarks = "demo-rolling-means"

[[meter]]
sub = "{METER}"
name = {{ zh = "电表", en = "Electricity meter" }}
calibration_due = "2022-12-31"

[[meter.point]]
id = "{POWER}"
item = "purchased_electricity"
unit = "kWh"
kind = "amount"
ratio = "10"

[[meter]]
sub = "{FURNACE}"
name = {{ zh = "气表", en = "Gas meter" }}

[[meter.point]]
id = "{GAS}"
item = "natural_gas"
unit = "m3{{n}}"
kind = "register"
rollover = 100000

[[declaration]]
item = "purchased_heat"
sub = "{OFFICER}"
class = "officer"

[[declaration]]
item = "value_added"
sub = "{OFFICER}"
class = "officer"
demo = true

[[declaration]]
item = "gas_heating_value"
sub = "{LAB}"
class = "laboratory"
replaces = "natural_gas.ncv"

[[source]]
id = "purchased_electricity"

[[source]]
id = "natural_gas"

[[source]]
id = "purchased_heat"

[[source]]
id = "diesel"
absent = {{ zh = "无", en = "none burnt" }}
"""
ELECTRICITY_ONLY = (
    SITE[: SITE.index("[[meter]]\nsub = " + f'"{FURNACE}"')] + '[[source]]\nid = "purchased_electricity"\n'
).replace('ratio = "10"\n', "")


@dataclass(frozen=True, slots=True)
class Key:
    """What the registry says of a key."""

    sub: str
    key_class: KeyClass
    until: int | None = None
    calibration_due: int | None = None


@dataclass(slots=True)
class Log:
    """Frames in the order in which they were logged."""

    frames: list[AdmittedFrame] = field(default_factory=list)

    def add(
        self,
        content: Pack | Document | None,
        sub: str = METER,
        key_class: KeyClass = KeyClass.METER,
        *,
        seq: int | None = None,
        corrects: AdmittedFrame | None = None,
        anchored_at: int | None = None,
        flags: Iterable[str] = (),
        key: Key | None = None,
        iss: str = "",
    ) -> AdmittedFrame:
        """Log one frame; a pack is anchored an hour after its last reading unless told otherwise."""
        index = len(self.frames)
        times = [record.time for record in content.records] if isinstance(content, Pack) else []
        own = [entry for entry in self.frames if entry.frame.sub == sub]
        frame = Frame(
            raw=b"", digest=sha256(f"{sub} {index}".encode()).digest(), alg=-7, kid=sha256(sub.encode()).digest(),
            iss=iss or sub.partition("/")[0], sub=sub, iat=max(times, default=PERIOD.end),
            seq=len(own) if seq is None else seq, prev=bytes(32), seen=None,
            corrects=None if corrects is None else corrects.frame.digest, content_type=112, payload=b"", protected=b"",
            signature=b"",
        )  # fmt: skip
        anchored = max(times, default=PERIOD.end) + HOUR if anchored_at is None else anchored_at
        entry = AdmittedFrame(frame, content, index, anchored, key or Key(sub, key_class), frozenset(flags))
        self.frames.append(entry)
        return entry

    def power(self, hours: Iterable[int] = HOURS, value: str = "1.5") -> "Log":
        """One frame an hour of the electricity meter."""
        for start in hours:
            self.add(hour(start, value))
        return self

    def gas(self) -> "Log":
        """The gas register: 0 at the start, one more m³ each hour."""
        for number, start in enumerate((*HOURS, PERIOD.end)):
            self.add(stand(start, str(number)), FURNACE)
        return self

    def declare(self, *items: Item, sub: str = OFFICER, key_class: KeyClass = KeyClass.OFFICER) -> AdmittedFrame:
        """A document with items."""
        kind = "laboratory-result" if key_class == KeyClass.LABORATORY else "declaration"
        original = sha256(f"original {len(self.frames)}".encode()).digest()
        return self.add(Document(kind, "text/plain", original, None, items), sub, key_class)


def hour(start: int, value: str, point: str = POWER, unit: str = "kWh", seconds: int = HOUR) -> Pack:
    return Pack(start, (Record(point, start, start + seconds, unit, Decimal(value), None),))


def stand(time: int, value: str, point: str = GAS, unit: str = "m3{n}") -> Pack:
    return Pack(time, (Record(point, None, time, unit, None, Decimal(value)),))


def item(name: str, value: str, unit: str, start: int = PERIOD.start, end: int = PERIOD.end) -> Item:
    return Item(name, Decimal(value), unit, start, end)


def whole(value_added: str = "20000") -> Log:
    """Everything the site file asks for: about 11.4 t CO2, so that K is 1.27 with the demo's mean of 4.5."""
    log = Log().power().gas()
    log.declare(item("purchased_heat", "100", "GJ"), item("value_added", value_added, "{CNY}"))
    return log


def result(log: Log, site: str = SITE, kind: int = 1, rules: Rules = RULES, period: Period = PERIOD) -> Result:
    return evaluate(site.encode(), rules, log.frames, period, seed=SEED, kind=kind)


def electricity(change: Callable[[Log], object] | None = None, hours: Iterable[int] = HOURS) -> Result:
    """A plant with one electricity meter without ratio, 1.5 kWh an hour, after `change`."""
    log = Log().power(hours)
    if change is not None:
        change(log)
    return result(log, ELECTRICITY_ONLY)
