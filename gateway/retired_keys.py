"""Public halves of issuer keys that sign no more: `retired.json` beside the key files.

Such a key stays in the DID document until everything that it signed has ended. When a key is replaced, a running
gateway goes on signing with it until its next start; only then is known what the last of it was (`settle`).
"""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from ledger.credentials.did_document import RetiredKey
from ledger.credentials.key_forms import thumbprint
from ledger.store.standing import followed
from ledger.store.validity import longest_validity
from terminal_signer.errors import CarbonError
from terminal_signer.keys import KeyFault
from terminal_signer.strict import Malformed, read_document

FILE = "retired.json"
FORMAT = "retired-keys/1"
MOST_RETIRED = 100
LEAST_SECONDS = 86_400
"""Status lists and handle signatures live minutes and an hour; others keep DID documents for as long as a day."""


def needed_until(engine: Engine | None, replay: bool, now: int) -> int:
    """Until when a key that signs now must be known, by the machine's clock, which certificates follow in a replay.
    `engine`: None for a gateway that has never run. Raises StoreError."""
    last = 0 if engine is None else longest_validity(engine)
    position = followed(engine) if engine is not None and replay else None
    ahead = 0 if position is None else max(0, now - position.chain_time(now))
    return max(last + ahead, now + LEAST_SECONDS)


def settle(folder: Path, now: int, needed: int) -> None:
    """At a start: keys that were replaced since the last one have signed for the last time. Raises KeyFault."""
    found = read_retired(folder)
    settled = [key if key.since else _settled(key, now, needed) for key in found]
    if settled != list(found):
        write_retired(folder, settled)


def read_retired(folder: Path) -> tuple[RetiredKey, ...]:
    """Raises KeyFault."""
    path = folder / FILE
    try:
        data = path.read_bytes()
        with read_document(data, str(path), FORMAT) as told:
            return tuple(_retired(item) for item in told.items("keys", MOST_RETIRED))
    except FileNotFoundError:
        return ()
    except OSError as fault:
        raise KeyFault(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    except (Malformed, CarbonError, KeyError, TypeError) as fault:
        raise KeyFault(f"not {FORMAT}: {fault}"[:200], where=str(path)) from fault


def write_retired(folder: Path, retired: Sequence[RetiredKey]) -> None:
    keys = [{"jwk": dict(key.jwk), "until": key.until} | ({"since": key.since} if key.since else {}) for key in retired]
    beside = folder / f"retired.{secrets.token_hex(4)}"
    write_file(beside, json.dumps({"format": FORMAT, "keys": keys}, indent=1).encode() + b"\n")
    beside.replace(folder / FILE)


def write_file(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settled(key: RetiredKey, now: int, needed: int) -> RetiredKey:
    """RSA signs handle records alone, each for an hour."""
    least = now + LEAST_SECONDS if key.jwk["kty"] == "RSA" else needed
    return replace(key, since=now, until=max(key.until, least))


def _retired(item: dict[str, object]) -> RetiredKey:
    jwk, until, since = item["jwk"], item["until"], item.get("since")
    if not isinstance(jwk, dict) or type(until) is not int or type(since) not in (int, type(None)):
        raise TypeError("a retired key is {jwk, until} or {jwk, until, since}")
    thumbprint(jwk)
    return RetiredKey(jwk, until, since)  # type: ignore[arg-type]
