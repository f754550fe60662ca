"""What a verifier asks the chain, all of it before it begins: verification itself needs no network then.

Answers are taken as of one final block of the chain that the policy names, from the contracts that the policy names.
The RPC endpoint is believed; use your own node where that matters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.identifiers.vaa import IdentifierError, node, split
from ledger.keccak import keccak256
from terminal_signer.abi import word
from terminal_signer.chain import ChainFault, Head, Rpc, heads_follow, hex_bytes, quantity
from terminal_signer.strict import Malformed

MAX_TERMINALS = 100_000
RULE_KINDS = {"method": 1, "factors": 2, "scheme": 3, "benchmarks": 4, "template": 5}


@dataclass(frozen=True, slots=True)
class Terminal:
    """A key's entry in the terminal registry. Times are block times; `until` is 0 while it lives, `reason` 0 unless it
    was revoked."""

    node: bytes
    kid: bytes
    log_id: bytes
    since: int
    until: int
    calibration_due: int
    alg: int
    key_class: int
    reason: int
    predecessor: bytes
    last_digest: bytes
    key_hash: bytes
    sub_hash: bytes


@dataclass(frozen=True, slots=True)
class ChainFacts:
    """The chain's answers. `block` and `time` are those of the final block asked; where `chain_id` or `genesis` is not
    the policy's, nothing else was asked. The `…_latest` answers tell 'not yet final' from 'never'."""

    chain_id: int
    genesis: bytes
    block: int = 0
    time: int = 0
    terminals: Mapping[bytes, Terminal] | None = None
    published: frozenset[str] = frozenset()
    heads: bool = False
    heads_latest: bool = False
    status: int = 0
    status_latest: int = 0


def fetch_facts(bundle: Bundle, policy: Policy, rpc: Rpc) -> ChainFacts:
    """Raises ChainFault, or ChainUnavailable where nobody answers."""
    genesis_block = rpc.call("eth_getBlockByNumber", ["0x0", False])
    chain_id, genesis = rpc.chain_id(), hex_bytes(_member(genesis_block, "hash"))
    if chain_id != policy.chain_id or genesis != policy.genesis:
        return ChainFacts(chain_id, genesis)
    newest = quantity(rpc.call("eth_blockNumber"))
    block = rpc.call("eth_getBlockByNumber", [rpc.tag(policy.finality), False])
    number, time = quantity(_member(block, "number")), quantity(_member(block, "timestamp"))
    final, latest = _View(policy, rpc, number), _View(policy, rpc, max(newest, number))
    token = [bundle.statement.digest(policy.domain())]
    return ChainFacts(
        chain_id, genesis, number, time, _terminals(bundle, final), _published(bundle, final),
        _heads(bundle, final), _heads(bundle, latest),
        *(view.integers("CertificateRegistry", "statusOf(uint256)", token)[0] for view in (final, latest)),
    )  # fmt: skip


class _View:
    """The policy's contracts as of one block."""

    def __init__(self, policy: Policy, rpc: Rpc, block: int) -> None:
        self.contracts, self.rpc, self.block = policy.contracts, rpc, hex(block)

    def words(self, contract: str, signature: str, arguments: Sequence[bytes]) -> list[list[bytes]]:
        """The answers, each cut into its 32-byte words: at least one, which tells a contract from an empty address."""
        selector = keccak256(signature.encode())[:4]
        answers = self.rpc.eth_calls([(self.contracts[contract], selector + data) for data in arguments], self.block)
        if any(len(answer) % 32 or not answer for answer in answers):
            raise ChainFault(f"{contract} does not answer {signature}", mend="is the address right, and final?")
        return [[answer[at : at + 32] for at in range(0, len(answer), 32)] for answer in answers]

    def integers(self, contract: str, signature: str, arguments: Sequence[bytes]) -> list[int]:
        return [int.from_bytes(words[0], "big") for words in self.words(contract, signature, arguments)]


def _terminals(bundle: Bundle, view: _View) -> dict[bytes, Terminal]:
    """Every key ever enrolled under the enterprise and under each prefix that a key in the bundle claims."""
    try:
        nodes = {node(key.iss) for key in bundle.keys} | {node(split(bundle.statement.identifier)[0])}
    except IdentifierError as error:
        raise Malformed(error.message, where="bundle") from None
    ids = [id_ for words in view.words("TerminalRegistry", "terminalsOf(bytes32)", sorted(nodes)) for id_ in words[2:]]
    if len(ids) > MAX_TERMINALS:
        raise ChainFault(f"more than {MAX_TERMINALS} keys are enrolled under these prefixes")
    entries = view.words("TerminalRegistry", "terminal(bytes32)", ids)
    return {id_: _terminal(words) for id_, words in zip(ids, entries, strict=True)}


def _terminal(words: Sequence[bytes]) -> Terminal:
    numbers = [int.from_bytes(item, "big", signed=True) for item in words]
    if len(words) != 13 or not 1 <= numbers[7] <= 4 or min(numbers[3:6]) < 0:
        raise ChainFault("TerminalRegistry gives an entry of another form", mend="are the policy's addresses right?")
    return Terminal(*words[:3], *numbers[3:9], *words[9:])  # type: ignore[arg-type]


def _published(bundle: Bundle, view: _View) -> frozenset[str]:
    """The roles whose rule, by the statement's hash, was published in that role for the statement's period."""
    statement = bundle.statement
    span = word(statement.period_start) + word(statement.period_end)
    arguments = [word(kind) + getattr(statement, role) + span for role, kind in RULE_KINDS.items()]
    answers = view.integers("RuleRegistry", "isPublishedAs(uint8,bytes32,uint64,uint64)", arguments)
    return frozenset(role for role, answer in zip(RULE_KINDS, answers, strict=True) if answer == 1)


def _heads(bundle: Bundle, view: _View) -> bool:
    """Whether each head was anchored directly after the one before it."""
    sizes = [bundle.previous_size, *(head.size for head in bundle.heads)]
    heads = [Head(head.size, head.root, head.time, size) for head, size in zip(bundle.heads, sizes, strict=False)]
    return heads_follow(view.rpc, view.contracts["AnchorLog"], bundle.statement.log_id, heads, view.block)


def _member(block: object, name: str) -> object:
    if not isinstance(block, dict):
        raise ChainFault("the chain names no final block", mend="state a number of confirmations in the policy")
    return block.get(name)
