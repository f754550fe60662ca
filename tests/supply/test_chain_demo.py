"""`carbon demo --chain` with a day for each enterprise: real readings, gateways, contracts; every step of it, once."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from devnet.anvil import Anvil
from devnet.binaries import AnvilMissing, find_anvil
from devnet.demo import stage
from devnet.demo.command import main
from devnet.demo.screen import Screen
from devnet.supply import makers
from devnet.supply.attempts import ATTEMPTS
from devnet.supply.lending import ROWS, fetch_words
from devnet.supply.makers import AIR_FILTER, INGOT, OIL_FILTER, SEDAN
from devnet.supply.report import Report
from devnet.supply.run import run
from devnet.supply.show import show
from ledger.canonical import exact_number
from ledger.evidence.bundle import read_bundle
from ledger.language import LANGUAGES
from ledger.resolution.names import printed_link
from ledger.store.aliases import aliases_of
from ledger.store.database import open_store
from ledger.upstream import Input, upstream_root


@dataclass(frozen=True)
class Played:
    folder: Path
    report: Report
    document: dict[str, Any]

    def certificate(self, identifier: str) -> dict[str, Any]:
        return next(one for one in self.document["certificates"] if one["identifier"] == identifier)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    try:
        find_anvil()
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("supply") / "chain"
    smelting = makers.smelter(1)
    stage.clear(folder)
    with stage.chain_of(folder, smelting) as anvil:
        report = run(folder, anvil, smelting, Screen("en", Console(stderr=True, quiet=True)), 1)
    return Played(folder, report, json.loads(json.dumps(report.to_json())))


def test_everything_is_verified_and_every_attempt_is_answered(played: Played) -> None:
    """INV-12, INV-13, INV-14, INV-24: by the contracts' own reasons."""
    assert played.report.sound
    assert [one["verified"] for one in played.document["certificates"]] == [True] * 4
    answers = {one["name"]: one["by"] for one in played.document["attempts"]}
    assert answers == {attempt.name: attempt.answer for attempt in ATTEMPTS}


def test_a_bank_recomputes_what_it_was_granted_and_nobody_else_reads_it(played: Played) -> None:
    """INV-20, over the car maker's own gateway; what it shows of the bank is in its log."""
    answers = {one["name"]: one["by"] for one in played.document["readers"]}
    assert answers == {name: expected for name, (expected, _, _) in ROWS.items()}
    for bundle in ("car/sedan.bundle", "bank/sedan.bundle"):
        assert read_bundle((played.folder / bundle).read_bytes()).statement.identifier == SEDAN
    assert not (played.folder / "bank" / "former-lender.bundle").exists()


def test_a_car_rests_on_certified_and_other_material(played: Played) -> None:
    """INV-17: apart, and all of it."""
    car = played.certificate(SEDAN)
    parts = {name: exact_number(value) for name, value in car["parts"].items()}
    assert all(parts.values())
    carried = int(car["value"]) * int(car["quantity"])
    assert sum(parts.values()) * 10**9 <= carried < (sum(parts.values()) + 1) * 10**9
    tokens = {played.certificate(name)["token"] for name in (INGOT, OIL_FILTER, AIR_FILTER)}
    assert {part["account"] for part in car["inputs"]} == tokens
    assert played.certificate(AIR_FILTER)["inputs"] == []


def test_every_product_has_a_digital_link(played: Played) -> None:
    """Of GTIN and batch, by which the label of its certificate leads to it."""
    for name, folder in ((INGOT, "smelter"), (OIL_FILTER, "filters"), (AIR_FILTER, "filters"), (SEDAN, "car")):
        engine = open_store(f"sqlite:///{played.folder / folder / 'ledger.db'}")
        names = [one.alias for one in aliases_of(engine, name)]
        engine.dispose()
        item, batch = makers.TRADE_ITEMS[name]
        link = printed_link(names)
        assert link is not None
        assert link.path == f"{item}/10/{batch}"


def test_what_was_delivered_is_what_was_used(played: Played) -> None:
    """INV-14: nothing is counted twice along the chain."""
    used: dict[str, int] = {}
    for one in played.document["certificates"]:
        for part in one["inputs"]:
            used[part["account"]] = used.get(part["account"], 0) + int(part["quantity"])
    delivered: dict[str, int] = {}
    for delivery in played.document["deliveries"]:
        token = played.certificate(delivery["identifier"])["token"]
        delivered[token] = delivered.get(token, 0) + int(delivery["quantity"])
    assert used == delivered
    accounts = {node["token"]: node["account"] for node in played.document["trace"]["nodes"]}
    assert {token: int(accounts[token]["used"]) for token in used} == used


def test_a_bundle_commits_to_what_was_burned(played: Played) -> None:
    statement = read_bundle((played.folder / "car" / "sedan.bundle").read_bytes()).statement
    car = played.certificate(SEDAN)
    inputs = [Input(int(part["account"], 16), int(part["quantity"])) for part in car["inputs"]]
    assert (statement.kind, statement.upstream_root) == (3, upstream_root(inputs))
    assert (str(statement.footprint), str(statement.quantity)) == (car["value"], car["quantity"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_see_all_of_it_in_eighty_columns(played: Played, language: Any) -> None:
    out = Console(file=StringIO(), width=80, color_system=None)
    show(played.report, language, out, commands=["carbon trace"])
    printed = out.file.getvalue()  # type: ignore[attr-defined]
    assert "…" not in printed
    for attempt in ATTEMPTS:
        assert attempt.title[language].split()[0] in printed
    for identifier in (INGOT, OIL_FILTER, AIR_FILTER, SEDAN):
        assert identifier in printed


def test_the_tree_can_be_looked_at_again(played: Played) -> None:
    """With the commands that the demo prints: the chain comes back, a process of its own traces the car."""
    chain = Anvil(played.folder / "devnet")
    chain.start()
    try:
        command = [sys.executable, "-m", "ledger", "trace", SEDAN, "--dir", str(played.folder / "car")]
        done = subprocess.run(
            [*command, "--rpc", chain.url, "--latest", "--json"], capture_output=True, timeout=120, check=False
        )
    finally:
        chain.stop()
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["nodes"][0]["identifier"] == SEDAN
    assert told["nodes"][0]["stated_parts"] == played.certificate(SEDAN)["parts"]
    assert len(told["nodes"]) == 4


def test_the_bank_can_fetch_again(played: Played) -> None:
    """With the commands that the demo prints, as long as the grant lasts."""
    chain, car = Anvil(played.folder / "devnet"), played.folder / "car"
    again = played.folder / "again"
    again.mkdir()
    shutil.copy(played.folder / "bank" / "bank.secret", again)
    chain.start()
    serving = subprocess.Popen([sys.executable, "-m", "ledger", "serve", "--dir", str(car)], stderr=subprocess.DEVNULL)
    try:
        words = [sys.executable, "-m", "ledger", *fetch_words(car, again, chain.url), "--json"]
        for _ in range(60):
            done = subprocess.run(words, capture_output=True, timeout=120, check=False)
            if b"no answer" not in done.stderr:
                break
            time.sleep(0.5)
    finally:
        serving.terminate()
        serving.wait()
        chain.stop()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verified"]


def test_days_are_few(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in ("0", "21", "x"):
        with pytest.raises(SystemExit) as ended:
            main(["--chain", "--days", wrong])
        assert ended.value.code == 2
    with pytest.raises(SystemExit):
        main(["--chain", "--serve"])
    capsys.readouterr()
