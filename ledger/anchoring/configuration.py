"""How an anchorer is configured: `<dir>/anchorer.toml`; flags of `carbon anchor` replace its keys.

    log_id, rpc, database, deployment, confirmations, clock
                          as in `<dir>/gateway.toml`, from which they are taken where they are missing here
    key_file              the operator's account: an encrypted keystore (passphrase in CARBON_KEY_PASSPHRASE), or 64 hex
                          digits, mode 0600; default keys/anchorer.key
    note_key_file         encrypted PKCS#8 file of the Ed25519 key that signs checkpoints; default keys/note.pem
    note_passphrase_file  file with its passphrase; else CARBON_NOTE_PASSPHRASE
    interval              seconds between two heads; default 600
    patience              seconds until a stuck transaction is replaced; default 120
    most_fee              most that is paid per unit of gas, in gwei; default 500
    poll                  seconds between two looks at the chain; default 2
    log_json              true writes the log as one JSON object a line

Paths are relative to <dir>.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.anchoring.rules import Pace
from ledger.chain.views import GWEI
from ledger.errors import ConfigError

FILE, SHARED_FILE = "anchorer.toml", "gateway.toml"
PASSPHRASE = "CARBON_NOTE_PASSPHRASE"  # noqa: S105 – the variable's name
SHARED = ("log_id", "rpc", "database", "deployment", "confirmations", "clock")
KINDS: Mapping[str, tuple[type, ...]] = {
    "log_id": (str,),
    "rpc": (str,),
    "database": (str,),
    "deployment": (str,),
    "confirmations": (int,),
    "clock": (str,),
    "key_file": (str,),
    "note_key_file": (str,),
    "note_passphrase_file": (str,),
    "interval": (int,),
    "patience": (int,),
    "most_fee": (int,),
    "poll": (int, float),
    "log_json": (bool,),
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """Effective values; the module's text says what they mean. `database` is an SQLAlchemy address."""

    folder: Path
    log_id: bytes
    rpc: str
    database: str
    deployment: Path
    confirmations: int | None
    clock: str
    key_file: Path
    note_key_file: Path
    note_passphrase_file: Path | None
    pace: Pace
    poll: float
    log_json: bool

    def note_passphrase(self) -> bytes:
        """Raises ConfigError when the file cannot be read."""
        if self.note_passphrase_file is None:
            return os.environ.get(PASSPHRASE, "").encode()
        try:
            return self.note_passphrase_file.read_bytes().rstrip(b"\r\n")
        except OSError as fault:
            where = str(self.note_passphrase_file)
            raise ConfigError(f"the passphrase cannot be read: {fault.strerror}", where=where) from fault


def read_configuration(folder: Path, flags: Mapping[str, Any]) -> Configuration:
    """Flags (None where not given) over anchorer.toml over gateway.toml over defaults. Raises ConfigError."""
    shared = {name: value for name, value in _file(folder / SHARED_FILE).items() if name in SHARED}
    values = shared | _file(folder / FILE) | {name: value for name, value in flags.items() if value is not None}
    for name, value in values.items():
        _check(name, value, str(folder / FILE))
    return _configuration(folder, values)


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ConfigError(f"cannot be read as TOML: {fault}", where=str(path)) from fault


def _check(name: str, value: object, where: str) -> None:
    if name not in KINDS:
        raise ConfigError(f"unknown key {name!r}", where=where, mend=f"known are {', '.join(KINDS)}")
    if type(value) not in KINDS[name]:
        raise ConfigError(f"{name} is not of type {KINDS[name][0].__name__}", where=where)
    if isinstance(value, int | float) and value < 0:
        raise ConfigError(f"{name} is negative", where=where)


def _configuration(folder: Path, values: Mapping[str, Any]) -> Configuration:
    database, clock = values.get("database", "ledger.db"), values.get("clock", "system")
    if clock not in ("system", "chain"):
        raise ConfigError(f"{clock!r} is no clock", where="clock", mend="system or chain")
    passphrase_file = values.get("note_passphrase_file")
    return Configuration(
        folder=folder,
        log_id=_log_id(values.get("log_id", "")),
        rpc=values.get("rpc", "http://127.0.0.1:8545"),
        database=database if "://" in database else f"sqlite:///{folder / database}",
        deployment=folder / values.get("deployment", "deployment.json"),
        confirmations=values.get("confirmations"),
        clock=clock,
        key_file=folder / values.get("key_file", "keys/anchorer.key"),
        note_key_file=folder / values.get("note_key_file", "keys/note.pem"),
        note_passphrase_file=folder / passphrase_file if passphrase_file else None,
        pace=Pace(values.get("interval", 600), values.get("patience", 120), values.get("most_fee", 500) * GWEI),
        poll=float(values.get("poll", 2)),
        log_json=values.get("log_json", False),
    )


def _log_id(text: str) -> bytes:
    try:
        log_id = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        log_id = b""
    if len(log_id) != 32:
        what = f"{text[:80]!r} is no log" if text else "no log is named"
        raise ConfigError(what, where="log_id", mend=f"0x and 64 hex digits in {FILE}, or --log-id")
    return log_id
