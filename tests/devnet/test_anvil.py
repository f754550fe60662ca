"""The local chain: time, finality, what survives a kill, and errors that name the remedy."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devnet.accounts import BALANCE, ROLES, fund, open_accounts
from devnet.anvil import FINALITY, Anvil, AnvilFault, Options
from devnet.binaries import VARIABLE, AnvilMissing, find_anvil
from devnet.chain_state import StateCutOff
from devnet.deploy import create_log, deploy, standing
from devnet.process import alive, free_port, port_is_free
from ledger.chain.answers import hexadecimal
from ledger.chain.client import Chain
from ledger.chain.errors import ContractRefused, WrongChain
from terminal_signer.keys import EDDSA, generate

GENESIS = 1_514_678_400
needs_anvil = pytest.mark.skipif(
    not any(path.exists() for path in Path("contracts/node_modules/@foundry-rs").glob("anvil-*"))
    and VARIABLE not in os.environ,
    reason="anvil is not installed: make setup",
)


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Anvil]:
    anvil = Anvil(tmp_path / "devnet", Options(genesis_time=GENESIS))
    yield anvil
    anvil.kill()


def _time(anvil: Anvil, tag: str = "latest") -> int:
    return hexadecimal(anvil.node.call("eth_getBlockByNumber", tag, False)["timestamp"])


def _number(anvil: Anvil, tag: str = "latest") -> int:
    return hexadecimal(anvil.node.call("eth_getBlockByNumber", tag, False)["number"])


@needs_anvil
def test_the_clock_starts_and_moves_as_told(chain: Anvil) -> None:
    chain.start()
    assert _time(chain) == GENESIS
    chain.set_time(GENESIS + 86_400)
    chain.mine()
    assert _time(chain) == GENESIS + 86_400
    with pytest.raises(AnvilFault, match="cannot be"):
        chain.set_time(GENESIS + 1)


@needs_anvil
def test_finality_moves_with_blocks(chain: Anvil) -> None:
    chain.start()
    chain.mine(10)
    assert _number(chain) - _number(chain, "finalized") == FINALITY
    latest = _number(chain)
    chain.finalize()
    assert _number(chain, "finalized") == latest


@needs_anvil
def test_no_account_is_unlocked(chain: Anvil) -> None:
    chain.start()
    assert chain.node.call("eth_accounts") == []


@needs_anvil
def test_state_survives_sigkill_and_the_clock_never_goes_back(chain: Anvil, tmp_path: Path) -> None:
    chain.start()
    accounts = open_accounts(tmp_path / "keys")
    deployment = deploy(chain.node, accounts, tmp_path / "deployment.json")
    chain.set_time(GENESIS + 1_000_000)
    chain.mine()
    time.sleep(2.2)
    before, pid = _number(chain), chain.pid
    chain.kill()
    assert pid is not None
    assert not alive(pid)
    again = Anvil(tmp_path / "devnet")
    assert again.options == Options(genesis_time=GENESIS)
    assert not again.running
    again.start()
    try:
        assert standing(again.node, tmp_path / "deployment.json") == deployment
        assert _number(again) == before + FINALITY + 1
        assert GENESIS + 1_000_000 <= _time(again) < GENESIS + 1_000_060
        client = Chain(again.url, deployment)
        assert client.call("CertificateRegistry", "DEMO", tag="finalized")
        assert len(client.events("IdentifierRegistry", "NodeCreated")) == 2
        again.reorganise(2)
    finally:
        again.stop()


@needs_anvil
def test_a_chain_that_is_no_replay_follows_the_machines_clock(tmp_path: Path) -> None:
    for _ in range(2):
        with Anvil(tmp_path / "devnet") as anvil:
            anvil.mine()
            assert abs(_time(anvil) - time.time()) < 30


@needs_anvil
def test_the_first_block_is_the_same_after_every_restart(tmp_path: Path) -> None:
    """Anvil writes down a block 0 of its own at each start; with two of them half of the restarts served another."""
    anvil = Anvil(tmp_path / "devnet")
    try:
        anvil.start()
        first = anvil.node.call("eth_getBlockByNumber", "0x0", False)["hash"]
        for _ in range(8):
            anvil.stop()
            time.sleep(1.01)  # block 0 differs by its second
            anvil.start()
            assert anvil.node.call("eth_getBlockByNumber", "0x0", False)["hash"] == first
    finally:
        anvil.kill()


@needs_anvil
def test_a_half_written_state_is_mended_from_the_copy(chain: Anvil, tmp_path: Path) -> None:
    chain.start()
    accounts = open_accounts(tmp_path / "keys")
    deploy(chain.node, accounts, tmp_path / "deployment.json")
    chain.save()
    chain.kill()
    state = tmp_path / "devnet" / "state.json"
    state.write_bytes(b'{"block": {"numb')
    again = Anvil(tmp_path / "devnet")
    again.start()
    try:
        assert again.recovered
        assert standing(again.node, tmp_path / "deployment.json") is not None
    finally:
        again.kill()
    state.write_bytes(b"")
    (tmp_path / "devnet" / "state.last.json").unlink()
    with pytest.raises(StateCutOff, match="down --erase"):
        Anvil(tmp_path / "devnet").start()


@needs_anvil
def test_starting_twice_changes_nothing(chain: Anvil, tmp_path: Path) -> None:
    chain.start()
    pid = chain.pid
    chain.start()
    other = Anvil(tmp_path / "devnet")
    other.start()
    assert chain.pid == other.pid == pid
    assert other.url == chain.url


@needs_anvil
def test_a_taken_port_is_avoided(tmp_path: Path, chain: Anvil) -> None:
    chain.start()
    with Anvil(tmp_path / "second", port=chain.port) as second:
        assert second.port != chain.port
        assert second.running


@needs_anvil
def test_another_process_with_the_number_is_not_killed(tmp_path: Path) -> None:
    folder = tmp_path / "devnet"
    folder.mkdir()
    document = {"format": "anvil/1", "url": "", "port": free_port(), "pid": os.getpid(), "options": {"chain_id": 1}}
    (folder / "anvil.json").write_text(json.dumps(document))
    anvil = Anvil(folder)
    assert not anvil.running
    anvil.stop()
    anvil.kill()


def test_without_anvil_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    with pytest.raises(AnvilMissing, match="make setup"):
        Anvil(tmp_path / "devnet").start()
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("devnet.binaries.CHECKOUT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AnvilMissing, match="make setup"):
        find_anvil()
    program = tmp_path / "anvil"
    program.write_text("#!/bin/sh\necho 'error: no room' >&2\nexit 3\n")
    program.chmod(0o755)
    assert find_anvil() == program
    with pytest.raises(AnvilFault, match="no room"):
        Anvil(tmp_path / "devnet").start()


def test_ports_and_processes() -> None:
    assert port_is_free(free_port())
    assert alive(os.getpid())
    assert not alive(os.getpid(), "surely not in the command line")
    child = os.fork()
    if child == 0:
        os._exit(0)
    time.sleep(0.1)
    assert not alive(child), "a zombie does not live"
    os.waitpid(child, 0)
    assert not alive(child)
    assert signal.SIGKILL


def test_keys_are_random_private_and_kept(tmp_path: Path) -> None:
    first = open_accounts(tmp_path / "a")
    assert {role: account.address for role, account in first.by_role.items()} == {
        role: account.address for role, account in open_accounts(tmp_path / "a").by_role.items()
    }
    other = open_accounts(tmp_path / "b")
    everybody = {account.address for accounts in (first, other) for account in accounts.by_role.values()}
    assert len(everybody) == 2 * len(ROLES)
    for role in ROLES:
        assert first.key_file(role).stat().st_mode & 0o777 == 0o600
        assert bytes(first[role].key).hex() not in repr(first)


@needs_anvil
def test_deployment_gives_each_duty_to_its_account_and_to_no_other(chain: Anvil, tmp_path: Path) -> None:
    """INV-12: nobody but the role's account may accredit, publish, suspend or create top nodes."""
    chain.start()
    accounts = open_accounts(tmp_path / "keys")
    client = Chain(chain.url, deploy(chain.node, accounts, tmp_path / "deployment.json"))
    duties = {
        "accreditor": (
            "CertificateRegistry",
            "accredit",
            (accounts["verifier"].address, b"\x01" * 32, 2, bytes(32), 0, 9),
        ),
        "publisher": ("RuleRegistry", "publish", (1, "general/1", b"\x01" * 32, "", 0, 9)),
        "registrar": ("IdentifierRegistry", "createNode", (bytes(32), "99", accounts["admin"].address)),
    }
    for role, (contract, name, values) in duties.items():
        for stranger in set(ROLES) - {role}:
            with pytest.raises(ContractRefused, match="AccessManagedUnauthorized"):
                client.send(accounts[stranger], contract, name, *values)
        client.send(accounts[role], contract, name, *values)
    for role, name in (("suspender", "suspend"), ("revoker", "proposeRevocation"), ("confirmer", "proposeRevocation")):
        with pytest.raises(ContractRefused, match="CertificateRegistryStatus"):
            client.send(accounts[role], "CertificateRegistry", name, 1, "why")
        with pytest.raises(ContractRefused, match="AccessManagedUnauthorized"):
            client.send(accounts["admin"], "CertificateRegistry", name, 1, "why")


@needs_anvil
def test_logs_have_ids_of_their_own(chain: Anvil, tmp_path: Path) -> None:
    chain.start()
    accounts = open_accounts(tmp_path / "keys")
    client = Chain(chain.url, deploy(chain.node, accounts, tmp_path / "deployment.json"))
    keys = generate(EDDSA).public, generate().public
    ids = {create_log(client, accounts["log-owner"], "o", *keys, accounts["anchorer"].address) for _ in range(2)}
    assert len(ids) == 2


@needs_anvil
def test_funding_raises_and_never_lowers(chain: Anvil) -> None:
    chain.start()
    address = "0x" + "11" * 20
    assert fund(chain.node, [address]) == 1
    assert fund(chain.node, [address]) == 0
    assert fund(chain.node, [address], BALANCE * 2) == 1
    assert hexadecimal(chain.node.call("eth_getBalance", address, "latest")) == BALANCE * 2


@needs_anvil
def test_a_deployment_of_another_chain_is_not_taken_for_this_one(tmp_path: Path) -> None:
    accounts = open_accounts(tmp_path / "keys")
    with Anvil(tmp_path / "a", Options(genesis_time=GENESIS)) as first:
        assert standing(first.node, tmp_path / "deployment.json") is None
        deploy(first.node, accounts, tmp_path / "deployment.json")
    with Anvil(tmp_path / "b", Options(genesis_time=GENESIS + 1)) as second, pytest.raises(WrongChain):
        standing(second.node, tmp_path / "deployment.json")
    with Anvil(tmp_path / "c", Options(genesis_time=GENESIS)) as third, pytest.raises(WrongChain, match="--erase"):
        standing(third.node, tmp_path / "deployment.json")
