"""Trees in memory: entries to root, inclusion and consistency proofs, against two other Python libraries; and what a
proof costs as the tree grows.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from devnet.bench.measure import OWN, USUAL, Row, Scale, in_turns, seconds, spread
from devnet.bench.peers import ABSENT, NO_CONSISTENCY, Peer, merkletools, pymerkle
from ledger.log.tree import Tree, leaf_hash

GROWTH = 2.0  # a proof's cost per level of the tree, in a large tree against a small one


def rows(scale: Scale = USUAL) -> Iterator[Row]:
    """More a second is better, at least as many as each peer."""
    entries = [sha256(b"entry %d" % number).digest() for number in range(scale.peers)]
    for name, peer in (("pymerkle", pymerkle()), ("merkletools", merkletools())):
        yield from _against(name, peer, entries, scale)
    del entries
    yield from growth(scale)


def ours(entries: Sequence[bytes]) -> Tree:
    return Tree([leaf_hash(entry) for entry in entries])


def _against(name: str, peer: Peer | None, entries: Sequence[bytes], scale: Scale) -> Iterator[Row]:
    tree = ours(entries)
    theirs = peer.build(entries) if peer else None
    if peer:
        peer.check(theirs, tree)
    size, caveat = len(entries), peer.caveat if peer else ABSENT
    at, sizes = spread(size, scale.proofs), [number + 1 for number in spread(size - 1, scale.proofs)]

    def root_again() -> None:
        ours(entries).root()

    build = (lambda: peer.build(entries)) if peer else None
    runs = scale.runs if name != "pymerkle" else 1  # it takes the time of all the others together
    yield _row(f"root of {size:,} entries", "leaves/s", size, name, caveat, root_again, build, runs)

    inclusion = _each(peer.inclusion, theirs, at) if peer else None
    yield _row(
        f"inclusion proofs in {size:,}", "proofs/s", len(at), name, caveat,
        lambda: [tree.inclusion(index) for index in at], inclusion, scale.runs,
    )  # fmt: skip
    consistency = _each(peer.consistency, theirs, sizes) if peer and peer.consistency else None
    yield _row(
        f"consistency proofs to {size:,}", "proofs/s", len(sizes), name,
        caveat if consistency or not peer else NO_CONSISTENCY,
        lambda: [tree.consistency(size) for size in sizes], consistency, scale.runs,
    )  # fmt: skip


def _each(prove: Callable[[Any, int], object], tree: Any, numbers: Sequence[int]) -> Callable[[], object]:
    return lambda: [prove(tree, number) for number in numbers]


def _row(
    name: str, unit: str, count: int, against: str, note: str,
    own: Callable[[], object], other: Callable[[], object] | None, runs: int,
) -> Row:  # fmt: skip
    if other is None:
        return Row(name, unit, count / seconds(own, runs, OWN), against, None, 1.0, note=note)
    fast, reference = in_turns((own, other), runs, OWN)
    return Row(name, unit, count / fast, against, count / reference, 1.0, note=note)


def growth(scale: Scale) -> Iterator[Row]:
    """Proofs for trees of every size, in turns. Trees in memory go to the peers' size; `tiles` measures larger ones."""
    sizes = [size for size in scale.sizes if size <= scale.peers]
    tree = Tree([number.to_bytes(32, "big") for number in range(sizes[-1])])
    yield costs("inclusion in memory", sizes, lambda size, at: tree.inclusion(at, size), scale.proofs, scale.runs)
    yield costs(
        "consistency in memory", sizes, lambda size, at: tree.consistency(at + 1, size), scale.proofs, scale.runs
    )


def costs(name: str, sizes: Sequence[int], prove: Callable[[int, int], object], count: int, runs: int) -> Row:
    """`prove(size, at)` makes a proof for the tree of `size` leaves; `at` is a leaf of it, but not the last."""

    def work(size: int) -> Callable[[], object]:
        return lambda: [prove(size, at) for at in spread(size - 1, count)]

    times = in_turns([work(size) for size in sizes], runs, OWN)
    return per_level(name, sizes, [time / count for time in times])


def per_level(name: str, sizes: Sequence[int], times: Sequence[float]) -> Row:
    """`times`: seconds for one proof at each size. Where the cost grows with the logarithm, that of a level stays."""
    levels = [(size - 1).bit_length() for size in sizes]
    micros = [time * 1e6 / level for time, level in zip(times, levels, strict=True)]
    by_size = [
        {"leaves": size, "levels": level, "µs a proof": round(time * 1e6, 2), "µs a level": round(cost, 3)}
        for size, level, time, cost in zip(sizes, levels, times, micros, strict=True)
    ]
    against = f"{sizes[0]:,} leaves"
    return Row(
        f"{name}, {sizes[-1]:,} leaves", "µs a level", micros[-1], against, micros[0], GROWTH,
        at_least=False, by_size=by_size,
    )  # fmt: skip
