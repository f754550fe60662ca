"""What a certified product is made of: units of accounts of the product ledger, and the root that commits to them.

The contract's library `Upstream` computes the same root: keccak256(abi.encode(inputs)), 0 for none. The inputs stand by
ascending id, each once, so that one set has one root. Quantities are 10⁻³ of the input's unit, footprints 10⁻⁶ kgCO2e
per unit, their products 10⁻⁹ kgCO2e (docs/formats/contracts.md).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledger.keccak import keccak256
from terminal_signer.errors import CarbonError

__all__ = ["LIMIT", "MAX_INPUTS", "NO_INPUTS", "Input", "UpstreamFault", "least_footprint", "ordered", "upstream_root"]

LIMIT = 1 << 80
"""Quantities and footprints on the product ledger are below it."""
MAX_INPUTS = 64
NO_INPUTS = bytes(32)


class UpstreamFault(CarbonError):
    """Inputs that the product ledger would refuse."""

    code = "upstream"


@dataclass(frozen=True, slots=True, order=True)
class Input:
    """`quantity` (10⁻³ units) of the account `id` on the product ledger."""

    id: int
    quantity: int


def ordered(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """The inputs as the contract takes them. Raises UpstreamFault for what it would refuse."""
    sorted_ = tuple(sorted(inputs))
    if len(sorted_) > MAX_INPUTS:
        raise UpstreamFault(f"{len(sorted_)} inputs, at most {MAX_INPUTS} are taken", mend="certify smaller batches")
    for before, after in pairwise(sorted_):
        if before.id == after.id:
            raise UpstreamFault("an account is named twice", where=f"0x{after.id:064x}", mend="add its quantities up")
    for item in sorted_:
        if not 0 < item.id < 1 << 256:
            raise UpstreamFault("no number of an account: 1 to 2^256 - 1", where=str(item.id))
        if not 0 < item.quantity < LIMIT:
            raise UpstreamFault(f"quantity {item.quantity} is not in 1 to 2^80 - 1", where=f"0x{item.id:064x}")
    return sorted_


def upstream_root(inputs: Iterable[Input], hashed: Callable[[bytes], bytes] = keccak256) -> bytes:
    """The statement's `upstreamRoot`. `hashed`: a faster Keccak-256. Raises UpstreamFault."""
    listed = ordered(inputs)
    if not listed:
        return NO_INPUTS
    words = [32, len(listed), *(number for item in listed for number in (item.id, item.quantity))]
    return hashed(b"".join(word.to_bytes(32, "big") for word in words))


def least_footprint(inputs: Sequence[tuple[int, int]], quantity: int) -> int:
    """The smallest footprint (10⁻⁶ kgCO2e per unit) with which `quantity` covers inputs of (quantity, footprint).

    Rounded up: the contract refuses a product that claims less than its inputs, be it by a rounded digit.
    """
    if quantity <= 0:
        raise UpstreamFault(f"quantity {quantity} of a product is not positive")
    return -(-sum(used * footprint for used, footprint in inputs) // quantity)
