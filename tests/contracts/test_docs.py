"""docs/formats/contracts.md knows every function, event and error, and the gas that was measured."""

import json
from pathlib import Path

import pytest

from contracts.build import OWN
from tests.contracts.stage import artifact

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "docs" / "formats" / "contracts.md").read_text(encoding="utf-8")
STANDARD = (
    "AccessManaged",
    "Approval",
    "AuthorityUpdated",
    "EIP712",
    "ERC6909",
    "ERC721",
    "InvalidShortString",
    "StringTooLong",
)
INHERITED = {
    *("approve", "balanceOf", "eip712Domain", "getApproved", "isApprovedForAll", "isConsumingScheduledOp", "name"),
    *("allowance", "isOperator", "setOperator", "transfer", "OperatorSet", "Transfer"),
    *("ownerOf", "safeTransferFrom", "setApprovalForAll", "supportsInterface", "symbol", "tokenURI", "transferFrom"),
    "Unlocked",
}
"""Functions and an event of the standards, which say what they mean."""


@pytest.mark.parametrize("name", OWN)
def test_the_page_names_the_whole_interface(name: str) -> None:
    named = {item["name"] for item in artifact(name)["abi"] if item["type"] != "constructor"} - INHERITED
    missing = sorted(entry for entry in named if not entry.startswith(STANDARD) and f"`{entry}" not in PAGE)
    assert not missing


def test_the_page_states_the_measured_gas() -> None:
    snapshots = (CHECKOUT / "contracts" / "snapshots").glob("*.json")
    figures = [int(value) for path in snapshots for value in json.loads(path.read_text()).values()]
    assert figures
    assert not [figure for figure in figures if f"| {figure:,} |" not in PAGE]
