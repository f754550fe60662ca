"""Tracing over invented events: what is sound, every lie that a node or a chain could tell, and shapes of trees."""

from dataclasses import replace
from typing import Any

import pytest
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.tracing.picture import Happening, TracingError, draw
from ledger.tracing.trace import AGAIN, CIRCLE, TOO_DEEP, TOO_MANY, UNKNOWN, Limits, Node, Trace, trace
from ledger.upstream import Input
from terminal_signer.errors import CarbonError
from tests.tracing.goods import DOMAIN, HOLDER, NOW, Market, chain_of


def traced(market: Market, token: int, **limits: int) -> Trace:
    return trace(market.picture(), token, Limits(**limits), keccak)


def root(found: Trace) -> Node:
    return found.nodes[found.root]


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.fixture
def car(market: Market) -> int:
    """An ingot in a part, and both of them in a car."""
    ingot = market.certify("ingot", 10_000)
    part = market.certify("part", 2_000, (Input(ingot, 4_000),))
    return market.certify("car", 1_000, sorted((Input(part, 1_500), Input(ingot, 1_000))))


def token_of(market: Market, name: str) -> int:
    return next(token for token, one in market.statements.items() if one.identifier.endswith(f"/{name}"))


def test_an_honest_tree_is_sound(market: Market, car: int) -> None:
    found = traced(market, car)
    assert found.sound
    assert {node.certificate.statement.identifier.rpartition("/")[2] for node in found.nodes.values()} == {
        "car", "part", "ingot",
    }  # fmt: skip
    assert [link.note for link in root(found).links].count("") >= 1
    assert root(found).certified <= root(found).declared
    assert root(found).worst == ""


def test_what_several_products_rest_on_is_verified_once(market: Market, car: int) -> None:
    found = traced(market, car)
    notes = [link.note for node in found.nodes.values() for link in node.links]
    assert sorted(notes) == ["", "", AGAIN]


def test_another_statement_than_the_token_s_is_found(market: Market, car: int) -> None:
    """INV-13: the node shows a statement that nobody signed."""
    events = [
        Happening(one.name, one.number, {"statement": replace(one.values["statement"], coverage=1)})
        if one.name == "CertificateMinted" and one.number == token_of(market, "ingot")
        else one
        for one in market.events
    ]
    found = trace(draw(DOMAIN, 1, NOW, events), car, None, keccak)
    assert [node.failed for node in found.failed] == [("statement",)]


@pytest.mark.parametrize("name", ["CertificateSuspended", "CertificateRevoked"])
def test_what_is_blocked_upstream_is_told_to_the_top(market: Market, car: int, name: str) -> None:
    market.say(name, token_of(market, "ingot"), reason="a doubt")
    found = traced(market, car)
    assert [node.failed for node in found.failed] == [("status",)]
    word = name.removeprefix("Certificate").lower()
    assert {node.worst for node in found.nodes.values()} == {"", word}
    assert root(found).worst == word
    assert found.failed[0].certificate.reason == "a doubt"


def test_revoked_is_worse_than_suspended(market: Market, car: int) -> None:
    market.say("CertificateSuspended", token_of(market, "part"), reason="-")
    market.say("CertificateRevoked", token_of(market, "ingot"), reason="-")
    assert root(traced(market, car)).worst == "revoked"


def test_a_reinstated_certificate_is_sound(market: Market, car: int) -> None:
    market.say("CertificateSuspended", car, reason="-")
    assert not traced(market, car).sound
    market.say("CertificateReinstated", car, reason="-")
    assert traced(market, car).sound


def test_expiry_is_told_and_strands_nothing(market: Market, car: int) -> None:
    found = trace(market.picture(NOW + 1), car, None, keccak)
    assert found.sound
    assert {node.status for node in found.nodes.values()} == {"expired"}


def test_other_inputs_than_the_three_signed_are_found(market: Market, car: int) -> None:
    """INV-14: something else was burned."""
    market.say("Used", token_of(market, "ingot"), tokenId=car, quantity=1)
    assert ("root", "balance") not in [node.failed for node in traced(market, car).failed]
    assert "root" in root(traced(market, car)).failed


def test_a_product_that_carries_less_than_its_inputs_is_found(market: Market, car: int) -> None:
    """INV-14: an input was corrected upwards after it went in."""
    ingot = token_of(market, "ingot")
    market.certify("ingot", 10_000, supersedes=ingot, footprint=9 * 10**12)
    found = traced(market, car)
    assert {node.certificate.statement.identifier.rpartition("/")[2]: node.failed for node in found.failed} == {
        "car": ("carried",), "part": ("carried",),
    }  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        {"name": "Transfer", "sender": HOLDER, "receiver": b"\x0b" * 20, "amount": 10**9},  # more than is held
        {"name": "Retired", "quantity": 1},  # what nobody gave away
        {"name": "AccountTakenOver", "predecessor": 0, "successor": 7, "minted": 10**6, "footprint": 1},
    ],
)
def test_quantities_that_do_not_balance_are_found(market: Market, car: int, event: dict[str, Any]) -> None:
    """INV-14."""
    values = {name: value for name, value in event.items() if name != "name"}
    market.say(event["name"], token_of(market, "part"), **values)
    found = trace(market.picture(), token_of(market, "part"), None, keccak)
    assert "balance" in root(found).failed


def test_goods_without_a_certificate_are_shown_as_such(market: Market) -> None:
    token = market.certify("part", inputs=())
    market.events.append(Happening("AccountOpened", 7, {"quantity": 5, "footprint": 1, "unit": "t"}))
    market.say("Used", 7, tokenId=token, quantity=5)
    found = traced(market, token)
    assert [link.note for link in root(found).links] == [UNKNOWN]
    assert not found.sound
    assert root(found).worst == UNKNOWN


def test_a_circle_that_corrections_close_is_told_and_ends(market: Market) -> None:
    """A takes in what was made of A: the contract sees only the first tier."""
    first = market.certify("a", 5_000)
    second = market.certify("b", 5_000, (Input(first, 1_000),))
    third = market.certify("a", 5_000, (Input(second, 1_000),), supersedes=first)
    found = traced(market, third)
    assert not found.sound
    assert [link.note for node in found.nodes.values() for link in node.links if link.note] == [CIRCLE]


def test_limits_end_a_trace_and_say_so(market: Market) -> None:
    token = chain_of(market, 12)
    deep, many = traced(market, token, depth=4), traced(market, token, nodes=5)
    assert (len(deep.nodes), deep.cut) == (4, {TOO_DEEP})
    assert (len(many.nodes), many.cut) == (5, {TOO_MANY})
    assert deep.sound
    assert many.sound


def test_a_long_chain_needs_no_deep_stack(market: Market) -> None:
    found = traced(market, chain_of(market, 400))
    assert (len(found.nodes), found.sound) == (400, True)


def test_a_successor_speaks_for_what_was_delivered_before(market: Market, car: int) -> None:
    ingot = token_of(market, "ingot")
    corrected = market.certify("ingot", 12_000, supersedes=ingot, footprint=10**6)
    found = traced(market, car)
    assert corrected in found.nodes
    assert ingot not in found.nodes
    assert found.sound


def test_a_successor_repeats_what_was_burned(market: Market, car: int) -> None:
    part, ingot = token_of(market, "part"), token_of(market, "ingot")
    successor = market.certify("part", 2_000, (Input(ingot, 5_000),), supersedes=part)
    found = traced(market, successor)
    assert found.sound
    assert root(found).certificate.inputs == (Input(ingot, 5_000),)
    old = traced(market, part)
    assert root(old).status == "superseded"
    assert old.sound


def test_an_unknown_certificate_is_refused_by_name(market: Market) -> None:
    with pytest.raises(TracingError, match="no such certificate"):
        traced(market, 5)


EVENT = st.builds(
    lambda name, number, other, amount: Happening(
        name, number,
        {
            "tokenId": other, "quantity": amount, "successor": other, "predecessor": other, "footprint": amount,
            "minted": amount, "unit": "t", "reason": "-", "sender": HOLDER, "receiver": bytes(20), "amount": amount,
        },
    ),
    st.sampled_from(
        [
            "Used", "Retired", "Transfer", "AccountOpened", "AccountTakenOver", "CertificateRevoked",
            "CertificateSuperseded", "CertificateSuspended", "CertificateReinstated",
        ]
    ),
    st.integers(0, 9), st.integers(0, 9), st.integers(0, 10**9),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENT, max_size=30), st.randoms())
def test_whatever_a_node_answers_a_trace_ends_by_name(noise: list[Happening], random: Any) -> None:
    """INV-18: events of a lying node, among and about honest ones."""
    market = Market()
    ingot = market.certify("ingot")
    part = market.certify("part", inputs=(Input(ingot, 5),))
    known = [ingot, part, *range(8)]
    told = [
        Happening(one.name, known[one.number], {**one.values, "tokenId": known[one.values["tokenId"]]}) for one in noise
    ]
    events = [*market.events, *told]
    random.shuffle(events)
    try:
        found = trace(draw(DOMAIN, 1, NOW, events), part, None, keccak)
    except CarbonError:
        return
    assert len(found.nodes) <= 2
