"""`carbon witness`: follow a log's checkpoints and its heads on the chain, and turn a contradiction into evidence.

Exit codes: 0 all of one history, 1 the log contradicts itself or the chain (evidence is written), 2 wrong use,
3 nothing could be judged (only with --once). Networks that fail are asked again and accuse nobody.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ledger.chain.errors import ChainUnreachable, NodeRefused, WrongChain
from ledger.commands.convict import add_trust_flags, believed_chain, evidence_of, log_id_of, note_keys
from ledger.commands.convict_show import moment, show
from ledger.commands.convict_texts import TEXTS as CONVICT
from ledger.commands.witness_texts import TEXTS
from ledger.errors import ConfigError
from ledger.language import LANGUAGES, Language, asked
from ledger.log import bridge, conviction, witness_file
from ledger.log.checkpoint import note_key_hash
from ledger.log.exhibits import Exhibits
from ledger.log.witness import Look, Memory, Outcome, look
from ledger.witness.files import read_bounded, write_whole
from ledger.witness.gather import gather
from ledger.witness.lock import alone
from ledger.witness.server import LogServer, LogUnreachable
from ledger.witness.trust import facts_for
from terminal_signer.errors import CarbonError

_SIGNS = {Outcome.CONVICTED: "[red]✗[/]", Outcome.STALE: "[yellow]![/]", Outcome.UNPROVEN: "[yellow]?[/]"}


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(language).parse_args(arguments)
    options.language = language
    try:
        return _show(options) if options.action == "show" else _run(options)
    except CarbonError as fault:
        print(f"carbon witness: {fault}", file=sys.stderr)
        return 3 if isinstance(fault, WrongChain) else 2


def _run(options: argparse.Namespace) -> int:
    """Look, and look again; only a contradiction ends it."""
    text = TEXTS[options.language]
    with alone(options.state, text["taken"], text["own-state"]):
        while True:
            try:
                code = _look(options)
            except (LogUnreachable, ChainUnreachable, NodeRefused) as fault:
                print(f"carbon witness: {fault}", file=sys.stderr)
                code = 3
            if options.once or code == 1:
                return code
            time.sleep(options.every)


def _look(options: argparse.Namespace) -> int:
    memory, origin = _memory(options)
    if memory.convicted:
        return _tell(options, Look(Outcome.CONVICTED, memory))
    chain = believed_chain(options)
    facts = facts_for(chain, Exhibits(memory.log_id, memory.note_keys))
    text = TEXTS[options.language]
    if facts.log is None:
        raise ConfigError(text["no-log"], where=f"0x{memory.log_id.hex()}")
    if not any(note_key_hash(key) in facts.log.note_key_hashes for key in memory.note_keys):
        raise ConfigError(text["no-key"], where="--note-key")
    if origin not in ("", facts.log.origin):
        raise ConfigError(text["other-log"], where=str(options.state))
    server = LogServer(options.gateway, memory.log_id)
    shown = witness_file.open_signed(server.checkpoint(), memory.note_keys, facts.log.origin)
    if shown is None:
        raise LogUnreachable(text["not-signed"], where=server.url)
    anchored = facts.log.heads[-1] if facts.log.heads else None
    looked = look(memory, shown, anchored, partial(bridge.build, fetch=server.tile))
    if looked.exhibits is not None:
        exhibits = gather(looked.exhibits, facts, server).exhibits
        findings = conviction.judge(exhibits, facts)
        if conviction.exit_code(findings) != 1:  # a key that two logs share, for example
            return _tell(options, Look(Outcome.UNPROVEN, memory, fault=text["not-judged"]))
        write_whole(_evidence(options), evidence_of(chain, exhibits, facts, findings))
        if not options.json:
            show(chain, exhibits, facts, findings, options.language)
    write_whole(options.state, witness_file.dumps(looked.memory, facts.log.origin))
    return _tell(options, looked, shown.size)


def _memory(options: argparse.Namespace) -> tuple[Memory, str]:
    """What is remembered; a first look needs the log and its key."""
    text = TEXTS[options.language]
    keys = note_keys(options.note_key, CONVICT[options.language])
    if options.state.exists():
        memory, origin = _read(options)
        if options.log is not None and log_id_of(options.log, CONVICT[options.language]) != memory.log_id:
            raise ConfigError(text["other-log"], where=str(options.state))
        return replace(memory, note_keys=tuple(dict.fromkeys((*memory.note_keys, *keys)))), origin
    if options.log is None or not keys:
        raise ConfigError(text["first"], where=str(options.state))
    return Memory(log_id_of(options.log, CONVICT[options.language]), keys), ""


def _read(options: argparse.Namespace) -> tuple[Memory, str]:
    return witness_file.loads(read_bounded(options.state, witness_file.MOST_BYTES), str(options.state))


def _evidence(options: argparse.Namespace) -> Path:
    file: Path = options.evidence or options.state.with_name("conviction.json")
    return file


def _tell(options: argparse.Namespace, looked: Look, shown: int | None = None) -> int:
    memory, outcome = looked.memory, looked.outcome
    size = memory.heads[-1].size if memory.heads else 0
    anchored = memory.anchored.size if memory.anchored else 0
    evidence = str(_evidence(options)) if outcome is Outcome.CONVICTED else None
    if options.json:
        told = {"format": "witness-look/1", "outcome": str(outcome), "shown": shown, "accepted": size}
        print(json.dumps({**told, "anchored": anchored, "evidence": evidence, "fault": looked.fault}), flush=True)
    else:
        line = TEXTS[options.language][outcome].format(
            shown=shown, size=size, anchored=anchored, fault=looked.fault, evidence=evidence
        )
        console = Console(highlight=False)
        console.print(f"{_SIGNS.get(outcome, '[green]✓[/]')} ", end="")
        console.print(line, markup=False, soft_wrap=True)
    return {Outcome.CONVICTED: 1, Outcome.UNPROVEN: 3}.get(outcome, 0)


def _show(options: argparse.Namespace) -> int:
    memory, origin = _read(options)
    if options.note:
        sys.stdout.write(memory.heads[-1].note.decode() if memory.heads else "")
        return 0
    text, anchored = TEXTS[options.language], memory.anchored
    if options.json:
        print(options.state.read_text(encoding="utf-8"), end="")
        return int(memory.convicted)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row(text["log"], f"{origin}  0x{memory.log_id.hex()}")
    table.add_row(text["heads"], f"{len(memory.heads):,}")
    if memory.heads:
        table.add_row(text["newest"], f"{memory.heads[-1].size:,}  0x{memory.heads[-1].root.hex()}")
    if anchored is not None:
        table.add_row(text["anchored"], f"{anchored.size:,}  {moment(anchored.time)} UTC")
    table.add_row(text["verdict"], text["is-convicted" if memory.convicted else "one-history"])
    Console(highlight=False).print(table)
    return int(memory.convicted)


def _parser(language: Language) -> argparse.ArgumentParser:
    text = TEXTS[language]
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "carbon witness", description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="run | show")
    run = actions.add_parser("run", help=text["run"], description=text["about"])
    add_trust_flags(run, {**CONVICT[language], "log": text["log-flag"]})
    run.add_argument("--gateway", required=True, metavar="URL", help=text["gateway"])
    run.add_argument("--every", type=int, default=60, metavar="SECONDS", help=text["every"])
    run.add_argument("--once", action="store_true", help=text["once"])
    run.add_argument("--evidence", type=Path, metavar="FILE", help=text["evidence"])
    shown = actions.add_parser("show", help=text["show"], description=text["show"])
    shown.add_argument("--note", action="store_true", help=text["note"])
    for action in (run, shown):
        action.add_argument("--state", type=Path, default=Path("witness.json"), metavar="FILE", help=text["state"])
        action.add_argument("--json", action="store_true", help=text["json"])
        action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser
