"""`carbon terminal`: what it refuses before and after asking the chain, in two languages, and what it shows."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.contracts import load_abi
from ledger.chain.keyfile import PASSPHRASE, save_key
from ledger.commands.terminal import main
from ledger.commands.terminal_faults import _FAULTS_ZH, REFUSALS
from ledger.commands.terminal_texts import TEXTS
from terminal_signer.enrolment import as_document, make_request
from terminal_signer.keys import EDDSA, SM2, PrivateKey, generate
from tests.chain.stand import ENTERPRISE, HOLDERS, Log, Stand, enrolment_of, new_log, working_folder
from tests.without import without_sm

PREVENTED = {  # by the command or by the request's reader, before the contract could say it
    "TerminalRegistryClass", "TerminalRegistryNoLog", "TerminalRegistryNoReason", "TerminalKeyAlgorithm",
}  # fmt: skip


@pytest.fixture(scope="module")
def log(stand: Stand) -> Log:
    return new_log(stand)


@pytest.fixture
def folder(stand: Stand, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    working_folder(stand, tmp_path, log.id)
    monkeypatch.setenv(PASSPHRASE, HOLDERS)
    monkeypatch.setenv("CARBON_LANG", "en")
    return tmp_path


NUMBERS = count(1)
Said = Callable[..., tuple[int, str]]


@pytest.fixture
def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """The exit code and what was printed on both streams."""

    def run(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main([*words, "--dir", str(folder)])
        shown = capsys.readouterr()
        assert HOLDERS not in shown.out + shown.err
        return code, shown.out + shown.err

    return run


def request(
    stand: Stand, folder: Path, suffix: str, key: PrivateKey | None = None, iss: str = ENTERPRISE, **changes: Any
) -> str:
    deployment, key = stand.deployment, key or generate()
    made = make_request(key, iss, f"{iss}/{suffix}", deployment.chain_id, deployment.address("TerminalRegistry"))
    file = folder / f"request-{next(NUMBERS)}.json"
    file.write_text(json.dumps(as_document(made) | changes))
    return str(file)


def transactions(stand: Stand) -> int:
    count: str = stand.anvil.node.call("eth_getTransactionCount", stand.accounts["enterprise"].address, "latest")
    return int(count, 16)


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({"chain_id": 1}, (), "another chain"),
        ({"registry": "0x" + "11" * 20}, (), "another chain or registry"),
        ({"proof": "0x" + "00" * 64}, (), "proof of possession"),
        ({"sub": f"{ENTERPRISE}/OTHER"}, (), "proof of possession"),
        ({"prev": "0x" + "11" * 32}, (), "rotate, not enrol"),
        ({"kid": "0x" + "11" * 32}, (), "thumbprint"),
        ({"format": "x"}, (), "not a document"),
        ({}, ("--log-id", "0x" + "11" * 32), "no such log"),
        ({}, ("--log-id", "0x11"), "is no log"),
        ({}, ("--calibration-due", "soon"), "no date"),
        ({}, ("--calibration-due", "1969-01-01"), "before 1970"),
        ({}, ("--key-file", "nowhere"), "cannot be read"),
        ({}, ("--deployment", "nowhere"), "no deployment"),
    ],
)
def test_what_nobody_would_honour_is_not_sent(
    stand: Stand, folder: Path, said: Said, changes: dict[str, Any], options: tuple[str, ...], words: str
) -> None:
    """Exit 2, and the chain is left alone."""
    before = transactions(stand)
    code, text = said("enrol", request(stand, folder, "EQ-0001", **changes), "--class", "meter", *options)
    assert (code, transactions(stand)) == (2, before)
    assert words in text


@pytest.mark.parametrize("alg", [EDDSA, SM2])
def test_a_proof_that_the_contract_cannot_check_is_checked_here(
    stand: Stand, folder: Path, said: Said, alg: int
) -> None:
    before = transactions(stand)
    file = request(stand, folder, "EQ-0001", generate(alg), proof="0x" + generate(alg).sign(b"").hex())
    code, text = said("enrol", file, "--class", "meter")
    assert (code, transactions(stand)) == (2, before)
    assert "pass this key over" in text


def test_refusals_of_the_contract_are_said_in_words(stand: Stand, folder: Path, said: Said) -> None:
    """Each with its remedy and the contract's own name behind; exit 1."""
    save_key(folder / "stranger.key", bytes(stand.accounts["verifier"].key))
    file = request(stand, folder, "RF-1")
    code, text = said("enrol", file, "--class", "meter", "--key-file", str(folder / "stranger.key"))
    assert code == 1
    assert "does not hold the enterprise's identifier [TerminalRegistryNotHolder]\n  --key-file" in text
    assert said("enrol", file, "--class", "meter")[0] == 0
    code, text = said("enrol", file, "--class", "meter", "--lang", "zh")
    assert code == 1
    assert "不得再次登记 [TerminalRegistryEnrolled]" in text
    assert said("enrol", request(stand, folder, "RF-2"), "--class", "officer")[0] == 0
    code, text = said("rotate", request(stand, folder, "RF-3"), "--predecessor", f"{ENTERPRISE}/RF-1")
    assert (code, "TerminalRegistryOtherTerminal" in text) == (1, True)
    assert said("revoke", f"{ENTERPRISE}/RF-1", "--reason", "lost")[0] == 0
    listed = json.loads(said("list", "--sub", f"{ENTERPRISE}/RF-1", "--json")[1])["terminals"]
    code, text = said("revoke", listed[0]["id"], "--reason", "lost")
    assert (code, "was revoked before" in text) == (1, True)
    code, text = said("rotate", request(stand, folder, "RF-1"), "--predecessor", listed[0]["kid"])
    assert (code, "has ended already" in text) == (1, True)


def test_a_strangers_prefix(stand: Stand, folder: Path, said: Said) -> None:
    code, text = said("enrol", request(stand, folder, "EQ-1", iss="88.118.7777"), "--class", "meter")
    assert (code, "TerminalRegistryNotHolder" in text) == (1, True)
    code, text = said("enrol", request(stand, folder, "EQ-2", iss="88.118.ABC"), "--class", "meter")
    assert (code, "IdentifierPathLabel" in text) == (1, True)


def test_a_key_is_named_by_terminal_id_kid_or_beginning(stand: Stand, folder: Path, said: Said) -> None:
    sub = f"{ENTERPRISE}/NM-1"
    assert said("revoke", sub, "--reason", "lost")[0] == 2
    assert said("revoke", "0x1234", "--reason", "lost")[0] == 2
    assert said("revoke", "0x" + "12" * 32, "--reason", "lost")[0] == 2
    done = [json.loads(said("enrol", request(stand, folder, "NM-1"), "--class", "meter", "--json")[1]) for _ in "ab"]
    code, text = said("revoke", sub, "--reason", "lost")
    assert (code, "names several keys" in text) == (2, True)
    assert said("revoke", done[0]["kid"][:12], "--reason", "lost")[0] == 0
    code, text = said("revoke", sub, "--reason", "retired", "--json")
    assert (code, json.loads(text)["id"]) == (0, done[1]["id"])
    listed = json.loads(said("list", "--sub", sub, "--json")[1])["terminals"]
    assert {entry["id"]: entry["reason"] for entry in listed} == {done[0]["id"]: 2, done[1]["id"]: 4}


def test_a_rotation_keeps_what_is_left_open(stand: Stand, folder: Path, log: Log, said: Said) -> None:
    other = new_log(stand)
    first = request(stand, folder, "RT-1")
    order = ("--class", "laboratory", "--calibration-due", "2030-01-01", "--log-id", f"0x{other.id.hex()}", "--json")
    old = json.loads(said("enrol", first, *order)[1])
    assert (old["calibration_due"], old["class"]) == (1_893_456_000, "laboratory")
    last = "0x" + "22" * 32
    unclear = request(stand, folder, "RT-1", prev=None)
    assert said("rotate", unclear)[0] == 2
    assert said("rotate", unclear, "--last-digest", "0x22")[0] == 2
    contradicted = request(stand, folder, "RT-1", prev="0x" + "33" * 32)
    code, text = said("rotate", contradicted, "--last-digest", last)
    assert (code, "names another frame" in text) == (2, True)
    new = json.loads(said("rotate", unclear, "--last-digest", last, "--json")[1])
    assert {name: new[name] for name in ("class", "log_id", "calibration_due", "replaced", "last_digest")} == {
        "class": "laboratory", "log_id": old["log_id"], "calibration_due": old["calibration_due"],
        "replaced": old["kid"], "last_digest": last,
    }  # fmt: skip
    order = ("--calibration-due", "none", "--log-id", f"0x{log.id.hex()}", "--last-digest", "none", "--json")
    newest = json.loads(said("rotate", request(stand, folder, "RT-1"), *order)[1])
    assert (newest["calibration_due"], newest["log_id"]) == (None, f"0x{log.id.hex()}")


def test_what_people_see(stand: Stand, folder: Path, log: Log, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every standing in both languages, in 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    iss = ("--iss", ENTERPRISE)
    shown = said(
        "enrol", request(stand, folder, "SEE-1", generate(SM2)), "--class", "meter", "--calibration-due", "2017-01-01"
    )
    assert shown[0] == 0
    assert "enrolled: 88.118.20260/SEE-1, meter, SM2" in shown[1]
    assert "2017-01-01 00:00:00 UTC" in shown[1]
    void = generate(EDDSA)
    entry = enrolment_of(f"{ENTERPRISE}/SEE-2", void, log.id)
    stand.chain.send(stand.accounts["enterprise"], "TerminalRegistry", "enrol", entry, bytes(64))
    said("enrol", request(stand, folder, "SEE-3", generate(EDDSA)), "--class", "verifier")
    assert (
        "revoked: 88.118.20260/SEE-3, verifier, EdDSA (other)"
        in said("revoke", f"{ENTERPRISE}/SEE-3", "--reason", "other")[1]
    )
    said("enrol", request(stand, folder, "SEE-4"), "--class", "officer")
    said("rotate", request(stand, folder, "SEE-4"))
    for language, words in (
        ("en", ("calibration overdue", "void: proof fails", "revoked: other", "rotated out", "in force", "officer")),
        ("zh", ("检定过期", "无效：持有证明不成立", "已吊销：其他", "已更换", "有效", "填报人")),
    ):
        code, text = said("list", *iss, "--lang", language)
        assert code == 0
        assert all(word in text for word in words)
        assert all(len(line) <= 80 for line in text.splitlines()), text
    assert "no key is enrolled here" in said("list", "--iss", "88.118.1")[1]
    without_sm(monkeypatch)
    code, text = said("list", *iss)
    assert (code, "unsupported here" in text, "carbon-ledger[sm]" in text) == (0, True, True)


def test_what_is_marked_after_a_rotation_keeps_its_end(stand: Stand, folder: Path, said: Said) -> None:
    old = json.loads(said("enrol", request(stand, folder, "MK-1"), "--class", "meter", "--json")[1])
    new = json.loads(said("rotate", request(stand, folder, "MK-1"), "--json")[1])
    stand.anvil.set_time(stand.chain.now() + 100)
    code, text = said("revoke", old["id"], "--reason", "stolen")
    assert (code, "revoked     block" in text) == (0, True)
    listed = json.loads(said("list", "--sub", f"{ENTERPRISE}/MK-1", "--json")[1])["terminals"]
    assert [(entry["standing"], entry["until"]) for entry in listed] == [("revoked", new["time"]), ("in-force", None)]


def test_a_request_from_standard_input(stand: Stand, folder: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(request(stand, folder, "IN-1"))
    with path.open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert said("enrol", "-", "--class", "meter")[0] == 0


def test_a_chain_that_is_away_or_another(stand: Stand, folder: Path, said: Said) -> None:
    assert said("list", "--rpc", "http://127.0.0.1:9")[0] == 1
    document = json.loads((folder / "deployment.json").read_text()) | {"genesis": "0x" + "11" * 32}
    (folder / "deployment.json").write_text(json.dumps(document))
    code, text = said("list")
    assert (code, "another chain" in text) == (1, True)


def test_texts_and_refusals_are_complete() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()
    errors = {item["name"] for item in load_abi("TerminalRegistry") if item["type"] == "error"}
    assert {name for name in errors if name.startswith(("Terminal", "IdentifierPath"))} == REFUSALS.keys() | PREVENTED
    for pair in REFUSALS.values():
        assert all(said and mend for said, mend in pair.values())
        assert pair.keys() == {"en", "zh"}
    assert all(_FAULTS_ZH.values())
