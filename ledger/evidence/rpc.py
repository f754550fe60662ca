"""What a verifier asks the chain, all of it before it begins: verification itself needs no network then.

Answers are taken as of one final block of the chain that the policy names, from the contracts that the policy names.
The RPC endpoint is believed; use your own node where that matters.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.evidence.bundle import Bundle
from ledger.evidence.policy import Policy
from ledger.identifiers.vaa import node, split
from ledger.keccak import keccak256
from terminal_signer.errors import CarbonError

__all__ = ["ChainFacts", "ChainFault", "Terminal", "fetch_facts", "terminal_id"]

Ask = Callable[[Sequence[tuple[str, list[Any]]]], Sequence[Any]]

HEADS_A_CALL = 1000
CALLS_A_BATCH = 100
MAX_TERMINALS = 100_000
RULE_KINDS = {"method": 1, "factors": 2, "scheme": 3, "benchmarks": 4, "template": 5}


class ChainFault(CarbonError):
    """The chain does not answer as a chain with these contracts would."""

    code = "chain"


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
    first, second = _bytes_argument(iss.encode()), _bytes_argument(sub.encode())
    return keccak256(_word(96) + _word(96 + len(first)) + kid + first + second)


def fetch_facts(bundle: Bundle, policy: Policy, ask: Ask) -> ChainFacts:
    """`ask` sends a batch of (method, parameters) and returns their results (`terminal_signer.chain.Rpc.batch`)."""
    identity = ask([("eth_chainId", []), ("eth_getBlockByNumber", ["0x0", False])])
    chain_id, genesis = _quantity(identity[0]), _member(identity[1], "hash")
    if chain_id != policy.chain_id or genesis != policy.genesis:
        return ChainFacts(chain_id, genesis)
    block, time, latest = _final_block(policy, ask)
    call = _Caller(policy, ask, block)
    tip = _Caller(policy, ask, latest)
    statement = bundle.statement
    token = statement.digest(policy.domain())
    return ChainFacts(
        chain_id,
        genesis,
        block,
        time,
        terminals=_terminals(bundle, call),
        published=_published(bundle, call),
        heads=_heads(bundle, call),
        heads_latest=_heads(bundle, tip),
        status=_quantity(call.one("CertificateRegistry", "statusOf(uint256)", token)),
        status_latest=_quantity(tip.one("CertificateRegistry", "statusOf(uint256)", token)),
    )


class _Caller:
    """View calls to the policy's contracts at one block."""

    def __init__(self, policy: Policy, ask: Ask, block: int) -> None:
        self.policy, self.ask, self.block = policy, ask, hex(block)

    def one(self, contract: str, signature: str, arguments: bytes) -> str:
        return self.many(contract, signature, [arguments])[0]

    def many(self, contract: str, signature: str, arguments: Sequence[bytes]) -> list[str]:
        target = "0x" + self.policy.contracts[contract].hex()
        selector = keccak256(signature.encode())[:4]
        answers: list[str] = []
        for start in range(0, len(arguments), CALLS_A_BATCH):
            calls = [
                ("eth_call", [{"to": target, "data": "0x" + (selector + data).hex()}, self.block])
                for data in arguments[start : start + CALLS_A_BATCH]
            ]
            answers += self.ask(calls)
        if not all(isinstance(answer, str) and len(answer) >= 66 for answer in answers):
            raise ChainFault(f"{contract} does not answer {signature}", where=target, mend="check the addresses")
        return answers


def _final_block(policy: Policy, ask: Ask) -> tuple[int, int, int]:
    """Number and time of the final block, number of the newest one."""
    if policy.finality == "finalized":
        final, newest = ask([("eth_getBlockByNumber", [tag, False]) for tag in ("finalized", "latest")])
    else:
        (newest,) = ask([("eth_getBlockByNumber", ["latest", False])])
        number = max(0, _quantity(newest.get("number")) - policy.finality)
        (final,) = ask([("eth_getBlockByNumber", [hex(number), False])])
    if not isinstance(final, dict) or not isinstance(newest, dict):
        raise ChainFault("the chain names no final block", mend="give a number of confirmations in the policy")
    return _quantity(final.get("number")), _quantity(final.get("timestamp")), _quantity(newest.get("number"))


def _terminals(bundle: Bundle, call: _Caller) -> dict[bytes, Terminal]:
    """Every key ever enrolled under the enterprise and under each prefix that a key in the bundle claims."""
    nodes = {node(key.iss) for key in bundle.keys} | {node(split(bundle.statement.identifier)[0])}
    ids: list[bytes] = []
    for answer in call.many("TerminalRegistry", "terminalsOf(bytes32)", sorted(nodes)):
        ids += _words(answer)[2:]
    if len(ids) > MAX_TERMINALS:
        raise ChainFault(f"more than {MAX_TERMINALS} keys are enrolled under these prefixes")
    entries = call.many("TerminalRegistry", "terminal(bytes32)", ids)
    return {identity: _terminal(_words(answer)) for identity, answer in zip(ids, entries, strict=True)}


def _terminal(words: list[bytes]) -> Terminal:
    whole = [int.from_bytes(word, "big") for word in words]
    if len(words) != 13 or not 0 <= whole[7] <= 4:
        raise ChainFault("TerminalRegistry gives an entry of another form")
    alg = whole[6] - (1 << 256) if whole[6] >> 255 else whole[6]
    return Terminal(*words[:3], *whole[3:6], alg, *whole[7:9], *words[9:])  # type: ignore[arg-type]


def _published(bundle: Bundle, call: _Caller) -> frozenset[str]:
    """The roles whose rule, by the statement's hash, was published in that role for the statement's period."""
    statement = bundle.statement
    span = _word(statement.period_start) + _word(statement.period_end)
    arguments = [_word(kind) + getattr(statement, role) + span for role, kind in RULE_KINDS.items()]
    answers = call.many("RuleRegistry", "isPublishedAs(uint8,bytes32,uint64,uint64)", arguments)
    return frozenset(role for role, answer in zip(RULE_KINDS, answers, strict=True) if _quantity(answer) == 1)


def _heads(bundle: Bundle, call: _Caller) -> bool:
    """Whether each head was anchored directly after the one before it."""
    arguments = [
        bundle.statement.log_id + _word(previous) + _word(96) + _word(len(heads)) + b"".join(heads)
        for previous, heads in _stretches(bundle)
    ]
    signature = "verifyHeads(bytes32,uint64,(uint64,bytes32,uint64)[])"
    return all(_quantity(answer) == 1 for answer in call.many("AnchorLog", signature, arguments))


def _stretches(bundle: Bundle) -> Iterator[tuple[int, list[bytes]]]:
    previous = bundle.previous_size
    for start in range(0, len(bundle.heads), HEADS_A_CALL):
        heads = bundle.heads[start : start + HEADS_A_CALL]
        yield previous, [_word(head.size) + head.root + _word(head.time) for head in heads]
        previous = heads[-1].size


def _bytes_argument(data: bytes) -> bytes:
    return _word(len(data)) + data + bytes(-len(data) % 32)


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _words(answer: str) -> list[bytes]:
    try:
        data = bytes.fromhex(answer[2:])
    except ValueError:
        raise ChainFault("the chain's answer is not hex") from None
    return [data[at : at + 32] for at in range(0, len(data) - len(data) % 32, 32)]


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
