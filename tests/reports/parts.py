"""The parts of a result document that are not its emissions, made up, each with something to show."""

from fractions import Fraction
from typing import Any

from ledger.canonical import decimal_text

Json = Any
START, END = 1_672_502_400, 1_704_038_400  # 2023 at +08:00
MONTHS = tuple(f"2023-{number:02}" for number in range(1, 13))
MILL, CASTING, KILN = "steel.mill", "steel.casting", "kiln"


def activity() -> Json:
    def item(value: str, unit: str, metered: str, declared: str = "0", estimated: str = "0") -> Json:
        return {
            "value": value,
            "unit": unit,
            "by_month": dict.fromkeys(MONTHS, "1"),
            "metered": metered,
            "declared": declared,
            "estimated": estimated,
        }

    return {
        "coking_coal": item("183402.118", "t", "170000", "13402.118"),
        "diesel": item("50.625", "t", "0", "50.625"),
        "purchased_electricity": item("134722018.4", "kWh", "130000000", "4000000", "722018.4"),
        "purchased_heat": item("0", "GJ", "0"),
        "value_added": item("964000000", "CNY", "0", "964000000"),
        "crude_steel": item("812345.678", "t", "812345.678"),
    }


def grade() -> Json:
    return {
        "grade": 4,
        "reason": None,
        "reason_text": None,
        "value": 1_213_456,
        "ratio": "1.2134559",
        "band": {"zh": "较低", "en": "rather low efficiency"},
        "level": "5.46055155",
        "level_band": {"zh": "高碳", "en": "high carbon"},
        "mean": {
            "industry": "C3110",
            "year": 2023,
            "value": "4.5",
            "population": "37 enterprises",
            "source": "made up",
            "confidence": "memory-low",
            "demo": True,
        },
        "scheme": {"kind": "carbon-efficiency", "id": "zhejiang-carbon-efficiency", "edition": "", "sha256": ""},
        "warning": {"lower": 3, "higher": 4, "percent": "2.75", "to_better": "1.1089", "to_worse": "64.8185"},
    }


def lines() -> Json:
    """The grade of a statement that holds products against lines of energy use."""
    return {
        "grade": 2,
        "reason": None,
        "reason_text": None,
        "value": 0,
        "ratio": None,
        "level": None,
        "level_band": None,
        "band": {"zh": "介于标杆与基准之间", "en": "between benchmark and baseline"},
        "mean": None,
        "scheme": {"kind": "lines", "id": "energy-benchmarks", "edition": "2023", "sha256": "0x00"},
        "measures": [
            {
                "of": "comprehensive_energy",
                "numerator": "301234.5",
                "unit": "tce",
                "bounds": ["293256.8", "353370.4"],
                "grade": 2,
                "lines": [
                    {
                        "line": "blast-furnace",
                        "name": {"zh": "高炉工序", "en": "Blast furnace"},
                        "item": "pig_iron",
                        "output": "812345.678",
                        "output_unit": "t",
                        "values": ["361", "435"],
                        "unit": "kgce/t",
                        "share": None,
                        "source": "工业重点领域能效标杆水平和基准水平（2023年版）",
                        "confidence": "memory-high",
                    }
                ],
            }
        ],
    }


def gaps() -> list[Json]:
    at = START + 40 * 86_400
    own = [
        {"point": "88.118.20999/EQ-1/power", "start": at + step * 86_400, "end": at + step * 86_400 + 900 * (step + 1)}
        for step in range(45)
    ]
    return [*own, {"point": "88.118.20999/EQ-7/coal", "start": at, "end": at + 9 * 86_400}]


def frames() -> Json:
    def key(sub: str, kind: str, missing: int = 0, fork: int | None = None) -> Json:
        return {
            "sub": sub,
            "kid": "0x" + "ab" * 32,
            "class": kind,
            "frames": 8760 - missing,
            "first": 0,
            "last": 8759,
            "missing": missing,
            "forked_at": fork,
        }

    return {
        "held": 26_290,
        "readings": 26_270,
        "documents": 17,
        "heartbeats": 3,
        "excluded": 12,
        "degraded": 244,
        "corrections": 2,
        "flags": {"late": 244, "fork": 12, "calibration": 31},
        "keys": [
            key("88.118.20999/EQ-1", "meter"),
            key("88.118.20999/EQ-7", "meter", 9, 4411),
            key("88.118.20999/OF-1", "officer"),
            key("88.118.20998/LAB-1", "laboratory"),
        ],
    }


def corrections() -> list[Json]:
    def signed(sub: str, kind: str, index: int) -> Json:
        return {"sub": sub, "class": kind, "digest": "0x" + "cd" * 32, "index": index}

    def value(name: str, first: str, now: str, *, superseded: bool) -> Json:
        return {
            "name": name,
            "start": START + 3600,
            "end": START + 7200,
            "unit": "kWh",
            "first": first,
            "value": now,
            "declared": True,
            "superseded": superseded,
        }

    by, of = signed("88.118.20999/OF-1", "officer", 1712), signed("88.118.20999/EQ-1", "meter", 98)
    return [
        {
            "by": by,
            "corrects": of,
            "reason": "Transformer ratio was set wrong.",
            "values": [value("88.118.20999/EQ-1/power", "12000", "120", superseded=True)],
        },
        {
            "by": by,
            "corrects": of,
            "reason": None,
            "values": [value("88.118.20999/EQ-1/power", "12000", "1200", superseded=False)],
        },
    ]


def self_signed() -> list[Json]:
    counter = {"first": 1, "last": 300, "missing": [[7, 9]], "repeated": [12], "reordered": [], "conflicting": []}
    return [
        {
            "sub": "88.118.20999/EQ-9",
            "serial": "1EMH0012345678",
            "records": 296,
            "verified": 295,
            "counters": {"T": counter},
        }
    ]


def findings() -> list[Json]:
    return [
        {
            "code": "magnitude-jump",
            "place": "88.118.20999/EQ-1/power",
            "count": 2,
            "figures": {"rate": "120000", "median": "1201.5", "end": "1676000000"},
        },
        {"code": "no-data", "place": "refrigerant", "count": 1},
        {"code": "stated-twice", "place": "88.118.20999/EQ-1/power", "count": 14},
        {"code": "of-tomorrow", "place": "", "count": 1},
    ]


def factors() -> list[Json]:
    def factor(identity: str, value: str, unit: str, basis: str, confidence: str) -> Json:
        return {
            "id": identity,
            "value": value,
            "unit": unit,
            "basis": basis,
            "years": [2022, None],
            "data_year": 2021,
            "source": "《中国能源统计年鉴》 and guideline defaults",
            "confidence": confidence,
        }

    return [
        factor("electricity.grid", "0.5703", "tCO2/MWh", "prescribed", "memory-high"),
        factor("coking_coal.ncv", "28.435", "GJ/t", "default", "found"),
        factor("coking_coal.carbon", "0.02542", "tC/GJ", "default", "found"),
        factor("refrigerant.gwp", "1300", "tCO2e/t{HFC-134a}", "punitive", "memory-low"),
    ]


def trace() -> list[Json]:
    listed: list[Json] = []
    for at, month in enumerate(MONTHS):
        for point, adds in (("88.118.20999/EQ-1/power", True), ("88.118.20999/EQ-1/power-furnace", False)):
            listed.append(
                {
                    "line": "metered",
                    "month": month,
                    "item": "purchased_electricity",
                    "point": point,
                    "metered": "11000000",
                    "declared": "226834.8",
                    "unit": "kWh",
                    "ratio": "1",
                    "value": decimal_text(11_226_834 + Fraction(at, 8)),
                    "item_unit": "kWh",
                    "missing_seconds": 900 * at,
                    **({} if adds else {"adds": False}),
                }
            )
        listed.append(
            {
                "line": "emission",
                "month": month,
                "source": "coking_coal",
                "formula": "fuel",
                "clause": "GB/T 32151.5-2015, 5.2.2: E = Σ FC × NCV × CC × OF × 44/12",
                "inputs": [
                    {
                        "name": "AD",
                        "kind": "item",
                        "id": "coking_coal",
                        "value": decimal_text(15_283 + Fraction(at, 7)),
                        "unit": "t",
                        "from": "",
                    },
                    {
                        "name": "NCV",
                        "kind": "factor",
                        "id": "coking_coal.ncv",
                        "value": "28.435",
                        "unit": "GJ/t",
                        "from": "",
                    },
                    {
                        "name": "C",
                        "kind": "constant",
                        "id": "carbon_to_co2",
                        "value": "11/3",
                        "unit": "tCO2/tC",
                        "from": "44/12",
                    },
                ],
                "steps": [
                    {
                        "name": "heat",
                        "step": "heat [GJ] = AD * NCV",
                        "value": decimal_text(434_572 + Fraction(at, 7)),
                        "unit": "GJ",
                    },
                    {
                        "name": "E",
                        "step": "E [tCO2] = heat * CC * OF * C",
                        "value": decimal_text(41_250 + Fraction(at, 3)),
                        "unit": "tCO2",
                    },
                ],
            }
        )
    listed.append(
        {
            "line": "declared",
            "item": "value_added",
            "sub": "88.118.20999/OF-1",
            "start": START,
            "end": END,
            "demo": True,
            "document": "0x" + "ef" * 32,
            "value": "964000000",
            "unit": "{CNY}",
        }
    )
    return listed


def levels() -> list[Json]:
    def unit(identity: str, kind: str, zh: str, en: str, parent: str | None, total: str, shared: str) -> Json:
        return {
            "id": identity,
            "kind": kind,
            "name": {"zh": zh, "en": en},
            "parent": parent,
            "total": total,
            "shared": shared,
            "by_source": {"coking_coal": total},
        }

    return [
        unit("enterprise", "enterprise", "示例厂", "Sample works", None, "700000", "100000.5"),
        unit("steel", "process", "炼钢", "Steel making", "enterprise", "599999.5", "0"),
        unit(MILL, "equipment", "轧机", "Rolling mill", "steel", "400000.25", "400000.25"),
        unit(CASTING, "equipment", "连铸机", "Continuous caster", "steel", "199999.25", "199999.25"),
        unit(KILN, "process", "石灰窑", "Lime kiln", "enterprise", "0", "0"),
    ]


def teams() -> list[Json]:
    def team(identity: str, zh: str, en: str, total: str) -> Json:
        return {
            "id": identity,
            "name": {"zh": zh, "en": en},
            "seconds": 10_512_000,
            "total": total,
            "by_source": {},
            "outputs": [{"product": "bar", "quantity": "101000.5", "unit": "t", "intensity": None}],
        }

    members = [team("a", "甲班", "Team A", "200000"), team("b", "乙班", "Team B", "199000")]
    return [{"at": MILL, "total": "400000.25", "nobody": "1000.25", "teams": members}]


def allocations() -> list[Json]:
    def key(to: str, amount: str, share: str, part: str) -> Json:
        return {
            "to": to,
            "from": to,
            "amount": amount,
            "unit": "t",
            "price": None,
            "price_unit": None,
            "share": share,
            "part": part,
        }

    return [
        {
            "of": "enterprise",
            "source": "*",
            "rule": "physical",
            "reason": {"zh": "按产量", "en": "by output"},
            "amount": "3000",
            "by_source": {"coking_coal": "3000"},
            "key": [key(MILL, "400", "2/3", "2000"), key(CASTING, "200", "1/3", "1000")],
        }
    ]


def transfers() -> list[Json]:
    return [
        {
            "id": "hot-metal",
            "name": {"zh": "铁水", "en": "Hot metal"},
            "source": "coking_coal",
            "from": "enterprise",
            "to": "steel",
            "output": "pig_iron",
            "amount": "712000",
            "unit": "t",
            "carbon": "29904",
            "emission": "109648",
        }
    ]


def products() -> list[Json]:
    def product(identity: str, zh: str, en: str, quantity: str | None, total: str, batches: list[Json]) -> Json:
        return {
            "id": identity,
            "name": {"zh": zh, "en": en},
            "at": MILL,
            "output": "crude_steel",
            "unit": None if quantity is None else "t",
            "quantity": quantity,
            "total": total,
            "intensity": None if quantity is None else decimal_text(Fraction(total) / Fraction(quantity)),
            "by_source": {},
            "allocation": [{"source": "coking_coal", "of": MILL, "rule": "physical", "share": "2/3"}],
            "batches": batches,
        }

    batch = {
        "id": "2023-W07",
        "start": START,
        "end": START + 7 * 86_400,
        "quantity": "1500",
        "total": "2801.25",
        "intensity": "1.8675",
        "by_source": {},
        "rules": ["hours"],
    }
    return [
        product("bar", "棒材", "Bars", "301000", "560000", [batch]),
        product("wire", "线材", "Wire rod", None, "0", []),
    ]


def balance() -> Json:
    def line(name: str, identity: str, side: str, amount: str, content: str | None, carbon: str | None) -> Json:
        return {
            "side": side,
            name: identity,
            "amount": amount,
            "unit": "t",
            "content": content,
            "content_unit": None if content is None else "tC/t",
            "origin": "default",
            "carbon": carbon,
        }

    return {
        "unit": "tC",
        "in": "190500.25",
        "out": "4200.5",
        "stock": "-310.75",
        "emitted": "186000",
        "remainder": "610.5",
        "share": "2442/762001",
        "tolerance": "2",
        "within": True,
        "lines": [
            line("item", "coking_coal", "in", "183402.118", "1.0387", "190500.25"),
            line("source", "limestone", "out", "812345.678", None, None),
        ],
    }


def uncertainty() -> Json:
    def part(of: str, data: str, percent: str, *, stated: bool) -> Json:
        return {"of": of, "data": data, "percent": percent, "stated": stated}

    return {
        "method": "IPCC 2006",
        "percent": "2.75",
        "assumed": [{"data": "metered", "percent": "2.5"}, {"data": "defaulted", "percent": "3"}],
        "lines": [
            {
                "source": "coking_coal",
                "percent": "5.196",
                "parts": [
                    part("88.118.20999/EQ-7/coal", "metered", "2.5", stated=False),
                    part("coking_coal.ncv", "defaulted", "3", stated=False),
                    part("coking_coal.carbon", "defaulted", "3", stated=False),
                    part("coking_coal.oxidation", "measured", "1", stated=True),
                ],
            },
            {"source": "purchased_heat", "percent": None, "parts": []},
        ],
        "statement": {"zh": "各排放源视为相互独立。", "en": "Sources as independent of each other."},
    }


def cross_checks() -> list[Json]:
    def check(item: str, month: str | None, first: str, second: str | None, within: bool | None) -> Json:
        return {
            "item": item,
            "name": {"zh": "电费账单", "en": "bill"},
            "by": "bill",
            "month": month,
            "unit": "t",
            "first": first,
            "second": second,
            "tolerance": "2",
            "within": within,
            "difference": None if second is None else decimal_text(Fraction(first) - Fraction(second)),
        }

    return [
        check("purchased_electricity", "2023-03", "11226834.8", "11226000", True),
        check("coking_coal", None, "15283.5", "14100", False),
        check("diesel", "2023-04", "4", None, None),
    ]


def closings() -> list[Json]:
    late = [{"sub": "88.118.20999/EQ-1", "class": "meter", "digest": "0x" + "12" * 32, "index": 7}] * 3
    return [
        {
            "month": month,
            "by": "88.118.20999/OF-1",
            "digest": "0x" + "77" * 32,
            "index": 900 + at,
            "at": START,
            "late": late if at == 4 else [],
        }
        for at, month in enumerate(MONTHS)
    ]


def green() -> Json:
    def certificate(serial: str, counted: str, reason: str | None) -> Json:
        return {
            "registry": "GEC",
            "serial": serial,
            "vintage": "2023-02",
            "technology": "solar",
            "beneficiary": "88.118.20999",
            "megawatt_hours": "12000",
            "start": START,
            "end": END,
            "sub": "88.118.20999/OF-1",
            "counted": counted,
            "document": "0x" + "55" * 32,
            "refused": "0",
            "reason": reason,
            "where": None,
        }

    return {
        "unit": "MWh",
        "metered": "134722.0184",
        "claimed": "24000",
        "counted": "12000",
        "refused": "12000",
        "by_month": dict.fromkeys(MONTHS, "1000"),
        "certificates": [certificate("17", "12000", None), certificate("18", "0", "used-elsewhere")],
    }
