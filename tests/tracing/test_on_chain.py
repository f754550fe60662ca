"""The command on a real chain: what the contracts' events tell, and how it is printed."""

import json
from pathlib import Path
from typing import Any

import pytest

from devnet.bench.goods import certified_chain
from ledger.chain.deployment import save
from ledger.chain.goods import read_picture
from ledger.chain.products import account_of, deliver, inputs_of
from ledger.commands.trace import main
from ledger.upstream import Input, upstream_root
from tests.chain.stand import Stand
from tests.chain.stand import stand as stand
from tests.chain.test_products import INGOTS, PARTS, Market, address


@pytest.fixture(scope="module")
def market(stand: Stand) -> Market:
    return Market(stand)


@pytest.fixture(scope="module")
def part(market: Market) -> tuple[int, int]:
    """Ingots delivered, a part made of some of them."""
    ingots = market.certify(market.statement(market.smelter, INGOTS, 1_000_000, 8_000_000_000))
    deliver(market.chain, market.smelter, address(market.customer), ingots, 400_000)
    inputs = (Input(ingots, 300_000),)
    made = market.statement(market.customer, PARTS, 600_000, 4_500_000_000, upstream_root=upstream_root(inputs))
    return ingots, market.certify(made, inputs)


@pytest.fixture
def folder(stand: Stand, part: tuple[int, int], tmp_path: Path) -> Path:
    save(stand.deployment, tmp_path / "deployment.json")
    (tmp_path / "gateway.toml").write_text(f'rpc = "{stand.anvil.url}"\n')
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main([*arguments, "--latest", "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_events_tell_what_the_contracts_answer(market: Market, part: tuple[int, int]) -> None:
    picture = read_picture(market.chain, "latest")
    for token in part:
        account, shown = account_of(market.chain, token), picture.accounts[token]
        assert account is not None
        assert (shown.certified, shown.issued, shown.used, shown.retired, shown.footprint) == (
            account.certified, account.issued, account.used, account.retired, account.footprint,
        )  # fmt: skip
        assert picture.certificates[token].inputs == inputs_of(market.chain, token)
    assert picture.accounts[part[0]].held == {address(market.smelter): 600_000, address(market.customer): 100_000}


def test_a_part_is_traced_to_its_ingots(
    folder: Path, part: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = told(capsys, PARTS, "--dir", str(folder))
    assert (code, document["format"], document["sound"]) == (0, "trace/1", True)
    assert [node["identifier"] for node in document["nodes"]] == [PARTS, INGOTS]
    made = document["nodes"][0]
    assert (made["carried"], made["certified"]) == ("2700000", "2400000")
    assert made["inputs"][0]["quantity"] == "300000"
    assert told(capsys, f"0x{part[1]:064x}", "--dir", str(folder))[1] == document


def test_people_see_the_tree_in_their_language(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([PARTS, "--dir", str(folder), "--latest", "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert "└─ 11.1 %  the process" in english
    assert "88.9 %  300 t  88.118.30001/AL-7" in english
    assert "2 certificates verified." in english
    assert main([PARTS, "--dir", str(folder), "--latest", "--lang", "zh"]) == 0
    assert "2 张证书全部核验通过" in capsys.readouterr().out


def test_a_suspended_upstream_fails_the_trace(
    market: Market, folder: Path, part: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    market.suspended(part[0])
    code, document = told(capsys, PARTS, "--dir", str(folder))
    assert main([PARTS, "--dir", str(folder), "--latest", "--lang", "en"]) == 1
    printed = capsys.readouterr().out
    market.suspended(part[0], ended=True)
    assert (code, document["sound"], document["nodes"][0]["upstream"]) == (1, False, "suspended")
    assert document["nodes"][1]["failed"] == ["status"]
    assert "must not be relied on: a doubt" in printed


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("88.118.20260/NEVER", 1),
        ("0x12", 1),
        ("0xzz", 2),
        ("6901234567892", 2),
        ("nothing", 2),
        ("88.118.20260/../x", 2),
        ("", 2),
    ],
)
def test_what_cannot_be_traced_is_refused_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str], wanted: str, code: int
) -> None:
    assert main([wanted, "--dir", str(folder), "--latest"]) == code
    assert capsys.readouterr().err.startswith("carbon trace: ")


def test_the_bench_s_chain_of_certificates_is_sound(tmp_path: Path) -> None:
    """A short one: the bench traces a thousand."""
    with certified_chain(tmp_path / "chain", 5) as (chain, last):
        assert len(read_picture(chain, "latest").certificates) == 5
        assert last in read_picture(chain, "latest").certificates
