"""A claim is verified, certified, corrected and superseded: real keys, gateway, anchorer and contracts.

INV-12 at the command and at the contract: no token before its time, by nobody who is not accredited. INV-24: the
correction of a certified reading leads to one certificate that replaces the other, never to two.
"""

import json
import shlex
import time
from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from sqlalchemy import delete

from devnet.demo.issue import _policy
from devnet.demo.stage import EVALUATOR, VERIFIER
from gateway.facts import PageFacts
from ledger.certificates.certify import Parties, certify, domain_of, sign
from ledger.certificates.claim import read_claim
from ledger.certificates.statement import Statement
from ledger.chain.errors import ContractRefused
from ledger.cli import main as carbon
from ledger.commands.verify import main as carbon_verify
from ledger.store.certificates import certificate, certificate_of, certificates_of, superseded_by
from ledger.store.database import open_store, writing
from ledger.store.evidence import FOLDER, bundle_path, deposit_of
from ledger.store.schema import certificates
from ledger.store.standing import standing_of
from terminal_signer.place import PASSPHRASE
from tests.verification.stage import DAY, HOUR, IDENTIFIER, ISS, METER, PEOPLE, PHRASE, POINT, START, Office, office

ENGAGEMENT, SECOND = f"{ISS}/V-2022-0001", f"{ISS}/V-2022-0002"
SUPERSEDED = 4


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office") / "demo") as running:
        yield running


@pytest.fixture
def desk(opened: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv(PASSPHRASE, PHRASE)
    opened.capsys = capsys
    return opened


def who(name: str) -> str:
    return PEOPLE[name][0]


def file(desk: Office, name: str, text: str = "evidence") -> str:
    path = desk.folder / name
    path.write_text(text)
    return str(path)


def claim(desk: Office) -> str:
    return str(desk.folder / "claim.json")


def waits_for(desk: Office, person: str) -> list[str]:
    answer, _ = desk.run(person, "list")
    return [one["action"] for item in answer["engagements"] for one in item["waiting"]]


def iso(desk: Office, days: float = 0) -> str:
    return datetime.fromtimestamp(desk.stage.chain.now() + int(days * DAY), UTC).isoformat()


def test_the_whole_way_from_claim_to_certificate(desk: Office) -> None:
    run = desk.run
    answer, _ = run(
        "officer", "claim", str(desk.folder / "site.toml"), "--period", "2022-01-01/2022-01-02", "--out", claim(desk)
    )
    assert answer["identifier"] == IDENTIFIER
    run("officer", "apply", ENGAGEMENT, "--claim", claim(desk), "--verifier", VERIFIER, "--evaluator", EVALUATOR)
    assert waits_for(desk, "other") == ["plan"]
    assert waits_for(desk, "officer") == []
    run(
        "lead", "plan", ENGAGEMENT, "--team", who("member"), "--reviewer", who("reviewer"),
        "--visit-from", iso(desk), "--visit-until", iso(desk, 3),
    )  # fmt: skip
    for person in ("lead", "member", "reviewer"):
        assert waits_for(desk, person)[0] == "declare"
        run(person, "declare", ENGAGEMENT)
    run("member", "review-documents", ENGAGEMENT, "--exhibit", file(desk, "bills.pdf"), "--text", "complete")
    began = iso(desk)
    desk.pass_days(1)
    run(
        "lead", "visit", ENGAGEMENT, "--started", began, "--ended", iso(desk, -0.5), "--place", "rolling shop",
        "--person", who("lead"), "--person", who("member"), "--met", "energy manager", "--text", "as in the site file",
    )  # fmt: skip
    run(
        "member", "find", ENGAGEMENT, "--severity", "major", "--requirement", "GB 17167, 4.3",
        "--text", "no calibration record", "--exhibit", file(desk, "photo.jpg"),
    )  # fmt: skip
    assert waits_for(desk, "officer") == ["rectify"]
    _, why = run("reviewer", "technical-review", ENGAGEMENT, "--text", "fine", code=1)
    assert "[open-finding]" in why
    site, mine = str(desk.folder / "site.toml"), ("--claim", claim(desk))
    run("lead", "opine", ENGAGEMENT, "--misstatement", "0", "--text", "x", code=1)
    run("lead", "sign", ENGAGEMENT, "--account", desk.account("verifier"), code=2)
    run("evaluator", "draw-up", ENGAGEMENT, *mine, "--site", site, code=2)
    mint = ("mint", ENGAGEMENT, "--account", desk.account("enterprise"), *mine, "--site", site)
    _, why = run("officer", *mint, code=1)
    assert "[open-finding]" in why
    run("officer", "rectify", ENGAGEMENT, "--exhibit", file(desk, "record.pdf"), "--text", "found in the archive")
    run("lead", "close", ENGAGEMENT, "--text", "seen")
    _, why = run("lead", "opine", ENGAGEMENT, "--misstatement", "0", "--text", "x", code=1)
    assert "[wrong-state]" in why
    _, why = run("lead", "technical-review", ENGAGEMENT, "--text", "fine", code=1)
    assert "[wrong-role]" in why
    run("reviewer", "technical-review", ENGAGEMENT, "--text", "evidence suffices")
    run("lead", "opine", ENGAGEMENT, "--misstatement", "120", "--text", "nothing material")
    run("evaluator", "draw-up", ENGAGEMENT, *mine, "--site", site)
    bundle = ("--bundle", str(desk.folder / "first.bundle"))
    for person, account in (("lead", "verifier"), ("officer", "enterprise"), ("evaluator", "evaluator")):
        assert waits_for(desk, person) == ["sign"]
        _, why = run("officer", *mint, *bundle, code=1)
        assert "[unsigned]" in why
        run(person, "sign", ENGAGEMENT, "--account", desk.account(account))
    assert waits_for(desk, "officer") == ["mint"]
    minted, _ = run("officer", *mint, *bundle)
    assert (minted["state"], minted["deposited"]) == ("minted", True)
    token = bytes.fromhex(minted["token"][2:])
    view = desk.stage.chain.check(IDENTIFIER)
    assert view is not None
    assert (view.token_id, view.status, view.assurance) == (int.from_bytes(token, "big"), "active", 2)
    shown, _ = run(None, "show", ENGAGEMENT)
    assert shown["opinion"] == certificate_row(desk, token)["opinion"]
    for language in ("zh", "en"):
        page = desk.said(None, "show", ENGAGEMENT, "--lang", language)
        (desk.folder / f"show-{language}.txt").write_text(page)
        assert who("reviewer") in page


def certificate_row(desk: Office, token: bytes) -> dict[str, Any]:
    engine = open_store(f"sqlite:///{desk.folder / 'ledger.db'}")
    try:
        row = certificate(engine, token)
        assert row is not None
        return row.statement
    finally:
        engine.dispose()


def test_the_certificate_verifies_from_its_bundle(desk: Office) -> None:
    """What the engagement led to is a certificate like any other: anyone repeats it."""

    policy = desk.folder / "policy.json"
    policy.write_text(json.dumps(_policy(desk.stage)))
    desk.stage.anvil.finalize()
    words = [str(desk.folder / "first.bundle"), "--policy", str(policy), "--rpc", desk.stage.anvil.url]
    assert carbon_verify(words) == 0


def test_its_evidence_is_deposited_in_the_same_act(desk: Office) -> None:
    engine = open_store(f"sqlite:///{desk.folder / 'ledger.db'}")
    row = certificate_of(engine, IDENTIFIER)
    assert row is not None
    held = deposit_of(engine, row.token_id)
    engine.dispose()
    bundle = (desk.folder / "first.bundle").read_bytes()
    assert held is not None
    assert held.bundle_hash == sha256(bundle).digest()
    assert bundle_path(desk.folder / FOLDER, row.token_id).read_bytes() == bundle


def test_a_bank_recomputes_what_it_was_granted(desk: Office, tmp_path: Path) -> None:
    """INV-20, INV-11: an officer's grant until a date, the bank's client, its evidence recomputed by one command; in
    another role and with a grant that is over it gets nothing; the enterprise sees who read what."""
    assert desk.capsys is not None
    out = tmp_path / "fetched.bundle"

    def access(*words: str, code: int = 0) -> tuple[Any, str]:
        assert desk.capsys is not None
        desk.capsys.readouterr()
        assert carbon(["access", *words, "--dir", str(desk.folder), "--json"]) == code
        shown = desk.capsys.readouterr()
        return (json.loads(shown.out) if code == 0 else None), shown.err

    def client(name: str, organisation: str, role: str) -> None:
        told, _ = access("client", "add", "--id", name, "--organisation", organisation, "--role", role)
        (tmp_path / name).write_text(told["client_secret"] + "\n")

    def fetch(name: str, *more: str, code: int = 0) -> tuple[Any, str]:
        words = ("--client", name, "--secret-file", str(tmp_path / name), *more)
        return access("fetch", IDENTIFIER, *words, code=code)

    def grant(to: str, since: str, until: str) -> None:
        told, _ = access(
            "grant", "add", "--to", to, "--role", "financier", "--about", IDENTIFIER, "--part", "bundle", "--part",
            "figures", "--part", "result", "--from", since, "--until", until, "--key", str(desk.folder / "officer"),
        )  # fmt: skip
        assert told["sent"]

    trusted = ("--policy", str(desk.folder / "policy.json"), "--rpc", desk.stage.anvil.url)
    verified = ("--part", "bundle", "--out", str(out), *trusted)
    client("bank", "88.118.40001", "financier")
    client("buyer", "88.118.40001", "customer")
    client("former", "88.118.40002", "financier")
    _, why = fetch("bank", *verified, code=1)
    assert "granted to you" in why
    grant("88.118.40001", "2020-01-01", "2099-01-01")
    grant("88.118.40002", "2020-01-01", "2021-01-01")
    overview, _ = fetch("bank")
    assert [name for name, part in overview["parts"].items() if part["allowed"]] == ["figures", "result", "bundle"]
    answer, said = fetch("bank", *verified)
    assert (answer["format"], answer["verified"]) == ("verification/1", True)
    assert {claim["state"] for claim in answer["claims"]} == {"verified"}
    assert out.read_bytes() == (desk.folder / "first.bundle").read_bytes()
    assert out.stat().st_mode & 0o777 == 0o600
    assert str(out) in said
    figures, _ = fetch("bank", "--part", "figures", "--out", str(tmp_path / "figures.json"))
    result, _ = fetch("bank", "--part", "result", "--out", str(tmp_path / "result.json"))
    assert figures["checked"]
    assert result["checked"]
    _, why = fetch("former", *verified, code=1)
    assert "run out" in why
    fetch("buyer", *verified, code=1)
    log, _ = access("log", "--enterprise", ISS)
    assert [(entry["client_id"], entry["act"], entry["part"]) for entry in log["entries"]] == [
        ("bank", "read", "bundle"), ("bank", "read", "figures"), ("bank", "read", "result"),
        ("former", "refused", "bundle"),
    ]  # fmt: skip
    mine = figures["log_entry"]
    assert (mine["number"], mine["hash"]) == (log["entries"][1]["number"], log["entries"][1]["hash"])


def test_the_contract_refuses_what_the_tool_would(desk: Office) -> None:
    """INV-12: a verifier without accreditation, one body in two roles, a missing signature, somebody else's hand."""
    stage = desk.stage
    engine = open_store(f"sqlite:///{desk.folder / 'ledger.db'}")
    row = certificate_of(engine, IDENTIFIER)
    engine.dispose()
    assert row is not None
    statement = replace(Statement.from_json(row.statement), supersedes=int.from_bytes(row.token_id, "big"))
    accounts = stage.accounts
    enterprise, evaluator, verifier = (accounts[role] for role in ("enterprise", "evaluator", "verifier"))
    address = {role: bytes.fromhex(accounts[role].address[2:]) for role in ("evaluator", "verifier", "laboratory")}

    def refused(told: Statement, *signers: Any, sender: Any = enterprise) -> str:
        signatures = [sign(told, domain_of(stage.chain), signer) for signer in signers]
        with pytest.raises(ContractRefused) as why:
            stage.chain.send(sender, "CertificateRegistry", "mint", astuple(told), *signatures)
        return str(why.value)

    assert "NotAccredited" in refused(
        replace(statement, verifier=address["laboratory"]), enterprise, evaluator, accounts["laboratory"]
    )
    assert "NotAccredited" in refused(
        replace(statement, verifier=address["evaluator"]), enterprise, evaluator, evaluator
    )
    assert "Signature" in refused(statement, enterprise, evaluator, evaluator)
    assert "NotRecipient" in refused(statement, enterprise, evaluator, verifier, sender=verifier)
    assert "Overlap" in refused(
        replace(statement, supersedes=0, valid_until=statement.valid_until + 1), enterprise, evaluator, verifier
    )


def test_a_corrected_reading_supersedes_the_certificate_in_one_act(desk: Office) -> None:
    """INV-24: the January reading was wrong; the old certificate says so and names its successor."""
    engine = open_store(f"sqlite:///{desk.folder / 'ledger.db'}")
    old = certificate_of(engine, IDENTIFIER)
    assert old is not None
    wrong = desk.frames[METER, START + 3 * HOUR]
    words = [
        "correct", IDENTIFIER, "--frame", "0x" + wrong.hex(), "--name", POINT, "--value", "10", "--unit", "kWh",
        "--start", "2022-01-01T02:00", "--end", "2022-01-01T03:00", "--reason", "decimal point slipped",
        "--site", str(desk.folder / "site.toml"), "--out", str(desk.folder / "corrected.json"),
        "--account", desk.account("enterprise"), "--evaluator-key", desk.account("evaluator"),
        "--verifier-key", desk.account("verifier"), "--bundle", str(desk.folder / "second.bundle"),
    ]  # fmt: skip
    _, why = desk.run("officer", *words, "--wait", "0", code=1)
    digest = why.partition("--signed ")[2].split()[0].rstrip(")")
    desk.pass_days(1)
    (desk.folder / FOLDER).rename(desk.folder / "away")
    (desk.folder / FOLDER).write_text("a file where the folder was")
    done, why = desk.run("officer", *words, "--signed", digest)
    assert done["deposited"] is False
    new = bytes.fromhex(done["token"][2:])
    assert done["supersedes"] == "0x" + old.token_id.hex()
    assert deposit_of(engine, new) is None
    (desk.folder / FOLDER).unlink()
    (desk.folder / "away").rename(desk.folder / FOLDER)
    command = shlex.split(why.strip().splitlines()[-1].partition(": ")[2])
    assert carbon(command[1:]) == 0, "what was not done is done by the command that it named"
    assert deposit_of(engine, new) is not None
    assert desk.stage.chain.call("CertificateRegistry", "statusOf", int.from_bytes(old.token_id, "big")) == SUPERSEDED
    view = desk.stage.chain.check(IDENTIFIER)
    assert view is not None
    assert (view.token_id, view.status) == (int.from_bytes(new, "big"), "active")
    assert superseded_by(engine, old.token_id) == new
    assert superseded_by(engine, new) is None
    row = certificate(engine, new)
    engine.dispose()
    assert row is not None
    before, after = (Decimal(one.result["emissions"]["total"]) for one in (old, row))
    assert after * 1470 == before * 480  # kWh of the two days, before and after
    assert row.result["frames"]["corrections"] == 1
    assert bytes.fromhex(row.statement["supersedes"][2:]) == old.token_id
    desk.stage.anvil.finalize()
    policy = str(desk.folder / "policy.json")
    rpc = ["--policy", policy, "--rpc", desk.stage.anvil.url]
    assert carbon_verify([str(desk.folder / "second.bundle"), *rpc]) == 0
    assert carbon_verify([str(desk.folder / "first.bundle"), *rpc]) == 1
    _, why = desk.run(
        "officer", *[("0x" + old.token_id.hex()) if word == IDENTIFIER else word for word in words], code=2
    )
    assert "superseded before" in why


def test_a_correction_can_be_verified_first(desk: Office) -> None:
    """The same act where the bodies must look at it: it ends with the application, without a second site visit."""
    engine = open_store(f"sqlite:///{desk.folder / 'ledger.db'}")
    old = certificate_of(engine, IDENTIFIER)
    engine.dispose()
    assert old is not None
    wrong = desk.frames[METER, START + 5 * HOUR]
    words = [
        "correct", IDENTIFIER, "--frame", "0x" + wrong.hex(), "--name", POINT, "--value", "12", "--unit", "kWh",
        "--start", "2022-01-01T04:00", "--end", "2022-01-01T05:00", "--reason", "meter read too early",
        "--site", str(desk.folder / "site.toml"), "--out", str(desk.folder / "again.json"),
        "--engagement", SECOND,
    ]  # fmt: skip
    _, why = desk.run("officer", *words, "--wait", "0", code=1)
    digest = why.partition("--signed ")[2].split()[0].rstrip(")")
    desk.pass_days(1)
    done, _ = desk.run("officer", *words, "--signed", digest, "--verifier", VERIFIER, "--evaluator", EVALUATOR)
    assert (done["token"], done["engagement"]) == (None, SECOND)
    again = str(desk.folder / "again.json")
    site = str(desk.folder / "site.toml")
    desk.run("lead", "plan", SECOND, "--reviewer", who("reviewer"))
    for person in ("lead", "reviewer"):
        desk.run(person, "declare", SECOND)
    desk.run("lead", "review-documents", SECOND, "--exhibit", file(desk, "log.txt"), "--text", "plausible")
    desk.run("reviewer", "technical-review", SECOND, "--text", "evidence suffices", "--claim", again)
    desk.run("lead", "opine", SECOND, "--misstatement", "0", "--text", "nothing else is touched")
    desk.run("evaluator", "draw-up", SECOND, "--claim", again, "--site", site)
    for person, account in (("officer", "enterprise"), ("evaluator", "evaluator"), ("lead", "verifier")):
        desk.run(person, "sign", SECOND, "--account", desk.account(account))
    mint = ("mint", SECOND, "--account", desk.account("enterprise"), "--claim", again, "--site", site)
    minted, _ = desk.run("officer", *mint)
    engine = open_store(f"sqlite:///{desk.folder / 'ledger.db'}")
    assert superseded_by(engine, old.token_id) == bytes.fromhex(minted["token"][2:])
    engine.dispose()


def test_a_record_travels_and_is_replayed_without_the_store(desk: Office, tmp_path: Path) -> None:
    """Whoever has the frames and a node gets the same case; a document against a rule is refused there too."""
    record = tmp_path / "record.cbor"
    here, _ = desk.run(None, "show", ENGAGEMENT, "--out", str(record))
    there, _ = desk.run(None, "show", ENGAGEMENT, "--record", str(record))
    assert {**there, "steps": []} == {**here, "steps": []}
    assert [step["digest"] for step in there["steps"]] == [step["digest"] for step in here["steps"]]
    _, why = desk.run("officer", "withdraw", ENGAGEMENT, "--reason", "too late", "--record", str(record), code=1)
    assert "[wrong-state]" in why
    record.write_bytes(b"\x00garbage")
    desk.run(None, "show", ENGAGEMENT, "--record", str(record), code=2)


def test_a_claim_that_was_altered_is_found_out(desk: Office, tmp_path: Path) -> None:
    """INV-11: a statement is drawn up from what the log gives, not from what the claim says."""
    path = tmp_path / "claim.json"
    text = (desk.folder / "again.json").read_text()
    total = read_claim(text.encode(), "claim").result.document["emissions"]["total"]
    path.write_text(text.replace(f'"{total}"', '"0.001"'))
    _, why = desk.run(
        "evaluator", "draw-up", SECOND, "--claim", str(path), "--site", str(desk.folder / "site.toml"), code=1
    )
    assert "evaluated again" in why


def test_a_minting_that_was_cut_off_is_finished_by_the_same_command(desk: Office) -> None:
    """The token is on chain and the power went: the next call stores it and mints nothing."""
    engine = open_store(f"sqlite:///{desk.folder / 'ledger.db'}")
    last = certificate_of(engine, IDENTIFIER)
    assert last is not None
    with writing(engine) as connection:
        connection.execute(delete(certificates).where(certificates.c.token_id == last.token_id))
    statement = Statement.from_json(last.statement)
    parties = Parties(*(desk.stage.accounts[role] for role in ("enterprise", "evaluator", "verifier")))
    claimed = read_claim((desk.folder / "again.json").read_bytes(), "claim")
    issued = certify(
        desk.stage.chain,
        engine,
        statement,
        parties,
        claimed.result,
        openings={},
        summary=last.summary,
        issued_at=last.issued_at,
    )
    assert (issued.token, issued.transaction, issued.block_number) == (
        last.token_id,
        last.transaction,
        last.block_number,
    )
    assert certificate(engine, last.token_id) is not None
    engine.dispose()


def test_every_answer_follows_from_the_chain_without_a_further_act(desk: Office) -> None:
    """The gateway's follower reads the old ones as superseded, each with its successor."""
    engine = open_store(f"sqlite:///{desk.folder / 'ledger.db'}")
    until = time.monotonic() + 20
    stored = certificates_of(engine, IDENTIFIER)
    while time.monotonic() < until:
        found = {row.token_id: standing_of(engine, row.token_id) for row in stored}
        if all(found.values()):
            break
        time.sleep(0.1)
    engine.dispose()
    assert len(stored) == 3
    newest, *older = stored
    assert [(one.status, one.successor) for row in older if (one := found[row.token_id])] == [
        ("superseded", newest.token_id), ("superseded", older[0].token_id),
    ]  # fmt: skip
    assert found[newest.token_id].status == "active"  # type: ignore[union-attr]
    for row in stored:
        assert PageFacts.from_json(row.summary).offset == "+08:00"
        with urlopen(f"{desk.server.url}/certificates/{IDENTIFIER}?token=0x{row.token_id.hex()}") as answer:
            shown = json.load(answer)
        successor = found[row.token_id].successor  # type: ignore[union-attr]
        assert shown["status"] == ("valid" if row is newest else "superseded")
        assert (shown["change"] or {}).get("successor") == (None if successor is None else f"0x{successor.hex()}")
