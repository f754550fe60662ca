"""`carbon label` against a gateway over HTTP: what it writes, and what it refuses to write."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from fastapi.testclient import TestClient

from ledger.certificates.statement import Statement
from ledger.cli import main as carbon
from ledger.commands.label import main
from ledger.commands.label_texts import TEXTS
from ledger.labels.png import chinese_font
from ledger.store.certificates import put_certificate
from tests.gateway import samples
from tests.gateway.meters import Gateway
from tests.gateway.samples import EMISSIONS, GRADED

fonts = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font: apt-get install chromium fonts-noto-cjk")


@pytest.fixture
def url(client: TestClient) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/88.9.9/"):
                status, content = 200, b"<html>a proxy's login page</html>"
            else:
                headers = {name: self.headers[name] for name in ("Accept", "Accept-Language")}
                answer = client.get(self.path, headers=headers)
                status, content = answer.status_code, answer.content
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def graded(gateway: Gateway) -> Gateway:
    row = samples.efficiency()
    put_certificate(gateway.engine, row)
    gateway.chain.show(Statement.from_json(row.statement))
    return gateway


def test_one_file(graded: Gateway, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for language, word in (("zh", "碳效码"), ("en", "Carbon Efficiency Code")):
        out = tmp_path / "deep" / f"{language}.svg"
        assert main([GRADED, "--gateway", url, "--lang", language, "--size", "small", "--out", str(out)]) == 0
        assert word in out.read_text(encoding="utf-8")
        assert 'width="72mm"' in out.read_text(encoding="utf-8")
        assert str(out) in capsys.readouterr().out


@fonts
def test_all_of_them(graded: Gateway, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "labels"
    assert main([GRADED, "--gateway", url, "--all", str(folder), "--json"]) == 0
    written = json.loads(capsys.readouterr().out)["written"]
    assert len(written) == len(list(folder.iterdir())) == 6
    for entry in written:
        data = Path(entry["file"]).read_bytes()
        assert data.startswith(b"<svg" if entry["file"].endswith("svg") else b"\x89PNG")


def test_the_gateway_of_a_folder(graded: Gateway, url: str, tmp_path: Path) -> None:
    port = int(url.rpartition(":")[2])
    (tmp_path / "gateway.toml").write_text(f'host = "127.0.0.1"\nport = {port}\n')
    assert main([GRADED, "--dir", str(tmp_path), "--qr", "--out", str(tmp_path / "code.svg")]) == 0
    assert (tmp_path / "code.svg").read_bytes().startswith(b"<svg")


def test_a_gateway_with_tls_is_asked_by_https(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gateway.toml").write_text('port = 1\ntls_certificate = "cert.pem"\ntls_key = "key.pem"\n')
    assert main([GRADED, "--dir", str(tmp_path), "--out", str(tmp_path / "x.svg")]) == 1
    assert "https://127.0.0.1:1/" in capsys.readouterr().err


def test_a_void_label_is_written_only_when_asked_for(
    graded: Gateway, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graded.chain.show(Statement.from_json(samples.efficiency().statement), "revoked")
    out = tmp_path / "label.svg"
    call = [GRADED, "--gateway", url, "--lang", "en", "--out", str(out)]
    assert main(call) == 1
    assert "revoked, superseded or expired" in capsys.readouterr().err
    assert not out.exists()
    assert main([*call, "--void"]) == 1
    assert "作废 VOID" in out.read_text(encoding="utf-8")
    assert "void" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([EMISSIONS, "--out", "x.svg"], 1, "Neither the chain nor this server"),
        (["88.9.9/x", "--out", "x.svg"], 1, "without a picture"),
        ([GRADED, "--out", "x.pdf"], 2, "ending"),
        (["nonsense", "--out", "x.svg"], 2, "no suffix"),
        ([GRADED, "--out", "x.svg", "--gateway", "ftp://x"], 2, "no web address"),
        ([GRADED, "--out", "x.svg", "--gateway", "http://127.0.0.1:1"], 1, "no answer"),
        ([GRADED, "--out", "/proc/none/x.svg"], 2, "cannot be written"),
    ],
)
def test_what_it_says_when_there_is_nothing_to_write(
    graded: Gateway, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], code: int, says: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["--gateway", url, "--lang", "en", *arguments]) == code
    assert says in capsys.readouterr().err
    assert not list(tmp_path.glob("x.*"))


def test_help_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(TEXTS["zh"]) == set(TEXTS["en"])
    for language, part in (("en", "exit code"), ("zh", "退出码")):
        with pytest.raises(SystemExit):
            carbon(["label", "--help", "--lang", language])
        assert part in capsys.readouterr().out
