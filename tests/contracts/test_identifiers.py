"""The contract's reader of identifiers beside Python's: what one takes the other takes, and the hashes are the same."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from devnet.anvil import Anvil
from ledger.chain.answers import unhex
from ledger.chain.contracts import function
from ledger.chain.errors import NodeRefused
from ledger.chain.transactions import revert
from ledger.identifiers.vaa import IdentifierError, leaf, node, split
from tests.contracts.stage import Stage

LEAF_OF = function("IdentifierRegistry", "leafOf")
LABELS = st.text("abcxyz0189-", min_size=1, max_size=63)
PATHS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
CHARACTERS = st.sampled_from("aAzZ@[`{09-_./ \t\x00\x1f\x7f~碳É")
ANYTHING = st.text(CHARACTERS, max_size=40)
HYPOTHESIS = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def registry(stage: Stage) -> str:
    return str(stage.IdentifierRegistry.address)


def asked(chain: Anvil, registry: str, identifier: str) -> tuple[bytes, bytes] | None:
    """Node and leaf; None for an identifier that the contract refuses by one of its own errors."""
    call = {"to": registry, "data": f"0x{LEAF_OF.encode(identifier).hex()}"}
    try:
        owner, hashed = LEAF_OF.decode(unhex(chain.node.call("eth_call", call, "latest")))
    except NodeRefused as fault:
        refused = revert(fault)
        assert refused is not None
        assert refused.reason in ("IdentifierPathForm", "IdentifierPathLabel")
        return None
    return bytes(owner), bytes(hashed)


def expected(identifier: str) -> tuple[bytes, bytes] | None:
    try:
        return node(split(identifier)[0]), leaf(identifier)
    except IdentifierError:
        return None


@HYPOTHESIS
@given(path=PATHS | ANYTHING, suffix=ANYTHING)
@example(path="a" * 63, suffix="b" * 191)
@example(path="a" * 63, suffix="b" * 192)
@example(path="a" * 64, suffix="b")
@example(path="", suffix="b")
@example(path="88.", suffix="b")
def test_contract_and_python_agree(chain: Anvil, registry: str, path: str, suffix: str) -> None:
    """INV-13, INV-18."""
    identifier = f"{path}/{suffix}"
    assert asked(chain, registry, identifier) == expected(identifier)


@HYPOTHESIS
@given(identifier=ANYTHING)
def test_they_agree_about_what_has_no_slash(chain: Anvil, registry: str, identifier: str) -> None:
    assert asked(chain, registry, identifier) == expected(identifier)
