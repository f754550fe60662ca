"""`carbon serve`: open store, chain and promise key, answer requests until SIGTERM or SIGINT, then close in order."""

import argparse
import gc
import logging
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import uvicorn
from sqlalchemy import Engine

from gateway.app import create_app
from gateway.callbacks import Callbacks, CallbackThread
from gateway.child import AnchorerChild
from gateway.configuration import Configuration, add_flags, read_configuration
from gateway.enrolments import EnrolmentSource, EnrolmentWatch
from gateway.issuer import Issuer, open_issuer
from gateway.logs import set_up
from gateway.notices import Notices
from gateway.patience import PatientProtocol
from gateway.retired_keys import needed_until, settle
from gateway.serve_texts import TEXTS
from gateway.settings import EVIDENCE, Settings
from gateway.tls import Tls, check_files
from ledger.chain import deployment
from ledger.chain.client import Chain
from ledger.chain.errors import ChainUnreachable
from ledger.chain.node import Node
from ledger.errors import ConfigError
from ledger.follower import Follower, FollowerThread
from ledger.identifiers.text import IdentifierError
from ledger.ingest import Ingest
from ledger.language import LANGUAGES, asked
from ledger.partners.partner import PartnerBook
from ledger.store.database import migrate, open_store
from terminal_signer import keys
from terminal_signer.errors import CarbonError

CHAIN_SECONDS = 5.0
ENROLMENT_SECONDS = 15.0
GRACE_SECONDS = 10
SWITCH_SECONDS = 2e-4  # a thread that has signed waits no longer than this for the interpreter

_log = logging.getLogger("gateway")


def main(argv: Sequence[str]) -> int:
    """0 after an orderly end, 1 when it cannot start, 2 for wrong use or configuration."""
    text = TEXTS[asked(argv)]
    parser = argparse.ArgumentParser(
        prog="carbon serve", description=text["about"], epilog=text["keys"],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_flags(parser, text)
    parser.add_argument("--lang", choices=LANGUAGES, help=text["lang"])
    try:
        configuration = read_configuration(parser.parse_args(argv))
    except ConfigError as fault:
        return _complain(fault, 2)
    set_up(configuration.log_json)
    try:
        with ExitStack() as closing:
            serve(configuration, closing)
    except ConfigError as fault:
        return _complain(fault, 2)
    except CarbonError as fault:
        return _complain(fault, 1)
    return 0


def serve(configuration: Configuration, closing: ExitStack) -> None:
    """Runs until it is told to end. Raises CarbonError where it cannot start; `closing` undoes what was opened."""
    if configuration.tls is not None:
        check_files(configuration.tls)
    listener = closing.enter_context(_listen(configuration))
    chain = open_chain(configuration)
    engine = open_store(configuration.database)
    closing.callback(engine.dispose)
    migrate(engine)
    source = EnrolmentSource(chain)
    promise_key = _promise_key(configuration, chain)
    ingest = Ingest(engine, configuration.log_id, promise_key, refresh=source)
    closing.callback(ingest.close)
    ingest.start()
    watch = EnrolmentWatch(ingest, ENROLMENT_SECONDS)
    watch.start()
    closing.callback(watch.stop)
    following = FollowerThread(Follower(engine, chain, _system_time), configuration.follow_seconds)
    following.catch_up()
    following.start()
    closing.callback(following.stop)
    if configuration.with_anchorer:
        child = AnchorerChild(anchorer_command(configuration))
        child.start()
        closing.callback(child.stop)
    clock = chain.now if configuration.clock == "chain" else _system_time
    settings = Settings(
        engine, configuration.log_id, ingest, chain, clock, configuration.public_url, promise_key,
        issuer=_issuer(configuration, engine),
        token_seconds=configuration.token_seconds, limits=configuration.limits, zone=configuration.zone,
        stale_seconds=configuration.stale_seconds, certification_scheme=configuration.certification_scheme,
        evidence_folder=configuration.folder / EVIDENCE,
        replay=configuration.clock == "chain",
    )  # fmt: skip
    callbacks = Callbacks(settings, PartnerBook(configuration.folder), configuration.callbacks)
    notices = Notices(settings)
    sending = CallbackThread(lambda: notices.run_once() + callbacks.run_once())
    sending.start()
    closing.callback(sending.stop)
    address = f"{'https' if configuration.tls else 'http'}://{configuration.host}:{configuration.port}"
    _log.info("serving %s for %s", address, configuration.public_url)
    collect_seldom()
    Server(settings, configuration.tls).run(sockets=[listener])


def collect_seldom() -> None:
    """A request for a thousand frames makes many objects and no cycles: leave what was loaded alone, look seldom."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    sys.setswitchinterval(SWITCH_SECONDS)


def open_chain(configuration: Configuration) -> Chain:
    """Without an answer of the node the gateway starts all the same. Raises WrongChain for a node of another chain."""
    chain = Chain(
        configuration.rpc, deployment.load(configuration.deployment), confirmations=configuration.confirmations
    )
    chain.node = Node(configuration.rpc, timeout=CHAIN_SECONDS)
    try:
        chain.verify()
    except ChainUnreachable as fault:
        _log.warning("starting without the chain: %s", fault)
    return chain


def anchorer_command(configuration: Configuration) -> list[str]:
    """The child anchors what this gateway serves, whatever flags changed; its own keys stand in anchorer.toml."""
    flags = {
        "dir": configuration.folder,
        "log-id": f"0x{configuration.log_id.hex()}",
        "rpc": configuration.rpc,
        "database": configuration.database,
        "deployment": configuration.deployment.resolve(),
        "clock": configuration.clock,
    }
    command = [sys.executable, "-m", "ledger", "anchor", "run", "--while-stdin"]
    command += [f"--{name}={value}" for name, value in flags.items()]
    if configuration.confirmations is not None:
        command.append(f"--confirmations={configuration.confirmations}")
    return [*command, "--log-json"] if configuration.log_json else command


class Server(uvicorn.Server):
    """Without the server's name in answers; a signal ends it in order, instead of being raised again at the end."""

    def __init__(self, settings: Settings, tls: Tls | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(settings),
                http=PatientProtocol,
                ssl_certfile=tls.certificate if tls else None,
                ssl_keyfile=tls.key if tls else None,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                lifespan="off",
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _promise_key(configuration: Configuration, chain: Chain) -> keys.PrivateKey:
    """The key must be the one that the chain names for the log, or promises would convict nobody."""
    key = keys.load(configuration.promise_key_file, configuration.passphrase())
    if key.alg != keys.ES256:  # what the contract takes the published bytes for
        raise ConfigError("promises are signed by a key of ES256", where=str(configuration.promise_key_file))
    try:
        record = chain.log_record(configuration.log_id)
    except ChainUnreachable:
        return key
    if record is None:
        raise ConfigError("the chain has no such log", where="log_id", mend="check log_id and the deployment file")
    if record.promise_key != key.public.raw:
        raise ConfigError(
            "the chain names another promise key for this log", where=str(configuration.promise_key_file),
            mend="use the key whose public half was published for the log",
        )  # fmt: skip
    return key


def _issuer(configuration: Configuration, engine: Engine) -> Issuer | None:
    """None without a passphrase, for keys are never written in the clear; nor at an address that no DID can name."""
    passphrase = configuration.issuer_passphrase()
    if not passphrase:
        _log.warning("no credentials are issued: the issuer's keys have no passphrase")
        return None
    try:
        now = _system_time()
        settle(configuration.issuer_folder, now, needed_until(engine, configuration.clock == "chain", now))
        return open_issuer(configuration.issuer_folder, passphrase, configuration.public_url)
    except IdentifierError as fault:
        _log.warning("no credentials are issued: %s", fault)
        return None


def _listen(configuration: Configuration) -> socket.socket:
    where = f"{configuration.host}:{configuration.port}"
    try:
        family = socket.AF_INET6 if ":" in configuration.host else socket.AF_INET
        return socket.create_server((configuration.host, configuration.port), family=family, backlog=256)
    except OSError as fault:
        raise ConfigError(f"cannot listen: {fault.strerror}", where=where, mend="choose another --port") from fault


def _complain(fault: CarbonError, code: int) -> int:
    print(f"carbon serve: {fault}", file=sys.stderr)
    return code


def _system_time() -> int:
    return int(time.time())
