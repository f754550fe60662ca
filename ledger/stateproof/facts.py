"""The facts that a verifier needs of the chain, derived from storage slots and from no contract's code.

They are those of `ledger.evidence.rpc.fetch_facts`, without its trust in a node. A block's hash pins its chain with all
of its history, so `chain_id` and `genesis` are the policy's: whoever gives the hash says which chain it is of.
"""

from collections.abc import Iterator

from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.rpc import RULE_KINDS, ChainFacts, Terminal
from ledger.identifiers.vaa import IdentifierError, node, split
from ledger.stateproof import slots
from ledger.stateproof.header import Header
from ledger.stateproof.state import NotTheContract, Storage
from terminal_signer.strict import Malformed

__all__ = ["MAX_KEYS", "derive_facts"]

MAX_KEYS = 4096


def derive_facts(bundle: Bundle, policy: Policy, header: Header, storage: Storage) -> ChainFacts:
    """Raises Malformed, or NotTheContract."""
    heads = _heads(bundle, storage)
    status = _status(bundle, policy, header, storage)
    return ChainFacts(
        policy.chain_id, policy.genesis, header.number, header.time, _terminals(bundle, storage),
        _published(bundle, storage), heads, heads, status, status,
    )  # fmt: skip


def _heads(bundle: Bundle, storage: Storage) -> bool:
    """Whether each head was anchored directly after the one before it."""
    log = slots.log_heads_slot(bundle.statement.log_id)
    held = storage.read("AnchorLog", [slots.head_slot(log, head.size) for head in bundle.heads])
    sizes = [bundle.previous_size, *(head.size for head in bundle.heads)]
    expected = (
        slots.head_hash(head.root, head.time, size) for head, size in zip(bundle.heads, sizes[:-1], strict=True)
    )
    return bool(held) and all(one == other for one, other in zip(held, expected, strict=True))


def _status(bundle: Bundle, policy: Policy, header: Header, storage: Storage) -> int:
    slot = slots.certificate_slot(bundle.statement.digest(policy.domain()))
    return slots.certificate_status(storage.read("CertificateRegistry", [slot])[0], header.time)


def _published(bundle: Bundle, storage: Storage) -> frozenset[str]:
    """The roles whose rule, by the statement's hash, was published in that role for the statement's period."""
    statement = bundle.statement
    held = storage.read("RuleRegistry", [slots.rule_slot(getattr(statement, role)) for role in RULE_KINDS])
    return frozenset(
        role
        for (role, kind), rule in zip(RULE_KINDS.items(), held, strict=True)
        if slots.is_published_as(kind, rule, statement.period_start, statement.period_end)
    )


def _terminals(bundle: Bundle, storage: Storage) -> dict[bytes, Terminal]:
    """Every key ever enrolled under the enterprise and under each prefix that a key in the bundle claims."""
    identities = _listed(bundle, storage)
    first = [slots.terminal_slot(identity) for identity in identities]
    wanted = [(slot + index) % (1 << 256) for slot in first for index in range(slots.TERMINAL_SLOTS)]
    held = storage.read("TerminalRegistry", wanted)
    step = slots.TERMINAL_SLOTS
    entries = [slots.terminal(held[at : at + step]) for at in range(0, len(held), step)]
    if any(not 1 <= entry.key_class <= 4 for entry in entries):
        mend = "are the policy's addresses right?"
        raise NotTheContract("TerminalRegistry holds an entry of another form", mend=mend)
    return dict(zip(identities, entries, strict=True))


def _listed(bundle: Bundle, storage: Storage) -> list[bytes]:
    try:
        nodes = {node(key.iss) for key in bundle.keys} | {node(split(bundle.statement.identifier)[0])}
    except IdentifierError as error:
        raise Malformed(error.message, where="bundle") from None
    lists = [slots.ids_slot(name) for name in sorted(nodes)]
    counts = storage.read("TerminalRegistry", lists)
    if sum(counts) > MAX_KEYS:
        raise NotTheContract(f"more than {MAX_KEYS} keys are enrolled under these prefixes")
    wanted = list(_elements(lists, counts))
    return [identity.to_bytes(32, "big") for identity in storage.read("TerminalRegistry", wanted)]


def _elements(lists: list[int], counts: list[int]) -> Iterator[int]:
    for ids, count in zip(lists, counts, strict=True):
        for index in range(count):
            yield slots.listed_slot(ids, index)
