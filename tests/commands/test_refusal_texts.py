"""What the contracts refuse about goods, said to people: every error of the product ledger that a holder can meet."""

from typing import Any

import pytest

from ledger.chain.contracts import load_abi
from ledger.chain.errors import ChainError, ContractRefused
from ledger.commands.refusal_texts import explain_refusal
from ledger.language import LANGUAGES, Language

NOBODY_MEETS = {"ProductLedgerNotRegistry"}
TOKEN = 2**255 + 7
OF_TYPE = {"uint256": TOKEN, "uint8": 2, "address": "0x" + "ab" * 20, "bytes32": b"\x07" * 32}


def errors() -> list[dict[str, Any]]:
    mine = [item for item in load_abi("ProductLedger") if item["type"] == "error"]
    return [item for item in mine if item["name"].startswith(("ProductLedger", "ERC6909InsufficientBalance"))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", errors(), ids=lambda item: str(item["name"]))
def test_each_is_said_in_words_with_its_name_behind(item: dict[str, Any], language: Language) -> None:
    fault = ContractRefused(item["name"], tuple(OF_TYPE[field["type"]] for field in item["inputs"]))
    said = explain_refusal(fault, language)
    if item["name"] in NOBODY_MEETS:
        assert said == str(fault)
        return
    assert said.endswith(f"[{item['name']}]")
    assert said.isascii() is (language == "en")
    assert "{" not in said


def test_quantities_are_in_units_and_accounts_in_full() -> None:
    fault = ContractRefused("ERC6909InsufficientBalance", ("0x" + "ab" * 20, 100, 1_150, TOKEN))
    assert explain_refusal(fault, "en") == (
        f"the holder has 0.1 of account 0x{TOKEN:064x}, and 1.15 are needed: have the rest delivered, or claim less "
        "[ERC6909InsufficientBalance]"
    )
    burned = ContractRefused("ProductLedgerClaimsLess", (8_000_000_000, 8_000_000_001))
    assert "claims 8 kgCO2e, its certified inputs carry 8.000000001 today" in explain_refusal(burned, "en")
    blocked = ContractRefused("ProductLedgerBlocked", (TOKEN, TOKEN, 3))
    assert "已被撤销" in explain_refusal(blocked, "zh")


def test_another_fault_speaks_for_itself() -> None:
    for fault in (ContractRefused("CertificateRegistryOverlap", (1,)), ChainError("no answer")):
        assert explain_refusal(fault, "zh") == str(fault)


def test_an_error_without_its_values_is_said_by_its_name() -> None:
    """Data that does not decode: from a contract of another edition."""
    fault = ContractRefused("ProductLedgerInputLeftOut")
    assert explain_refusal(fault, "en") == str(fault)
