"""Verification of a year's bundle, bytes to verdict, against bare signature checks of the frames in it: in one thread,
and in two processes at once, which is the most that two cores can do.

The bundle is that of the demo's rolling mill, made here by the demo's own steps: two meters, a pack each for every hour
of a year, all claims. The chain's answers are fetched beforehand; starting an interpreter is not counted.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from devnet.bench.measure import USUAL, Row, Scale, in_turns, raw_on_two_cores, raw_verification
from devnet.demo import issue, stage
from devnet.demo.plant import simulated_mill
from devnet.demo.replay import Replay, agents_of, days_of
from devnet.demo.screen import Screen
from devnet.demo.server import server_of
from ledger.evidence.bundle import read_bundle
from ledger.evidence.policy import Policy, parse_policy
from ledger.evidence.rpc import ChainFacts, fetch_facts
from ledger.evidence.verify import verify
from ledger.language import choose
from terminal_signer.chain import Rpc
from terminal_signer.errors import CarbonError
from terminal_signer.keys import PublicKey

RUNS = 5
TARGET = 1.5
SHARE = 0.6


class NotVerified(CarbonError):
    """The bundle that was made here does not verify: a time would mean nothing."""

    code = "not-verified"


@dataclass(frozen=True, slots=True)
class Year:
    """A year's bundle as bytes, with all that verification is given."""

    bundle: bytes
    policy: Policy
    facts: ChainFacts
    now: int


def rows(scale: Scale = USUAL) -> Iterator[Row]:
    """At most 1.5 × the seconds of the bare checks in one thread; at least 60 % of the frames a second of two cores."""
    year = certified_year()
    yield from measured(year, max(RUNS, scale.runs))


def measured(year: Year, runs: int) -> Iterator[Row]:
    bundle = read_bundle(year.bundle)
    keys = {key.thumbprint(): key for key in (PublicKey(entry.alg, entry.public_key) for entry in bundle.keys)}
    count = len(bundle.frames)

    def bytes_to_verdict() -> None:
        report = verify(read_bundle(year.bundle), year.policy, year.facts, year.now)
        if report.exit_code != 0:
            raise NotVerified(f"exit {report.exit_code}", where=report.failed or "policy")

    works = bytes_to_verdict, raw_verification(bundle.frames, keys), raw_on_two_cores(bundle.frames, keys)
    ours, one, two = in_turns(works, runs)
    details = {"frames": count, "heads": len(bundle.heads), "bytes": len(year.bundle), "runs": runs}
    yield Row("verify a year's bundle", "s", ours, "raw, one thread", one, TARGET, at_least=False, details=details)
    gain = {"two processes against one thread": round(one / two, 2)}
    yield Row("verify a year's bundle", "frames/s", count / ours, "raw, two cores", count / two, SHARE, details=gain)


def certified_year() -> Year:
    """Replay the mill's year on a chain of its own, certify it, and fetch what the chain says about it."""
    plant = simulated_mill()
    screen = Screen(choose(), Console(stderr=True, quiet=not sys.stderr.isatty()))
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as name:
        folder = Path(name) / "year"
        stage.clear(folder)
        with stage.chain_of(folder, plant) as anvil:
            ground = stage.build(folder, anvil, plant)
            stage.enrol(ground, plant)
            with (
                server_of(ground, 0) as server,
                screen.counted("replay", days_of(plant), days=days_of(plant)) as bar,
                agents_of(ground, server.url) as agents,
            ):
                Replay(ground, plant, agents, bar, server.let_anchor).run()
            issued = issue.certify_result(ground, plant, issue.evaluate_logged(ground, plant))
            data, policy = issued.bundle.read_bytes(), parse_policy(issued.policy.read_bytes())
            facts = fetch_facts(read_bundle(data), policy, Rpc(issued.rpc))
            return Year(data, policy, facts, int(time.time()))
