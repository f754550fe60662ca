"""`carbon scan`: verdicts, exit codes and both languages, for signed codes, plain identifiers and rubbish."""

import hashlib
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import segno

from ledger.cli import main as carbon
from ledger.commands import scan as command
from ledger.commands.scan import main
from ledger.commands.scan_page import offline_page
from ledger.commands.scan_texts import TEXTS
from ledger.credentials.did_document import RetiredKey, did_document, did_web
from ledger.credentials.jose import sign_token
from ledger.credentials.key_forms import MULTICODEC, jwk_of, multikey, thumbprint
from ledger.credentials.status_list import ENTRIES, TOKEN_TYP, list_token
from ledger.credentials.trust import TrustedIssuer
from ledger.credentials.vc import Issuing
from ledger.identifiers.did import did_key
from ledger.labels.offline import sign
from ledger.language import LANGUAGES
from terminal_signer import keys
from tests.labels.samples import (
    ADDRESS,
    ENTERPRISE,
    FOOTPRINT,
    GRADED,
    HOST,
    KEY,
    OTHER_KEY,
    PRODUCT,
)  # fmt: skip

TEXT = sign(ADDRESS, ENTERPRISE, KEY)
TAG = sign(f"https://{HOST}/{PRODUCT}", FOOTPRINT, KEY)
DID = did_key(MULTICODEC[keys.EDDSA], KEY.public.raw).text
THEN = ["--at", "2019-06-30"]


@pytest.fixture
def document(tmp_path: Path) -> str:
    """The issuer's DID document with an older key, and one of another kind."""
    did = did_web("https://ledger.example").text
    jwks = [jwk_of(key) for key in (keys.generate(keys.ES256).public, OTHER_KEY.public, KEY.public)]
    path = tmp_path / "did.json"
    path.write_text(json.dumps(did_document(did, jwks, "https://ledger.example")))
    return str(path)


@pytest.mark.parametrize(
    ("text", "more", "code", "outcome"),
    [
        (TEXT, THEN, 0, "valid"),
        (TAG, THEN, 0, "valid"),
        (TEXT, ["--at", "2021-01-01"], 3, "expired"),
        (TEXT, ["--at", "2018-06-30T12:00:00+08:00"], 3, "not-yet"),
        (TEXT.replace("0001#", "0002#"), THEN, 1, "moved"),
        (TEXT.replace("0001#v1.swB4", "0001#v1.swB5"), THEN, 2, None),
        (TEXT[:-2] + ("A" if TEXT[-2] != "A" else "Q") + TEXT[-1], THEN, 1, "wrong-signature"),
        (TEXT.replace("#v1", "#v9"), THEN, 2, None),
        ("", THEN, 2, None),
        ("nonsense", THEN, 2, None),
        ("https://ledger.example/88.118.8/a%1bb", THEN, 2, None),
        (TEXT, ["--at", "yesterday"], 2, None),
        (TEXT, ["--at", "0001-01-01"], 2, None),
        ("x" * 5000, THEN, 2, None),
    ],
    ids=str,
)
def test_verdicts(
    capsys: pytest.CaptureFixture[str], document: str, text: str, more: list[str], code: int, outcome: str | None
) -> None:
    assert main([text, "--keys", document, "--json", *more]) == code
    printed = json.loads(capsys.readouterr().out)
    assert printed["format"] == "scan/1"
    assert ("error" in printed) is (code == 2)
    if code != 2:
        assert printed["outcome"] == outcome
        assert printed["cannot_know"] == ["revoked-since", "copied", "true"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_person_reads(capsys: pytest.CaptureFixture[str], language: str) -> None:
    words = TEXTS["zh" if language == "zh" else "en"]
    assert main([TEXT, "--keys", DID, "--lang", language, *THEN]) == 0
    printed = capsys.readouterr().out
    for part in (
        words["outcome.valid"],
        GRADED,
        "演示轧钢有限公司",
        "0.734512",
        "1.9337",
        "2020-12-31",
        "DEMO",
        ADDRESS,
    ):
        assert part in printed
    for name in ("revoked-since", "copied", "true"):
        assert words[f"cannot.{name}"] in printed
    assert "2019-01-09" in printed.split(words["cannot"].split("{day}")[0])[-1]
    assert main([TAG, "--keys", DID, "--lang", language, *THEN]) == 0
    printed = capsys.readouterr().out
    assert "2183.45 kgCO2e" in printed
    assert words["grade"] not in printed


def test_a_forged_code_is_not_repeated_as_fact(capsys: pytest.CaptureFixture[str]) -> None:
    forged = TEXT.replace(HOST, "evil.example")[:-2] + "AA"
    assert main([forged, "--keys", DID, "--lang", "en", *THEN]) == 1
    printed = capsys.readouterr().out
    assert "Not genuine" in printed
    for part in ("0.734512", "91110000600037341L", "→"):
        assert part not in printed


@pytest.mark.parametrize("given", [[], ["--keys", did_key(MULTICODEC[keys.EDDSA], OTHER_KEY.public.raw).text]])
def test_without_the_issuers_key_nothing_is_claimed(capsys: pytest.CaptureFixture[str], given: list[str]) -> None:
    """INV-19."""
    assert main([TEXT, *given, "--lang", "en", *THEN]) == 3
    printed = capsys.readouterr().out
    assert "Not checked" in printed
    assert "only what the code claims" in printed


@pytest.mark.parametrize(
    ("since", "until", "code", "outcome"),
    [(0, 10**9, 0, "valid"), (None, 10**9, 0, "valid"), (-1, 10**9, 3, "unknown-key"), (0, 1, 3, "unknown-key")],
)
def test_a_retired_key_vouches_for_the_time_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], since: int | None, until: int, code: int, outcome: str
) -> None:
    """`since` and `until` after the issue of the certificate; what is dated later, a thief of the key signed."""
    dated, did = ENTERPRISE.issued_at, did_web("https://ledger.example").text
    old = RetiredKey(jwk_of(KEY.public), dated + until, None if since is None else dated + since)
    (tmp_path / "did.json").write_text(json.dumps(did_document(did, [], "https://ledger.example", [old])))
    assert main([TEXT, "--keys", str(tmp_path / "did.json"), *THEN, "--json"]) == code
    assert json.loads(capsys.readouterr().out)["outcome"] == outcome


def test_a_key_for_something_else_than_assertions_vouches_for_nothing(tmp_path: Path, document: str) -> None:
    told = json.loads(Path(document).read_text())
    told["authentication"] = told["assertionMethod"]
    told["assertionMethod"] = [name for name in told["assertionMethod"] if thumbprint(jwk_of(KEY.public)) not in name]
    told["assertionMethod"] = [name for name in told["assertionMethod"] if multikey(KEY.public) not in name]
    (tmp_path / "other.json").write_text(json.dumps(told))
    assert main([TEXT, "--keys", str(tmp_path / "other.json"), *THEN]) == 3
    assert main([TEXT, "--keys", document, *THEN]) == 0


def test_a_code_on_another_host_is_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([TEXT.replace(HOST, "evil.example"), "--keys", DID, "--lang", "en", *THEN]) == 0
    printed = capsys.readouterr().out
    assert "another host" in printed
    assert "evil.example" not in printed


@pytest.mark.parametrize(
    ("text", "scheme", "identifier"),
    [
        ("https://id.example/01/06901234567892/10/B1?7230=XX88.118.8", "gs1", "https://id.gs1.org/01/06901234567892/10/B1"),
        ("(01)06901234567892(10)B1", "gs1", "https://id.gs1.org/01/06901234567892/10/B1"),
        ("10096000000000001", "ecode", "10096000000000001"),
        ("hdl:88.118.20260/CE-2018-0001", "vaa", "88.118.20260/CE-2018-0001"),
        ("https://hdl.handle.net/88.118.20260/CE-2018-0001", "vaa", "88.118.20260/CE-2018-0001"),
        (f"{ADDRESS}#top", "vaa", GRADED),
        ("91110000600037341L", "uscc", "91110000600037341L"),
        ("urn:oid:1.2.156.3001", "oid", "1.2.156.3001"),
    ],
)  # fmt: skip
def test_every_convention_is_recognised(
    capsys: pytest.CaptureFixture[str], text: str, scheme: str, identifier: str
) -> None:
    assert main([text, "--json"]) == 3
    printed = json.loads(capsys.readouterr().out)
    assert (printed["recognised"]["scheme"], printed["recognised"]["identifier"]) == (scheme, identifier)
    assert printed["outcome"] is None
    assert main([text, "--lang", "zh"]) == 3
    assert "没有签名" in capsys.readouterr().out


def test_from_the_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(TEXT + "\nmore"))
    assert main(["-", "--keys", DID, *THEN]) == 0
    assert GRADED in capsys.readouterr().out


def test_from_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    picture, empty, broken = tmp_path / "a.png", tmp_path / "b.png", tmp_path / "c.png"
    segno.make_qr(TEXT, error="m").save(str(picture), scale=4, border=4)
    segno.make_qr("x").save(str(empty), scale=1, border=0, dark="white")
    broken.write_bytes(b"no picture")
    assert main([str(picture), "--keys", DID, *THEN]) == 0
    for path in (empty, broken):
        assert main([str(path), "--keys", DID]) == 2

    def nothing(name: str) -> ModuleType:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(command, "import_module", nothing)
    assert main([str(picture), "--keys", DID]) == 2
    assert "pip install zxing-cpp" in capsys.readouterr().err


LISTED = sign(ADDRESS, replace(ENTERPRISE, status_index=2 * ENTRIES + 77), KEY)
LIST_KEY = keys.generate(keys.ES256)
SEEN = 1_560_000_000  # 8 June 2019


def status_list(folder: Path, states: dict[int, int], number: int = 2, key: keys.PrivateKey = LIST_KEY) -> str:
    issuing = Issuing("did:web:ledger.example", "x", "https://ledger.example", 0, number)
    payload = list_token(issuing, states, SEEN, 300)
    path = folder / "list.jwt"
    path.write_text(sign_token(payload, key, typ=TOKEN_TYP, kid=thumbprint(jwk_of(LIST_KEY.public))))
    return str(path)


@pytest.fixture
def lister(tmp_path: Path) -> str:
    jwks = [jwk_of(key.public) for key in (LIST_KEY, KEY)]
    path = tmp_path / "issuer.json"
    path.write_text(json.dumps(did_document("did:web:ledger.example", jwks, "https://ledger.example")))
    return str(path)


@pytest.mark.parametrize(
    ("states", "number", "code", "outcome", "as_of"),
    [
        ({}, 2, 0, "valid", SEEN),
        ({77: 1}, 2, 1, "revoked", SEEN),
        ({77: 2}, 2, 1, "suspended", SEEN),
        ({78: 1}, 2, 0, "valid", SEEN),
        ({77: 1}, 3, 0, "valid", ENTERPRISE.issued_at),
    ],
)
def test_a_kept_status_list_tells_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lister: str,
    states: dict[int, int], number: int, code: int, outcome: str, as_of: int,
) -> None:  # fmt: skip
    """Also an old one; a list of other certificates changes nothing."""
    path = status_list(tmp_path, states, number)
    assert main([LISTED, "--keys", lister, "--status", path, "--json", *THEN]) == code
    printed = json.loads(capsys.readouterr().out)
    assert (printed["outcome"], printed["as_of"]) == (outcome, as_of)
    assert main([LISTED, "--keys", lister, "--status", path, "--lang", "en", *THEN]) == code
    assert ("2019-06-08" in capsys.readouterr().out) is (as_of == SEEN)


def test_status_lists_of_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str], lister: str) -> None:
    """INV-19."""
    forged = status_list(tmp_path, {}, key=keys.generate(keys.ES256))
    for arguments in (["--keys", lister, "--status", forged], ["--status", forged], ["--status", str(tmp_path / "no")]):
        assert main([LISTED, *arguments, *THEN]) == 2
    assert "status list" in capsys.readouterr().err
    moved = LISTED.replace("0001#", "0002#")
    assert main([moved, "--keys", lister, "--status", status_list(tmp_path, {}), *THEN]) == 1


def did_documents() -> Sequence[tuple[str, str]]:
    return (
        ("not JSON", "no DID document"),
        ("[]", "no DID document"),
        ("{}", "no DID document"),
        ('{"id": "did:web:a.b", "verificationMethod": [], "assertionMethod": []}', "no Ed25519 key"),
        ('{"id": "did:web:a.b", "verificationMethod": [5], "assertionMethod": []}', "no DID document"),
        ("[" * 500, "no DID document"),
    )


@pytest.mark.parametrize(("content", "reason"), did_documents())
def test_documents_that_vouch_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, reason: str
) -> None:
    path = tmp_path / "did.json"
    path.write_text(content)
    assert main([TEXT, "--keys", str(path)]) == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["absent.json", "did:key:zzz", "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"]
)
def test_keys_that_are_none(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main([TEXT, "--keys", name]) == 2
    assert "carbon scan:" in capsys.readouterr().err


def test_it_is_a_command_with_help_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(TEXTS["zh"]) == set(TEXTS["en"])
    for language, part in (("en", "exit code"), ("zh", "退出码")):
        with pytest.raises(SystemExit):
            carbon(["scan", "--help", "--lang", language])
        assert part in capsys.readouterr().out


def test_a_page_to_keep_is_told_by_its_bytes(
    tmp_path: Path, document: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """INV-19: printed, compared in either language, and refused where one sign or one key is another."""
    saved = {}
    for language in LANGUAGES:
        assert main(["--page", "-", "--keys", document, "--lang", language]) == 0
        out, err = capsysbinary.readouterr()
        saved[language] = tmp_path / f"{language}.html"
        saved[language].write_bytes(out)
        assert err.decode().split() == ["sha256", hashlib.sha256(out).hexdigest()]
        assert main(["--page", str(saved[language]), "--keys", document]) == 0
        assert hashlib.sha256(out).hexdigest().encode() in capsysbinary.readouterr().out
    changed = saved["en"].read_bytes().replace(b"const MOST_BYTES = 900", b"const MOST_BYTES = 901")
    saved["en"].write_bytes(changed)
    assert main(["--page", str(saved["en"]), "--keys", document, "--json"]) == 1
    told = json.loads(capsysbinary.readouterr().out)
    assert (told["format"], told["same"], told["sha256"]) == ("scan-page/1", False, hashlib.sha256(changed).hexdigest())
    assert told["expected"]["zh"] == hashlib.sha256(saved["zh"].read_bytes()).hexdigest()
    assert main(["--page", str(saved["zh"]), "--keys", DID]) == 1
    assert "NOT the page" in capsysbinary.readouterr().out.decode()


@pytest.mark.parametrize("argv", [["--page", "-"], ["--page", "nowhere.html", "--keys", DID]])
def test_a_page_without_keys_or_that_is_not_there(argv: list[str]) -> None:
    assert main(argv) == 2


@pytest.mark.parametrize("argv", [[], ["text", "--page", "-", "--keys", DID]])
def test_a_text_or_a_page(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as told:
        main(argv)
    assert told.value.code == 2


def test_what_a_did_document_says_is_text_on_the_page() -> None:
    page = offline_page([TrustedIssuer("did:web:x<script>alert(1)</script>", {"": KEY.public})], "en")
    assert page.count("<script") == 1
    assert "did:web:x&lt;script&gt;" in page
