"""Result documents for reports: a whole one with every optional part, and small odd ones. The figures are made up,
but sources and months add up as an evaluation's do."""

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ledger.canonical import decimal_text
from ledger.rules import load_rule
from tests.reports import parts
from tests.reports.parts import END, MONTHS, START

Json = Any


def source(
    zh: str,
    en: str,
    scope: int,
    amount: str | None,
    *,
    group: str = "combustion",
    gas: str = "CO2",
    basis: str = "",
    counts: str = "total",
    silent: tuple[int, ...] = (),
    energy: bool = True,
) -> Json:
    """A source with the same amount in every month but the `silent` ones."""
    months = {
        label: None if amount is None or at in silent else decimal_text(Fraction(amount) * (20 + at % 5) / 20)
        for at, label in enumerate(MONTHS)
    }
    known = [Fraction(value) for value in months.values() if value is not None]
    return {
        "name": {"zh": zh, "en": en},
        "scope": scope,
        "energy": energy,
        "counts": counts,
        "group": group,
        "gas": gas,
        **({"basis": basis} if basis else {}),
        "total": decimal_text(sum(known, Fraction(0))) if known else None,
        "by_month": months if known else {},
    }


def sources() -> dict[str, Json]:
    return {
        "coking_coal": source("炼焦煤", "Coking coal", 1, "41250.5"),
        "anthracite": source("无烟煤", "Anthracite", 1, "8800.25", silent=(3, 4)),
        "natural_gas": source("天然气", "Natural gas", 1, "1202.125"),
        "diesel": source("柴油", "Diesel", 1, "13.0625"),
        "limestone": source("石灰石分解", "Limestone calcination", 1, "2911.7", group="process", energy=False),
        "dolomite": source("白云石分解", "Dolomite calcination", 1, "640.4", group="process", energy=False),
        "anode_effect": source(
            "阳极效应 PFC", "Anode-effect PFCs", 1, "72.9", group="process", gas="CF4", energy=False
        ),
        "purchased_electricity": source(
            "外购电力", "Purchased electricity", 2, "6402.55", group="electricity", basis="location"
        ),
        "market_electricity": source(
            "外购电力（市场）", "Purchased electricity (market)", 2, "5102.55", group="electricity", basis="market"
        ),
        "purchased_heat": source("外购热力", "Purchased heat", 2, "0", group="heat"),
        "exported_electricity": source(
            "外供电力", "Exported electricity", 2, "-1801.2", group="electricity", energy=False
        ),
        "fixed_carbon": source("产品固碳", "Carbon fixed in products", 1, "-955.5", group="removal", energy=False),
        "biomass": source("生物质", "Biomass", 1, "120", counts="memo", energy=False),
        "solar": source(
            "自发绿电", "Own solar power", 2, "-210", group="electricity", counts="grade-deduction", energy=False
        ),
        "refrigerant": source("制冷剂", "Refrigerants", 1, None, group="process", gas="HFC-134a", energy=False),
    }


def emissions(by_source: Mapping[str, Json]) -> Json:
    """The totals of the sources, as an evaluation adds them up."""
    counted = [
        entry for entry in by_source.values() if entry["counts"] == "total" and entry.get("basis") in (None, "location")
    ]

    def add_up(entries: list[Json]) -> str:
        return decimal_text(sum((Fraction(entry["total"] or 0) for entry in entries), Fraction(0)))

    def month(label: str) -> str | None:
        values = [entry["by_month"].get(label) for entry in counted]
        known = [Fraction(value) for value in values if value is not None]
        return decimal_text(sum(known, Fraction(0))) if known else None

    market = [entry for entry in by_source.values() if entry["counts"] == "total" and entry.get("basis") != "location"]
    return {
        "unit": "tCO2e",
        "gases": ["CO2", "CF4", "HFC-134a"],
        "gwp_set": "IPCC AR5",
        "total": add_up(counted),
        "energy": add_up([entry for entry in counted if entry["energy"]]),
        "deductions": decimal_text(
            -sum(
                (Fraction(entry["total"] or 0) for entry in by_source.values() if entry["counts"] == "grade-deduction"),
                Fraction(0),
            )
        ),
        **{f"scope{scope}": add_up([entry for entry in counted if entry["scope"] == scope]) for scope in (1, 2, 3)},
        "by_month": {label: month(label) for label in MONTHS},
        "by_source": dict(by_source),
        "incomplete": [name for name, entry in by_source.items() if entry["total"] is None],
        "bases": {"location": add_up(counted), "market": add_up(market)},
        "by_gas": {
            gas: add_up([entry for entry in counted if entry["gas"] == gas]) for gas in ("CO2", "CF4", "HFC-134a")
        },
        "by_group": {
            group: add_up([entry for entry in counted if entry["group"] == group])
            for group in ("combustion", "process", "electricity", "heat", "removal")
        },
    }


def rule(role: str, identity: str) -> Json:
    """A shipped rule, as a result names it."""
    return {
        "id": identity,
        "edition": f"edition of the {role}",
        "sha256": "0x" + hashlib.sha256(load_rule(identity)).hexdigest(),
    }


def bare(by_source: Mapping[str, Json] | None = None) -> Json:
    """A document with nothing optional in it."""
    by_source = {"natural_gas": source("天然气", "Natural gas", 1, "12.5")} if by_source is None else by_source
    told = emissions(by_source)
    for name in ("bases", "by_gas", "by_group"):
        del told[name]
    return {
        "format": "result/1",
        "kind": 1,
        "period": {"start": START, "end": END, "offset": "+08:00"},
        "site": {
            "sha256": "0x" + "11" * 32,
            "enterprise": "88.118.20999",
            "subject": "88.118.20999/CE-2023-0001",
            "name": {"zh": "示例厂", "en": "Sample works"},
            "uscc": None,
            "industry": "C3110",
            "region": "CN-ZJ",
            "boundary": {"zh": "全厂", "en": "The whole plant"},
            "absent": [],
        },
        "rules": {"method": rule("method", "general")},
        "activity": {
            "natural_gas": {
                "value": "33.25",
                "unit": "10^4Nm3",
                "by_month": dict.fromkeys(MONTHS, "1"),
                "metered": "33.25",
                "declared": "0",
                "estimated": "0",
            },
        },
        "emissions": told,
        "grade": {
            "grade": None,
            "reason": "no-scheme",
            "reason_text": {"zh": "不适用", "en": "does not apply"},
            "value": 0,
            "ratio": None,
            "band": None,
            "level": None,
            "level_band": None,
            "mean": None,
        },
        "quality": {"coverage": 10_000, "metered": 10_000, "declared": 0, "defaulted": 0, "estimated": 0},
        "marks": [],
        "gaps": {"rule": "report", "statement": {"zh": "不补值。", "en": "Not filled."}, "list": []},
        "frames": {
            "held": 3,
            "readings": 2,
            "documents": 1,
            "heartbeats": 0,
            "excluded": 0,
            "degraded": 0,
            "corrections": 0,
            "flags": {},
            "keys": [],
        },
        "corrections": [],
        "self_signed": [],
        "findings": [],
        "factors": [],
        "trace": [],
    }


def full() -> Json:
    """Every part that a result may have."""
    document = bare(sources())
    document |= {"kind": 2, "emissions": emissions(sources()), "marks": ["DEMO", "UNVERIFIED", "ILLUSTRATIVE"]}
    document["site"] |= {
        "uscc": "91330000710928384K",
        "boundary": {
            "zh": "以企业法人为边界：焦化、烧结、炼铁、炼钢、连铸、轧钢及其辅助系统；不含厂外运输。",
            "en": "The legal person: coking, sintering, iron and steel making, casting, rolling, with auxiliary plant; "
            "without transport outside the gate.",
        },
        "absent": [{"source": "coke", "reason": {"zh": "全部自产", "en": "all of it made on site"}}],
    }
    document["rules"] |= {
        "factors": rule("factors", "cn-a-2013"),
        "scheme": rule("scheme", "zhejiang-carbon-efficiency"),
        "benchmarks": rule("benchmarks", "demo-rolling-means"),
    }
    document["activity"] |= parts.activity()
    document["grade"] = parts.grade()
    document["quality"] = {"coverage": 8723, "metered": 2110, "declared": 1204, "defaulted": 6150, "estimated": 536}
    document["gaps"]["list"] = parts.gaps()
    document["gaps"] |= {"share": "0.0213", "certificate_limit": 500}
    document |= {
        "frames": parts.frames(),
        "corrections": parts.corrections(),
        "self_signed": parts.self_signed(),
        "findings": parts.findings(),
    }
    document |= {"factors": parts.factors(), "trace": parts.trace()}
    document |= {
        "levels": parts.levels(),
        "teams": parts.teams(),
        "allocations": parts.allocations(),
        "transfers": parts.transfers(),
    }
    document |= {
        "products": parts.products(),
        "unassigned": "120.5",
        "balance": parts.balance(),
        "uncertainty": parts.uncertainty(),
    }
    document |= {"cross_checks": parts.cross_checks(), "closings": parts.closings(), "green": parts.green()}
    return document


def with_nothing_emitted() -> Json:
    return bare({"natural_gas": source("天然气", "Natural gas", 1, "0")})


def below_zero() -> Json:
    """More removed than emitted."""
    return bare(
        {
            "natural_gas": source("天然气", "Natural gas", 1, "10"),
            "fixed_carbon": source("固碳", "Fixed carbon", 1, "-25"),
            "exported_heat": source("外供热力", "Exported heat", 2, "-4"),
            "silent": source("柴油", "Diesel", 1, "0"),
        }
    )


def not_gradable() -> Json:
    """Asked for a grade that there is none of, and nothing that could be certified."""
    document = bare()
    reason = {"zh": "工业增加值不大于零", "en": "the value added is not above zero"}
    document |= {"kind": 2, "marks": ["ACTIVITY-FILE"], "certifiable": False}
    document["not_certifiable"] = [
        {
            "code": "unverified",
            "text": {"zh": "活动数据未经核验", "en": "the activity does not come from verified frames"},
        }
    ]
    document["grade"] |= {"reason": "value-added-not-positive", "reason_text": reason}
    return document


def held_against_lines() -> Json:
    document = bare()
    document["grade"] = parts.lines()
    return document
