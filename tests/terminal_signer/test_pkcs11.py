"""A terminal's key in a token, against SoftHSM: the whole way of the command, and each failure by its name."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from terminal_signer import pkcs11
from terminal_signer.build import build
from terminal_signer.cli import main
from terminal_signer.frame import Header, parse, verify
from terminal_signer.keys import EDDSA, ES256, P256_HALF_ORDER, SM2, KeyFault, PublicKey, low_s, possession_message
from terminal_signer.pkcs11 import TokenPlace
from terminal_signer.place import PASSPHRASE, open_place
from tests.terminal_signer.fakes import CHAIN_ID, CONTRACT, LOG_ID, Ledger, ledger_server

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
PIN = "246813"
ISS, SUB = "88.118.20260", "88.118.20260/EQ-0001"
REGISTRY = "0x" + "11" * 20
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenPlace]:
    """A token of its own; the module reads its configuration once in a process."""
    module = next((path for path in MODULES if Path(path).is_file()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("softhsm is missing: install Debian's softhsm2")
    pytest.importorskip("pkcs11", reason="softhsm needs python-pkcs11: pip install 'carbon-ledger[pkcs11]'")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        order = ["softhsm2-util", "--init-token", "--free", "--label", "meter", "--pin", PIN, "--so-pin", "135792"]
        subprocess.run(order, check=True, capture_output=True)
        yield TokenPlace(module, "meter", "one")
        pkcs11._sessions.clear()


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARBON_LANG", "en")
    monkeypatch.setenv(PASSPHRASE, PIN)
    monkeypatch.chdir(tmp_path)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == code
    shown = capsys.readouterr()
    assert PIN not in shown.out + shown.err
    return json.loads(shown.out)


def init(place: TokenPlace, *more: str) -> list[str]:
    words = ["init", "--iss", ISS, "--sub", SUB, "--pkcs11-module", place.module, "--token", place.token]
    return [*words, *more]


@pytest.mark.parametrize(("name", "alg"), [("ES256", ES256), ("EdDSA", EDDSA)])
def test_the_whole_way(token: TokenPlace, typed: None, capsys: pytest.CaptureFixture[str], name: str, alg: int) -> None:
    made = answer(capsys, *init(token, "--key-label", f"way {name}", "--alg", name))
    place = open_place(Path("terminal"))
    assert (place.public.alg, "0x" + place.public.thumbprint().hex()) == (alg, made["kid"])
    assert not Path("terminal/key.pem").exists()
    request = answer(capsys, "enrol-request", "--chain-id", "31337", "--registry", REGISTRY)
    message = possession_message(31337, bytes.fromhex(REGISTRY[2:]), ISS, SUB, place.public.thumbprint())
    assert place.public.verify(bytes.fromhex(request["proof"][2:]), message)
    ledger = Ledger(keys={place.public.thumbprint(): place.public})
    with ledger_server(ledger) as address:
        words = ["connect", "--gateway", address, "--rpc", address + "/rpc", "--chain-id", str(CHAIN_ID)]
        words += ["--contract", "0x" + CONTRACT.hex(), "--log-id", "0x" + LOG_ID.hex()]
        answer(capsys, *words, "--promise-key", ledger.promise_key.public.raw.hex())
        rows = "".join(f"2024-01-01 {hour:02}:00,{hour}.5\n" for hour in range(1, 6))
        Path("meter.csv").write_text("when,gas\n" + rows)
        Path("layout.toml").write_text(LAYOUT)
        assert answer(capsys, "sign", "meter.csv", "--layout", "layout.toml")["readings"] == 5
        answer(capsys, "heartbeat")
        signed = ledger_frames = answer(capsys, "status")["frames"]["stored"]
        assert answer(capsys, "send")["logged"] == signed
        ledger.anchor(1735689600)
        assert answer(capsys, "collect")["released"] == ledger_frames
    for raw in ledger.frames:
        verify(parse(raw), place.public)
    assert all(PIN.encode() not in path.read_bytes() for path in Path("terminal").iterdir())


LAYOUT = """
timestamp = "when"
time_format = "%Y-%m-%d %H:%M"
offset = "+08:00"
end_of_day = "as-written"
interval = 3600
[columns]
"gas" = { point = "EQ-0001/gas", unit = "m3{n}" }
"""


def test_the_token_signs_in_the_low_half_and_keeps_its_secret(token: TokenPlace) -> None:
    place = replace(token, key="low")
    key = pkcs11.create(place, PIN.encode())
    header = Header(ISS, SUB, 1735689600, 0, bytes(32))
    for number in range(40):
        frame = parse(build(key, replace(header, seq=number), b"\xa0"))
        assert int.from_bytes(frame.signature[32:], "big") <= P256_HALF_ORDER
        verify(frame, key.public)
    attribute = pkcs11._library().Attribute
    with pytest.raises(pkcs11._library().AttributeSensitive):
        key._private[attribute.VALUE]
    assert (key._private[attribute.SENSITIVE], key._private[attribute.EXTRACTABLE]) == (True, False)
    assert pkcs11.find(place, PIN.encode()).public == key.public
    assert PIN not in repr(key)


def test_the_low_half_keeps_the_signature_valid() -> None:
    low = hashlib.sha256(b"r").digest() + (5).to_bytes(32, "big")
    high = low[:32] + (2 * P256_HALF_ORDER + 1 - 5).to_bytes(32, "big")
    assert low_s(high) == low_s(low) == low


def test_a_key_of_the_token_is_taken_only_when_asked(
    token: TokenPlace, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """INV-04: a key that signs in two folders would sign a number twice."""
    place = replace(token, key="taken")
    public = pkcs11.create(place, PIN.encode()).public
    refused = answer(capsys, *init(place, "--key-label", "taken"), code=2)["error"]
    assert (refused["code"], "--existing-key" in refused["mend"]) == ("key", True)
    assert not Path("terminal/terminal.json").exists()
    answer(capsys, *init(place, "--key-label", "taken", "--existing-key"))
    assert open_place(Path("terminal")).public == public
    assert answer(capsys, *init(place, "--key-label", "other"), code=2)["error"]["code"] == "terminal"
    with pytest.raises(KeyFault, match="no such key"):
        pkcs11.find(replace(token, key="other"), PIN.encode())


def test_another_key_under_the_label_is_noticed(
    token: TokenPlace, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, *init(token, "--key-label", "exchanged"))
    pkcs11.create(replace(token, key="another"), PIN.encode())
    file = Path("terminal/terminal.json")
    file.write_text(file.read_text().replace('"exchanged"', '"another"'))
    assert answer(capsys, "heartbeat", code=2)["error"]["code"] == "terminal"


FAILURES = [
    ({"module": "/nowhere/module.so"}, PIN, "module"),
    ({"module": sys.executable}, PIN, "module"),
    ({"token": "absent"}, PIN, "token"),
    ({"key": "absent"}, PIN, "key-missing"),
    ({}, "000000", "pin"),
    ({}, "1", "pin"),
]


@pytest.mark.parametrize(("change", "pin", "code"), FAILURES)
def test_failures_have_names(token: TokenPlace, change: dict[str, str], pin: str, code: str) -> None:
    """In a process of its own, where nobody is logged in yet."""
    place = replace(token, **change)
    program = (
        "from terminal_signer import pkcs11\nfrom terminal_signer.errors import CarbonError\n"
        f"try:\n    pkcs11.find(pkcs11.{place!r}, {pin.encode()!r})\n"
        "except CarbonError as error:\n    print(error.code, error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False
    )  # fmt: skip
    assert done.stdout.split(" ")[0] == code, done.stderr
    assert pin == "1" or pin not in done.stdout + done.stderr


def test_a_second_login_needs_the_pin_too(token: TokenPlace) -> None:
    pkcs11.create(replace(token, key="twice"), PIN.encode())
    with pytest.raises(KeyFault, match="refused the PIN"):
        pkcs11.find(replace(token, key="twice"), b"000000")


def test_a_token_makes_no_key_that_it_cannot(token: TokenPlace) -> None:
    with pytest.raises(KeyFault) as caught:
        pkcs11.create(replace(token, key="sm2"), PIN.encode(), SM2)
    assert caught.value.code == "algorithm"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(KeyFault, match=r"carbon-ledger\[pkcs11\]"):
        pkcs11.find(TokenPlace("module", "token", "key"), b"1")


@pytest.mark.parametrize(
    "arguments", [["--token", "t"], ["--pkcs11-module", "m"], ["--key-label", "k"], ["--existing-key"]]
)
def test_half_a_token_is_wrong_usage(typed: None, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert answer(capsys, "init", "--iss", ISS, "--sub", SUB, *arguments, code=2)["error"]["code"] == "terminal"


@pytest.mark.parametrize("token_json", ["5", "{}", '{"module": "", "token": "t", "key": "k"}'])
def test_a_folder_with_a_token_that_is_none(
    tmp_path: Path, token_json: str, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    public = PublicKey(ES256, bytes(64))
    document = {"format": "terminal/1", "iss": ISS, "sub": SUB, "alg": ES256, "public_key": public.raw.hex()}
    Path("terminal").mkdir()
    Path("terminal/terminal.json").write_text(json.dumps({**document, "token": json.loads(token_json)}))
    assert answer(capsys, "status", code=2)["error"]["code"] == "terminal"
