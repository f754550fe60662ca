"""`carbon demo --chain` from the command line: the chain, the three enterprises, and what is printed in the end."""

import argparse
import json
import shlex
from pathlib import Path

from rich.console import Console

from devnet.demo import check, stage
from devnet.demo.screen import Screen
from devnet.supply import makers
from devnet.supply.lending import fetch_words
from devnet.supply.makers import OIL_FILTER, SEDAN, TRADE_ITEMS
from devnet.supply.report import Report
from devnet.supply.run import run
from devnet.supply.show import show

DONE, FAILED = 0, 1
FOLDER = Path(".carbon/chain")


def main(arguments: argparse.Namespace, screen: Screen, out: Console | None = None) -> int:
    """0 every certificate verified and every attempt answered as it must be, 1 not so."""
    folder = Path(arguments.dir or FOLDER)
    report, url = _played(folder, screen, arguments.days)
    if arguments.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        show(report, screen.language, out or Console(), commands=_commands(folder, url))
    return DONE if report.sound else FAILED


def _played(folder: Path, screen: Screen, days: int) -> tuple[Report, str]:
    smelting = makers.smelter(days)
    stage.clear(folder)
    with stage.chain_of(folder, smelting) as anvil:
        return run(folder, anvil, smelting, screen, days), anvil.url


def _commands(folder: Path, url: str) -> list[str]:
    program, (item, batch) = check.program(), TRADE_ITEMS[OIL_FILTER]
    return [
        f"{program} devnet up --dir {folder}",
        f"{program} trace {SEDAN} --dir {folder}/car --rpc {url} --latest",
        f"{program} verify {folder}/car/sedan.bundle --policy {folder}/car/policy.json --rpc {url}",
        f"{program} serve --dir {folder}/filters &",
        f"{program} label {OIL_FILTER} --dir {folder}/filters --out oil-filter.png",
        f"{program} resolve https://id.gs1.org{item}/10/{batch} --dir {folder}/filters",
        f"{program} serve --dir {folder}/car &",
        shlex.join([program, *fetch_words(folder / "car", folder / "bank", url)]),
        f"{program} access log --dir {folder}/car",
    ]
