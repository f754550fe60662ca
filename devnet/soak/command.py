"""`carbon soak`: kills, then damaged documents. The seed, what was done, and what was found are printed."""

import argparse
import json
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from devnet.soak import kills, mutate
from devnet.soak.kills import Survived
from devnet.soak.mutate import Count
from devnet.soak.plan import KILLS, Kind
from devnet.soak.texts import TEXTS
from ledger.language import LANGUAGES, asked

FORMAT = "soak/1"
NONE, FOUND, WRONG_USE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either half is None where it was not asked for."""

    seed: int
    survived: Survived | None
    counts: dict[str, Count] | None

    def findings(self) -> list[str]:
        failures = [failure for count in (self.counts or {}).values() for failure in count.failures]
        told = [f"{one.parser}, input {one.number}: {one.fault} {one.file}".strip() for one in failures]
        return [*(self.survived.findings if self.survived else ()), *told]


def main(argv: Sequence[str]) -> int:
    language = asked(argv)
    text = TEXTS[language]
    options = _parser(text).parse_args(argv)
    if options.kills < 0 or options.inputs < 0:
        return _complain(text["negative"])
    if options.dir is not None and options.dir.exists():
        return _complain(text["exists"].format(folder=options.dir))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that whatever was started is ended
    seed = secrets.randbelow(10**9) if options.seed is None else options.seed
    screen = Console(stderr=True)
    with _folder(options.dir) as folder:
        outcome = _run(seed, options, folder, screen, text)
        findings = outcome.findings()
        if options.dir is None and not findings:
            shutil.rmtree(folder)
        else:
            screen.print(text["kept"].format(folder=folder), highlight=False, markup=False, soft_wrap=True)
    if options.json:
        print(json.dumps(document(outcome), ensure_ascii=False, indent=2))
    else:
        show(outcome, text, Console())
    return FOUND if findings else NONE


def document(outcome: Outcome) -> dict[str, Any]:
    """The object `soak/1`."""
    survived, counts = outcome.survived, outcome.counts
    return {
        "format": FORMAT,
        "seed": outcome.seed,
        "kills": survived and {
            "seconds": round(survived.seconds, 1),
            "faults": {kind.value: survived.faults.get(kind, 0) for kind in Kind},
            "frames": survived.frames,
            "promises": survived.promises,
            "anchored": survived.entries,
            "anchors": survived.anchors,
        },
        "inputs": counts and {
            name: {"inputs": count.inputs, "valid": count.read, "slowest_seconds": round(count.slowest, 3),
                   "findings": len(count.failures)}
            for name, count in counts.items()
        },
        "findings": outcome.findings(),
    }  # fmt: skip


def show(outcome: Outcome, text: dict[str, str], console: Console) -> None:
    if outcome.survived is not None:
        console.print(_kills_table(outcome.survived, text, outcome.seed))
    if outcome.counts is not None:
        console.print(_inputs_table(outcome.counts, text, outcome.seed))
    findings = outcome.findings()
    said = text["findings"].format(count=len(findings)) if findings else text["sound"]
    console.print(said, style="bold red" if findings else "bold green", highlight=False)
    for finding in findings:
        console.print(f"  {finding}", highlight=False, markup=False, soft_wrap=True)


def _run(seed: int, options: argparse.Namespace, folder: Path, screen: Console, text: dict[str, str]) -> Outcome:
    survived = counts = None
    if options.kills:
        with _bar(screen, text["killing"], options.kills) as (progress, task):
            survived = kills.run(
                folder / "kills", seed, options.kills,
                lambda kind: progress.update(task, advance=kind in KILLS, note=text[kind.value]),
            )  # fmt: skip
    if options.inputs:
        with _bar(screen, text["feeding"], options.inputs) as (progress, task):
            counts = mutate.run(
                seed, options.inputs, folder / "inputs", lambda done: progress.update(task, advance=done)
            )
    return Outcome(seed, survived, counts)


@contextmanager
def _bar(screen: Console, title: str, total: int) -> Iterator[tuple[Progress, Any]]:
    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(),
        TimeRemainingColumn(compact=True), TextColumn("[dim]{task.fields[note]}"),
    )  # fmt: skip
    with Progress(*columns, console=screen, transient=True) as progress:
        yield progress, progress.add_task(title, total=total, note="")


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """A folder that stays where the run was cut off, so that one can look at it."""
    folder = given or Path(tempfile.mkdtemp(prefix="carbon-soak-"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "kills").mkdir()
    yield folder


def _kills_table(survived: Survived, text: dict[str, str], seed: int) -> Table:
    table = Table(title=text["title-kills"].format(seed=seed), show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    for kind in Kind:
        table.add_row(text[kind.value], f"{survived.faults.get(kind, 0):,}", end_section=kind is list(Kind)[-1])
    for name in ("frames", "promises", "entries", "anchors"):
        table.add_row(text[name], f"{getattr(survived, name):,}", end_section=name == "anchors")
    table.add_row(text["seconds"], f"{survived.seconds:,.0f}")
    return table


def _inputs_table(counts: dict[str, Count], text: dict[str, str], seed: int) -> Table:
    table = Table(title=text["title-inputs"].format(seed=seed), title_justify="left")
    for number, heading in enumerate(text["columns"].split("|")):
        table.add_column(heading, justify="right" if number else "left")
    total = Count()
    for count in counts.values():
        total.add(count)
    for name, count in {**counts, text["all"]: total}.items():
        share = 100 * count.inputs / total.inputs if total.inputs else 0
        table.add_row(
            name, f"{share:.1f} %", f"{count.inputs:,}", f"{count.read:,}", f"{count.slowest:.2f} s",
            f"{len(count.failures):,}", end_section=name == list(counts)[-1],
        )  # fmt: skip
    return table


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbon soak", description=text["about"], epilog=text["example"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--kills", type=int, default=300, metavar="N", help=text["kills"])
    parser.add_argument("--inputs", type=int, default=1_000_000, metavar="N", help=text["inputs"])
    parser.add_argument("--seed", type=int, metavar="N", help=text["seed"])
    parser.add_argument("--dir", type=Path, metavar="DIR", help=text["dir"])
    parser.add_argument("--json", action="store_true", help=text["json"])
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _complain(what: str) -> int:
    print(f"carbon soak: {what}", file=sys.stderr)
    return WRONG_USE
