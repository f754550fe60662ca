"""What the soak's processes need: a chain, the contracts, one log, its keys, and a folder for each terminal."""

from dataclasses import dataclass
from pathlib import Path

from devnet.accounts import Accounts, open_accounts
from devnet.anvil import Anvil, Options
from devnet.deploy import create_log, create_node, deploy
from devnet.process import quiet_port
from ledger.chain.client import Chain
from terminal_signer import keys
from terminal_signer.frame import NO_FRAME, KeyClass
from terminal_signer.keys import PublicKey, possession_message
from terminal_signer.place import Connection, Place, connect, create

ISS = "88.118.20260"
TERMINALS = 2
ANCHOR_INTERVAL, POLL, BLOCK_TIME = 1, 0.1, 1  # seconds
PASSPHRASE = b"thrown away with the folder"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything stands in `folder`; the chain runs, nothing else does yet."""

    folder: Path
    anvil: Anvil
    chain: Chain
    log_id: bytes
    port: int
    promise_key: PublicKey
    terminals: tuple[Place, ...]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def chain_in(folder: Path) -> Anvil:
    """Not started; its port is one that no client is given while the chain is away."""
    return Anvil(folder / "chain", Options(block_time=BLOCK_TIME), port=quiet_port())


def build(folder: Path, anvil: Anvil) -> Stage:
    """Deploy, create the log, make and enrol the terminals, write the configuration files. Raises CarbonError."""
    accounts = open_accounts(folder / "accounts")
    deployment = deploy(anvil.node, accounts, folder / "deployment.json")
    chain = Chain(anvil.url, deployment)
    create_node(chain, accounts["secondary-node"], "88.118", "20260", accounts["enterprise"].address)
    note_key, promise_key = keys.generate(keys.EDDSA), keys.generate()
    operator = accounts["anchorer"].address
    log_id = create_log(chain, accounts["log-owner"], "soak", note_key.public, promise_key.public, operator)
    (folder / "keys").mkdir()
    (folder / "keys" / "passphrase").write_bytes(PASSPHRASE)
    keys.save(folder / "keys" / "note.pem", note_key, PASSPHRASE)
    keys.save(folder / "keys" / "promise.pem", promise_key, PASSPHRASE)
    port = quiet_port()
    _configure(folder, anvil, log_id, port)
    to = Connection(
        f"http://127.0.0.1:{port}", anvil.url, deployment.chain_id, deployment.address("AnchorLog"), log_id,
        promise_key.public, "finalized",
    )  # fmt: skip
    terminals = tuple(_terminal(folder, chain, accounts, number, to) for number in range(TERMINALS))
    anvil.finalize()
    return Stage(folder, anvil, chain, log_id, port, promise_key.public, terminals)


def _terminal(folder: Path, chain: Chain, accounts: Accounts, number: int, to: Connection) -> Place:
    key, sub, place = keys.generate(), f"{ISS}/EQ-{number + 1:04d}", folder / f"terminal-{number}"
    kid, registry = key.public.thumbprint(), chain.deployment.address("TerminalRegistry")
    proof = key.sign(possession_message(chain.deployment.chain_id, registry, ISS, sub, kid))
    enrolment = (ISS, sub, key.alg, key.public.raw, int(KeyClass.METER), to.log_id, 0)
    chain.send(accounts["enterprise"], "TerminalRegistry", "enrol", enrolment, proof)
    made = create(place, key, PASSPHRASE, ISS, sub, NO_FRAME)
    (place / "passphrase").write_bytes(PASSPHRASE)
    return connect(made, to)


def _configure(folder: Path, anvil: Anvil, log_id: bytes, port: int) -> None:
    gateway = f"""\
port = {port}
rpc = "{anvil.url}"
log_id = "0x{log_id.hex()}"
promise_passphrase_file = "keys/passphrase"
"""
    anchorer = f"""\
key_file = "accounts/anchorer.key"
note_passphrase_file = "keys/passphrase"
interval = {ANCHOR_INTERVAL}
poll = {POLL}
"""
    (folder / "gateway.toml").write_text(gateway, encoding="ascii")
    (folder / "anchorer.toml").write_text(anchorer, encoding="ascii")
