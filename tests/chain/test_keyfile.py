"""Account keys: encrypted or plain, for their owner's eyes only, and never in an error."""

import json
from pathlib import Path

import pytest
from eth_account import Account

from ledger.chain.errors import KeyFileFault
from ledger.chain.keyfile import PASSPHRASE, load_account, save_key

SECRET = bytes(range(1, 33))


def test_a_plain_key_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a.key"
    save_key(path, SECRET)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert bytes(load_account(path).key) == SECRET
    with pytest.raises(KeyFileFault, match="already here"):
        save_key(path, SECRET)


def test_a_keystore_opens_with_its_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(Account.encrypt(SECRET, "right", kdf="pbkdf2", iterations=2)))
    with pytest.raises(KeyFileFault, match=PASSPHRASE):
        load_account(path)
    monkeypatch.setenv(PASSPHRASE, "wrong")
    with pytest.raises(KeyFileFault, match="does not open"):
        load_account(path)
    monkeypatch.setenv(PASSPHRASE, "right")
    assert bytes(load_account(path).key) == SECRET


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.key"
    save_key(path, SECRET)
    path.chmod(mode)
    with pytest.raises(KeyFileFault, match="chmod 600"):
        load_account(path)


@pytest.mark.parametrize(
    "text", ["", "00", "00" * 32, "ff" * 32, "zz" * 32, "{}", "{", '{"version": 3}', "01" * 33, "é"]
)
def test_what_is_no_key_is_refused_without_being_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv(PASSPHRASE, "x")
    path = tmp_path / "a.key"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KeyFileFault) as caught:
        load_account(path)
    assert len(text) < 4 or text not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileFault, match="cannot be read"):
        load_account(tmp_path / "none.key")
