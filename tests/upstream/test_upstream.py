"""The root that commits to a product's inputs, and the smallest footprint that covers them."""

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from ledger.upstream import LIMIT, MAX_INPUTS, NO_INPUTS, Input, UpstreamFault, least_footprint, ordered, upstream_root

IDS = st.integers(1, 2**256 - 1)
QUANTITIES = st.integers(1, LIMIT - 1)
INPUTS = st.dictionaries(IDS, QUANTITIES, min_size=1, max_size=MAX_INPUTS)


@given(INPUTS)
def test_the_root_is_that_of_the_abi_encoding(quantities: dict[int, int]) -> None:
    inputs = [Input(number, quantity) for number, quantity in quantities.items()]
    assert upstream_root(inputs) == keccak(encode(["(uint256,uint80)[]"], [sorted(quantities.items())]))
    assert upstream_root(reversed(inputs)) == upstream_root(inputs)


@given(INPUTS, st.data())
def test_other_inputs_have_another_root(quantities: dict[int, int], data: st.DataObject) -> None:
    changed = data.draw(st.sampled_from(sorted(quantities)))
    other = quantities | {changed: data.draw(QUANTITIES.filter(lambda quantity: quantity != quantities[changed]))}
    roots = {upstream_root(Input(*item) for item in each.items()) for each in (quantities, other)}
    assert len(roots) == 2


def test_no_inputs_have_no_root() -> None:
    assert upstream_root([]) == NO_INPUTS


@pytest.mark.parametrize(
    ("inputs", "words"),
    {
        "twice": ([Input(1, 1), Input(1, 2)], "twice"),
        "no account": ([Input(0, 1)], "account"),
        "too large a number": ([Input(2**256, 1)], "account"),
        "nothing": ([Input(1, 0)], "quantity"),
        "less than nothing": ([Input(1, -1)], "quantity"),
        "too much": ([Input(1, LIMIT)], "quantity"),
        "too many": ([Input(n, 1) for n in range(1, MAX_INPUTS + 2)], "at most 64"),
    }.values(),
)
def test_what_the_ledger_would_refuse_is_refused(inputs: list[Input], words: str) -> None:
    with pytest.raises(UpstreamFault, match=words):
        ordered(inputs)


@given(st.lists(st.tuples(QUANTITIES, st.integers(0, LIMIT - 1))), QUANTITIES)
def test_the_least_footprint_covers_the_inputs_and_no_smaller_one_does(used: list[tuple[int, int]], made: int) -> None:
    burned = sum(quantity * footprint for quantity, footprint in used)
    least = least_footprint(used, made)
    assert least * made >= burned
    assert least == 0 or (least - 1) * made < burned


def test_nothing_covers_nothing() -> None:
    with pytest.raises(UpstreamFault):
        least_footprint([], 0)
