"""`carbon access client | grant | deposit | fetch | log`. Exit codes: 0 done, 1 it failed, was refused, or the log of
readings is broken, 2 wrong use; a fetch that verifies has those of `carbon verify`."""

import argparse
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from ledger.access.acts import Ending, GrantFault, Terms
from ledger.access.client import Client, new_client
from ledger.access.credentials import CredentialError, as_text
from ledger.access.grants import Grant, Part, Period
from ledger.access.journal import JournalFault, first_break, read_told
from ledger.access.roles import Role, RoleError
from ledger.commands import access_show as show
from ledger.commands.access_fetch import fetch
from ledger.commands.access_parser import parser
from ledger.commands.access_sign import sign
from ledger.commands.access_texts import TEXTS
from ledger.commands.evaluate_inputs import chosen_log
from ledger.commands.input_files import WrongUse, read
from ledger.commands.store_place import configured_store, gateway_settings, moment, read_log_id
from ledger.errors import ConfigError
from ledger.evidence.bundle import MAX_ARCHIVE
from ledger.identifiers.text import IdentifierError, told
from ledger.language import asked
from ledger.store import clients, grants, readings
from ledger.store.database import migrate, open_store
from ledger.store.evidence import FOLDER, deposit
from terminal_signer.errors import CarbonError, UnknownFormat
from terminal_signer.place import PlaceFault
from terminal_signer.strict import Malformed

SECRET_BYTES = 32
_INPUT = (
    ConfigError, CredentialError, GrantFault, IdentifierError, JournalFault, Malformed, PlaceFault, RoleError,
    UnknownFormat, WrongUse,
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    text = TEXTS[language]
    options = parser(text).parse_args(arguments)
    name = " ".join(filter(None, (options.thing, getattr(options, "action", ""))))
    try:
        if name == "fetch":
            return fetch(options, text, language)
        engine = _store(options)
        try:
            return _ACTIONS[name](options, engine, text)
        finally:
            engine.dispose()
    except CarbonError as fault:
        print(f"carbon access {name}: {told(fault, language)}", file=sys.stderr)
        return 2 if isinstance(fault, _INPUT) else 1


def _store(options: argparse.Namespace) -> Engine:
    database = options.database or configured_store(options.dir)
    if "://" not in database and not Path(database).is_file():
        raise WrongUse("there is no store", where=database, mend="--dir of a gateway, or --database")
    engine = open_store(database)
    migrate(engine)
    return engine


def _client_add(options: argparse.Namespace, engine: Engine, text: dict[str, str]) -> int:
    client_id = options.id or f"{options.organisation}-{options.role}-{secrets.token_hex(3)}"
    client = new_client(
        client_id, options.organisation, options.role, _now(), scopes=frozenset(options.scope), label=options.label
    )
    secret = as_text(secrets.token_bytes(SECRET_BYTES))
    clients.put_client(engine, client, secret)
    show.added(client, secret, text, as_json=options.json)
    return 0


def _client_revoke(options: argparse.Namespace, engine: Engine, text: dict[str, str]) -> int:
    if not clients.end_client(engine, options.id, _now()):
        raise WrongUse(text["no-client"].format(id=options.id[:128]), mend="carbon access client list")
    ended: Client | None = clients.client_of(engine, options.id)
    show.ended(ended, text, as_json=options.json)
    return 0


def _client_list(options: argparse.Namespace, engine: Engine, text: dict[str, str]) -> int:
    show.clients(clients.all_clients(engine), text, as_json=options.json)
    return 0


def _grant_add(options: argparse.Namespace, engine: Engine, text: dict[str, str]) -> int:
    terms = Terms(
        to=options.to,
        role=Role(options.role),
        about=options.about,
        parts=frozenset(map(Part, options.part)),
        since=moment(options.since, "--from") if options.since else _now(),
        until=moment(options.until, "--until"),
        figures=frozenset(options.figure) if options.figure else None,
        period=Period(*(moment(date, "--period") for date in options.period)) if options.period else None,
        purpose=options.purpose,
    )
    signed = sign(options, engine, terms, options.about.partition("/")[0], text["ask"])
    show.signed(signed, signed.digest, text, as_json=options.json)
    return 0


def _grant_revoke(options: argparse.Namespace, engine: Engine, text: dict[str, str]) -> int:
    grant = _named(options.grant, [grant for _, own in _granted(options, engine, None) for grant in own.grants])
    signed = sign(options, engine, Ending(grant.digest, options.reason), grant.enterprise, text["ask"])
    show.signed(signed, grant.digest, text, as_json=options.json)
    return 0


def _named(name: str, known: Sequence[Grant]) -> Grant:
    digits = name.lower().removeprefix("0x")
    found = [grant for grant in known if len(digits) >= 8 and grant.digest.hex().startswith(digits)]
    if len(found) != 1:
        what = "no grant" if not found else "more than one grant"
        raise WrongUse(f"{what} begins with {name[:80]!a}", mend="carbon access grant list")
    return found[0]


def _grant_list(options: argparse.Namespace, engine: Engine, text: dict[str, str]) -> int:
    show.grants(_granted(options, engine, options.enterprise), _now(), text, as_json=options.json)
    return 0


def _granted(options: argparse.Namespace, engine: Engine, enterprise: str | None) -> show.Granted:
    named = options.log or gateway_settings(options.dir).get("log_id")
    try:
        log_id = chosen_log(engine, None if named is None else read_log_id(str(named)))
    except ValueError:
        raise WrongUse("no log id", where="--log", mend="0x and 64 hex digits") from None
    givers = [enterprise] if enterprise else grants.granting(engine, log_id)
    return [(giver, grants.acts_of(engine, log_id, giver)) for giver in givers]


def _deposit(options: argparse.Namespace, engine: Engine, text: dict[str, str]) -> int:
    made = deposit(engine, options.dir / FOLDER, read(options.bundle, MAX_ARCHIVE), _now())
    show.deposited(made, engine, text, as_json=options.json)
    return 0


def _log(options: argparse.Namespace, engine: Engine, text: dict[str, str]) -> int:
    enterprises = [options.enterprise] if options.enterprise else readings.read_enterprises(engine)
    if options.known and not options.enterprise:
        raise WrongUse(text["known-of"], where="--known", mend="--enterprise")
    after = max(0, options.after)
    chains = [(name, readings.entries_of(engine, name, after)) for name in enterprises]
    broken = {name: first_break(entries, after) for name, entries in chains}
    known = [read_told(told_of) for told_of in options.known]
    missing = [number for number, value in known if not _holds(engine, options.enterprise, number, value)]
    show.log(chains, broken, missing, text, as_json=options.json)
    return 1 if missing or any(number is not None for number in broken.values()) else 0


def _holds(engine: Engine, enterprise: str, number: int, value: bytes) -> bool:
    """Whether the log has what a reader was told of: a log that was cut off at its end and went on has not."""
    found = readings.entries_of(engine, enterprise, number - 1, 1)
    return [(entry.number, entry.hash) for entry in found] == [(number, value)]


def _now() -> int:
    return int(time.time())


_ACTIONS = {
    "client add": _client_add, "client revoke": _client_revoke, "client list": _client_list,
    "grant add": _grant_add, "grant revoke": _grant_revoke, "grant list": _grant_list,
    "deposit": _deposit, "log": _log,
}  # fmt: skip
