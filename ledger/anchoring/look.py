"""One look at the chain: everything the rules ask about, in two or three exchanges, at one block."""

from collections.abc import Callable, Sequence
from itertools import takewhile

from ledger.anchoring.heads import ON_CHAIN, WAITING, Depth, Head, State
from ledger.anchoring.rules import View
from ledger.chain.answers import hexadecimal, member, unhex
from ledger.chain.client import Chain, questions
from ledger.chain.contracts import function
from ledger.chain.errors import WrongChain
from ledger.chain.node import Request
from ledger.chain.views import Anchored, Block, TreeHead

CONTRACT = "AnchorLog"


def look(
    chain: Chain,
    log_id: bytes,
    account: str,
    heads: Sequence[Head],
    blocks: Sequence[Block],
    has_root: Callable[[int, bytes], bool],
) -> View:
    """What the chain shows at its blocks latest, safe and finalized.

    `has_root(size, root)`: whether our tree has this root at this size. Raises ChainError.
    """
    latest = blocks[0]
    placed = [head for head in heads if head.state in ON_CHAIN]
    flying = next((head for head in heads if head.state is State.SENT), None)
    requests: list[Request] = [("eth_getTransactionCount", [account, hex(latest.number)])]
    requests += questions([chain.question(CONTRACT, "latest", log_id, tag=latest.number)])
    if flying is not None and flying.tx_hash is not None:
        requests.append(("eth_getTransactionByHash", [f"0x{flying.tx_hash.hex()}"]))
    start = len(requests)
    requests += [request for head in placed for request in _held_at(chain, log_id, head, blocks)]
    answers = chain.node.batch(requests)
    tip = _tip(answers[1], chain)
    news = tip is not None and _is_news(tip, heads)
    return View(
        block=latest,
        tip=tip,
        tip_is_ours=tip is not None and (not news or has_root(tip.size, tip.root)),
        sightings=_sightings(chain, log_id, heads, latest) if news else (),
        depths=dict(_depths(placed, answers[start:])),
        nonce=hexadecimal(answers[0]),
        known=start == 3 and answers[2] is not None,
    )


def _held_at(chain: Chain, log_id: bytes, head: Head, blocks: Sequence[Block]) -> list[Request]:
    """The receipt of the head's transaction, then whether the contract holds it at each depth.

    Of a final head only the latest state counts: it is the one by which a deep reorganisation shows.
    """
    time = head.place.time if head.place else 0
    values = (log_id, head.size, head.root, time, head.previous_size)
    transaction = f"0x{head.tx_hash.hex()}" if head.tx_hash else ""
    held = questions([chain.question(CONTRACT, "isAnchored", *values, tag=block.number) for block in blocks])
    return [("eth_getTransactionReceipt", [transaction]), *held]


def _depths(placed: Sequence[Head], answers: Sequence[object]) -> list[tuple[tuple[int, int], Depth]]:
    found = []
    for at, head in enumerate(placed):
        receipt, *held = answers[at * 4 : at * 4 + 4]
        depth = Depth.NOWHERE
        if head.place is not None and receipt is not None and unhex(member(receipt, "blockHash")) == head.place.hash:
            depth = Depth(len(list(takewhile(_is_true, held))))
        found.append(((head.size, head.place.time if head.place else 0), depth))
    return found


def _is_true(answer: object) -> bool:
    """False also where the contract was not deployed yet, which answers nothing."""
    return unhex(answer) == (1).to_bytes(32, "big")


def _tip(answer: str, chain: Chain) -> TreeHead | None:
    if not unhex(answer):
        raise WrongChain("the chain does not hold the contract AnchorLog", where=chain.node.url)
    size, root, time = function(CONTRACT, "latest").decode(unhex(answer))
    return TreeHead(size, root, time) if size else None


def _is_news(tip: TreeHead, heads: Sequence[Head]) -> bool:
    """Whether the outbox does not explain the tip: it is not noted, or heads below it still wait."""
    noted = any(head.state in ON_CHAIN and (head.size, head.root) == (tip.size, tip.root) for head in heads)
    return not noted or any(head.state in WAITING and head.size <= tip.size for head in heads)


def _sightings(chain: Chain, log_id: bytes, heads: Sequence[Head], latest: Block) -> list[Anchored]:
    """The events since the last final head. It is the first of `heads`, where there is one."""
    final = [head.place.number for head in heads if head.state is State.FINAL and head.place]
    return chain.anchor_events(log_id, from_block=final[0] if final else None, to_block=latest.number)
