"""Where a command finds what the gateway of its folder uses: settings and store, unless it is told."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.errors import ConfigError

__all__ = ["configured_store", "gateway_address", "gateway_settings", "moment", "read_log_id"]


def gateway_settings(folder: Path) -> dict[str, Any]:
    """What `gateway.toml` of this folder says; nothing where there is none. Raises ConfigError."""
    file = folder / "gateway.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ConfigError(f"cannot be read as TOML: {fault}", where=str(file)) from fault


def configured_store(folder: Path) -> str:
    """The store that the gateway of this folder writes. Raises ConfigError."""
    database = str(gateway_settings(folder).get("database", "ledger.db"))
    return database if "://" in database else str(folder / database)


def gateway_address(folder: Path, named: str | None) -> str:
    """The address that was named, or that of the gateway of this folder. Raises ConfigError."""
    told = gateway_settings(folder)
    address = named or f"http://{told.get('host', '127.0.0.1')}:{told.get('port', 8000)}"
    if not address.startswith(("http://", "https://")):
        raise ConfigError(f"{address[:120]!r} is no web address", where="--gateway", mend="http://127.0.0.1:8000")
    return address.rstrip("/")


def read_log_id(text: str) -> bytes:
    """Raises ValueError."""
    value = bytes.fromhex(text.removeprefix("0x"))
    if len(value) != 32:
        raise ValueError(text)
    return value


def moment(text: str, where: str) -> int:
    """A date or time as Unix seconds; without an offset it is UTC. Raises ConfigError."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{text[:80]!r} is no date", where=where, mend="2026-06-30, or with time and offset"
        ) from None
    return int((given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp())
