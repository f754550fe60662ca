"""Partners in their files, and their interfaces as we call them."""

import json
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ledger.exchange.events import rejected
from ledger.identifiers.text import IdentifierError
from ledger.partners import calling
from ledger.partners.calling import Caller
from ledger.partners.client import PactClient
from ledger.partners.errors import ForbiddenAddress, PartnerFault, PartnerUnreachable
from ledger.partners.partner import Partner, PartnerBook, base_of, new_partner
from ledger.partners.reach import Reach
from tests.partners.listener import CLIENT, SECRET, Listener, listening

BUYER = "88.118.30001"
EVENT = rejected("7", "NotFound", "nothing", "https://ledger.example", 1_700_000_000)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made


def partner(url: str = "https://partner.example/pact", **changes: str) -> Partner:
    return replace(new_partner("buyer", url, BUYER, CLIENT, SECRET), **changes)


def test_a_partner_is_a_private_file(tmp_path: Path) -> None:
    book = PartnerBook(tmp_path)
    assert list(book) == []
    path = book.add(partner())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(book) == [partner()]
    assert list(path.parent.glob("*.new")) == []
    assert book.remove("buyer")
    assert not book.remove("buyer")


def test_a_secret_is_in_no_text_about_it() -> None:
    assert SECRET not in repr(partner())
    assert SECRET not in str(partner())


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    book = PartnerBook(tmp_path)
    book.add(partner())
    with pytest.raises(PartnerFault, match="there is a partner"):
        book.add(partner())
    book.add(partner("https://other.example"), replace=True)
    assert [one.url for one in book] == ["https://other.example"]


@pytest.mark.parametrize("name", ["", "../x", "A", "a/b", "x" * 64, "-a", "a\n"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(PartnerFault):
        new_partner(name, "https://partner.example", BUYER, CLIENT, SECRET)
    with pytest.raises(PartnerFault):
        PartnerBook(tmp_path).remove(name)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"url": "partner.example"}, ForbiddenAddress),
        ({"url": "https://u:p@partner.example"}, ForbiddenAddress),
        ({"token_url": "file:///etc/passwd"}, ForbiddenAddress),
        ({"organisation": "89.1.2"}, IdentifierError),
        ({"organisation": "88.118.30001/x"}, IdentifierError),
        ({"client_id": ""}, PartnerFault),
        ({"secret": ""}, PartnerFault),
        ({"secret": "a\nb"}, PartnerFault),
    ],
)
def test_what_is_no_partner(changes: dict[str, str], fault: type[Exception]) -> None:
    given = {"name": "buyer", "url": "https://partner.example", "organisation": BUYER, "client_id": "c", "secret": "s"}
    with pytest.raises(fault):
        new_partner(**{**given, **changes})


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = PartnerBook(tmp_path).add(partner())
    path.chmod(0o640)
    with pytest.raises(PartnerFault, match="others can read this secret"):
        list(PartnerBook(tmp_path))


@pytest.mark.parametrize("text", ["", "{}", "[]", "x", '{"format":"partner/2"}', '{"format":"partner/1","name":7}'])
def test_a_file_that_is_no_partner(tmp_path: Path, text: str) -> None:
    path = PartnerBook(tmp_path).add(partner())
    path.write_text(text)
    with pytest.raises(PartnerFault, match="partner/1"):
        list(PartnerBook(tmp_path))


@pytest.mark.parametrize(
    ("source", "base"),
    [
        ("https://partner.example/pact", "https://partner.example/pact"),
        ("https://partner.example/pact/", "https://partner.example/pact"),
        ("https://partner.example/pact/3/events", "https://partner.example/pact"),
        ("//partner.example/pact/3/events", "https://partner.example/pact"),
        ("http://127.0.0.1:8004/3/events?x=1#y", "http://127.0.0.1:8004"),
        ("", ""),
        ("urn:x", "urn:x"),
    ],
)
def test_the_base_of_a_source(source: str, base: str) -> None:
    assert base_of(source) == base


def test_a_partner_is_found_by_its_organisation_and_source(tmp_path: Path) -> None:
    """INV-20: nobody makes us use the credentials that another's partner gave us."""
    book = PartnerBook(tmp_path)
    book.add(partner())
    assert book.find(BUYER, "https://PARTNER.example/pact/3/events") == partner()
    assert book.find("88.118.30002", "https://partner.example/pact") is None
    for other in ("https://partner.example", "https://partner.example/pact/x", "https://partner.example.evil/pact",
                  "https://partner.example/PACT", "http://partner.example/pact", "https://[", ""):  # fmt: skip
        assert book.find(BUYER, other) is None


def test_an_event_arrives_with_a_token(listener: Listener) -> None:
    PactClient(partner(listener.url), Reach.LOCAL).send(EVENT)
    assert listener.events == [EVENT]
    assert [(method, path) for method, path, _ in listener.requests] == [
        ("GET", "/.well-known/openid-configuration"), ("POST", "/auth/token"), ("POST", "/3/events"),
    ]  # fmt: skip
    sent = listener.requests[-1][2]
    assert sent["Content-Type"] == "application/cloudevents+json; charset=UTF-8"
    assert f"http://{sent['Host']}" == listener.url


def test_the_token_endpoint_that_a_partner_names(listener: Listener) -> None:
    listener.documents["/.well-known/openid-configuration"] = {"token_endpoint": f"{listener.url}/oauth"}
    listener.documents["/oauth"] = {"access_token": "partner-token"}
    PactClient(partner(listener.url), Reach.LOCAL).send(EVENT)
    assert ("POST", "/oauth") in [(method, path) for method, path, _ in listener.requests]
    other = partner(listener.url, token_url=f"{listener.url}/oauth")
    listener.requests.clear()
    PactClient(other, Reach.LOCAL).send(EVENT)
    assert len(listener.requests) == 2


@pytest.mark.parametrize(
    "endpoint", ["http://169.254.169.254/latest", "http://10.0.0.1/token", "file:///etc/passwd", "https://user:x@h/"]
)
def test_a_partner_cannot_send_us_elsewhere(listener: Listener, endpoint: str) -> None:
    """INV-20: neither by what it names as its token endpoint, nor by a redirection."""
    listener.documents["/.well-known/openid-configuration"] = {"token_endpoint": endpoint}
    with pytest.raises(ForbiddenAddress):
        PactClient(partner(listener.url), Reach.LOCAL).send(EVENT)


def test_redirections_are_not_followed(listener: Listener) -> None:
    listener.fails, listener.status, listener.location = 3, 307, f"{listener.url}/3/footprints/secret"
    with pytest.raises(PartnerUnreachable, match="answered 307"):
        PactClient(partner(listener.url), Reach.LOCAL).send(EVENT)
    assert all(path != "/3/footprints/secret" for _, path, _ in listener.requests)


@pytest.mark.parametrize("token", [None, 7, "", "a b", "x" * 8193, "a\nb", "ä"])
def test_tokens_that_are_none(listener: Listener, token: object) -> None:
    listener.documents["/auth/token"] = {"access_token": token}
    with pytest.raises(PartnerUnreachable, match="no access token"):
        PactClient(partner(listener.url), Reach.LOCAL).send(EVENT)


@pytest.mark.parametrize("document", [[], "x", None, 7])
def test_answers_that_are_none(listener: Listener, document: object) -> None:
    listener.documents["/auth/token"] = document
    with pytest.raises(PartnerUnreachable):
        PactClient(partner(listener.url), Reach.LOCAL).send(EVENT)


def test_a_wrong_secret_and_a_closed_port(listener: Listener) -> None:
    with pytest.raises(PartnerUnreachable, match="answered 400 to our token"):
        PactClient(partner(listener.url, secret="other"), Reach.LOCAL).send(EVENT)
    with pytest.raises(PartnerUnreachable, match="no answer"):
        PactClient(partner("http://127.0.0.1:9"), Reach.LOCAL).send(EVENT)
    with pytest.raises(ForbiddenAddress):
        PactClient(partner(listener.url), Reach.PUBLIC).send(EVENT)


def test_a_footprint_is_fetched(listener: Listener) -> None:
    listener.documents["/3/footprints/7"] = {"data": {"id": "7"}}
    assert PactClient(partner(listener.url), Reach.LOCAL).fetch("7") == {"id": "7"}
    with pytest.raises(PartnerUnreachable, match="answered 404"):
        PactClient(partner(listener.url), Reach.LOCAL).fetch("8")


class Drip(BaseHTTPRequestHandler):
    """An answer without an end, a little at a time."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x" * (65_536 if self.path == "/large" else 1))
                time.sleep(0 if self.path == "/large" else 0.05)
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("path", ["/large", "/slow"])
def test_an_answer_is_bounded_in_size_and_time(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(calling, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(calling, "WHOLE_SECONDS", 0.5)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Drip)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    begun = time.monotonic()
    try:
        with pytest.raises(PartnerUnreachable, match="too long"):
            Caller(Reach.LOCAL).call("GET", f"http://127.0.0.1:{server.server_port}{path}", {})
        assert time.monotonic() - begun < 3
    finally:
        server.shutdown()
        server.server_close()


def test_the_file_is_what_its_format_says(tmp_path: Path) -> None:
    document = json.loads(PartnerBook(tmp_path).add(partner()).read_text())
    assert document == {
        "format": "partner/1", "name": "buyer", "url": "https://partner.example/pact", "organisation": BUYER,
        "client_id": CLIENT, "secret": SECRET, "token_url": "", "ca_file": "",
    }  # fmt: skip
