"""From a handful of exhibits to ones that can be judged: the log is asked for the proofs and entries that are missing.

What the log does not show stays missing, and the judge says so: a refusal is no evidence.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ledger.log import bridge, conviction
from ledger.log.conviction_file import MOST_ENTRIES
from ledger.log.exhibits import Exhibits, Facts
from ledger.witness.server import LogServer
from terminal_signer.errors import CarbonError

__all__ = ["Gathered", "gather"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """`faults` say what the log did not show."""

    exhibits: Exhibits
    faults: tuple[str, ...]


def gather(
    exhibits: Exhibits, facts: Facts, server: LogServer, progress: Callable[[int], None] = lambda _: None
) -> Gathered:
    faults: list[str] = []
    if facts.log is None:
        return Gathered(exhibits, ())
    bridges = list(exhibits.bridges)
    for old_size, (new_size, new_root) in conviction.wanted(exhibits, facts.log):
        try:
            bridges.append(bridge.build(old_size, new_size, new_root, server.tile))
        except CarbonError as fault:
            faults.append(str(fault))
    exhibits = replace(exhibits, bridges=tuple(bridges))
    size = max((head.size for head in conviction.measured(exhibits, facts)), default=0)
    if size and (exhibits.entries is None or len(exhibits.entries) < size):
        if size > MOST_ENTRIES:
            faults.append(f"{size} entries; an evidence file holds at most {MOST_ENTRIES}")
            return Gathered(exhibits, tuple(faults))
        try:
            exhibits = replace(exhibits, entries=tuple(server.entries(size, progress)))
        except CarbonError as fault:
            faults.append(str(fault))
    return Gathered(exhibits, tuple(faults))
