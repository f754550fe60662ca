"""What a certificate costs on a real chain, statement and three signatures included."""

from pathlib import Path

from devnet.accounts import open_accounts
from devnet.anvil import Anvil
from devnet.bench.minting import mints
from devnet.deploy import deploy
from ledger.chain.client import Chain

ATTESTATION = 252_000
"""Gas of an attestation of 128 bytes by the Ethereum Attestation Service."""


def test_a_certificate_costs_less_than_an_attestation_of_128_bytes(tmp_path: Path) -> None:
    with Anvil(tmp_path / "chain") as anvil:
        accounts = open_accounts(tmp_path / "keys")
        first, later = mints(Chain(anvil.url, deploy(anvil.node, accounts, tmp_path / "deployment.json")), accounts)
    assert later < first < ATTESTATION
