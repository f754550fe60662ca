"""`carbon exchange`: what people and machines read, and that no secret is among it."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.access.client import new_client
from ledger.chain.deployment import save
from ledger.commands.exchange import main
from ledger.commands.exchange_texts import TEXTS
from ledger.exchange.events import CREATED, PUBLISHED
from ledger.exchange.footprint import footprint_id, product_footprint
from ledger.store.certificates import put_certificate
from ledger.store.clients import end_client, put_client
from ledger.store.database import migrate, open_store
from ledger.store.exchange import (
    ANSWER,
    NOTICE,
    SENT,
    Received,
    new_outgoing,
    note_attempt,
    put_outgoing,
    put_received,
)
from ledger.store.subscribers import announce, announced_to
from tests.exchange.products import FOUNDRY, INGOT, NODE, SMELTER, WHEEL, certificate, product_statement, result, row
from tests.gateway.samples import DEPLOYMENT, DOMAIN, MINTED
from tests.partners.listener import CLIENT, SECRET, Listener, listening

NOW = 1_700_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(DEPLOYMENT, tmp_path / "deployment.json")
    (tmp_path / "gateway.toml").write_text('public_url = "https://ledger.example"\ncallbacks = "local"\n')
    engine = open_store(str(tmp_path / "ledger.db"))
    migrate(engine)
    first = product_statement()
    second = product_statement(footprint=12 * 10**9, supersedes=int.from_bytes(first.digest(DOMAIN)))
    put_certificate(engine, row(first))
    put_certificate(engine, row(second, issued_at=MINTED + 1))
    put_certificate(engine, row(product_statement(WHEEL, unit="{weight-case}"), result(id="WHEEL")))
    request = new_outgoing(ANSWER, "buyer", FOUNDRY, "https://partner.example", "run/1\x1b[2J", {"criteria": []}, NOW)
    put_outgoing(engine, request)
    told = {"pfIds": [footprint_id(b"\x01" * 32)]}
    put_received(engine, Received("supplier", "https://s.example", "7", SMELTER, PUBLISHED, told, NOW))
    engine.dispose()
    return tmp_path


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made


def run(capsys: pytest.CaptureFixture[str], folder: Path, *words: str, code: int = 0) -> str:
    assert main([*words, "--dir", str(folder), "--lang", "en"]) == code
    shown = capsys.readouterr()
    assert SECRET not in shown.out + shown.err
    return shown.out if code == 0 else shown.err


def test_the_list(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    shown = run(capsys, folder, "list")
    assert f"{INGOT}  deprecated" in shown
    assert f"{INGOT}  active" in shown
    assert "12 kgCO2e per kilogram, valid until 2020-12-31" in shown
    assert f"corrects {footprint_id(product_statement().digest(DOMAIN))}; marks: DEMO" in shown
    assert f"{WHEEL}  not exchanged: unit: PACT has no declared unit" in shown
    assert "1 active, 1 deprecated, 1 not exchanged" in shown
    assert "1 active, 1 deprecated, 0 not exchanged" in run(capsys, folder, "list", "--organisation", SMELTER)


def test_the_list_for_machines(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    document = json.loads(run(capsys, folder, "list", "--json"))
    assert document["format"] == "footprints/1"
    assert [entry["fault"] is None for entry in document["footprints"]].count(True) == 2


def test_the_events(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    shown = run(capsys, folder, "events")
    assert "waits  run/1�[2J" in shown
    assert "asked by buyer, 88.118.20262" in shown
    assert "PublishedEvent.3" in shown
    assert "\x1b" not in shown
    document = json.loads(run(capsys, folder, "events", "--json"))
    assert (document["outgoing"][0]["state"], document["received"][0]["type"]) == ("waiting", PUBLISHED)
    assert CREATED not in shown


def add(url: str, secret: Path, name: str = "buyer") -> list[str]:
    return ["partner", "add", name, "--url", url, "--organisation", FOUNDRY, "--client-id", CLIENT, "--secret-file",
            str(secret)]  # fmt: skip


def test_partners(capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no partner" in run(capsys, folder, "partner", "list")
    (folder / "secret").write_text(f"{SECRET}\n")
    assert "entered: buyer" in run(capsys, folder, *add("https://partner.example/pact/", folder / "secret"))
    assert "88.118.20262  https://partner.example/pact" in run(capsys, folder, "partner", "list")
    document = json.loads(run(capsys, folder, "partner", "list", "--json"))
    assert "secret" not in document["partners"][0]
    assert "there is a partner" in run(capsys, folder, *add("https://x.example", folder / "secret"), code=2)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))
    run(capsys, folder, *add("https://x.example", Path("-")), "--replace")
    assert "forgotten" in run(capsys, folder, "partner", "remove", "buyer")
    assert "no such partner" in run(capsys, folder, "partner", "remove", "buyer", code=2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--url", "partner.example"], "no address of a web service"),
        (["--organisation", "88"], "88"),
        (["--secret-file", "/nowhere"], "cannot be read"),
        (["--ca-file", "/nowhere"], "no such file"),
    ],
)
def test_what_is_no_partner(capsys: pytest.CaptureFixture[str], folder: Path, words: list[str], told: str) -> None:
    (folder / "secret").write_text(SECRET)
    assert told in run(capsys, folder, *add("https://partner.example", folder / "secret"), *words, code=2)


def test_subscribers(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    engine = open_store(str(folder / "ledger.db"))
    for client_id, organisation, scopes in (("buyer-erp", FOUNDRY, ()), ("narrow", FOUNDRY, ("footprint:list",))):
        made = new_client(client_id, organisation, "customer", NOW, scopes=frozenset(scopes))
        put_client(engine, made, SECRET)
    put_client(engine, new_client("other", SMELTER, "enterprise", NOW), SECRET)
    (folder / "secret").write_text(f"{SECRET}\n")
    run(capsys, folder, *add("https://partner.example", folder / "secret"))
    assert "nobody is told" in run(capsys, folder, "subscriber", "list")
    assert "buyer-erp is told at buyer" in run(capsys, folder, "subscriber", "add", "buyer-erp", "buyer")
    for words, told in (
        (("buyer-erp", "buyer"), "told already"),
        (("nobody", "buyer"), "no such client in force"),
        (("buyer-erp", "nobody"), "no such partner"),
        (("other", "buyer"), f"entered for {FOUNDRY}, the client is of {SMELTER}"),
        (("narrow", "buyer"), "has not the scope footprint:read"),
        (("buyer-erp", "../x"), "is no name"),
    ):
        assert told in run(capsys, folder, "subscriber", "add", *words, code=2)
    notice = new_outgoing(NOTICE, "buyer-erp", FOUNDRY, "buyer", "n-1", {"pfIds": [footprint_id(b"x")]}, NOW)
    assert announce(engine, notice, {}, {footprint_id(b"x"): "Active"})
    shown = run(capsys, folder, "subscriber", "list")
    assert "buyer-erp at buyer: an event is on its way" in shown
    assert "footprints told: 1" in shown
    assert "for buyer-erp, 88.118.20262" in run(capsys, folder, "events")
    note_attempt(engine, notice.id, SENT, "PublishedEvent.3", NOW, NOW)
    assert "told  n-1" in run(capsys, folder, "events")
    (document,) = json.loads(run(capsys, folder, "subscriber", "list", "--json"))["subscribers"]
    assert (document["client_id"], document["footprints"], document["waiting"]) == ("buyer-erp", 1, False)
    end_client(engine, "buyer-erp", NOW)
    assert "was ended" in run(capsys, folder, "subscriber", "list")
    assert "told no more" in run(capsys, folder, "subscriber", "remove", "buyer-erp")
    assert announced_to(engine, "buyer-erp") == {}
    assert "no such subscriber" in run(capsys, folder, "subscriber", "remove", "buyer-erp", code=2)
    assert not announce(engine, replace(notice, id="2", event_id="2"), {}, {footprint_id(b"x"): "Active"})
    engine.dispose()


def test_a_footprint_is_fetched_and_checked(
    capsys: pytest.CaptureFixture[str], folder: Path, listener: Listener
) -> None:
    (folder / "secret").write_text(SECRET)
    run(capsys, folder, *add(listener.url, folder / "secret"))
    document = product_footprint(certificate(), "active", NODE)
    listener.documents["/3/footprints/7"] = {"data": document}
    out = folder / "footprint.json"
    shown = run(capsys, folder, "fetch", "buyer", "7", "--out", str(out))
    assert "11.234567891 kgCO2e per kilogram" in shown
    assert "https://ledger.example/certificates/88.118.20261/INGOT" in shown
    assert "94.12 %" in shown
    assert json.loads(out.read_text(encoding="utf-8")) == document
    listener.documents["/3/footprints/8"] = {"data": {**document, "status": "Good"}}
    assert "'Good' is no status" in run(capsys, folder, "fetch", "buyer", "8", code=2)
    assert "answered 404" in run(capsys, folder, "fetch", "buyer", "9", code=1)
    assert "no such partner" in run(capsys, folder, "fetch", "nobody", "7", code=2)


def test_without_a_deployment_it_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "deployment" in run(capsys, tmp_path, "list", code=2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_in_both_languages(capsys: pytest.CaptureFixture[str], language: str) -> None:
    for words in ([], ["list"], ["events"], ["fetch"], ["partner"], ["partner", "add"], ["partner", "list"]):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--help", "--lang", language])
        assert ended.value.code == 0
        capsys.readouterr()
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()
