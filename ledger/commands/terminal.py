"""`carbon terminal enrol | rotate | revoke | list`: the keys of an enterprise's terminals in the registry on chain.

Exit codes: 0 done, 1 the chain refused or did not answer, 2 wrong use or a request that no reader would honour.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ledger.chain import deployment, registry, terminals
from ledger.chain.client import Chain
from ledger.chain.enrolments import NOTHING
from ledger.chain.errors import ContractRefused, DeploymentFault, KeyFileFault
from ledger.chain.keyfile import load_account
from ledger.chain.registry import KeyUnclear, Listed
from ledger.chain.terminals import REASONS, EnrolmentFault, Terms
from ledger.commands.store_place import gateway_settings, read_log_id
from ledger.commands.terminal_faults import explain
from ledger.commands.terminal_show import Done, show_done, show_list
from ledger.commands.terminal_texts import TEXTS
from ledger.errors import ConfigError, UnknownFormat
from ledger.language import LANGUAGES, Language, asked
from terminal_signer.enrolment import MAX_BYTES, EnrolmentRequest, RequestFault, read_request
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass
from terminal_signer.keys import KeyFault

RPC = "http://127.0.0.1:8545"
CLASSES = tuple(key_class.name.lower() for key_class in KeyClass)
_INPUT = (ConfigError, DeploymentFault, EnrolmentFault, KeyFault, KeyFileFault, KeyUnclear, RequestFault, UnknownFormat)


class WrongUse(ConfigError):
    """An option that is none."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The chain of this folder's deployment, and what else its gateway's settings say."""

    chain: Chain
    log_id: str | None


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = _parser(TEXTS[language]).parse_args(arguments)
    try:
        setting = _setting(options)
        if options.action == "list":
            register = registry.read_register(setting.chain)
            show_list(setting.chain, register, register.of(options.iss, options.sub), language, as_json=options.json)
        else:
            done = {"enrol": _enrol, "rotate": _rotate, "revoke": _revoke}[options.action](options, setting)
            show_done(done, language, as_json=options.json)
    except CarbonError as fault:
        return _complain(options.action, fault, language)
    return 0


def _setting(options: argparse.Namespace) -> Setting:
    values = gateway_settings(options.dir)
    path = options.deployment or options.dir / values.get("deployment", "deployment.json")
    chain = Chain(options.rpc or str(values.get("rpc", RPC)), deployment.load(path))
    chain.verify()
    return Setting(chain, values.get("log_id"))


def _enrol(options: argparse.Namespace, setting: Setting) -> Done:
    request = _request(options.request)
    log_id = _log_id(options.log_id or setting.log_id)
    due = _time(options.calibration_due) if options.calibration_due else 0
    terms = Terms(KeyClass[options.key_class.upper()], log_id, due)
    change = terminals.enrol(setting.chain, load_account(_key_file(options)), request, terms)
    return Done("enrolled", change, request.iss, request.sub, request.kid, request.public.alg, terms)


def _rotate(options: argparse.Namespace, setting: Setting) -> Done:
    """What the request and the options leave open stays as it was with the predecessor."""
    request = _request(options.request)
    old = registry.read_register(setting.chain).find(options.predecessor or request.sub)
    last = _last_digest(options.last_digest, request)
    log_id = _log_id(options.log_id) if options.log_id else old.log_id
    terms = Terms(old.key_class, log_id, _due_after(options.calibration_due, old))
    holder = load_account(_key_file(options))
    change = terminals.rotate(setting.chain, holder, request, terms, old.id, last)
    return Done("rotated", change, request.iss, request.sub, request.kid, request.public.alg, terms, old.kid, last)


def _revoke(options: argparse.Namespace, setting: Setting) -> Done:
    key = registry.read_register(setting.chain).find(options.key)
    terms = Terms(key.key_class, key.log_id, key.calibration_due or 0)
    change = terminals.revoke(setting.chain, load_account(_key_file(options)), key.id, REASONS[options.reason])
    return Done(
        "revoked", change, key.iss, key.sub, key.kid, key.alg, terms, reason=options.reason, had_ended=not key.is_alive
    )


def _request(path: str) -> EnrolmentRequest:
    try:
        if path == "-":
            return read_request(sys.stdin.buffer.read(MAX_BYTES + 1))
        with Path(path).open("rb") as file:
            return read_request(file.read(MAX_BYTES + 1))
    except OSError as fault:
        raise RequestFault(f"cannot be read: {fault.strerror}", where=path) from None


def _last_digest(given: str | None, request: EnrolmentRequest) -> bytes:
    if given is None:
        if request.prev is None:
            raise WrongUse("the request does not say which frame the key continues", mend="--last-digest 0x… or none")
        return request.prev
    try:
        return NOTHING if given == "none" else read_log_id(given)
    except ValueError:
        raise WrongUse(f"{given[:80]!r} is no digest", where="--last-digest", mend="0x and 64 hex digits") from None


def _due_after(given: str | None, old: Listed) -> int:
    if given is None:
        return old.calibration_due or 0
    return 0 if given == "none" else _time(given)


def _time(given: str) -> int:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise WrongUse(f"{given[:80]!r} is no date", where="--calibration-due", mend="2026-06-30") from None
    seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    if seconds <= 0:
        raise WrongUse(f"{given[:80]!r} lies before 1970", where="--calibration-due", mend="2026-06-30")
    return seconds


def _log_id(given: object) -> bytes:
    mend = "--log-id, or log_id in gateway.toml: 0x and 64 hex digits"
    if given is None:
        raise WrongUse("no log is named", where="--log-id", mend=mend)
    try:
        return read_log_id(str(given))
    except ValueError:
        raise WrongUse(f"{str(given)[:80]!r} is no log", where="--log-id", mend=mend) from None


def _key_file(options: argparse.Namespace) -> Path:
    return Path(options.key_file) if options.key_file else options.dir / "keys" / "holder.key"


def _complain(action: str, fault: CarbonError, language: Language) -> int:
    print(f"carbon terminal {action}: {explain(fault, language)}", file=sys.stderr)
    return 2 if isinstance(fault, _INPUT) and not isinstance(fault, ContractRefused) else 1


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "carbon terminal", description=text["about"], epilog=text["epilog"], formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="enrol | rotate | revoke | list")
    for name in ("enrol", "rotate", "revoke", "list"):
        action = actions.add_parser(
            name, help=text[name], description=text[name], epilog=text[f"{name}.epilog"], formatter_class=style
        )
        _add_own(name, action, text)
        action.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
        action.add_argument("--rpc", metavar="URL", help=text["rpc"])
        action.add_argument("--deployment", type=Path, metavar="FILE", help=text["deployment"])
        action.add_argument("--json", action="store_true", help=text["json"])
        action.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    return parser


def _add_own(name: str, action: argparse.ArgumentParser, text: dict[str, str]) -> None:
    if name in ("enrol", "rotate"):
        action.add_argument("request", metavar="REQUEST", help=text["request"])
        action.add_argument("--log-id", metavar="0x…", help=text[f"{name}.log-id"])
        action.add_argument("--calibration-due", metavar="DATE", help=text[f"{name}.calibration-due"])
    if name == "enrol":
        action.add_argument("--class", dest="key_class", choices=CLASSES, required=True, help=text["class-help"])
    if name == "rotate":
        action.add_argument("--predecessor", metavar="KEY", help=text["predecessor-help"])
        action.add_argument("--last-digest", metavar="0x…", help=text["last-digest"])
    if name == "revoke":
        action.add_argument("key", metavar="KEY", help=text["key-help"])
        action.add_argument("--reason", choices=tuple(REASONS), required=True, help=text["reason"])
    if name == "list":
        action.add_argument("--iss", metavar="PREFIX", help=text["iss"])
        action.add_argument("--sub", metavar="IDENTIFIER", help=text["sub"])
    else:
        action.add_argument("--key-file", metavar="FILE", help=text["key-file"])
