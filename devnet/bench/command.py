"""`carbon bench`: run the measurements, print a table or JSON. It reports; it never fails because something is slow."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import import_module, metadata
from typing import Any

from rich.console import Console
from rich.table import Table

from devnet.bench.measure import Row
from ledger.language import LANGUAGES, Language, choose

PARTS = ("tree", "ingest", "verify")
_TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Measure the log, ingest and verification against other libraries and bare signature checks.",
        "json": "one JSON object on standard output",
        "only": "only these parts (several may be given)",
        "lang": "language of the table",
        "columns": "measured|ours|against|ratio|target|met",
        "yes": "yes",
        "no": "no",
        "machine": "{cores} cores · Python {python} · cryptography {cryptography} · {system}",
        "raw": "raw = bare P-256 verification by cryptography: one thread, the same messages, the same run",
        "measuring": "measuring: {part} …",
    },
    "zh": {
        "about": "将日志、接收与验证的速度与其他库及裸签名验证作对比测量。",
        "json": "在标准输出打印一个 JSON 对象",
        "only": "只测量这些部分（可多选）",
        "lang": "表格语言",
        "columns": "测量项|本项目|对比|比值|目标|达标",
        "yes": "是",
        "no": "否",
        "machine": "{cores} 核 · Python {python} · cryptography {cryptography} · {system}",
        "raw": "raw = cryptography 的裸 P-256 验签：单线程、相同消息、同一次运行",
        "measuring": "正在测量：{part} …",
    },
}


def main(argv: list[str]) -> int:
    """0 measured (whether or not a target is met), 2 usage."""
    arguments = _parser().parse_args(argv)
    text = _TEXTS[choose(arguments.lang)]
    rows: list[Row] = []
    for part in arguments.only or PARTS:
        print(text["measuring"].format(part=part), file=sys.stderr, flush=True)
        rows.extend(_measure(part))
    if arguments.json:
        print(json.dumps(document(rows), ensure_ascii=False, indent=2))
    else:
        _print_table(rows, text)
    return 0


def document(rows: list[Row]) -> dict[str, Any]:
    """`bench/1`: rates as numbers, rounded to what the clock can tell."""
    return {"format": "bench/1", "machine": machine(), "rows": [_row(row) for row in rows]}


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "cryptography": metadata.version("cryptography"),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _parser() -> argparse.ArgumentParser:
    text = _TEXTS[choose()]
    parser = argparse.ArgumentParser(prog="carbon bench", description=text["about"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--only", action="append", choices=PARTS, help=text["only"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _measure(part: str) -> Iterator[Row]:
    rows: Callable[[], Iterator[Row]] = import_module(f"devnet.bench.{part}").rows
    return rows()


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "unit": row.unit,
        "ours": _rounded(row.ours),
        "against": row.against,
        "reference": _rounded(row.reference),
        "ratio": None if row.ratio is None else round(row.ratio, 3),
        "target": {"at_least" if row.at_least else "at_most": row.target},
        "met": row.met,
        "note": row.note,
        "details": row.details,
    }


def _rounded(value: float | None) -> float | None:
    return value if value is None else round(value) if value >= 1000 else round(value, 3)


def _print_table(rows: list[Row], text: dict[str, str]) -> None:
    console = Console()
    table = Table(caption=text["raw"], caption_justify="left")
    for number, heading in enumerate(text["columns"].split("|")):
        table.add_column(heading, justify="right" if 0 < number < 5 else "left")
    for row in rows:
        theirs = row.note if row.reference is None else _amount(row.reference)
        table.add_row(
            f"{row.name} ({row.unit})",
            _amount(row.ours),
            f"{row.against}\n{theirs}",
            "–" if row.ratio is None else f"{row.ratio:.2f}",
            f"{'≥' if row.at_least else '≤'} {row.target:g}",
            "–" if row.met is None else text["yes"] if row.met else text["no"],
        )
    console.print(table)
    for row in rows:
        for name, value in row.details.items():
            console.print(f"  {row.name} · {name}: {value}", highlight=False)
    console.print(text["machine"].format(**machine()), highlight=False)


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3f}"
