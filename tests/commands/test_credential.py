"""`carbon credential`: offline checking of every form, partial disclosure, fetching from a gateway, new keys."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.issuer import open_issuer
from ledger.access.client import new_client
from ledger.commands.credential import main
from ledger.credentials.key_forms import thumbprint
from ledger.credentials.verify import Verdict
from ledger.store.clients import put_client
from tests.credentials.envelopes import ENVELOPES, lists, sd_jwt
from tests.credentials.issuers import PUBLIC_URL, issuer
from tests.credentials.samples import NOW, SECRET_FIGURES
from tests.gateway.live import free_socket, serving
from tests.gateway.meters import Meter, open_gateway
from tests.gateway.samples import GRADED
from tests.gateway.test_credentials import certificate, show
from tests.gateway.test_followed import NOW as MACHINE_NOW

AT = "2019-01-09T02:30:00Z"  # NOW
SECRET = "correct horse"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "did.json").write_text(json.dumps(issuer().document(PUBLIC_URL, NOW)))
    for name, data in zip(("revocation", "suspension", "status"), lists(), strict=True):
        (tmp_path / name).write_bytes(data)
    for name, make in ENVELOPES.items():
        (tmp_path / name.replace("+", "-")).write_bytes(make())
    return tmp_path


def checked(folder: Path, name: str, *more: str, lists: bool = True) -> int:
    status = ["--status", *(str(folder / one) for one in ("revocation", "suspension", "status"))] if lists else []
    return main(["verify", str(folder / name), "--issuer", str(folder / "did.json"), "--at", AT, *status, *more])


@pytest.mark.parametrize("name", [name.replace("+", "-") for name in ENVELOPES])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_form_is_checked_offline(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, language: str
) -> None:
    assert checked(folder, name, "--lang", language) == 0
    out = capsys.readouterr().out
    assert out.startswith("有效：" if language == "zh" else "Valid: ")
    assert GRADED in out


def test_what_was_disclosed_is_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    partial = folder / "partial"
    arguments = ["present", str(folder / "dc-sd-jwt"), "--disclose", "total_emissions,activity.natural_gas,products"]
    assert main([*arguments, "--out", str(partial)]) == 0
    capsys.readouterr()
    assert checked(folder, "partial", "--lang", "en") == 0
    out = capsys.readouterr().out
    for expected in (
        "Total emissions",
        "41230.55 tCO2e",
        "Activity data: natural_gas",
        "Products: h-beam",
        "H-beam  0.506",
    ):
        assert expected in out
    assert not {"12345678.9", "21322.5", "Furnace hall"} & {word for word in SECRET_FIGURES if word in out}
    assert checked(folder, "partial", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document["disclosed"]) == {"total_emissions", "activity.natural_gas", "products.h-beam"}
    assert (document["verified"], document["verdict"], document["form"]) == (True, "valid", "dc+sd-jwt")
    assert main(["show", str(folder / "partial"), "--lang", "zh"]) == 0
    assert "未验证" in capsys.readouterr().out


def test_nothing_disclosed_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bare").write_text(sd_jwt().token + "~\n")
    assert checked(folder, "bare", "--lang", "en") == 0
    out = capsys.readouterr().out
    assert "discloses no figure" in out
    assert "digests stand for what is not disclosed" in out


@pytest.mark.parametrize(
    ("revoked", "suspended", "at", "verdict"),
    [(True, False, AT, Verdict.REVOKED), (False, True, AT, Verdict.SUSPENDED), (False, False, "2022-01-01", "expired"),
     (False, False, "2018-01-01", "not-yet-valid")],
)  # fmt: skip
def test_what_does_not_hold_now_is_3(
    folder: Path, capsys: pytest.CaptureFixture[str], revoked: bool, suspended: bool, at: str, verdict: str
) -> None:
    for name, data in zip(("revocation", "suspension", "status"), lists(revoked, suspended), strict=True):
        (folder / name).write_bytes(data)
    assert checked(folder, "vc", "--at", at, "--json") == 3
    document = json.loads(capsys.readouterr().out)
    assert (document["verified"], document["verdict"], document["exit_code"]) == (False, verdict, 3)


def test_without_lists_it_is_not_called_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(folder, "vc", "--lang", "en", lists=False) == 3
    assert "status was not checked" in capsys.readouterr().out
    assert checked(folder, "vc", "--status", "none", "--lang", "en", lists=False) == 0
    assert "status was not checked" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["vc", "vc-jwt", "dc-sd-jwt"])
def test_a_changed_credential_is_1_and_garbage_is_2(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    data = (folder / name).read_bytes()
    changed = data.replace(b'"grade": 2', b'"grade": 1') if name == "vc" else data[:400] + data[400:].swapcase()
    (folder / name).write_bytes(changed)
    assert checked(folder, name) in (1, 2)
    for garbage in (b"", b"{", b"a.b.c", b"a.b.c~", b"\xff\xfe", b"{}"):
        (folder / name).write_bytes(garbage)
        assert checked(folder, name) == 2
    assert "carbon credential:" in capsys.readouterr().err


def test_another_issuer_is_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-19"""
    other = {**issuer().document(PUBLIC_URL, NOW), "id": "did:web:other.example"}
    (folder / "did.json").write_text(json.dumps(other))
    assert checked(folder, "vc", lists=False) == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    "arguments",
    [["verify", "none", "--issuer", "none"], ["present", "vc", "--disclose", "x"], ["export", "99/x"],
     ["export", GRADED, "--gateway", "ftp://x"], ["export", GRADED, "--client", "x"], ["export", GRADED, "--kit"]],
)  # fmt: skip
def test_wrong_use_is_2(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(folder)
    assert main(arguments) in (1, 2)
    assert "carbon credential:" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_in_both_languages(capsys: pytest.CaptureFixture[str], language: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help", "--lang", language])
    assert ended.value.code == 0
    assert ("退出码" if language == "zh" else "exit code") in capsys.readouterr().out


def test_a_new_key_and_the_old_one_until(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gateway.toml").write_text(
        f'log_id = "0x{"0a" * 32}"\npublic_url = "{PUBLIC_URL}"\nissuer_passphrase_file = "secret"\n'
    )
    (tmp_path / "secret").write_text(SECRET)
    before = open_issuer(tmp_path / "keys" / "issuer", SECRET.encode(), PUBLIC_URL)
    assert main(["rotate", "p256", "--dir", str(tmp_path), "--until", "2030-01-01", "--lang", "en"]) == 0
    after = open_issuer(tmp_path / "keys" / "issuer", SECRET.encode(), PUBLIC_URL)
    assert thumbprint(after.jwks["p256"]) != thumbprint(before.jwks["p256"])
    out = capsys.readouterr().out
    assert after.key_id("p256") in out
    assert "2030-01-01" in out
    assert [thumbprint(key.jwk) for key in after.retired] == [thumbprint(before.jwks["p256"])]
    assert main(["rotate", "p256", "--dir", str(tmp_path), "--leaked"]) == 0
    assert main(["rotate", "p256", "--dir", str(tmp_path), "--until", "2019-01-01", "--lang", "en"]) == 2
    assert "what the old key signed is valid until" in capsys.readouterr().err
    assert len(open_issuer(tmp_path / "keys" / "issuer", SECRET.encode(), PUBLIC_URL).retired) == 1
    (tmp_path / "secret").write_text("")
    assert main(["rotate", "p256", "--dir", str(tmp_path)]) == 2
    assert SECRET not in capsys.readouterr().out


def test_a_new_key_says_until_when_the_old_one_is_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As long as the certificate whose credentials it signed, which the gateway's own database knows."""
    gateway, ends = open_gateway(tmp_path, Meter(), issuer=issuer()), int(time.time()) + 90 * 86_400
    show(gateway, certificate(valid_until=ends))
    gateway.ingest.close()
    gateway.engine.dispose()
    (tmp_path / "gateway.toml").write_text(
        f'log_id = "0x{"0a" * 32}"\npublic_url = "{PUBLIC_URL}"\nissuer_passphrase_file = "secret"\n'
        f'database = "{gateway.engine.url.database}"\n'
    )
    (tmp_path / "secret").write_text(SECRET)
    assert main(["rotate", "ed25519", "--dir", str(tmp_path), "--lang", "en"]) == 0
    assert datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") in capsys.readouterr().out
    early = datetime.fromtimestamp(ends - 86_400, UTC).date().isoformat()
    assert main(["rotate", "ed25519", "--dir", str(tmp_path), "--until", early, "--lang", "zh"]) == 2
    assert "--leaked" in capsys.readouterr().err


def test_a_kit_from_the_gateway_checks_offline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole way: fetched over a socket by the enterprise, passed on in part, checked with nothing but files."""
    gateway = open_gateway(tmp_path, Meter(), issuer=issuer(), machine_clock=lambda: MACHINE_NOW)
    show(gateway, certificate())
    put_client(gateway.engine, new_client("mill", "88.118.20260", "enterprise", MACHINE_NOW), SECRET)
    (tmp_path / "secret").write_text(SECRET)
    out, at = tmp_path / "out", ["--at", "2027-01-15T08:00:10Z"]
    with serving(gateway.app, free_socket()) as url:
        fetch = ["export", GRADED, "--gateway", url, "--lang", "en"]
        assert main([*fetch, "--out", str(out / "vc.json"), "--kit"]) == 0
        mine = [*fetch, "--form", "sd-jwt", "--client", "mill", "--secret-file", str(tmp_path / "secret")]
        assert main([*mine, "--out", str(out / "all"), "--kit"]) == 0
        assert main([*mine, "--disclose", "profit"]) == 1
        key = ["--holder-key", str(tmp_path / "holder.pem"), "--passphrase-file", str(tmp_path / "secret")]
        assert main([*mine, *key, "--out", str(out / "bound")]) == 0
        assert main([*mine, *key, "--out", str(out / "again")]) == 0
        assert main([*fetch, "--form", "sd-jwt", *key]) == 2
        assert main([*fetch, "--client", "nobody", "--secret-file", str(tmp_path / "secret")]) == 1
        assert main(["export", "88.118.20260/NONE", "--gateway", url, "--lang", "zh"]) == 1
        capsys.readouterr()
        assert main([*fetch, "--form", "vc-jwt"]) == 0
        assert capsys.readouterr().out.count(".") == 2
    gateway.ingest.close()
    gateway.engine.dispose()
    assert main(["present", str(out / "all"), "--disclose", "scopes", "--out", str(out / "part")]) == 0
    issued = ["--issuer", str(out / "did.json"), *at, "--status"]
    assert main(["verify", str(out / "part"), *issued, str(out / "status.jwt")]) == 0
    request, status = ["--nonce", "7f3a", "--audience", "https://bank.example"], str(out / "status.jwt")
    chosen = ["--disclose", "total_emissions", "--out", str(out / "shown"), *at]
    assert main(["present", str(out / "bound"), *chosen, *key, *request]) == 0
    capsys.readouterr()
    assert main(["verify", str(out / "shown"), *issued, status, *request, "--lang", "en"]) == 0
    assert "signed it for https://bank.example at 2027-01-15T08:00:10Z" in capsys.readouterr().out
    assert main(["verify", str(out / "shown"), *issued, status, *request, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["holder"]["audience"] == "https://bank.example"
    assert main(["verify", str(out / "shown"), *issued, status, "--nonce", "other", *request[2:]]) == 1
    assert main(["verify", str(out / "shown"), *issued, status]) == 1
    assert main(["verify", str(out / "bound"), *issued, status, *request]) == 1
    assert main(["verify", str(out / "bound"), *issued, status, "--nonce", "7f3a"]) == 2
    assert main(["present", str(out / "bound"), *chosen, *request]) == 2
    assert main(["present", str(out / "all"), *chosen, *key, *request]) == 1
    assert main(["verify", str(out / "bound"), *issued, status, "--lang", "zh"]) == 0
    assert "已与密钥绑定" in capsys.readouterr().out
    assert (
        main(["verify", str(out / "vc.json"), *issued, str(out / "revocation.json"), str(out / "suspension.json")]) == 0
    )
