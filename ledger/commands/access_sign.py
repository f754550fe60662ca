"""Signing an act of access with an officer's key, and sending it to the log as every frame is sent."""

import argparse
import time
from dataclasses import dataclass

from sqlalchemy import Engine

from ledger.access.acts import Act, write_act
from ledger.chain import deployment
from ledger.chain.client import Chain
from ledger.commands.input_files import WrongUse
from ledger.commands.store_place import gateway_settings
from ledger.store.enrolments import all_enrolments
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass
from terminal_signer.place import Place, open_place, passphrase

RPC = "http://127.0.0.1:8545"


class NotSent(CarbonError):
    """The act was signed, and the gateway did not take it."""

    code = "not-sent"


@dataclass(frozen=True, slots=True)
class Signed:
    """`digest` of the frame; `sent` is False where it lies in the terminal's spool."""

    act: Act
    digest: bytes
    by: str
    sent: bool


def sign(options: argparse.Namespace, engine: Engine, act: Act, enterprise: str, ask: str) -> Signed:
    """Raises GrantFault before anything is signed where nobody would honour the act."""
    document = write_act(act)
    place = open_place(options.key)
    _check_officer(place, engine, enterprise)
    signer = place.signer(passphrase(options.passphrase_file, ask))
    try:
        digest = signer.document(document, _now(options))
    finally:
        signer.spool.close()
    return Signed(act, digest, place.sub, _send(place, options))


def _check_officer(place: Place, engine: Engine, enterprise: str) -> None:
    if place.iss != enterprise:
        raise WrongUse(f"{place.sub} is not of {enterprise}", where="--key", mend="the key of an officer of it")
    mine = (place.sub, place.public.thumbprint())
    classes = [key.key_class for key in all_enrolments(engine) if (key.sub, key.kid) == mine]
    if classes and KeyClass.OFFICER not in classes:
        raise WrongUse("the key is not of class officer", where="--key", mend="carbon terminal enrol --class officer")


def _now(options: argparse.Namespace) -> int:
    """The clock that the gateway of this folder goes by: a replay's is the chain's."""
    settings = gateway_settings(options.dir)
    if settings.get("clock") != "chain":
        return int(time.time())
    known = deployment.load(options.dir / settings.get("deployment", "deployment.json"))
    return Chain(str(settings.get("rpc", RPC)), known).now()


def _send(place: Place, options: argparse.Namespace) -> bool:
    if place.connection is None or options.no_send:
        return False
    sent = place.delivery(attempts=2).send()
    if sent.refused:
        what = ", ".join(sorted(sent.refused))
        raise NotSent(f"the gateway refused what was signed: {what}", mend="terminal-signer status says more")
    return True
