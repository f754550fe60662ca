"""`carbon goods` on a real chain: what is held, delivered, retired, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.deployment import save
from ledger.commands.goods import main
from tests.chain.stand import ENTERPRISE, Stand
from tests.chain.stand import stand as stand
from tests.chain.test_products import INGOTS, SMELTER, Market, address


@pytest.fixture(scope="module")
def market(stand: Stand) -> Market:
    market = Market(stand)
    market.certify(market.statement(market.smelter, INGOTS, 1_000_000, 8_000_000_000))
    return market


@pytest.fixture
def folder(stand: Stand, market: Market, tmp_path: Path) -> Path:
    save(stand.deployment, tmp_path / "deployment.json")
    (tmp_path / "gateway.toml").write_text(f'rpc = "{stand.anvil.url}"\n')
    key = tmp_path / "keys" / "holder.key"
    key.parent.mkdir()
    key.touch(0o600)
    key.write_text(market.smelter.key.hex())
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_goods_are_listed_delivered_and_retired(
    market: Market, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = told(capsys, "list", SMELTER, "--dir", str(folder))["goods"]
    assert (row["identifier"], row["quantity"], row["unit"], row["footprint"], row["status"]) == (
        INGOTS, "1000", "t", "8000", "active",
    )  # fmt: skip
    moved = told(capsys, "deliver", INGOTS, "12.345", "--to", ENTERPRISE, "--dir", str(folder))
    assert (moved["quantity"], moved["to"]) == ("12.345", "0x" + address(market.customer).hex())
    (theirs,) = told(capsys, "list", moved["to"], "--dir", str(folder))["goods"]
    assert (theirs["quantity"], theirs["account"]) == ("12.345", row["account"])
    retired = ("--for", "building 7", "--reason", "window frames", "--dir", str(folder))
    assert told(capsys, "retire", row["account"], "0.5", *retired)["quantity"] == "0.5"
    assert told(capsys, "list", SMELTER, "--dir", str(folder))["goods"][0]["quantity"] == "987.155"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_people_are_told(folder: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    options = ["--dir", str(folder), "--lang", language]
    assert main(["list", SMELTER, *options]) == 0
    assert INGOTS in capsys.readouterr().out
    assert main(["list", "0x" + "00" * 19 + "01", *options]) == 0
    assert main(["deliver", INGOTS, "0.001", "--to", ENTERPRISE, *options]) == 0
    assert "0.001 t" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("deliver", INGOTS, "999999", "--to", ENTERPRISE), 1, "ERC6909InsufficientBalance"),
        (("deliver", INGOTS, "0.0001", "--to", ENTERPRISE), 2, "no quantity"),
        (("deliver", INGOTS, "-1", "--to", ENTERPRISE), 2, "no quantity"),
        (("deliver", INGOTS, "much", "--to", ENTERPRISE), 2, "no quantity"),
        (("deliver", INGOTS, "1", "--to", "88.118.404"), 2, "nobody holds"),
        (("deliver", INGOTS, "1", "--to", "0x12"), 2, "no address"),
        (("deliver", f"{SMELTER}/NOTHING", "1", "--to", ENTERPRISE), 1, "nothing was certified"),
        (("retire", INGOTS, "1", "--for", "", "--reason", "x"), 1, "ProductLedgerText"),
        (("list", "not a prefix"), 2, "prefix"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    """INV-14, INV-18."""
    assert main([*arguments, "--dir", str(folder), "--lang", "en"]) == code
    assert said in capsys.readouterr().err
