"""Where the contracts are and what they answer, published for tools of others."""

import re
from pathlib import Path

import pytest
from eth_utils.crypto import keccak
from fastapi.testclient import TestClient

from ledger.chain.contracts import NAMES, load_abi, refusal
from tests.gateway.meters import Gateway

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats" / "contracts.md"


def test_the_deployment_is_published(gateway: Gateway, client: TestClient) -> None:
    assert client.get("/contracts").json() == gateway.chain.deployment.to_json()


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_decodes_every_refusal(client: TestClient, name: str) -> None:
    """The errors of all contracts stand in each ABI: minting is refused by the product ledger, through the registry."""
    told = client.get(f"/contracts/{name}").json()
    assert (told["format"], told["name"]) == ("contract/1", name)
    errors = {item["name"] for item in told["abi"] if item["type"] == "error"}
    for other in NAMES:
        assert {item["name"] for item in load_abi(other) if item["type"] == "error"} <= errors
    for selector, signature in told["errors"].items():
        assert keccak(text=signature)[:4].hex() == selector.removeprefix("0x")
        assert refusal(bytes.fromhex(selector[2:])).reason == signature.partition("(")[0]
    signatures = [(item["type"], item["name"], str(item["inputs"])) for item in told["abi"] if item["type"] == "error"]
    assert len(set(signatures)) == len(signatures)


def test_another_name_is_none(client: TestClient) -> None:
    for name in ("Nothing", "..%2fdeployment", "certificateregistry"):
        assert client.get(f"/contracts/{name}").status_code == 404


def test_the_page_names_the_fields_and_the_error_as_they_are() -> None:
    text = PAGE.read_text(encoding="utf-8")
    check = next(item for item in load_abi("CertificateRegistry") if item.get("name") == "check")
    fields = check["outputs"][0]["components"]
    listed = text.partition("Fields of `check` are, in order: ")[2].partition(". ")[0]
    assert re.findall("`([A-Za-z]+)`", listed) == [field["name"] for field in fields]
    assert f"CHECK='({','.join(field['type'] for field in fields)})'" in text
    assert refusal(bytes.fromhex("b1b4fec0")).reason == "ERC6909InsufficientBalance"
