"""`carbon anchor run | status`. Exit codes: 0 ended in order, 1 it cannot go on, 2 wrong use or configuration."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from ledger.anchoring.configuration import Configuration, read_configuration
from ledger.anchoring.lock import wall_clock
from ledger.anchoring.status import status
from ledger.anchoring.worker import Anchorer
from ledger.chain import deployment
from ledger.chain.client import Chain
from ledger.chain.keyfile import load_account
from ledger.commands.anchor_texts import STATES, TEXTS
from ledger.errors import ConfigError
from ledger.language import LANGUAGES, Language, asked, choose
from ledger.store.database import migrate, open_store
from terminal_signer import keys
from terminal_signer.errors import CarbonError
from terminal_signer.keys import PublicKey

_FLAGS = (
    "log_id", "rpc", "database", "deployment", "confirmations", "clock",
    "key_file", "note_key_file", "interval", "patience", "most_fee", "poll", "log_json",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    given = {name: getattr(options, name) for name in _FLAGS if hasattr(options, name)}
    try:
        configuration = read_configuration(options.dir, given)
        if options.action == "status":
            return _status(configuration, language, options.json)
        return _run(configuration, options)
    except ConfigError as fault:
        return _complain(fault, 2)
    except CarbonError as fault:
        return _complain(fault, 1)


def _run(configuration: Configuration, options: argparse.Namespace) -> int:
    _log_to_stderr(configuration.log_json)
    chain = _chain(configuration)
    account = load_account(configuration.key_file)
    note_key = keys.load(configuration.note_key_file, configuration.note_passphrase())
    engine = _store(configuration)
    migrate(engine)
    anchorer = Anchorer(engine, chain, configuration.log_id, account, note_key, pace=configuration.pace)
    clock = chain.now if configuration.clock == "chain" else wall_clock
    try:
        if options.once:
            return _once(anchorer, clock, options.json)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if options.while_stdin:
            threading.Thread(target=_until_stdin_closes, args=(stop,), daemon=True).start()
        anchorer.run(clock, configuration.poll, stop)
    finally:
        anchorer.close()
        engine.dispose()
    return 0


def _until_stdin_closes(stop: threading.Event) -> None:
    """A parent that is killed cannot say so, but its end of the pipe closes."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()


def _once(anchorer: Anchorer, clock: Callable[[], int], as_json: bool) -> int:
    anchorer.open()
    done = [type(action).__name__.lower() for action in anchorer.step(clock())]
    print(json.dumps({"format": "anchor-step/1", "actions": done}) if as_json else ", ".join(done))
    return 0


def _status(configuration: Configuration, language: Language, as_json: bool) -> int:
    engine = _store(configuration)
    try:
        document = status(engine, _chain(configuration), configuration.log_id, _note_key(configuration))
    finally:
        engine.dispose()
    if as_json:
        print(json.dumps(document, indent=2))
    else:
        Console().print(_table(document, language))
    return 0


def _note_key(configuration: Configuration) -> PublicKey | None:
    """The public half, where the key's file and passphrase are at hand: status does without."""
    try:
        key = keys.load(configuration.note_key_file, configuration.note_passphrase()).public
    except CarbonError:
        return None
    return key if key.alg == keys.EDDSA else None


def _table(document: dict[str, Any], language: Language) -> Table:
    text, names = TEXTS[language], STATES[language]
    heads = ", ".join(f"{count} {names.get(state, state)}" for state, count in document["heads"].items())
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row(text["log"], document["log_id"])
    for name in ("leaves", "anchored", "final", "waiting"):
        table.add_row(text[name], f"{document[name]:,}")
    table.add_row(text["heads"], heads or text["none"])
    table.add_row(text["newest"], _head(document["newest"], text, names))
    table.add_row(text["gas"], f"{document['gas']:,}")
    table.add_row(text["anchorer"], document["anchorer"] or text["nobody"])
    table.add_row(text["note-key"], document["note_key"] or text["no-note-key"])
    chain = document["chain"]
    table.add_row(
        text["chain"], text["blocks"].format(**chain) if chain["reachable"] else f"[red]{escape(chain['fault'])}"
    )
    return table


def _head(head: dict[str, Any] | None, text: dict[str, str], names: dict[str, str]) -> str:
    if head is None:
        return text["none"]
    state = names.get(head["state"], head["state"])
    if head["block"] is None:
        return text["head"].format(size=head["size"], state=state)
    time = datetime.fromtimestamp(head["time"], UTC).strftime("%Y-%m-%d %H:%M:%S")
    return text["head-block"].format(size=head["size"], state=state, block=head["block"], time=time)


def _chain(configuration: Configuration) -> Chain:
    known = deployment.load(configuration.deployment)
    return Chain(configuration.rpc, known, confirmations=configuration.confirmations)


def _store(configuration: Configuration) -> Engine:
    address = make_url(configuration.database)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        text = TEXTS[choose()]
        raise ConfigError(text["missing"], where=str(address.database), mend=text["mend"])
    return open_store(configuration.database)


def _log_to_stderr(as_json: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if as_json else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("ledger")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        return json.dumps(line, ensure_ascii=False)


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="carbon anchor", description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="run | status")
    for name in ("run", "status"):
        action = actions.add_parser(name, help=text[name], description=text[name])
        action.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
        for flag in ("log-id", "rpc", "database", "deployment"):
            action.add_argument(f"--{flag}", metavar="X", help=text[flag])
        action.add_argument("--confirmations", type=int, metavar="N", help=text["confirmations"])
        if name == "run":
            _add_run_flags(action, text)
        action.add_argument("--json", action="store_true", help=text["json"])
        action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _add_run_flags(parser: argparse.ArgumentParser, text: dict[str, str]) -> None:
    parser.add_argument("--clock", choices=("system", "chain"), help=text["clock"])
    for flag in ("key-file", "note-key-file"):
        parser.add_argument(f"--{flag}", metavar="FILE", help=text[flag])
    for flag in ("interval", "patience", "most-fee"):
        parser.add_argument(f"--{flag}", type=int, metavar="N", help=text[flag])
    parser.add_argument("--poll", type=float, metavar="SECONDS", help=text["poll"])
    parser.add_argument("--once", action="store_true", help=text["once"])
    parser.add_argument("--while-stdin", action="store_true", help=text["while-stdin"])
    parser.add_argument("--log-json", action="store_true", default=None, help=text["log-json"])


def _complain(fault: CarbonError, code: int) -> int:
    print(f"carbon anchor: {fault}", file=sys.stderr)
    return code
