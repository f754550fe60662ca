"""Tiles: their addresses, widths and bytes, and a log that grows on them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.log.tiles import (
    WIDTH,
    Growth,
    TileAddress,
    TileError,
    decode_entries,
    encode_entries,
    hashes_of,
    parse_address,
    unfold,
    width_at,
)
from ledger.log.tree import Tree
from tests.log import naive

ADDRESSES = [
    (TileAddress(0, 0), "tile/0/000"),
    (TileAddress(0, 1234067), "tile/0/x001/x234/067"),
    (TileAddress(1, 999, 255), "tile/1/999.p/255"),
    (TileAddress(2, 1000, 1), "tile/2/x001/000.p/1"),
    (TileAddress(None, 12, 17), "tile/entries/012.p/17"),
    (TileAddress(63, 7), "tile/63/007"),
]


@pytest.mark.parametrize(("address", "path"), ADDRESSES)
def test_addresses(address: TileAddress, path: str) -> None:
    assert address.path() == path
    assert parse_address(path) == address


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/0", "tile/0/1", "tile/0/0000", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/x000/001",
        "tile/0/001/002", "tile/0/x001/x002", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
        "tile/0/000/", "/tile/0/000", "tile/entries/000.p/300", "tile/data/000", "tile/0/٠٠٠", "tile/0/000\n",
    ],
)  # fmt: skip
def test_every_other_spelling_is_refused(path: str) -> None:
    with pytest.raises(TileError):
        parse_address(path)


@given(st.one_of(st.text(max_size=40), st.from_regex(r"tile/[0-9]{1,3}/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,4})?")))
@settings(max_examples=200, deadline=None)
def test_addresses_have_one_spelling(path: str) -> None:
    """INV-18"""
    try:
        address = parse_address(path)
    except TileError:
        return
    assert address.path() == path


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_garbage_is_no_entries_tile(bundle: bytes) -> None:
    """INV-18"""
    try:
        entries = decode_entries(bundle)
    except TileError:
        return
    assert encode_entries(entries) == bundle


def test_entries_come_back() -> None:
    entries = naive.leaves(WIDTH)
    assert decode_entries(encode_entries(entries)) == entries
    with pytest.raises(TileError):
        decode_entries(encode_entries(naive.leaves(WIDTH + 1)))
    with pytest.raises(TileError):
        hashes_of(b"\x00" * 33)


def test_the_widths_of_the_specification_s_example() -> None:
    """C2SP tlog-tiles: 273 full tiles and one of 112, one full one above and one of 17, one of a single hash."""
    size = 70_000
    widths = {(level, index): width_at(level, index, size) for level in range(4) for index in range(280)}
    assert [widths[0, 272], widths[0, 273], widths[0, 274]] == [256, 112, 0]
    assert [widths[1, 0], widths[1, 1], widths[1, 2]] == [256, 17, 0]
    assert [widths[2, 0], widths[2, 1], widths[3, 0]] == [1, 0, 0]
    assert [width_at(0, 0, 256), width_at(1, 0, 256)] == [256, 1]


@given(st.lists(st.sampled_from([1, 2, 7, 100, 255, 256, 257, 300, 513, 2000]), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_growing_on_tiles_is_growing_the_tree(parts: list[int]) -> None:
    leaves = naive.leaves(sum(parts))
    stored: dict[tuple[int, int], bytes] = {}
    size = 0
    for part in parts:
        growth = Growth(size, lambda level, index: stored[level, index])
        growth.extend(leaves[size : size + part])
        assert growth.grown == {place for place in growth.changed if place in stored}
        stored.update(growth.changed)
        size = growth.size
    tree = Tree(leaves)
    for (level, index), tile in stored.items():
        width = width_at(level, index, size)
        start = index * WIDTH
        assert hashes_of(tile) == [tree.node(8 * level, start + at) for at in range(width)]
        for height, nodes in enumerate(unfold(tile)):
            first = start >> height
            assert nodes == [tree.node(8 * level + height, first + at) for at in range(len(nodes))]
    assert sum(len(tile) for (level, _), tile in stored.items() if level == 0) == 32 * size


def test_a_tile_that_is_cut_short_is_noticed() -> None:
    """INV-07: the log does not grow on hashes that are not there."""
    with pytest.raises(TileError):
        Growth(5, lambda level, index: bytes(4 * 32)).extend(naive.leaves(1))
