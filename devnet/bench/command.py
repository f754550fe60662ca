"""`carbon bench`: run the measurements, print a table or JSON. It reports; it never fails because something is slow."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import import_module, metadata
from typing import Any

from devnet.bench.measure import LARGE, QUICK, USUAL, Row, Scale
from devnet.bench.show import show
from devnet.bench.texts import TEXTS
from ledger.language import LANGUAGES, choose

PARTS = ("tree", "tiles", "ingest", "lookup", "verify", "evaluate", "gas", "trace")
SCALED = ("tree", "tiles", "verify", "evaluate", "trace")
BUSY = 0.5  # load, before anything is measured, from which on other work must have been running


def main(argv: list[str]) -> int:
    """0 measured (whether or not a target is met), 2 usage."""
    arguments = _parser().parse_args(argv)
    text = TEXTS[choose(arguments.lang)]
    load = _load()
    rows: list[Row] = []
    for part in arguments.parts or PARTS:
        print(text["measuring"].format(part=part), file=sys.stderr, flush=True)
        rows.extend(_measure(part, arguments.scale))
    if arguments.json:
        print(json.dumps(document(rows, load), ensure_ascii=False, indent=2))
    else:
        show(rows, text, machine())
    if load is not None and load >= BUSY:
        print(text["busy"].format(load=f"{load:.1f}"), file=sys.stderr)
    return 0


def document(rows: list[Row], load: float | None) -> dict[str, Any]:
    """`bench/1`: rates as numbers, rounded to what the clock can tell. `load` is that of the machine before it all."""
    return {"format": "bench/1", "machine": {**machine(), "load": load}, "rows": [_row(row) for row in rows]}


def _load() -> float | None:
    """Processes at work in the last minute; None where the system does not count them."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "cryptography": metadata.version("cryptography"),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _parser() -> argparse.ArgumentParser:
    text = TEXTS[choose()]
    parser = argparse.ArgumentParser(
        prog="carbon bench",
        description=text["about"],
        epilog=text["epilog"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    scale = parser.add_mutually_exclusive_group()
    scale.add_argument("--quick", action="store_const", dest="scale", const=QUICK, default=USUAL, help=text["quick"])
    scale.add_argument("--large", action="store_const", dest="scale", const=LARGE, help=text["large"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    named = text["parts"].format(parts=", ".join(PARTS))
    parser.add_argument("parts", nargs="*", type=_part, metavar="PART", help=named)
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"{name!r}: " + ", ".join(PARTS))
    return name


def _measure(part: str, scale: Scale) -> Iterator[Row]:
    rows: Callable[..., Iterator[Row]] = import_module(f"devnet.bench.{part}").rows
    return rows(scale) if part in SCALED else rows()


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "unit": row.unit,
        "ours": _rounded(row.ours),
        "against": row.against,
        "reference": _rounded(row.reference),
        "ratio": None if row.ratio is None else round(row.ratio, 3),
        "target": None if row.target is None else {"at_least" if row.at_least else "at_most": row.target},
        "met": row.met,
        "note": row.note,
        "details": row.details,
        "by_size": list(row.by_size),
    }


def _rounded(value: float | None) -> float | None:
    return value if value is None else round(value) if value >= 1000 else round(value, 3)
