"""From spool to log and back: send frames, keep the promises, collect receipts, let go only after a final anchor.

A frame is released when all of this holds, each checked here and none believed: its receipt's path leads to the
receipt's root; the receipt names this log, this contract and this chain; and AnchorLog, asked by the terminal itself at
finality, holds exactly that head. Gateway or node down: after bounded retries an error, and the spool as it was.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from terminal_signer import promise
from terminal_signer.chain import ChainUnavailable, Finality, Head, Rpc, heads_are_anchored, latest_head
from terminal_signer.errors import CarbonError
from terminal_signer.gateway_client import MAX_BODY, MAX_FRAMES, Gateway, GatewayFault, GatewayUnavailable, Outcome
from terminal_signer.header import Seen
from terminal_signer.keys import PublicKey
from terminal_signer.receipt import ProofError, Receipt, check
from terminal_signer.spool import ACKNOWLEDGED, STORED, Acknowledgement, Spool, Stored

MAX_BACKOFF = 60.0
NOT_YET = frozenset(("unknown-key",))  # refusals that enrolment mends: the frame stays to be sent
_T = TypeVar("_T")


class DeliveryFault(CarbonError):
    """`code`: promise (the gateway's promise does not hold), wrong-chain (the node serves another chain)."""

    code = "delivery"


@dataclass(slots=True)
class Sent:
    """What became of the frames of one `send`."""

    logged: int = 0
    duplicates: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Collected:
    """What became of the acknowledged frames; `resent` ones were unknown to the gateway and go out again."""

    released: int = 0
    pending: int = 0
    not_final: int = 0
    resent: int = 0
    faults: list[str] = field(default_factory=list)
    overdue: int = 0
    seen: Seen | None = None


class Delivery:
    """One key's way to its log.

    `attempts` bounds the tries of each request; before each wait `waiting` is told why and for how long, then `sleep`
    is called; `progress` is told how many more frames are done.
    """

    def __init__(
        self,
        spool: Spool,
        kid: bytes,
        gateway: Gateway,
        rpc: Rpc,
        contract: bytes,
        log_id: bytes,
        *,
        chain_id: int,
        promise_key: PublicKey,
        finality: Finality = "finalized",
        attempts: int = 5,
        sleep: Callable[[float], None] | None = None,
        waiting: Callable[[CarbonError, float], None] = lambda error, seconds: None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.spool = spool
        self.kid = kid
        self.contract = contract
        self.log_id = log_id
        self._gateway = gateway
        self._rpc = rpc
        self._chain_id = chain_id
        self._promise_key = promise_key
        self._finality = finality
        self._attempts = attempts
        self._sleep = sleep or time.sleep
        self._waiting = waiting
        self._progress = progress
        self._chain_checked = False
        self._final: set[Head] = set()

    def send(self) -> Sent:
        """Send what is stored, up to 1,000 frames a request. Raises when gateway or promise fail; nothing is lost."""
        report = Sent()
        after = 0
        while frames := _within(self.spool.held(STORED, after, MAX_FRAMES)):
            after = frames[-1].id
            outcomes = self._patiently(partial(self._gateway.submit, [frame.raw for frame in frames]))
            self._note(frames, outcomes, report)
            self._progress(len(frames))
        return report

    def collect(self, now: int) -> Collected:
        """Fetch receipts of what was acknowledged, check each, release what is final, learn the newest final head."""
        self._check_chain()
        tag = self._patiently(lambda: self._rpc.tag(self._finality))
        report, after = Collected(), 0
        while frames := self.spool.held(ACKNOWLEDGED, after, MAX_FRAMES):
            after = frames[-1].id
            digests = [frame.digest for frame in frames]
            answer = self._patiently(partial(self._gateway.receipts, self.log_id, digests))
            sound = self._sound(answer.found, report)
            final = self._final_ones(sound, tag)
            self.spool.release(final)
            self.spool.restore(answer.unknown, (ACKNOWLEDGED,))
            if answer.faulty:
                report.faults.append(f"{answer.faulty} answers that are no receipts")
            report.released += len(final)
            report.not_final += len(sound) - len(final)
            report.resent += len(answer.unknown)
            report.pending += len(frames) - len(answer.found) - len(answer.unknown)
            self._progress(len(frames))
        report.seen = self._patiently(lambda: latest_head(self._rpc, self.contract, self.log_id, tag))
        if report.seen is not None:
            self.spool.see(self.kid, report.seen)
        report.overdue = len(self.spool.overdue(now))
        return report

    def _note(self, frames: Sequence[Stored], outcomes: Sequence[Outcome], report: Sent) -> None:
        kept: list[Acknowledgement] = []
        refused: list[tuple[bytes, str]] = []
        broken: CarbonError | None = None
        for frame, outcome in zip(frames, outcomes, strict=True):
            if outcome.digest not in (frame.digest, None) or (outcome.digest is None and outcome.kind != "refused"):
                broken = GatewayFault("an answer is for another frame")
                break
            if outcome.kind == "refused":
                report.refused[outcome.code] = report.refused.get(outcome.code, 0) + 1
                if outcome.code not in NOT_YET and outcome.digest is not None:
                    refused.append((frame.digest, f"{outcome.code}: {outcome.reason}"))
                continue
            try:
                kept.append(self._kept_promise(frame, outcome))
            except CarbonError as error:
                broken = error
                break
            report.logged += outcome.kind == "logged"
            report.duplicates += outcome.kind == "duplicate"
            for flag in outcome.flags:
                report.flags[flag] = report.flags.get(flag, 0) + 1
        self.spool.acknowledge(kept)
        self.spool.refuse(refused)
        if broken is not None:
            raise broken

    def _kept_promise(self, frame: Stored, outcome: Outcome) -> Acknowledgement:
        given = promise.verify(outcome.promise, self._promise_key)
        if given.digest != frame.digest or given.log_id != self.log_id:
            raise DeliveryFault("the promise is for another frame or log", code="promise", mend="ask the operator")
        return Acknowledgement(frame.digest, outcome.flags, outcome.promise, given.deadline)

    def _check_chain(self) -> None:
        if self._chain_checked:
            return
        found = self._patiently(self._rpc.chain_id)
        if found != self._chain_id:
            raise DeliveryFault(
                f"the node serves chain {found}, not {self._chain_id}", code="wrong-chain", where=self._rpc.url
            )
        self._chain_checked = True

    def _sound(self, receipts: Sequence[Receipt], report: Collected) -> list[Receipt]:
        sound = []
        for receipt in receipts:
            anchor = receipt.anchor
            try:
                if (receipt.log_id, anchor.contract, anchor.chain_id) != (self.log_id, self.contract, self._chain_id):
                    raise ProofError("a receipt names another log, contract or chain")
                check(receipt)
            except ProofError as error:
                report.faults.append(f"0x{receipt.digest.hex()}: {error.message}")
            else:
                sound.append(receipt)
        return sound

    def _final_ones(self, receipts: Sequence[Receipt], tag: str) -> list[Receipt]:
        heads = {receipt.digest: _head(receipt) for receipt in receipts}
        unknown = sorted(set(heads.values()) - self._final, key=lambda head: head.size)
        if unknown:
            answers = self._patiently(lambda: heads_are_anchored(self._rpc, self.contract, self.log_id, unknown, tag))
            self._final.update(head for head, anchored in zip(unknown, answers, strict=True) if anchored)
        return [receipt for receipt in receipts if heads[receipt.digest] in self._final]

    def _patiently(self, ask: Callable[[], _T]) -> _T:
        """Ask until there is an answer, at most `attempts` times; waits double and differ between terminals."""
        for attempt in range(1, self._attempts):
            try:
                return ask()
            except (GatewayUnavailable, ChainUnavailable) as error:
                wait = min(MAX_BACKOFF, 0.5 * 2**attempt * (0.5 + self.kid[0] / 256))
                wait = max(wait, getattr(error, "retry_after", 0))
                self._waiting(error, wait)
                self._sleep(wait)
        return ask()


def _within(frames: Sequence[Stored]) -> Sequence[Stored]:
    """The first frames that fit one request."""
    total = 0
    for number, frame in enumerate(frames):
        total += len(frame.raw)
        if total > MAX_BODY:
            return frames[:number]
    return frames


def _head(receipt: Receipt) -> Head:
    anchor = receipt.anchor
    return Head(receipt.size, receipt.root, anchor.time, anchor.previous_size)
