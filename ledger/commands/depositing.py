"""Depositing the evidence in the act that issues a certificate, by whoever holds it then.

The certificate stands whatever comes of it. Where the evidence cannot be deposited the bundle is kept in a file, and
what was left undone is said together with the command that does it.
"""

import argparse
import shlex
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from ledger.certificates.bundling import write_bundle
from ledger.commands.cells import printable
from ledger.commands.input_files import WrongUse
from ledger.commands.private_file import write_private
from ledger.evidence.bundle import Bundle
from ledger.store.evidence import FOLDER, deposit
from terminal_signer.errors import CarbonError

Text = dict[str, str]


@dataclass(frozen=True, slots=True)
class Deposited:
    """`path`: the file that holds the bundle as well, where there is one; `why` it could not be deposited, or empty."""

    path: Path | None
    why: str = ""


def deposit_issued(options: argparse.Namespace, engine: Engine, bundle: Bundle) -> Deposited:
    """With `--bundle` the file is written first. Raises OSError or WrongUse where neither the deposit nor a file can be
    written: then the same command with `--bundle` finishes what the chain has already."""
    data = write_bundle(bundle)
    if options.bundle is not None:
        options.bundle.write_bytes(data)
    try:
        _check_place(options)
        deposit(engine, options.dir / FOLDER, data, int(time.time()))
        return Deposited(options.bundle)
    except (CarbonError, OSError) as fault:
        return Deposited(options.bundle or write_private(_beside(options), data), str(fault))


def say_deposited(options: argparse.Namespace, made: Deposited, text: Text) -> None:
    """For people what was done; what was not, to everybody."""
    if not options.json and made.path is not None:
        print(text["bundle-written"].format(path=made.path))
    if made.why:
        line = text["not-deposited"].format(why=printable(made.why), command=_command(options, made.path))
        print(line, file=sys.stderr)
    elif not options.json:
        print(text["deposited"])


def _check_place(options: argparse.Namespace) -> None:
    """A store may be reached from anywhere, a folder only where it lies."""
    if options.database and not (options.dir / "gateway.toml").is_file():
        raise WrongUse("no gateway works in this folder", where=str(options.dir), mend="deposit it where that works")


def _command(options: argparse.Namespace, path: Path | None) -> str:
    words = ["carbon", "access", "deposit", str(path), "--dir", str(options.dir)]
    return shlex.join([*words, "--database", options.database] if options.database else words)


def _beside(options: argparse.Namespace) -> Path:
    """Where the claim lies, which `mint` reads and `correct` writes, for the owner's eyes as that is."""
    claim: Path = getattr(options, "claim", None) or options.out
    return claim.with_suffix(".bundle")
