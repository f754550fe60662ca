"""The second half of the soak: damaged documents for every parser, each input a pure function of seed, name and number.

An input is a finding if its parser raises anything but an error of ours, or does not come back within some seconds or
within the memory that a process here is given. It is saved under its parser's name and number.
"""

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from devnet.soak.mutations import mutate
from devnet.soak.parsers import PARSERS, Parser

CHUNK = 500
LONGEST_SECONDS = 20  # for one input: a parser that hangs, not one that is slow
MEMORY = 2 << 30  # address space of a process
MOST_SAVED = 20  # of one parser


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that a parser did not survive."""

    parser: str
    number: int
    fault: str
    file: str = ""


@dataclass(slots=True)
class Count:
    """What became of a parser's inputs. `read`: those that it took for valid."""

    inputs: int = 0
    read: int = 0
    slowest: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        self.inputs += other.inputs
        self.read += other.read
        self.slowest = max(self.slowest, other.slowest)
        self.failures += other.failures


class _TooLong(BaseException):
    """Not an Exception: no parser may catch it."""


Slice = tuple[str, int, int]  # parser, first number, how many


def shares(inputs: int) -> dict[str, int]:
    """How many inputs each parser gets; all of them together `inputs`."""
    total = sum(parser.weight for parser in PARSERS)
    counts = {parser.name: inputs * parser.weight // total for parser in PARSERS}
    for parser in PARSERS[: inputs - sum(counts.values())]:
        counts[parser.name] += 1
    return counts


def input_of(parser: Parser, seed: int, number: int) -> bytes:
    """The same bytes for the same seed, in every process, as long as mutations and samples stay as they are."""
    chance = Random(f"{seed} {parser.name} {number}")  # noqa: S311 - repeatable on purpose
    documents = parser.samples()
    if chance.random() < 0.03:
        return chance.randbytes(chance.randrange(300))
    return mutate(chance, chance.choice(documents), chance.choice(documents), parser.family)


def run(
    seed: int, inputs: int, saved: Path, passed: Callable[[int], None] = lambda _: None, processes: int | None = None
) -> dict[str, Count]:
    """Count by parser. Failing inputs are saved in the folder `saved`; `passed` is told how many more are done."""
    counts = {name: Count() for name in shares(inputs)}
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes or os.cpu_count() or 1, _bounded) as pool:
        work = ((seed, str(saved), part) for part in _slices(shares(inputs)))
        for name, count in pool.imap_unordered(_feed, work):
            counts[name].add(count)
            passed(count.inputs)
    return counts


def feed(parser: Parser, inputs: Iterable[tuple[int, bytes]], saved: Path) -> Count:
    """Give a parser its inputs one by one."""
    count = Count()
    for number, data in inputs:
        began = time.perf_counter()
        try:
            count.read += parser.accepts(data)
        except (Exception, _TooLong) as fault:
            count.failures.append(_failure(parser, number, data, fault, saved, len(count.failures)))
        count.slowest = max(count.slowest, time.perf_counter() - began)
        count.inputs += 1
    return count


def _failure(parser: Parser, number: int, data: bytes, fault: BaseException, saved: Path, before: int) -> Failure:
    late = isinstance(fault, _TooLong)
    said = f"no answer within {LONGEST_SECONDS} s" if late else f"{type(fault).__name__}: {fault}"
    file = ""
    if before < MOST_SAVED:
        saved.mkdir(parents=True, exist_ok=True)
        path = saved / f"{''.join(c if c.isalnum() else '-' for c in parser.name)}-{number}.bin"
        path.write_bytes(data)
        file = str(path)
    return Failure(parser.name, number, said[:200], file)


def _slices(counts: Mapping[str, int]) -> Iterator[Slice]:
    """In turn from every parser, so that the bar moves evenly."""
    longest = max(counts.values(), default=0)
    for first in range(0, longest, CHUNK):
        for name, count in counts.items():
            if first < count:
                yield name, first, min(CHUNK, count - first)


def _feed(job: tuple[int, str, Slice]) -> tuple[str, Count]:
    seed, saved, (name, first, how_many) = job
    parser = next(parser for parser in PARSERS if parser.name == name)
    signal.signal(signal.SIGALRM, _ring)
    return name, feed(parser, _timed(parser, seed, range(first, first + how_many)), Path(saved))


def _timed(parser: Parser, seed: int, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """The inputs, each with an alarm clock that runs until the next one is asked for."""
    for number in numbers:
        data = input_of(parser, seed, number)
        signal.alarm(LONGEST_SECONDS)
        yield number, data
        signal.alarm(0)


def _bounded() -> None:
    """An interrupt is for the parent. Memory is bounded, so that a bomb is found before the machine is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _ring(_: int, __: FrameType | None) -> None:
    raise _TooLong
