"""What a verifier asks the chain, all of it before it begins: verification itself needs no network then.

Answers are taken as of one final block of the chain that the policy names, from the contracts that the policy names.
The RPC endpoint is believed; use your own node where that matters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.evidence.strict import Malformed
from ledger.identifiers.vaa import IdentifierError, node, split
from ledger.keccak import keccak256
from terminal_signer.chain import ChainFault, Rpc

__all__ = ["RULE_KINDS", "ChainFacts", "Terminal", "fetch_facts", "terminal_id"]

HEADS_A_CALL = 1000
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


def terminal_id(iss: str, sub: str, kid: bytes) -> bytes:
    """keccak256(abi.encode(string iss, string sub, bytes32 kid)): the registry's name of a key."""
    first, second = _text_argument(iss), _text_argument(sub)
    return keccak256(_word(96) + _word(96 + len(first)) + kid + first + second)


def fetch_facts(bundle: Bundle, policy: Policy, rpc: Rpc) -> ChainFacts:
    """Raises ChainFault, or ChainUnavailable where nobody answers."""
    first, genesis_block = rpc.batch([("eth_chainId", []), ("eth_getBlockByNumber", ["0x0", False])])
    chain_id, genesis = _quantity(first), _member(genesis_block, "hash")
    if chain_id != policy.chain_id or genesis != policy.genesis:
        return ChainFacts(chain_id, genesis)
    block, time, newest = _final_block(policy, rpc)
    final, latest = _View(policy, rpc, block), _View(policy, rpc, newest)
    token = bundle.statement.digest(policy.domain())
    return ChainFacts(
        chain_id,
        genesis,
        block,
        time,
        terminals=_terminals(bundle, final),
        published=_published(bundle, final),
        heads=_heads(bundle, final),
        heads_latest=_heads(bundle, latest),
        status=final.integers("CertificateRegistry", "statusOf(uint256)", [token])[0],
        status_latest=latest.integers("CertificateRegistry", "statusOf(uint256)", [token])[0],
    )


class _View:
    """The policy's contracts as of one block."""

    def __init__(self, policy: Policy, rpc: Rpc, block: int) -> None:
        self.contracts, self.rpc, self.block = policy.contracts, rpc, hex(block)

    def words(self, contract: str, signature: str, arguments: Sequence[bytes]) -> list[list[bytes]]:
        """The answers, each cut into its 32-byte words: at least one, which tells a contract from an empty address."""
        selector = keccak256(signature.encode())[:4]
        calls = [(self.contracts[contract], selector + data) for data in arguments]
        answers = self.rpc.eth_calls(calls, self.block)
        if any(len(answer) % 32 or not answer for answer in answers):
            raise ChainFault(f"{contract} does not answer {signature}", mend="is the address right, and final?")
        return [[answer[at : at + 32] for at in range(0, len(answer), 32)] for answer in answers]

    def integers(self, contract: str, signature: str, arguments: Sequence[bytes]) -> list[int]:
        return [int.from_bytes(words[0], "big") for words in self.words(contract, signature, arguments)]


def _final_block(policy: Policy, rpc: Rpc) -> tuple[int, int, int]:
    """Number and time of the final block, number of the newest one."""
    newest = _quantity(rpc.call("eth_blockNumber"))
    tag = policy.finality if policy.finality == "finalized" else hex(max(0, newest - policy.finality))
    block = rpc.call("eth_getBlockByNumber", [tag, False])
    if not isinstance(block, dict):
        raise ChainFault("the chain names no final block", mend="state a number of confirmations in the policy")
    number = _quantity(block.get("number"))
    return number, _quantity(block.get("timestamp")), max(newest, number)


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
    whole = [int.from_bytes(word, "big") for word in words]
    if len(words) != 13 or not 1 <= whole[7] <= 4:
        raise ChainFault("TerminalRegistry gives an entry of another form", mend="are the policy's addresses right?")
    alg = whole[6] - (1 << 256) if whole[6] >> 255 else whole[6]
    return Terminal(
        words[0], words[1], words[2], whole[3], whole[4], whole[5], alg, whole[7], whole[8],
        words[9], words[10], words[11], words[12],
    )  # fmt: skip


def _published(bundle: Bundle, view: _View) -> frozenset[str]:
    """The roles whose rule, by the statement's hash, was published in that role for the statement's period."""
    statement = bundle.statement
    span = _word(statement.period_start) + _word(statement.period_end)
    arguments = [_word(kind) + getattr(statement, role) + span for role, kind in RULE_KINDS.items()]
    answers = view.integers("RuleRegistry", "isPublishedAs(uint8,bytes32,uint64,uint64)", arguments)
    return frozenset(role for role, answer in zip(RULE_KINDS, answers, strict=True) if answer == 1)


def _heads(bundle: Bundle, view: _View) -> bool:
    """Whether each head was anchored directly after the one before it."""
    arguments, previous = [], bundle.previous_size
    for start in range(0, len(bundle.heads), HEADS_A_CALL):
        heads = bundle.heads[start : start + HEADS_A_CALL]
        body = b"".join(_word(head.size) + head.root + _word(head.time) for head in heads)
        arguments.append(bundle.statement.log_id + _word(previous) + _word(96) + _word(len(heads)) + body)
        previous = heads[-1].size
    signature = "verifyHeads(bytes32,uint64,(uint64,bytes32,uint64)[])"
    return all(answer == 1 for answer in view.integers("AnchorLog", signature, arguments))


def _text_argument(text: str) -> bytes:
    data = text.encode()
    return _word(len(data)) + data + bytes(-len(data) % 32)


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _quantity(value: object) -> int:
    try:
        return int(value, 16)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        raise ChainFault("the chain's answer is not a number") from None


def _member(value: object, name: str) -> bytes:
    try:
        return bytes.fromhex(value[name][2:])  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        raise ChainFault(f"the chain's answer has no {name}") from None
