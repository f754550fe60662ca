"""Top node, secondary node and enterprise node as three gateways that listen and refer to each other."""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI, Response
from pyhandle.client.resthandleclient import RESTHandleClient  # type: ignore[import-untyped]

from gateway.configuration import add_flags, read_configuration
from gateway.nodes import zone_of
from gateway.serve_texts import TEXTS
from ledger.access.client import new_client
from ledger.commands.resolve import FAILED, FOUND, OPEN, WRONG, main
from ledger.errors import ConfigError
from ledger.resolution.signature import sign
from ledger.resolution.value_json import value_json
from ledger.resolution.values import Reference, text_value
from ledger.resolution.walk import Verdict, WalkFault
from ledger.resolution.zone import Zone
from ledger.store.certificates import put_certificate
from ledger.store.clients import put_client
from ledger.store.handles import create_record
from ledger.walking import Client, resolve, walk
from tests.credentials.issuers import issuer
from tests.gateway.live import free_socket, serving, url_of
from tests.gateway.meters import Gateway, Meter, open_gateway
from tests.gateway.samples import FACTS, GRADED, statement, stored

TOP, SECONDARY, ENTERPRISE = "88", "88.118", "88.118.20260"
CIRCLE = "88.999"
USER, SECRET = f"300:{ENTERPRISE}/ADMIN", "s3cret-s3cret"


@dataclass
class Node:
    url: str
    gateway: Gateway


@dataclass
class Nodes:
    top: Node
    secondary: Node
    enterprise: Node


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    listeners = [free_socket() for _ in range(3)]
    top, secondary, enterprise = map(url_of, listeners)
    zones = (
        Zone((TOP,), {SECONDARY: secondary, CIRCLE: secondary}),
        Zone((SECONDARY, CIRCLE), {ENTERPRISE: enterprise, f"{CIRCLE}.1": top}),
        Zone((ENTERPRISE,)),
    )
    found = []
    with ExitStack() as closing:
        for number, (zone, listener) in enumerate(zip(zones, listeners, strict=True)):
            folder: Path = tmp_path_factory.mktemp(f"node{number}")
            own = replace(issuer(), rsa=rsa.generate_private_key(65537, 2048))
            gateway = open_gateway(folder, Meter(), lambda: int(time.time()), issuer=own, zone=zone,
                                   public_url=url_of(listener))  # fmt: skip
            closing.callback(gateway.engine.dispose)
            closing.callback(gateway.ingest.close)
            found.append(Node(closing.enter_context(serving(gateway.app, listener)), gateway))
        said = statement(GRADED)
        put_certificate(found[2].gateway.engine, stored(said, FACTS))
        found[2].gateway.chain.show(said)
        put_client(found[2].gateway.engine, new_client(USER, ENTERPRISE, "enterprise", 0), SECRET)
        yield Nodes(*found)


def test_from_the_top_to_the_enterprise(nodes: Nodes) -> None:
    walked = resolve(Client(), nodes.top.url, GRADED, int(time.time()))
    assert [(step.node, step.response) for step in walked.steps] == [
        (nodes.top.url, 303), (nodes.secondary.url, 302), (nodes.enterprise.url, 1),
    ]  # fmt: skip
    assert walked.judged is not None
    assert walked.judged.verdict is Verdict.VERIFIED
    assert walked.judged.issuer is not None
    assert walked.judged.issuer.text == f"301:{ENTERPRISE}/{ENTERPRISE}"
    assert walked.judged.checked is not None
    assert 2058 in walked.judged.checked.verified


def test_a_client_that_follows_redirections_is_sent_on(nodes: Nodes) -> None:
    """pyhandle, unchanged, asks the top node and reads the enterprise's record."""
    client = RESTHandleClient.instantiate_for_read_access(nodes.top.url)
    assert client.get_value_from_handle(GRADED, "grade") == "2"
    answer = httpx.get(f"{nodes.top.url}/api/handles/{GRADED}?index=2058&type=a%26b", follow_redirects=True)
    assert [value["index"] for value in answer.json()["values"]] == [2058]
    assert len(answer.history) == 2
    assert answer.history[0].json()["responseCode"] == 303


@pytest.mark.parametrize(
    ("node", "handle", "status", "code"),
    [
        ("top", "10.1000/1", 400, 301), ("secondary", "88.200.1/x", 400, 301), ("enterprise", "88.118.8/x", 400, 301),
        ("top", "88.200.1/x", 404, 100), ("secondary", "88.118.5/x", 404, 100), ("enterprise", f"{ENTERPRISE}/no",
        404, 100),
        ("top", f"0.NA/{SECONDARY}", 200, 1), ("secondary", f"0.NA/{ENTERPRISE}", 200, 1), ("top", "0.NA/88", 200, 1),
        ("enterprise", f"0.NA/{ENTERPRISE}", 200, 1), ("enterprise", "0.NA/88.118", 400, 301),
    ],
)  # fmt: skip
def test_who_answers_for_what(nodes: Nodes, node: str, handle: str, status: int, code: int) -> None:
    asked: Node = getattr(nodes, node)
    answer = httpx.get(f"{asked.url}/api/handles/{handle}")
    assert (answer.status_code, answer.json()["responseCode"]) == (status, code)


def test_the_records_of_prefixes_say_where_to_go(nodes: Nodes) -> None:
    def base_url(node: Node, prefix: str) -> str:
        values = httpx.get(f"{node.url}/api/handles/0.NA/{prefix}").json()["values"]
        site = next(value["data"]["value"] for value in values if value["type"] == "HS_SITE")
        return str(site["attributes"][0]["value"])

    assert base_url(nodes.top, SECONDARY) == nodes.secondary.url
    assert base_url(nodes.secondary, SECONDARY) == nodes.secondary.url
    assert base_url(nodes.secondary, ENTERPRISE) == nodes.enterprise.url
    deeper = httpx.get(f"{nodes.top.url}/api/handles/0.NA/{ENTERPRISE}?noredirect").json()
    assert deeper["responseCode"] == 303


def test_every_nodes_own_record_verifies_from_the_top(nodes: Nodes) -> None:
    for handle in (f"0.NA/{SECONDARY}", f"{SECONDARY}/{SECONDARY}", "0.NA/88", f"{ENTERPRISE}/{ENTERPRISE}"):
        walked = resolve(Client(), nodes.top.url, handle, int(time.time()))
        assert walked.judged is not None
        assert walked.judged.verdict is Verdict.VERIFIED, (handle, walked)


def test_changes_are_not_passed_on(nodes: Nodes) -> None:
    """They carry a secret that is for one node only."""
    body = {"values": [{"index": 1, "type": "URL", "data": "https://factory.example"}]}
    answer = httpx.put(f"{nodes.top.url}/api/handles/{ENTERPRISE}/NEW", json=body, auth=("300%3A" + USER[4:], SECRET))
    assert (answer.status_code, answer.json()["responseCode"]) == (400, 303)
    assert "location" not in answer.headers
    client = RESTHandleClient.instantiate_with_username_and_password(nodes.enterprise.url, USER, SECRET)
    assert client.register_handle(f"{ENTERPRISE}/NEW", "https://factory.example") == f"{ENTERPRISE}/NEW"
    reader = RESTHandleClient.instantiate_for_read_access(nodes.top.url)
    assert reader.get_value_from_handle(f"{ENTERPRISE}/NEW", "URL") == "https://factory.example"


def test_nodes_that_refer_in_a_circle(nodes: Nodes) -> None:
    with pytest.raises(WalkFault, match="circle"):
        walk(Client(), nodes.top.url, f"{CIRCLE}.1/x")
    with httpx.Client(follow_redirects=True, max_redirects=30) as client:
        answer = client.get(f"{nodes.top.url}/api/handles/{CIRCLE}.1/x")
    assert (answer.status_code, answer.json()["responseCode"]) == (508, 6)


def _impostor(document: Any) -> FastAPI:
    app = FastAPI()

    @app.get("/{rest:path}")
    def whatever(rest: str) -> Response:
        return Response(document if isinstance(document, bytes) else json.dumps(document).encode())

    return app


@pytest.mark.parametrize("document", [
    b"", b"<html>", [], {}, {"responseCode": "1"}, {"responseCode": 1, "values": {}}, {"responseCode": 1,
    "values": [7]},
    {"responseCode": 302}, {"responseCode": 302, "values": [{"index": 1, "type": "HS_SITE", "data": "x"}]},
    {"responseCode": 1, "handle": "88.118.20260/other", "values": []}, b'{"a": ' * 2000,
])  # fmt: skip
def test_answers_that_are_none(document: Any) -> None:
    with serving(_impostor(document), free_socket()) as url, pytest.raises(WalkFault):
        resolve(Client(), url, GRADED, 0)


def _with(nodes: Nodes, change: Any) -> FastAPI:
    """What a node between would have to serve: the enterprise's record, changed, and whatever key record it likes."""
    answers = {
        handle: httpx.get(f"{nodes.enterprise.url}/api/handles/{handle}").json()
        for handle in (GRADED, f"{ENTERPRISE}/{ENTERPRISE}")
    }
    change(answers)
    app = FastAPI()

    @app.get("/api/handles/{handle:path}")
    def answer(handle: str) -> Any:
        return answers.get(handle, {"responseCode": 100})

    return app


def improve(answers: dict[str, Any]) -> None:
    for value in answers[GRADED]["values"]:
        if value["type"] == "grade":
            value["data"]["value"] = "1"


def strip(answers: dict[str, Any]) -> None:
    record = answers[GRADED]
    record["values"] = [value for value in record["values"] if value["type"] != "HS_SIGNATURE"]


def hide_key(answers: dict[str, Any]) -> None:
    answers[f"{ENTERPRISE}/{ENTERPRISE}"]["values"] = []


def break_signature(answers: dict[str, Any]) -> None:
    for value in answers[GRADED]["values"]:
        if value["type"] == "HS_SIGNATURE":
            value["data"]["value"] = "a.b.c"


def borrow(answers: dict[str, Any]) -> None:
    """The signature of another prefix' key."""
    other = issuer_of_another_prefix()
    values = [value for value in answers[GRADED]["values"] if value["type"] != "HS_SIGNATURE"]
    answers[GRADED]["values"] = [*values, other]


def issuer_of_another_prefix() -> dict[str, Any]:
    value = sign(GRADED, [text_value(1, "URL", "x")], Reference("88.200/88.200", 301), issuer().rsa, int(time.time()))
    return value_json(value)


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda answers: None, FOUND, "✓ signed by"), (improve, FAILED, "changed: 2058"), (strip, OPEN, "not signed"),
        (hide_key, FAILED, "holds no key"), (break_signature, FAILED, "does not hold"), (borrow, OPEN,
        "not the key of the prefix"),
    ],
)  # fmt: skip
def test_whoever_changes_a_record_on_the_way_is_seen(
    nodes: Nodes, capsys: pytest.CaptureFixture[str], change: Any, code: int, said: str
) -> None:
    """INV-11: the command says so, and its exit code too."""
    with serving(_with(nodes, change), free_socket()) as url:
        assert main([GRADED, "--from", url, "--lang", "en"]) == code
    assert said in capsys.readouterr().out


def test_the_command_prints_the_way(nodes: Nodes, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([GRADED, "--from", nodes.top.url, "--lang", "en"]) == FOUND
    out = capsys.readouterr().out
    for expected in (nodes.top.url, nodes.secondary.url, nodes.enterprise.url, "303", "grade", "✓ signed by 301:"):
        assert expected in out
    assert main([GRADED, "--from", nodes.top.url, "--lang", "zh"]) == FOUND
    assert "返回标识记录" in capsys.readouterr().out
    assert main([GRADED, "--from", nodes.top.url, "--json"]) == FOUND
    told = json.loads(capsys.readouterr().out)
    assert told["format"] == "resolution/1"
    assert [step["response"] for step in told["path"]] == [303, 302, 1]
    assert told["signature"]["verdict"] == "verified"
    assert main([f"{ENTERPRISE}/no", "--from", nodes.top.url, "--lang", "en"]) == FAILED
    assert "no such handle" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nonsense", "--from", "http://127.0.0.1:1"], WRONG, "no scheme"),
        ([GRADED, "--from", "http://127.0.0.1:1"], FAILED, "no answer"),
        ([GRADED, "--from", "ftp://x"], WRONG, "no web address"), ([f"{ENTERPRISE}/\uff21"], WRONG,
        "look like others"),
    ],
)  # fmt: skip
def test_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    assert main([*arguments, "--dir", str(tmp_path)]) == code
    assert said in capsys.readouterr().err


def test_other_names_by_command(nodes: Nodes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    enterprise = nodes.enterprise
    database = str(enterprise.gateway.engine.url)
    (tmp_path / "gateway.toml").write_text(
        f'database = "{database}"\npublic_url = "{enterprise.url}"\n', encoding="utf-8"
    )
    here = ["--dir", str(tmp_path), "--lang", "en"]
    link = "https://id.gs1.org/01/09506000134352/10/K1"
    assert main([link, *here]) == FAILED
    assert main(["alias", "add", GRADED, link, *here]) == 0
    assert main(["alias", "add", GRADED, link, *here]) == 0
    assert main(["alias", "add", GRADED, "1.2.156.1", *here]) == 0
    told = capsys.readouterr().out
    assert "gs1:/01/09506000134352/10/K1 now stands for" in told
    assert told.count("Nothing stands under /01/09506000134352 itself") == 2
    assert main(["alias", "add", GRADED, "9506000134352", *here]) == 0
    assert main(["alias", "add", GRADED, link, *here]) == 0
    assert "Nothing stands" not in capsys.readouterr().out
    assert main(["alias", "remove", GRADED, "9506000134352", *here]) == 0
    capsys.readouterr()
    assert main(["alias", "list", GRADED, *here]) == 0
    assert "88.118.20260/CE-2018-0001" in capsys.readouterr().out
    for name in (link, "1.2.156.1"):
        assert main([name, *here]) == FOUND
        assert f"{enterprise.url}/{GRADED}?lang=zh" in capsys.readouterr().out
    assert main(["alias", "list", "--json", *here]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2
    assert main(["alias", "remove", GRADED, link, *here]) == 0
    assert main(["alias", "remove", GRADED, link, *here]) == 1
    for wrong in (
        ["alias", "add", "x", link],
        ["alias", "add", GRADED, "88.118.8/x"],
        ["alias", "add", GRADED, "nonsense"],
    ):
        assert main([*wrong, *here]) == WRONG
    assert main(["alias", "list", f"{ENTERPRISE}/none", *here]) == 0
    assert "no name of this kind" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("prefixes", "delegations"),
    [
        ([5], {}), (["88..1"], {}), (["a/b"], {}), (["88"], {"88.118": "ftp://x"}), (["88"], {"88.118": 7}),
        (["88.118"], {"88.200": "https://x"}), (["88"], {"88": "https://x"}), (["88" * 40], {}), (["88.118"],
        {"88": "https://x"}),
    ],
)  # fmt: skip
def test_a_wrong_zone_is_refused(prefixes: list[Any], delegations: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        zone_of(prefixes, delegations)


def test_prefixes_and_delegations_stand_in_the_gateways_file(tmp_path: Path) -> None:
    lines = ['prefixes = ["88.118"]', "[delegations]", '"88.118.20260" = "https://enterprise.example/"']
    (tmp_path / "gateway.toml").write_text("\n".join(lines), encoding="utf-8")
    parser = argparse.ArgumentParser()
    add_flags(parser, TEXTS["en"])
    read = read_configuration(parser.parse_args(["--dir", str(tmp_path), "--log-id", "0x" + "0a" * 32]))
    assert read.zone == Zone((SECONDARY,), {ENTERPRISE: "https://enterprise.example"})
    (tmp_path / "gateway.toml").write_text('prefixes = "88.118"\n', encoding="utf-8")
    with pytest.raises(ConfigError):
        read_configuration(parser.parse_args(["--dir", str(tmp_path), "--log-id", "0x" + "0a" * 32]))


def test_a_zone_is_read_in_lower_case() -> None:
    assert zone_of(["88.Node"], {"88.Node.A": "https://x/"}) == Zone(("88.node",), {"88.node.a": "https://x"})


def test_records_of_a_prefix_that_was_delegated_later_are_not_served_any_more(tmp_path: Path) -> None:
    gateway = open_gateway(tmp_path, Meter(), zone=Zone(("88.118",), {"88.118.9": "https://enterprise.example"}))
    create_record(gateway.engine, "88.118.9/x", "88.118.9", [text_value(1, "URL", "https://x")], 1, overwrite=False)
    with serving(gateway.app, free_socket()) as url:
        answer = httpx.get(f"{url}/api/handles/88.118.9/x?index=1")
    assert answer.status_code == 307
    assert answer.headers["location"] == "https://enterprise.example/api/handles/88.118.9/x?index=1&hops=1"
    gateway.ingest.close()
    gateway.engine.dispose()
