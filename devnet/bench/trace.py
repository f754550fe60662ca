"""Tracing a chain of certificates, each made of the one before, on a real chain: from the node's first answer to the
verified tree, against a second; and without the node, from the events as they were answered."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from eth_utils.crypto import keccak

from devnet.bench.goods import certified_chain
from devnet.bench.measure import QUICK, USUAL, Row, Scale, seconds
from ledger.chain.goods import read_picture
from ledger.tracing.trace import trace
from terminal_signer.errors import CarbonError

LENGTH, SHORT = 1_000, 100
LIMIT = 1.0  # second


class NotTraced(CarbonError):
    """The chain that was made here does not trace: a time would mean nothing."""

    code = "not-traced"


def rows(scale: Scale = USUAL) -> Iterator[Row]:
    length = SHORT if scale is QUICK else LENGTH
    with (
        tempfile.TemporaryDirectory(prefix="carbon-bench-") as name,
        certified_chain(Path(name), length) as (chain, last),
    ):
        picture = read_picture(chain)

        def from_events() -> None:
            found = trace(picture, last, None, keccak)
            if not found.sound or len(found.nodes) != length:
                raise NotTraced(f"{len(found.nodes)} of {length} certificates")

        def from_the_node() -> None:
            if len(trace(read_picture(chain), last, None, keccak).nodes) != length:
                raise NotTraced("not all certificates")

        whole, alone = seconds(from_the_node, scale.runs), seconds(from_events, scale.runs)
        name_ = f"trace {length:,} certificates"
        details = {"certificates": length, "block": picture.block}
        yield Row(name_, "s", whole, "one second", LIMIT, 1.0, at_least=False, details=details, note="node asked anew")
        yield Row(name_, "s", alone, "one second", LIMIT, 1.0, at_least=False, details=details, note="events at hand")
