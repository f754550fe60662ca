"""Replacing a key of the issuer from the command line, with the configuration of the gateway that uses it."""

import time
from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from gateway.configuration import Configuration, add_flags, read_configuration
from gateway.issuer import rotate
from gateway.retired_keys import needed_until
from gateway.serve_texts import TEXTS
from ledger.errors import ConfigError
from ledger.store.database import open_store


@dataclass(frozen=True, slots=True)
class Replaced:
    """`key_id` of the new key; the old one verifies until `until` (0: not from now on)."""

    key_id: str
    until: int


def replace_key(folder: Path, name: str, until: int | None) -> Replaced:
    """A new key of `NAMES`; a running gateway uses it from its next start on. `until`: None for as long as anything
    that the old key signed, 0 where it leaked. Raises ConfigError, KeyFault, StoreError."""
    parser = ArgumentParser()
    add_flags(parser, TEXTS["en"])
    configuration = read_configuration(parser.parse_args(["--dir", str(folder)]))
    passphrase = configuration.issuer_passphrase()
    if not passphrase:
        raise ConfigError("the issuer's keys have no passphrase", where=str(folder), mend="issuer_passphrase_file")
    ends = 0 if until == 0 else _checked(until, _needed(configuration, name))
    issuer = rotate(configuration.issuer_folder, passphrase, configuration.public_url, name, ends)
    return Replaced(issuer.key_id(name), ends)


def _checked(until: int | None, needed: int) -> int:
    if until is not None and until < needed:
        last = datetime.fromtimestamp(needed, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        raise ConfigError(
            f"what the old key signed is valid until {last}", where="--until",
            mend="leave --until out, give a later date, or --leaked where the key is in other hands",
        )  # fmt: skip
    return needed if until is None else until


def _needed(configuration: Configuration, name: str) -> int:
    """RSA signs nothing of a certificate but its handle record, for an hour."""
    address, now = make_url(configuration.database), int(time.time())
    if name == "rsa":
        return needed_until(None, False, now)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return needed_until(None, False, now)
    engine = open_store(configuration.database)
    try:
        return needed_until(engine, configuration.clock == "chain", now)
    finally:
        engine.dispose()
