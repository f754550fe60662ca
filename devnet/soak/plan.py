"""What the soak does to whom, and when: a pure function of the seed.

The moments are the plan's; where in its work they find a process is chance, which no seed can hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from devnet.anvil import FINALITY


class Kind(StrEnum):
    """What happens. The first three are kills (SIGKILL), the others are the chain's own troubles."""

    GATEWAY = "gateway"
    ANCHORER = "anchorer"
    TERMINAL = "terminal"
    OUTAGE = "outage"
    REORGANISATION = "reorganisation"


KILLS = (Kind.GATEWAY, Kind.ANCHORER, Kind.TERMINAL)
WEIGHTS = (4, 5, 4)
CHAIN_FAULTS = 0.25  # of them a third are outages
IN_A_START = 0.2  # of the kills do not wait until the one before is up again
LONGEST_WAIT, LONGEST_DOWN, LONGEST_OUTAGE = 700, 300, 1_200  # milliseconds


@dataclass(frozen=True, slots=True)
class Fault:
    """`wait`: milliseconds before it, `down`: until what was killed or stopped is started again.

    `which`: the number of the terminal. `depth`: blocks that a reorganisation replaces, all above finality.
    `hasty`: the next fault comes without waiting until this one's victim answers again.
    """

    kind: Kind
    wait: int
    down: int = 0
    which: int = 0
    depth: int = 0
    hasty: bool = False


def plan(seed: int, kills: int, terminals: int) -> Sequence[Fault]:
    """As many kills as asked for, chain faults strewn between them."""
    chance = Random(f"kills {seed}")  # noqa: S311 - the same plan for the same seed
    faults: list[Fault] = []
    for _ in range(kills):
        kind = chance.choices(KILLS, WEIGHTS)[0]
        wait, down = chance.randrange(LONGEST_WAIT), chance.randrange(LONGEST_DOWN)
        faults.append(Fault(kind, wait, down, chance.randrange(terminals), hasty=chance.random() < IN_A_START))
        if chance.random() < CHAIN_FAULTS:
            faults.append(_chain_fault(chance))
    return faults


def _chain_fault(chance: Random) -> Fault:
    wait = chance.randrange(LONGEST_WAIT)
    if chance.random() < 1 / 3:
        return Fault(Kind.OUTAGE, wait, down=chance.randrange(LONGEST_OUTAGE))
    return Fault(Kind.REORGANISATION, wait, depth=chance.randint(1, FINALITY))
