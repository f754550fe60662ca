"""`carbon log audit`: per key, what the log holds and what it lacks. Reads the store, asks nobody, changes nothing.
`carbon log convict` is `ledger.commands.convict`, `carbon log receipt` is `ledger.commands.receipt`.

Exit codes: 0 every chain is whole, 1 something is missing, forked or not closed, 2 wrong use.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from ledger.anchoring.heads import State
from ledger.commands import convict, receipt
from ledger.commands.log_show import as_json, show
from ledger.commands.log_texts import TEXTS
from ledger.commands.store_place import configured_store, read_log_id
from ledger.errors import ConfigError
from ledger.language import LANGUAGES, asked
from ledger.log.admission import Enrolment
from ledger.log.audit import Entry, KeyAudit, audit_key
from ledger.store.anchors import AnchorStore
from ledger.store.database import migrate, open_store
from ledger.store.enrolments import all_enrolments
from ledger.store.frames import FrameStore, StoredFrame
from ledger.store.log import all_logs
from terminal_signer import frame as frames
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Pack, PayloadFault

DAY = 86_400


class _WrongUse(Exception):
    """The sentence to print; exit code 2."""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    text = TEXTS[language]
    if arguments[:1] == ["convict"]:
        return convict.main(arguments[1:])
    if arguments[:1] == ["receipt"]:
        return receipt.main(arguments[1:])
    options = _parser(text).parse_args(arguments)
    try:
        audits = _audit(options, text)
    except _WrongUse as wrong:
        return _complain(str(wrong), 2)
    except CarbonError as fault:
        return _complain(str(fault), 2 if isinstance(fault, ConfigError) else 1)
    if options.json:
        print(json.dumps(as_json(audits), indent=2))
    else:
        show(audits, language)
    return 0 if all(audit.whole for found in audits.values() for audit in found) else 1


def _audit(options: argparse.Namespace, text: dict[str, str]) -> dict[bytes, list[KeyAudit]]:
    wanted = _wanted_log(options.log, text)
    end = _end(options.until, text)
    database = options.database or configured_store(options.dir)
    if "://" not in database and not Path(database).is_file():
        raise _WrongUse(text["missing-store"].format(database=database))
    engine = open_store(database)
    try:
        migrate(engine)
        logs = all_logs(engine)
        if wanted is not None and wanted not in logs:
            raise _WrongUse(text["no-log"].format(log=options.log))
        keys = [key for key in all_enrolments(engine) if options.sub in (None, key.sub)]
        if options.sub is not None and not keys:
            raise _WrongUse(text["no-sub"].format(sub=options.sub))
        return {
            log_id: _audit_log(engine, log_id, keys, end, options.grace * DAY)
            for log_id in logs
            if wanted in (None, log_id)
        }
    finally:
        engine.dispose()


def _audit_log(engine: Engine, log_id: bytes, keys: Sequence[Enrolment], end: int | None, grace: int) -> list[KeyAudit]:
    heads = AnchorStore(engine, log_id).heads((State.FINAL,))
    times = {head.size: head.place.time for head in heads if head.place is not None}
    store = FrameStore(engine, log_id)
    own = sorted((key for key in keys if key.log_id == log_id), key=lambda key: (key.sub, key.enrolled_at))
    return [audit_key(key, map(_entry, _frames(store, key)), times, end, grace) for key in own]


def _frames(store: FrameStore, key: Enrolment) -> Iterator[StoredFrame]:
    return (stored for stored in store.by_seq(key.kid, key.sub) if stored.iss == key.iss)


def _entry(stored: StoredFrame) -> Entry:
    frame = frames.parse(stored.raw)
    return Entry(
        frame.seq, stored.index, frame.digest, frame.prev, frame.iat, stored.accepted,
        frame.seen.size if frame.seen is not None else 0, _is_heartbeat(frame), stored.flags,
    )  # fmt: skip


def _is_heartbeat(frame: frames.Frame) -> bool:
    try:
        content = frames.content(frame)
    except PayloadFault:
        return False
    return isinstance(content, Pack) and not content.records


def _wanted_log(given: str | None, text: dict[str, str]) -> bytes | None:
    try:
        return None if given is None else read_log_id(given)
    except ValueError:
        raise _WrongUse(text["bad-log"].format(log=given)) from None


def _end(given: str | None, text: dict[str, str]) -> int | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise _WrongUse(text["bad-time"].format(time=given)) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("carbon log", description=text["log-about"], formatter_class=style)
    actions = parser.add_subparsers(dest="action", required=True, metavar="audit | convict | receipt")
    actions.add_parser("convict", help=text["convict"])
    actions.add_parser("receipt", help=text["receipt"])
    audit = actions.add_parser(
        "audit", help=text["audit"], description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    audit.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    audit.add_argument("--database", metavar="X", help=text["database"])
    audit.add_argument("--log", metavar="0x…", help=text["log"])
    audit.add_argument("--sub", metavar="IDENTIFIER", help=text["sub"])
    audit.add_argument("--until", metavar="DATE", help=text["until"])
    audit.add_argument("--grace", type=int, default=7, metavar="DAYS", help=text["grace"])
    audit.add_argument("--json", action="store_true", help=text["json"])
    audit.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _complain(what: str, code: int) -> int:
    print(f"carbon log audit: {what}", file=sys.stderr)
    return code
