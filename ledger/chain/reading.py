"""From what a node or a contract answers to values."""

from typing import Any

from ledger.chain.answers import hexadecimal, member, unhex
from ledger.chain.errors import NoSuchBlock
from ledger.chain.views import STATUSES, UPSTREAM, Anchored, Block, CertificateView


def read_block(answer: object, tag: str) -> Block:
    """Raises NoSuchBlock where the chain does not know the tag, ChainError."""
    if answer is None:
        raise NoSuchBlock(
            f"the chain has no block '{tag}'", mend="a chain without this tag needs confirmations instead"
        )
    return Block(
        number=hexadecimal(member(answer, "number")),
        hash=unhex(member(answer, "hash")),
        time=hexadecimal(member(answer, "timestamp")),
        base_fee=hexadecimal(member(answer, "baseFeePerGas")),
    )


def read_anchored(values: dict[str, Any], entry: dict[str, Any]) -> Anchored:
    """An event `TreeHeadAnchored` with its place in the chain."""
    return Anchored(
        size=values["size"],
        root=values["root"],
        time=values["time"],
        previous_size=values["previousSize"],
        block_number=hexadecimal(member(entry, "blockNumber")),
        block_hash=unhex(member(entry, "blockHash")),
        transaction=unhex(member(entry, "transactionHash")),
    )


def read_certificate(fields: dict[str, Any], block: Block) -> CertificateView | None:
    """The contract's struct by field name; None where it is all zero."""
    if not fields["tokenId"]:
        return None
    return CertificateView(
        token_id=fields["tokenId"],
        status=STATUSES[fields["status"]],
        kind=fields["kind"],
        grade=fields["grade"],
        grade_value=fields["gradeValue"],
        footprint=fields["footprint"],
        period_start=fields["periodStart"],
        period_end=fields["periodEnd"],
        valid_until=fields["validUntil"],
        minted_at=fields["mintedAt"],
        recipient=unhex(fields["recipient"]),
        evaluator=unhex(fields["evaluator"]),
        verifier=unhex(fields["verifier"]),
        coverage=fields["coverage"],
        assurance=fields["assurance"],
        block=block,
        upstream=UPSTREAM[fields["upstream"]],
    )
