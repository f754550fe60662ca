"""The chain client against a real chain and the real contracts."""

import threading

import pytest

from devnet.deploy import create_node
from ledger.chain.answers import hexadecimal
from ledger.chain.client import Chain
from ledger.chain.deployment import Deployment
from ledger.chain.enrolments import proves_possession
from ledger.chain.errors import ChainError, ContractRefused, NodeRefused, WrongChain
from ledger.identifiers.vaa import node as identifier_node
from terminal_signer.keys import EDDSA, ES256, PrivateKey, generate
from tests.chain.stand import ENTERPRISE, ORIGIN, Log, Stand, enrolment_of, new_log, proof_of


@pytest.fixture(scope="module")
def log(stand: Stand) -> Log:
    return new_log(stand)


def enrol(stand: Stand, log: Log, suffix: str, key: PrivateKey, proof: bytes | None = None) -> bytes:
    sub = f"{ENTERPRISE}/{suffix}"
    signed = proof_of(stand, sub, key) if proof is None else proof
    entry = enrolment_of(sub, key, log.id)
    receipt = stand.chain.send(stand.accounts["enterprise"], "TerminalRegistry", "enrol", entry, signed)
    found: bytes = receipt.event("TerminalRegistry", "TerminalEnrolled")["id"]
    return found


def test_the_chain_is_the_deployments(stand: Stand) -> None:
    stand.chain.verify()
    other = Deployment(stand.deployment.chain_id, bytes(32), True, stand.deployment.generations)
    with pytest.raises(WrongChain, match="another chain"):
        Chain(stand.anvil.url, other).verify()


def test_blocks_and_depths(stand: Stand) -> None:
    stand.anvil.mine(10)
    latest, safe, final = stand.chain.depths()
    assert (latest.number - safe.number, latest.number - final.number) == (2, 4)
    assert stand.chain.now() == latest.time
    assert stand.chain.block(safe.number) == safe
    with pytest.raises(ChainError, match="no block"):
        stand.chain.block(10**9)


def test_confirmations_stand_in_for_tags(stand: Stand) -> None:
    chain = Chain(stand.anvil.url, stand.deployment, confirmations=6)
    latest, safe, final = chain.depths()
    assert (latest.number - safe.number, latest.number - final.number) == (3, 6)
    assert chain.latest_head(bytes(32), "finalized") is None


def test_nodes_are_where_the_identifiers_say(stand: Stand) -> None:
    holder = stand.chain.call("IdentifierRegistry", "holderOf", identifier_node(ENTERPRISE))
    assert holder == stand.accounts["enterprise"].address.lower()


def test_a_refusal_carries_the_contracts_own_name(stand: Stand) -> None:
    with pytest.raises(ContractRefused) as caught:
        create_node(stand.chain, stand.accounts["enterprise"], "88.118", "1", stand.accounts["enterprise"].address)
    assert caught.value.reason == "IdentifierRegistryNotParentHolder"
    with pytest.raises(ContractRefused) as caught:
        create_node(stand.chain, stand.accounts["admin"], "", "89", stand.accounts["admin"].address)
    assert caught.value.reason == "AccessManagedUnauthorized"


def test_a_logs_record(stand: Stand, log: Log) -> None:
    record = stand.chain.log_record(log.id)
    assert record is not None
    assert (record.origin, record.promise_key) == (ORIGIN, log.promise_key.public.raw)
    assert f"0x{record.operator.hex()}" == stand.accounts["anchorer"].address.lower()
    assert stand.chain.log_record(b"\x01" * 32) is None
    newer = generate(ES256)
    stand.chain.send(stand.accounts["log-owner"], "AnchorLog", "rotatePromiseKey", log.id, newer.public.raw)
    rotated = stand.chain.log_record(log.id)
    assert rotated is not None
    assert rotated.promise_key == newer.public.raw


def test_heads_and_their_events(stand: Stand, log: Log) -> None:
    assert stand.chain.latest_head(log.id) is None
    stand.chain.send(stand.accounts["anchorer"], "AnchorLog", "anchor", log.id, 5, b"\x07" * 32, [])
    head = stand.chain.latest_head(log.id)
    [seen] = stand.chain.anchor_events(log.id)
    assert head is not None
    assert (head.size, head.root, head.time) == (seen.size, seen.root, seen.time) == (5, b"\x07" * 32, seen.time)
    assert seen.previous_size == 0
    assert stand.chain.block(seen.block_number).hash == seen.block_hash
    assert stand.chain.latest_head(log.id, seen.block_number - 1) is None


def test_enrolments_as_they_stand(stand: Stand, log: Log) -> None:
    """INV-06: a key's life is told by blocks; the end of a key is that of its rotation or revocation."""
    first, second, third = generate(ES256), generate(ES256), generate(EDDSA)
    sub = f"{ENTERPRISE}/EQ-1"
    a = enrol(stand, log, "EQ-1", first)
    c = enrol(stand, log, "EQ-3", third)
    entry = enrolment_of(sub, second, log.id)
    proof = proof_of(stand, sub, second)
    holder = stand.accounts["enterprise"]
    receipt = stand.chain.send(holder, "TerminalRegistry", "rotate", entry, proof, a, b"\x05" * 32)
    rotated_at = stand.chain.block(receipt.block_number).time
    stand.chain.send(holder, "TerminalRegistry", "revoke", c, 3)
    found = {enrolment.kid: enrolment for enrolment in stand.chain.enrolments()}
    old, new, gone = (found[key.public.thumbprint()] for key in (first, second, third))
    assert (old.until, old.revoked, old.sub, old.public_key) == (rotated_at, False, sub, first.public)
    assert (new.until, new.predecessor, new.last_digest) == (None, a, b"\x05" * 32)
    assert gone.revoked
    assert gone.until is not None
    assert old.predecessor is None
    assert old.calibration_due is None
    assert stand.chain.enrolments(from_block=receipt.block_number + 1) == []


def test_an_enrolment_without_possession_does_not_exist(stand: Stand, log: Log) -> None:
    """The contract cannot check Ed25519 proofs, so the event of a stolen public key must be ignored here."""
    stolen = generate(EDDSA)
    enrol(stand, log, "EQ-9", stolen, proof=bytes(64))
    assert stolen.public.thumbprint() not in {enrolment.kid for enrolment in stand.chain.enrolments()}


def test_possession_is_bound_to_chain_registry_and_terminal(stand: Stand) -> None:
    key, sub = generate(EDDSA), f"{ENTERPRISE}/EQ-8"
    registry = stand.deployment.address("TerminalRegistry")
    values = {
        "alg": EDDSA, "publicKey": key.public.raw, "iss": ENTERPRISE, "sub": sub,
        "kid": key.public.thumbprint(), "proof": proof_of(stand, sub, key),
    }  # fmt: skip
    chain_id = stand.deployment.chain_id
    assert proves_possession(chain_id, registry, values)
    assert not proves_possession(chain_id + 1, registry, values)
    assert not proves_possession(chain_id, bytes(20), values)
    for field, other in (
        ("sub", sub + "x"),
        ("kid", bytes(32)),
        ("alg", -65537),
        ("publicKey", bytes(3)),
        ("proof", b""),
    ):
        assert not proves_possession(chain_id, registry, values | {field: other})


def test_nothing_was_certified_here(stand: Stand) -> None:
    assert stand.chain.check(f"{ENTERPRISE}/CE-2018-0001") is None
    assert stand.chain.check("not an identifier") is None


def test_a_range_that_is_too_wide_is_asked_in_halves(stand: Stand, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Chain(stand.anvil.url, stand.deployment)
    whole = chain.events("TerminalRegistry", "TerminalEnrolled")
    answer, asked = chain.node.call, []

    def narrow(method: str, *params: object) -> object:
        if method == "eth_getLogs":
            span = params[0]
            assert isinstance(span, dict)
            asked.append(span)
            end = span["toBlock"]
            if not end.startswith("0x") or hexadecimal(end) - hexadecimal(span["fromBlock"]) > 3:
                raise NodeRefused("query exceeds max block range")
        return answer(method, *params)

    monkeypatch.setattr(chain.node, "call", narrow)
    assert chain.events("TerminalRegistry", "TerminalEnrolled") == whole
    assert len(asked) > 3


def test_threads_share_a_chain(stand: Stand) -> None:
    numbers: list[int] = []
    threads = [threading.Thread(target=lambda: numbers.append(stand.chain.block().number)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 6
