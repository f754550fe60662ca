"""Labels to print: both kinds, both languages, ordinary and awkward ones."""

from dataclasses import replace
from typing import Any

from ledger.labels.label import Label, Named
from ledger.labels.offline import sign
from ledger.language import Language
from tests.labels.samples import ADDRESS, ENTERPRISE, FOOTPRINT, GRADED, HOST, ITEM, KEY, PRODUCT, TRADE_ITEM

MILL = Named("演示轧钢有限公司", "Demo Rolling Mill Co., Ltd.")
BODY = Named("演示核查机构", "Demo Verification Body")
LONG = Named(
    "演示自治区演示市演示工业园区绿色铝业材料科技创新发展股份有限公司",
    "Demonstration Autonomous Region Industrial Park Green Aluminium Materials Technology Innovation Co., Ltd.",
)
ALL_MARKS = ("DEMO", "REPLAYED", "ILLUSTRATIVE", "UNVERIFIED")
SIGNED = sign(ADDRESS, ENTERPRISE, KEY)
SIGNED_ITEM = sign(f"https://{HOST}{ITEM}?7230=XXPCF-2018-0001", TRADE_ITEM, KEY)
LONG_IDENTIFIER = "88.118.20260/CE-2018-" + "0" * 70
SIGNED_PRODUCT = sign(f"https://{HOST}/{PRODUCT}", FOOTPRINT, KEY)


def card(language: Language = "zh", **changes: Any) -> Label:
    plain = Label(
        language, 2, GRADED, SIGNED, MILL, BODY,
        period="2018年" if language == "zh" else "2018",
        valid_until="2020年12月31日" if language == "zh" else "31 December 2020",
        marks=("DEMO", "REPLAYED"), grade=2, k="0.734512", level=2, intensity="1.9337",
    )  # fmt: skip
    return replace(plain, **changes)


def tag(language: Language = "zh", **changes: Any) -> Label:
    plain = Label(
        language, 3, PRODUCT, SIGNED_PRODUCT, MILL, BODY,
        period="2018年" if language == "zh" else "2018",
        valid_until="2020年12月31日" if language == "zh" else "31 December 2020",
        marks=("DEMO",), product=Named("热轧 H 型钢 Q355B", "Hot-rolled H-beam Q355B"),
        boundary=Named("从摇篮到大门", "cradle to gate"), footprint="2,183.45", unit="t",
    )  # fmt: skip
    return replace(plain, **changes)


AWKWARD = {
    "long-card": card("zh", enterprise=LONG, verifier=LONG, marks=ALL_MARKS, period="2018年3月1日 至 2019年2月28日"),
    "long-card-en": card("en", enterprise=LONG, verifier=LONG, marks=ALL_MARKS, intensity="≈ 12,345.6789"),
    "bare-card": card("en", marks=(), level=0, intensity="", valid_until="", verifier=Named()),
    "long-tag": tag("zh", enterprise=LONG, product=LONG, boundary=LONG, marks=ALL_MARKS, footprint="12,345,678.123456"),
    "bare-tag": tag("en", product=Named(), boundary=Named(), marks=(), code=f"https://{HOST}/{PRODUCT}"),
    "trade-item": tag("en", trade_item="(01)09506000134352(10)K1", code=SIGNED_ITEM),
    "long-trade-item": tag(
        "zh",
        product=LONG,
        marks=ALL_MARKS,
        code=SIGNED_ITEM,
        identifier=LONG_IDENTIFIER,
        trade_item=f"(01)09506000134352(22){'V' * 20}(10){'B' * 20}(21){'S' * 20}",
    ),
    "long-identifier": card("zh", identifier=LONG_IDENTIFIER),
}
