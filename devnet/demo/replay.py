"""A year in a minute: the chain's clock and the terminals' run through the period, and nothing else is different.

Each simulated day: every terminal signs its hours at their ends and sends them shortly after midnight; the anchorer
anchors ten minutes past midnight, the chain makes it final, and the next morning each terminal checks its receipts by
its own look at the chain. Gateway and anchorer are the real processes; they read the chain's clock.

After the period every key goes on with heartbeats until one of its frames has seen a head that was anchored later than
the period's end plus the grace: only then is it shown that nothing was left out at the end.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from devnet.demo.plant import Hour, Plant
from devnet.demo.screen import Bar
from devnet.demo.stage import DAY, VERIFIER_KEY, Stage, StageFault
from devnet.factories.factory import Filed
from ledger.log.admission import Times
from terminal_signer.agent import Agent
from terminal_signer.chain import Rpc
from terminal_signer.document import CORRECTION, of_items
from terminal_signer.frame import Document
from terminal_signer.signer import Entry
from terminal_signer.spool import Spool

HOUR = 3600
SENT_AFTER, ANCHORED_AFTER = 60, 600  # seconds past midnight
PATIENCE = 60.0
TOML = "application/toml"


@dataclass(slots=True)
class Tally:
    """What was logged so far."""

    frames: int = 0
    anchors: int = 0


def days_of(plant: Plant) -> int:
    """How many days a replay takes: two before the period, the period, and what the closing frames need."""
    return 1 + (plant.period.end - plant.period.start) // DAY + _closing_days(plant)


def _closing_days(plant: Plant) -> int:
    return Times().grace // DAY + 3


@contextmanager
def agents_of(stage: Stage, gateway_url: str) -> Iterator[Mapping[str, Agent]]:
    """One agent a key, each with a spool of its own, as on machines of their own."""
    folder = stage.folder / "terminals"
    folder.mkdir(mode=0o700, exist_ok=True)
    spools: list[Spool] = []
    agents: dict[str, Agent] = {}
    contract = stage.deployment.address("AnchorLog")
    try:
        for sub, key in stage.keys.items():
            spools.append(Spool(folder / f"{sub.replace('/', '_')}.db"))
            spools[-1].begin(key.public.thumbprint(), sub.partition("/")[0], sub)
            agents[sub] = Agent(
                spools[-1], key, gateway_url, Rpc(stage.anvil.url), contract, stage.log_id,
                chain_id=stage.deployment.chain_id, promise_key=stage.promise_key.public,
            )  # fmt: skip
        yield agents
    finally:
        for spool in spools:
            spool.close()


class Replay:
    """Runs the clock from the day before the period to the last closing frame. `opened` is called whenever a day's
    frames are sent."""

    def __init__(
        self, stage: Stage, plant: Plant, agents: Mapping[str, Agent], bar: Bar, opened: Callable[[], None]
    ) -> None:
        self._stage = stage
        self._opened = opened
        self._plant = plant
        self._agents = agents
        self._bar = bar
        self._signed: dict[tuple[str, int], bytes] = {}
        self.tally = Tally()

    def run(self) -> Tally:
        plant, period = self._plant, self._plant.period
        everyone, meters = list(self._agents), [meter.sub for meter in plant.facts.meters]
        by_day = _by_day(plant.hours, period.start)
        self._day(period.start, everyone, partial(self._opening, by_day.get(period.start - DAY, [])))
        for day in range(period.start, period.end, DAY):
            filed = [document for document in plant.filed if day <= document.at < day + DAY]
            signing = [*meters, *sorted({document.sub for document in filed} - set(meters))]
            self._day(day + DAY, signing, partial(self._passing, by_day.get(day, []), filed))
        first = period.end + DAY
        self._day(first, everyone, self._declarations)
        for day in range(1, _closing_days(plant)):
            self._day(first + day * DAY, everyone, self._heartbeats)
        self._release()
        return self.tally

    def _day(self, midnight: int, subs: Sequence[str], sign: Callable[[int], None]) -> None:
        """The terminals `subs` collect what is final, sign, send; the log is anchored, the chain makes it final."""
        agents = [self._agents[sub] for sub in subs]
        for agent in agents:
            agent.collect(midnight)
        sign(midnight)
        self._set_clock(midnight + SENT_AFTER)
        self.tally.frames += sum(self._send(agent, midnight + SENT_AFTER) for agent in agents)
        self._set_clock(midnight + ANCHORED_AFTER)
        self._opened()
        self._await_head(self.tally.frames)
        self._stage.anvil.finalize()
        self.tally.anchors += 1
        self._bar.advance(f"{time.strftime('%Y-%m-%d', time.gmtime(midnight + self._plant.facts.offset - 1))}")

    def _opening(self, hours: Sequence[Hour], midnight: int) -> None:
        """The officer signs the site file into the log and the verifier approves it, before the period begins; at its
        very start the registers are read."""
        plant, at = self._plant, midnight - 12 * HOUR
        digest = sha256(plant.site).digest()
        self._agents[plant.officer].document(Document("site-file", TOML, digest, plant.site), at)
        self._agents[VERIFIER_KEY].document(Document("site-approval", TOML, digest), at + HOUR)
        self._readings(hours, midnight)

    def _readings(self, hours: Sequence[Hour], midnight: int) -> None:
        """A meter without a reading that day carries its chain forward with a heartbeat."""
        for sub, agent in self._meters():
            entries = [Entry(hour.end, hour.batches[sub]) for hour in hours if sub in hour.batches]
            if entries:
                digests = agent.record_many(entries)
                self._signed.update(((sub, entry.iat), digest) for entry, digest in zip(entries, digests, strict=True))
            else:
                agent.heartbeat(midnight)

    def _passing(self, hours: Sequence[Hour], filed: Sequence[Filed], midnight: int) -> None:
        """A day of the period: readings, and what people signed."""
        self._readings(hours, midnight)
        self._file(filed)

    def _declarations(self, midnight: int) -> None:
        """What is signed after the period: documents, and each reading that the officer corrects."""
        plant, at = self._plant, midnight - 13 * HOUR
        self._file([document for document in plant.filed if document.at >= plant.period.end])
        for correction in plant.corrections:
            stated = of_items(CORRECTION, (correction.item,), reason=correction.reason)
            corrects = self._signed[correction.sub, correction.end]
            self._agents[plant.officer].document(stated, at, corrects=corrects)
        for _, agent in self._meters():
            agent.heartbeat(at)

    def _file(self, filed: Sequence[Filed]) -> None:
        for document in sorted(filed, key=lambda document: document.at):
            self._agents[document.sub].document(document.document(), document.at)

    def _heartbeats(self, midnight: int) -> None:
        for agent in self._agents.values():
            agent.heartbeat(midnight)

    def _meters(self) -> list[tuple[str, Agent]]:
        return [(meter.sub, self._agents[meter.sub]) for meter in self._plant.facts.meters]

    def _send(self, agent: Agent, now: int) -> int:
        sent = agent.send(now)
        if sent.refused or sent.duplicates:
            raise StageFault(f"the gateway did not log every frame: {sent.refused or 'duplicates'}")
        return sent.logged

    def _set_clock(self, timestamp: int) -> None:
        self._stage.anvil.set_time(timestamp)
        self._stage.anvil.mine(1)

    def _await_head(self, size: int) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            head = self._stage.chain.latest_head(self._stage.log_id)
            if head is not None and head.size >= size:
                return
            time.sleep(0.004)
        raise StageFault(
            f"no head of {size} leaves was anchored", where=str(self._stage.folder / "gateway.log"),
            mend="the file's last lines say why",
        )  # fmt: skip

    def _release(self) -> None:
        """Wait until each terminal holds a checked receipt for every frame."""
        until = time.monotonic() + PATIENCE
        waiting = set(self._agents)
        while waiting and time.monotonic() < until:
            now = self._stage.chain.now()
            for sub in sorted(waiting):
                self._agents[sub].collect(now)
                counts = self._agents[sub].spool.counts()
                if not counts["stored"] and not counts["acknowledged"]:
                    waiting.discard(sub)
            time.sleep(0.05)
        if waiting:
            raise StageFault(f"terminals still hold frames without a final receipt: {', '.join(sorted(waiting))}")


def _by_day(hours: Sequence[Hour], start: int) -> dict[int, list[Hour]]:
    """Hours by the midnight at which their day begins; an hour that ends at midnight belongs to the day before."""
    found: dict[int, list[Hour]] = {}
    for hour in hours:
        found.setdefault(start + (hour.end - 1 - start) // DAY * DAY, []).append(hour)
    return found
