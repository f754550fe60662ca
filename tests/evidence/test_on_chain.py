"""The whole verifier against a real chain: what the contracts hold, asked over JSON-RPC, and the command as typed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest

from devnet.binaries import AnvilMissing, find_anvil
from devnet.tampers import TAMPERS, Tamper
from ledger.commands.verify import main
from ledger.evidence.verify import verify
from terminal_signer.chain import ChainFault
from tests.evidence.stage import Site, staged
from tests.setup.sample import policy_json

NOW = 1_700_000_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    try:
        find_anvil()
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("verify")
    with staged(folder) as site:
        yield site


def run(site: Site, bundle: Path, policy: Path | None = None) -> tuple[int, dict[str, Any]]:
    """The command in a fresh process, from elsewhere."""
    arguments = [str(bundle), "--policy", str(policy or site.policy), "--rpc", site.anvil.url, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "ledger", "verify", *arguments], capture_output=True, check=False, cwd=bundle.parent
    )
    assert done.stderr == b"", done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


def test_not_yet_final(site: Site) -> None:
    """INV-10: mined is not enough; the order of the tests leaves the mint unfinal here."""
    code, answer = run(site, site.bundle)
    assert code == 3
    assert "certificate-not-final" in [finding["code"] for finding in answer["policy"]]
    assert answer["failed"] is None
    site.anvil.finalize()


def test_the_digest_is_the_contracts(site: Site) -> None:
    statement = site.case.bundle.statement
    chain = site.case.world.chain  # type: ignore[attr-defined]
    assert chain.call("CertificateRegistry", "digest", astuple(statement)) == statement.digest(
        site.case.policy.domain()
    )


def test_verified_from_the_chain_alone(site: Site) -> None:
    code, answer = run(site, site.bundle)
    assert (code, answer["verified"], answer["failed"]) == (0, True, None)
    assert {claim["state"] for claim in answer["claims"]} == {"verified"}
    assert answer["as_of"]["chain_id"] == site.case.policy.chain_id


@pytest.mark.parametrize("name", ["reading", "end-cut-off", "history", "key"])
def test_forgeries_through_the_command(site: Site, name: str) -> None:
    """INV-01, INV-02, INV-07, INV-19"""
    tamper = next(tamper for tamper in TAMPERS if tamper.name == name)
    copy = site.bundle.with_name("copy.bundle")
    copy.write_bytes(tamper.forge(site.bundle.read_bytes()))
    code, answer = run(site, copy)
    assert (code, answer["failed"]) == (1, tamper.claim)


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.name)
def test_forgeries_against_the_contracts(site: Site, tamper: Tamper) -> None:
    bundle = tamper.alter(site.case.bundle)
    report = verify(bundle, site.case.policy, site.facts(bundle), NOW)
    assert (report.failed, report.exit_code) == (tamper.claim, 1)


def test_another_chain_is_not_asked(site: Site) -> None:
    """INV-19"""
    facts = site.facts(site.case.bundle, replace(site.case.policy, genesis=b"\x22" * 32))
    assert facts.terminals is None
    assert facts.block == 0


def test_wrong_addresses_and_no_node(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A policy that names an address without code, and a node that is down: exit 3, nothing verified."""
    contracts = {**site.case.policy.contracts, "AnchorLog": b"\x99" * 20}
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(policy_json(replace(site.case.policy, contracts=contracts))))
    assert main([str(site.bundle), "--policy", str(wrong), "--rpc", site.anvil.url]) == 3
    assert main([str(site.bundle), "--policy", str(site.policy), "--rpc", "http://127.0.0.1:9"]) == 3
    assert main([str(site.bundle), "--policy", str(site.policy), "--rpc", "file:///etc/passwd"]) == 3
    assert "✓" not in capsys.readouterr().out


def test_confirmations_in_place_of_a_tag(site: Site) -> None:
    policy = replace(site.case.policy, finality=2)
    assert verify(site.case.bundle, policy, site.facts(site.case.bundle, policy), NOW).exit_code == 0
    deep = replace(site.case.policy, finality=1_000_000)
    with pytest.raises(ChainFault, match="does not answer"):  # as of the first block there are no contracts
        site.facts(site.case.bundle, deep)


def test_lines_for_people(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    for language, verdict in (("en", "VERIFIED"), ("zh", "验证通过")):
        assert main([str(site.bundle), "--policy", str(site.policy), "--rpc", site.anvil.url, "--lang", language]) == 0
        out = capsys.readouterr().out
        assert out.count("✓") == 11
        assert verdict in out
        assert "\x1b" not in out


def test_malformed_input(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-18"""
    broken = tmp_path / "broken.bundle"
    broken.write_bytes(site.bundle.read_bytes()[:5000])
    for bundle, policy in ((broken, site.policy), (site.bundle, broken), (tmp_path / "none", site.policy)):
        assert main([str(bundle), "--policy", str(policy), "--rpc", site.anvil.url]) == 2
        assert "✗" in capsys.readouterr().out
    assert main([str(broken), "--policy", str(site.policy), "--rpc", site.anvil.url, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "malformed"
