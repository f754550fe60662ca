"""A state trie that holds what a test plant's contracts would, written by an independent implementation."""

from collections.abc import Mapping

import rlp  # type: ignore[import-untyped]
from trie import HexaryTrie  # type: ignore[import-untyped]

from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.rpc import RULE_KINDS, ChainFacts, Terminal
from ledger.keccak import keccak256
from ledger.stateproof import slots
from ledger.stateproof.document import StateProof
from ledger.stateproof.header import FIELDS, encode_header
from ledger.stateproof.trie import Nodes

CODE_HASH = keccak256(b"code")
FOR_EVER = (1 << 64) - 1


def proof_of(bundle: Bundle, policy: Policy, facts: ChainFacts) -> tuple[StateProof, bytes]:
    """The whole state as a proof, and its block's hash."""
    state, nodes = HexaryTrie({}, prune=True), Nodes()
    for contract, storage in _storages(bundle, policy, facts).items():
        trie = HexaryTrie({}, prune=True)
        for slot, value in storage.items():
            trie[keccak256(slot.to_bytes(32, "big"))] = rlp.encode(value)
        state[keccak256(policy.contracts[contract])] = rlp.encode([1, 0, trie.root_hash, CODE_HASH])
        for node in trie.db.values():
            nodes.add(node)
    for node in state.db.values():
        nodes.add(node)
    fields = {name: b"" if whole else bytes(32) for name, whole in FIELDS.items()}
    numbers = {"number": facts.block.to_bytes(8, "big"), "timestamp": facts.time.to_bytes(8, "big")}
    header = encode_header({**fields, **numbers, "stateRoot": state.root_hash})
    return StateProof(header, nodes.raw()), keccak256(header)


def _storages(bundle: Bundle, policy: Policy, facts: ChainFacts) -> Mapping[str, Mapping[int, int]]:
    log = slots.log_heads_slot(bundle.statement.log_id)
    sizes = [bundle.previous_size, *(head.size for head in bundle.heads)]
    heads = {
        slots.head_slot(log, head.size): slots.head_hash(head.root, head.time, size)
        for head, size in zip(bundle.heads, sizes[:-1], strict=True)
    }
    rules = {
        slots.rule_slot(getattr(bundle.statement, role)): RULE_KINDS[role] | FOR_EVER << 72 for role in facts.published
    }
    certificate = {slots.certificate_slot(bundle.statement.digest(policy.domain())): facts.status | FOR_EVER << 176}
    terminals = _terminals(facts.terminals or {})
    return {
        "AnchorLog": heads, "RuleRegistry": rules, "CertificateRegistry": certificate, "TerminalRegistry": terminals,
    }  # fmt: skip


def _terminals(terminals: Mapping[bytes, Terminal]) -> dict[int, int]:
    held: dict[int, int] = {}
    for identity, entry in terminals.items():
        ids = slots.ids_slot(entry.node)
        index = held.get(ids, 0)
        held |= {ids: index + 1, slots.listed_slot(ids, index): int.from_bytes(identity, "big")}
        packed = entry.since | entry.until << 64 | entry.calibration_due << 128 | entry.alg % (1 << 32) << 192
        packed |= entry.key_class << 224 | entry.reason << 232
        words = [entry.node, entry.kid, entry.log_id, packed.to_bytes(32, "big"), entry.predecessor, entry.last_digest]
        for at, word in enumerate([*words, entry.key_hash, entry.sub_hash]):
            if any(word):
                held[slots.terminal_slot(identity) + at] = int.from_bytes(word, "big")
    return held
