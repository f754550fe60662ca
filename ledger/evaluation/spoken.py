"""What people write in a table instead of ids: Chinese column names and units, an item's name in either language."""

from collections.abc import Iterable, Mapping

from ledger.accounting.items import Item

COLUMNS = {
    "项目": "item", "活动数据": "item", "数值": "value", "数量": "value", "单位": "unit", "期间": "period",
    "时期": "period", "来源": "origin",
}  # fmt: skip
UNITS = {
    "吨": "t", "千克": "kg", "公斤": "kg", "立方米": "m3", "标准立方米": "Nm3", "标立方米": "Nm3", "万立方米": "10^4m3",
    "万标准立方米": "10^4Nm3", "万标立方米": "10^4Nm3", "万Nm3": "10^4Nm3", "万m3": "10^4m3",
    "千瓦时": "kWh", "度": "kWh", "万千瓦时": "10^4kWh", "万kWh": "10^4kWh", "万度": "10^4kWh", "兆瓦时": "MWh",
    "吉焦": "GJ", "百万千焦": "GJ", "千焦": "kJ",
    "元": "{CNY}", "万元": "10^4{CNY}", "亿元": "10^8{CNY}", "重量箱": "{weight_case}", "件": "{piece}",
    "吨标准煤": "tce", "吉焦/吨": "GJ/t", "吨碳/吉焦": "tC/GJ", "GJ/万Nm3": "GJ/10^4Nm3",
    "吉焦/万标准立方米": "GJ/10^4Nm3",
}  # fmt: skip
_RAISED = str.maketrans("³²", "32")


def unit_text(written: str) -> str:
    """The unit that a person means: 万Nm³ is 10^4Nm3. What is not known stays as it is."""
    plain = written.strip().translate(_RAISED)
    return UNITS.get(plain, plain)


def column(written: str) -> str:
    plain = written.strip()
    return COLUMNS.get(plain, plain.lower())


def named(items: Iterable[Item]) -> Mapping[str, str]:
    """Ids by the names that one item alone bears."""
    bearing: dict[str, set[str]] = {}
    for item in items:
        for name in item.name.values():
            bearing.setdefault(name.casefold(), set()).add(item.id)
    return {name: ids.pop() for name, ids in bearing.items() if len(ids) == 1}
