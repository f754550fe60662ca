"""How a gateway is configured: `<dir>/gateway.toml`, each key of which a flag of `carbon serve` can replace.

    host                     "127.0.0.1"
    port                     8000
    public_url               what a QR code carries; default http(s)://<host>:<port>
    tls_certificate          PEM file of the certificate with its chain: HTTPS only on this port
    tls_key                  PEM file of its private key, for its owner's eyes only
    callbacks                whom events may be sent to: "public" (https, public addresses; the default), "private" (and
                             private networks), "local" (and loopback, there also plain HTTP: for tests)
    behind_proxy             true allows plain HTTP beyond loopback: a proxy in front ends TLS
    database                 SQLAlchemy address, or a path below <dir>; default ledger.db
    deployment               path of deployment.json; default deployment.json
    rpc                      address of the chain's node; default http://127.0.0.1:8545
    confirmations            depth that counts as final, on a chain without the tag `finalized`; default none
    log_id                   the log that is served, 0x and 64 hex digits
    promise_key_file         encrypted PKCS#8 file of the key that signs promises; default keys/promise.pem
    promise_passphrase_file  file with its passphrase; else CARBON_PROMISE_PASSPHRASE
    issuer_folder            folder of the keys that sign credentials, made at the first start; default keys/issuer
    issuer_passphrase_file   file with their passphrase; else CARBON_ISSUER_PASSPHRASE; else that of the promise key
    clock                    "system" or "chain" (the latest block's time, for replays)
    with_anchorer            true starts `carbon anchor run` as a child
    log_json                 true writes the log as one JSON object a line
    follow_seconds           how often the chain is asked for certificates; default 2, at most 60
    stale_seconds            after how long without an answer no status counts any more; default 30
    token_seconds            how long an access token lives; default 900, at most 3600
    certification_scheme     two signs that GS1 assigned to the scheme, for (7230) on product labels; default none
    prefixes                 handle prefixes that this node answers for, such as ["88.118"]; default whatever it holds
    [delegations]            a derived prefix = web address of the node that answers for it
    [limits]                 requests by address and client, such as attempts = "120/minute"; see gateway/limits.py

Paths are relative to <dir>. Secrets come from files or the environment, never from the command line.
"""

import os
import tomllib
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gateway.limits import DEFAULT, Limits
from gateway.nodes import zone_of
from gateway.settings import ANY_PREFIX, STALE_SECONDS, TOKEN_SECONDS
from gateway.tls import Tls, check_exposure, tls_of
from ledger.errors import ConfigError
from ledger.identifiers.gs1 import SIGNS
from ledger.partners.reach import Reach
from ledger.resolution.zone import Zone

FILE = "gateway.toml"
FOLLOW_SECONDS = 2
PASSPHRASE = "CARBON_PROMISE_PASSPHRASE"  # noqa: S105 – the variable's name
ISSUER_PASSPHRASE = "CARBON_ISSUER_PASSPHRASE"  # noqa: S105
_TYPES: dict[str, type] = {
    "host": str, "port": int, "public_url": str, "database": str, "deployment": str, "rpc": str, "confirmations": int,
    "log_id": str, "promise_key_file": str, "promise_passphrase_file": str, "issuer_folder": str,
    "issuer_passphrase_file": str, "clock": str, "with_anchorer": bool,
    "log_json": bool, "token_seconds": int, "limits": dict, "follow_seconds": int, "stale_seconds": int,
    "tls_certificate": str, "tls_key": str, "behind_proxy": bool, "prefixes": list, "delegations": dict,
    "callbacks": str, "certification_scheme": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Configuration:
    """Effective values; the module's text says what they mean."""

    folder: Path
    log_id: bytes
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    database: str = ""
    deployment: Path = Path("deployment.json")
    rpc: str = "http://127.0.0.1:8545"
    confirmations: int | None = None
    promise_key_file: Path = Path("keys/promise.pem")
    promise_passphrase_file: Path | None = None
    issuer_folder: Path = Path("keys/issuer")
    issuer_passphrase_file: Path | None = None
    clock: str = "system"
    with_anchorer: bool = False
    log_json: bool = False
    token_seconds: int = TOKEN_SECONDS
    limits: Limits = DEFAULT
    zone: Zone = ANY_PREFIX
    follow_seconds: int = FOLLOW_SECONDS
    stale_seconds: int = STALE_SECONDS
    tls: Tls | None = None
    callbacks: Reach = Reach.PUBLIC
    certification_scheme: str = ""

    def passphrase(self) -> bytes:
        """Of the promise key; empty where none is set, which opens an unencrypted file."""
        return _secret(self.promise_passphrase_file, PASSPHRASE)

    def issuer_passphrase(self) -> bytes:
        """Of the issuer's keys; empty where neither it nor that of the promise key is set."""
        return _secret(self.issuer_passphrase_file, ISSUER_PASSPHRASE) or self.passphrase()


def _secret(file: Path | None, variable: str) -> bytes:
    if file is None:
        return os.environ.get(variable, "").encode()
    try:
        return file.read_bytes().rstrip(b"\r\n")
    except OSError as fault:
        raise ConfigError(f"the passphrase cannot be read: {fault.strerror}", where=str(file)) from fault


def add_flags(parser: ArgumentParser, text: dict[str, str]) -> None:
    """The flags of `carbon serve`; `text` explains each by its key."""
    parser.add_argument("--dir", type=Path, default=Path(".carbon"), metavar="DIR", help=text["dir"])
    for name in (name for name, kind in _TYPES.items() if kind is str and name not in ("clock", "callbacks")):
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="X", help=text[name])
    for name in ("port", "confirmations"):
        parser.add_argument(f"--{name}", type=int, metavar="N", help=text[name])
    parser.add_argument("--clock", choices=("system", "chain"), help=text["clock"])
    parser.add_argument("--callbacks", choices=tuple(map(str, Reach)), help=text["callbacks"])
    for name in ("with_anchorer", "log_json", "behind_proxy"):
        parser.add_argument(f"--{name.replace('_', '-')}", action="store_true", default=None, help=text[name])


def read_configuration(flags: Namespace) -> Configuration:
    """Flags over file over defaults. Raises ConfigError."""
    folder = Path(flags.dir)
    values = _file_values(folder / FILE)
    values |= {name: value for name, value in vars(flags).items() if name in _TYPES and value is not None}
    return _configuration(folder, values)


def _file_values(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    where = str(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ConfigError(f"cannot be read as TOML: {fault}", where=where) from fault
    for name, value in values.items():
        if name not in _TYPES:
            raise ConfigError(f"unknown key {name!r}", where=where, mend=f"known are {', '.join(_TYPES)}")
        if type(value) is not _TYPES[name]:
            raise ConfigError(f"{name} is not of type {_TYPES[name].__name__}", where=where)
    return values


def _configuration(folder: Path, values: dict[str, Any]) -> Configuration:
    host, port = values.get("host", "127.0.0.1"), values.get("port", 8000)
    clock = values.get("clock", "system")
    if not 0 < port < 65536:
        raise ConfigError(f"{port} is not a port", where="port")
    if clock not in ("system", "chain"):
        raise ConfigError(f"{clock!r} is no clock", where="clock", mend="system or chain")
    tls = tls_of(folder, values.get("tls_certificate"), values.get("tls_key"))
    check_exposure(host, tls, behind_proxy=values.get("behind_proxy", False))
    database = values.get("database", "ledger.db")
    passphrase_file, issuer_file = values.get("promise_passphrase_file"), values.get("issuer_passphrase_file")
    return Configuration(
        folder=folder,
        log_id=_log_id(values.get("log_id", "")),
        host=host,
        port=port,
        public_url=_public_url(values.get("public_url", f"{'https' if tls else 'http'}://{host}:{port}")),
        database=database if "://" in database else f"sqlite:///{folder / database}",
        deployment=folder / values.get("deployment", "deployment.json"),
        rpc=values.get("rpc", "http://127.0.0.1:8545"),
        confirmations=values.get("confirmations"),
        promise_key_file=folder / values.get("promise_key_file", "keys/promise.pem"),
        promise_passphrase_file=folder / passphrase_file if passphrase_file else None,
        issuer_folder=folder / values.get("issuer_folder", "keys/issuer"),
        issuer_passphrase_file=folder / issuer_file if issuer_file else None,
        clock=clock,
        with_anchorer=values.get("with_anchorer", False),
        log_json=values.get("log_json", False),
        token_seconds=_seconds(values, "token_seconds", TOKEN_SECONDS, 3600),
        follow_seconds=_seconds(values, "follow_seconds", FOLLOW_SECONDS, 60),
        stale_seconds=_seconds(values, "stale_seconds", STALE_SECONDS, 86_400),
        limits=Limits.read(values.get("limits", {})),
        zone=zone_of(values.get("prefixes", []), values.get("delegations", {})),
        tls=tls,
        callbacks=_reach(values.get("callbacks", Reach.PUBLIC)),
        certification_scheme=_scheme(values.get("certification_scheme", "")),
    )


def _seconds(values: dict[str, Any], name: str, default: int, most: int) -> int:
    value = values.get(name, default)
    if not 0 < value <= most:
        raise ConfigError(f"{value} is not 1 to {most}", where=name)
    return int(value)


def _reach(text: str) -> Reach:
    if text not in tuple(Reach):
        raise ConfigError(f"{text[:40]!r} is none of {', '.join(Reach)}", where="callbacks")
    return Reach(text)


def _scheme(text: str) -> str:
    if text and not (len(text) == 2 and all(sign in SIGNS for sign in text)):
        raise ConfigError(f"{text[:40]!r} is not two signs", where="certification_scheme", mend="as GS1 assigned them")
    return text


def _log_id(text: str) -> bytes:
    try:
        log_id = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        log_id = b""
    if len(log_id) != 32:
        raise ConfigError(
            f"{text[:80]!r} is no log", where="log_id", mend=f"0x and 64 hex digits, in {FILE} or as --log-id"
        )
    return log_id


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigError(f"{text[:120]!r} is no web address", where="public_url", mend="https://example.org")
    return text.rstrip("/")
