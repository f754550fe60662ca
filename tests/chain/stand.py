"""A local chain with the contracts deployed, for tests that ask a real one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_account import Account

from devnet.accounts import Accounts, open_accounts
from devnet.anvil import Anvil, Options
from devnet.binaries import AnvilMissing, find_anvil
from devnet.deploy import create_log, create_node, deploy
from ledger.chain.client import Chain
from ledger.chain.deployment import Deployment, save
from terminal_signer.keys import EDDSA, ES256, PrivateKey, generate, possession_message

GENESIS = 1_514_678_400  # 2017-12-31
ENTERPRISE = "88.118.20260"
ORIGIN = "carbon.example/log"
HOLDERS = "the holder's passphrase"


@dataclass(frozen=True, slots=True)
class Stand:
    """What was started and deployed."""

    folder: Path
    anvil: Anvil
    accounts: Accounts
    deployment: Deployment
    chain: Chain


@dataclass(frozen=True, slots=True)
class Log:
    """A log of its own, with its keys."""

    id: bytes
    note_key: PrivateKey
    promise_key: PrivateKey


@contextmanager
def standing_chain(folder: Path) -> Iterator[Stand]:
    """Started, deployed, with the enterprise's node; stopped at the end."""
    try:
        find_anvil()
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    with Anvil(folder / "devnet", Options(genesis_time=GENESIS)) as anvil:
        accounts = open_accounts(folder / "keys")
        deployment = deploy(anvil.node, accounts, folder / "deployment.json")
        chain = Chain(anvil.url, deployment)
        create_node(chain, accounts["secondary-node"], "88.118", "20260", accounts["enterprise"].address)
        yield Stand(folder, anvil, accounts, deployment, chain)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One chain for a module's tests."""
    with standing_chain(tmp_path_factory.mktemp("chain")) as stand:
        yield stand


def new_log(stand: Stand, operator: str = "anchorer") -> Log:
    """A log whose operator is the account of this role."""
    note_key, promise_key = generate(EDDSA), generate(ES256)
    operator_address = stand.accounts[operator].address
    owner = stand.accounts["log-owner"]
    log_id = create_log(stand.chain, owner, ORIGIN, note_key.public, promise_key.public, operator_address)
    return Log(log_id, note_key, promise_key)


def working_folder(stand: Stand, folder: Path, log_id: bytes) -> None:
    """What `carbon terminal` finds: deployment, the gateway's settings, the enterprise's account in a keystore."""
    save(stand.deployment, folder / "deployment.json")
    (folder / "gateway.toml").write_text(f'rpc = "{stand.anvil.url}"\nlog_id = "0x{log_id.hex()}"\n')
    keystore = Account.encrypt(stand.accounts["enterprise"].key, HOLDERS, kdf="pbkdf2", iterations=1000)
    path = folder / "keys" / "holder.key"
    path.parent.mkdir()
    path.touch(0o600)
    path.write_text(json.dumps(keystore))


def proof_of(stand: Stand, sub: str, key: PrivateKey) -> bytes:
    """The key's proof of possession for a terminal of the enterprise."""
    registry = stand.deployment.address("TerminalRegistry")
    kid = key.public.thumbprint()
    return key.sign(possession_message(stand.deployment.chain_id, registry, ENTERPRISE, sub, kid))


def enrolment_of(sub: str, key: PrivateKey, log_id: bytes, key_class: int = 1) -> tuple[object, ...]:
    """The contract's struct `Enrolment`."""
    return (ENTERPRISE, sub, key.public.alg, key.public.raw, key_class, log_id, 0)
