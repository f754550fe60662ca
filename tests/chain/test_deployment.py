"""deployment/1: what is written is read again; everything else is refused by name, with the place."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chain.deployment import REQUIRED, Deployment, Generation, load, parse, save
from ledger.chain.errors import DeploymentFault
from ledger.errors import UnknownFormat
from terminal_signer.errors import CarbonError

SAMPLE = Deployment(
    88_118, b"\x01" * 32, True, (Generation(1, {name: bytes([number]) * 20 for number, name in enumerate(REQUIRED)}),)
)


def changed(**fields: Any) -> bytes:
    return json.dumps(SAMPLE.to_json() | fields).encode()


def test_a_deployment_survives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "deployment.json"
    save(SAMPLE, path)
    assert load(path) == SAMPLE
    assert [entry.name for entry in path.parent.iterdir()] == ["deployment.json"]


def test_the_newest_generation_counts() -> None:
    later = Generation(9, dict(SAMPLE.generations[0].contracts) | {"AnchorLog": b"\x99" * 20})
    deployment = Deployment(1, bytes(32), False, (*SAMPLE.generations, later))
    assert deployment.address("AnchorLog") == b"\x99" * 20
    assert deployment.start == 9
    with pytest.raises(DeploymentFault, match="no contract Nothing"):
        deployment.address("Nothing")


def test_unknown_fields_are_passed_over() -> None:
    assert parse(changed(note="later versions may say more")) == SAMPLE


@pytest.mark.parametrize("form", ["deployment/2", "policy/1", None, 1])
def test_another_format_is_refused_by_name(form: object) -> None:
    with pytest.raises(UnknownFormat):
        parse(changed(format=form))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (changed(chain_id="1"), "'chain_id'"),
        (changed(chain_id=-1), "'chain_id'"),
        (changed(chain_id=True), "'chain_id'"),
        (changed(genesis="01" * 32), "'genesis'"),
        (changed(genesis="0x01"), "'genesis'"),
        (changed(genesis="0x" + "zz" * 32), "'genesis'"),
        (changed(demo="yes"), "'demo'"),
        (changed(generations=[]), "empty"),
        (changed(generations=[1]), "generation 0"),
        (changed(generations=[{"block": 1, "contracts": {}}]), "no address for"),
        (changed(generations=[{"block": 1, "contracts": dict.fromkeys(REQUIRED, "0x00")}]), "20 bytes"),
        (changed(generations=[{"contracts": dict.fromkeys(REQUIRED, "0x" + "00" * 20)}]), "'block'"),
    ],
)
def test_faults_are_named(raw: bytes, words: str) -> None:
    with pytest.raises(DeploymentFault, match=words):
        parse(raw, where="here")


def test_a_missing_file_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(DeploymentFault, match="carbon devnet up"):
        load(tmp_path / "deployment.json")


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_garbage_raises_our_error(raw: bytes) -> None:
    with pytest.raises(CarbonError):
        parse(raw)
