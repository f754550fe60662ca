"""What anchors and certificates cost beside the Ethereum Attestation Service (EAS) on the same chain.

Gas of whole transactions. EAS's `timestamp` stores the time of one 32-byte value, its `attest` one record with some
data. Our anchor takes any number of frames and proves that nothing before it was changed; measured is the dearest, with
the longest consistency proof at 2^20 leaves. The lines per frame divide it among the frames of a day: one anchor a day
against one timestamp for each frame. A certificate is set beside a record of 128 bytes: an enterprise's first one, and
its next; a first use of EAS is paid before it is measured. `make bench` fetches the peer (`contracts/bench_peer.py`).
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from devnet.accounts import open_accounts
from devnet.anvil import Anvil
from devnet.bench.measure import Row
from devnet.bench.minting import mints
from devnet.binaries import CHECKOUT
from devnet.deploy import create_log, deploy
from ledger.chain.answers import unhex
from ledger.chain.client import Chain
from ledger.chain.errors import ChainError
from ledger.chain.transactions import Call, Receipt, transact
from ledger.log.tree import Tree
from terminal_signer import keys

LEAVES = 1 << 20
A_DAY = (24, 96, 1000)  # frames a day: hourly, every quarter of an hour, a plant of some forty meters
DATA = (64, 128)
PEER = "EAS 1.9.0"
FOLDER = CHECKOUT / ".tools" / "peers" / "eas"
REQUEST = "(bytes32,(address,uint64,bool,bytes32,bytes,uint256))"


@dataclass(frozen=True, slots=True)
class Peer:
    """What EAS used; `attest` by the number of bytes attested."""

    timestamp: int
    attest: dict[int, int]


def rows(leaves: int = LEAVES) -> Iterator[Row]:
    """Less is better. An absent peer leaves the reference empty."""
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as folder, Anvil(Path(folder) / "chain") as anvil:
        accounts = open_accounts(Path(folder) / "accounts")
        chain = Chain(anvil.url, deploy(anvil.node, accounts, Path(folder) / "deployment.json"))
        anchor = _anchor(chain, accounts["log-owner"], accounts["anchorer"], leaves)
        minted = mints(chain, accounts)
        peer = _peer(chain, accounts["anchorer"])
    yield _row(f"anchor {leaves:,} leaves", "gas", anchor, "timestamp", peer.timestamp if peer else None)
    for length in DATA:
        yield _row(
            f"anchor {leaves:,} leaves", "gas", anchor, f"attest {length} B", peer.attest[length] if peer else None
        )
    for which, gas in zip(("first", "next"), minted, strict=True):
        length, attested = DATA[-1], peer.attest[DATA[-1]] if peer else None
        yield Row(
            f"an enterprise's {which} certificate", "gas", gas, f"{PEER} attest {length} B", attested, 1.0,
            at_least=False, note="" if peer else "absent",
        )  # fmt: skip
    for frames in A_DAY:
        name = f"a frame, {frames:,} a day, one anchor"
        yield _row(name, "gas/frame", anchor / frames, "timestamp", peer.timestamp if peer else None)


def _row(name: str, unit: str, ours: float, what: str, reference: int | None) -> Row:
    note = "" if reference else "absent"
    return Row(name, unit, ours, f"{PEER} {what}", reference, 1.0 if unit != "gas" else 2.0, at_least=False, note=note)


def _anchor(chain: Chain, owner: LocalAccount, operator: LocalAccount, leaves: int) -> int:
    """The last leaf of a tree: the path from one leaf fewer is the longest proof that there is."""
    tree = Tree(sha256(number.to_bytes(8, "big")).digest() for number in range(leaves))
    promise, note = keys.generate(), keys.generate(keys.EDDSA)
    log_id = create_log(chain, owner, "bench", note.public, promise.public, operator.address)
    chain.send(operator, "AnchorLog", "anchor", log_id, leaves - 1, tree.root(leaves - 1), [])
    proof = tree.consistency(leaves - 1, leaves)
    return chain.send(operator, "AnchorLog", "anchor", log_id, leaves, tree.root(leaves), proof).gas_used


def _peer(chain: Chain, account: LocalAccount) -> Peer | None:
    """EAS beside our contracts, with a schema of one `bytes`. A first use of each is paid before it is measured."""
    registry_code, service_code = _code("SchemaRegistry"), _code("EAS")
    if registry_code is None or service_code is None:
        return None

    def send(to: bytes | None, data: bytes) -> Receipt:
        return transact(chain.node, account, Call(to, data), chain.deployment.chain_id, PEER)

    registry = _address(send(None, registry_code))
    service = _address(send(None, service_code + encode(["address"], [registry])))
    nobody, none = bytes(20), bytes(32)
    schema = keccak(b"bytes record" + nobody + b"\x00")
    send(registry, _call("register(string,address,bool)", "bytes record", nobody, False))
    digests = [sha256(bytes([number])).digest() for number in range(2)]
    stamps = [send(service, _call("timestamp(bytes32)", digest)).gas_used for digest in digests]
    attested = {}
    for length in DATA:
        data = (sha256(b"a").digest() * length)[:length]
        call = _call(f"attest({REQUEST})", (schema, (nobody, 0, False, none, data, 0)))
        attested[length] = [send(service, call).gas_used for _ in range(2)][-1]
    return Peer(stamps[-1], attested)


def _code(name: str) -> bytes | None:
    path = FOLDER / f"{name}.json"
    return unhex(json.loads(path.read_text(encoding="utf-8"))["bytecode"]) if path.exists() else None


def _address(receipt: Receipt) -> bytes:
    if receipt.contract is None:
        raise ChainError(f"the deployment of {PEER} left no contract")
    return receipt.contract


@cache
def _selector(signature: str) -> bytes:
    return keccak(text=signature)[:4]


def _call(signature: str, *arguments: Any) -> bytes:
    inner = signature[signature.index("(") + 1 : -1]
    types = [inner] if inner.startswith("(") else inner.split(",")
    return _selector(signature) + encode(types, arguments)
