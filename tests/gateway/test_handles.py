"""The Handle interface: its codes, who sees what, signatures, and bad input of every kind."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.access.client import new_client
from ledger.certificates.statement import Statement
from ledger.resolution import admin
from ledger.resolution.signature import public_key, verify
from ledger.resolution.value_json import read_value
from ledger.resolution.values import HandleValue
from ledger.resolution.zone import Zone
from ledger.store.certificates import put_certificate
from ledger.store.clients import end_client, put_client
from tests.credentials.issuers import issuer
from tests.gateway.meters import ISS, SUB, Gateway, Meter, open_gateway
from tests.gateway.samples import GRADED, efficiency

PREFIX, OTHER = ISS, "88.118.9"
USER, SECRET = f"300:{PREFIX}/ADMIN", "s3cret-s3cret"
HANDLE = f"{PREFIX}/PRODUCT-1"
API = "/api/handles/"
NOW, REPLAYED = 1_790_000_000, 1_780_000_000
URL_VALUE = {"index": 1, "type": "URL", "data": {"format": "string", "value": "https://factory.example/1"}}
SECRET_VALUE = {"index": 7, "type": "RECIPE", "data": "hidden", "permissions": "1100"}


@dataclass
class Setting:
    gateway: Gateway
    client: TestClient

    def get(self, handle: str, query: str = "", **headers: str) -> tuple[int, Any]:
        answer = self.client.get(f"{API}{handle}{query}", headers=headers)
        return answer.status_code, answer.json()

    def put(self, handle: str, values: Any, query: str = "", user: str = USER) -> tuple[int, int]:
        body = json.dumps({"values": values}).encode()
        answer = self.client.put(f"{API}{handle}{query}", content=body, headers=basic(user))
        return answer.status_code, answer.json()["responseCode"]

    def delete(self, handle: str, query: str = "", user: str = USER) -> tuple[int, int]:
        answer = self.client.delete(f"{API}{handle}{query}", headers=basic(user))
        return answer.status_code, answer.json()["responseCode"]


def basic(user: str = USER, password: str = SECRET) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{quote(user)}:{password}".encode()).decode()}


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    folder: Path = tmp_path_factory.mktemp("gateway")
    gateway = open_gateway(folder, Meter(), lambda: REPLAYED, issuer=issuer(), machine_clock=lambda: NOW)
    for user, owner, role in ((USER, PREFIX, "enterprise"), (f"300:{OTHER}/ADMIN", OTHER, "enterprise"),
                              ("reader", PREFIX, "customer")):  # fmt: skip
        put_client(gateway.engine, new_client(user, owner, role, NOW), SECRET)
    yield Setting(gateway, TestClient(gateway.app, raise_server_exceptions=False, follow_redirects=False))
    gateway.ingest.close()
    gateway.engine.dispose()


@pytest.fixture(autouse=True)
def _fresh(setting: Setting) -> None:
    with setting.gateway.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM handle_values")


def test_the_codes_of_a_records_life(setting: Setting) -> None:
    assert setting.get(HANDLE)[0] == 404
    assert setting.get(HANDLE)[1]["responseCode"] == 100
    assert setting.put(HANDLE, [URL_VALUE], "?index=1") == (404, 100)
    assert setting.put(HANDLE, [URL_VALUE]) == (201, 1)
    assert setting.put(HANDLE, [URL_VALUE], "?overwrite=false") == (409, 101)
    assert setting.put(HANDLE, [URL_VALUE], "?overwrite=true") == (200, 1)
    assert setting.put(HANDLE, [URL_VALUE], "?index=1&overwrite=false") == (409, 201)
    assert setting.put(HANDLE, [{**URL_VALUE, "index": 2}], "?index=various") == (200, 1)
    assert setting.put(HANDLE, [URL_VALUE], "?index=2") == (400, 202)
    status, record = setting.get(HANDLE)
    assert (status, record["responseCode"], record["handle"]) == (200, 1, HANDLE)
    assert [value["index"] for value in record["values"]] == [1, 2, 400]
    assert record["values"][0]["timestamp"].endswith("Z")
    assert setting.delete(HANDLE, "?index=9") == (400, 200)
    assert setting.delete(HANDLE, "?index=2") == (200, 1)
    assert setting.delete(HANDLE) == (200, 1)
    assert setting.delete(HANDLE) == (404, 100)


@pytest.mark.parametrize(
    ("query", "expected", "code"),
    [
        ("?index=1", [1], 1), ("?index=1&index=7", [1], 1), ("?type=URL", [1], 1), ("?type=url&index=400", [1, 400], 1),
        ("?index=99", [], 200), ("?type=NOTHING", [], 200), ("?auth=true", [1, 400], 1), ("?auth&pretty", [1, 400], 1),
    ],
)  # fmt: skip
def test_values_are_chosen_and_a_filter_that_fits_none_is_no_error(
    setting: Setting, query: str, expected: list[int], code: int
) -> None:
    setting.put(HANDLE, [URL_VALUE, SECRET_VALUE])
    status, record = setting.get(HANDLE, query)
    assert (status, record["responseCode"]) == (200, code)
    assert [value["index"] for value in record["values"]] == expected


def test_a_hidden_value_is_its_organisations_own(setting: Setting) -> None:
    """INV-20."""
    setting.put(HANDLE, [URL_VALUE, SECRET_VALUE])
    for headers in ({}, basic(f"300:{OTHER}/ADMIN")):
        record = setting.get(HANDLE, **headers)[1]
        assert "RECIPE" not in json.dumps(record)
        assert len(_claims(record)) == 1, "not even a digest of it is shown"
    assert "RECIPE" in json.dumps(setting.get(HANDLE, **basic())[1])
    setting.put(f"{PREFIX}/ALL-HIDDEN", [SECRET_VALUE])
    assert setting.get(f"{PREFIX}/ALL-HIDDEN")[0] == 404


def _claims(record: Any) -> list[Any]:
    text = next(value["data"]["value"] for value in record["values"] if value["type"] == "HS_SIGNATURE")
    part = text.split(".")[1]
    digests: list[Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["digests"]["digests"]
    return digests


def read(record: Any) -> list[HandleValue]:
    return [read_value(value, most=32768) for value in record["values"]]


def test_the_signature_verifies_by_the_key_that_this_gateway_names(setting: Setting) -> None:
    """Whole and in part; with one value changed on the way it does not (INV-11)."""
    setting.put(HANDLE, [URL_VALUE, {"index": 3, "type": "NOTE", "data": "x"}])
    values = read(setting.get(HANDLE)[1])
    text = next(value.text for value in values if value.type == "HS_SIGNATURE")
    signer = setting.get(f"{PREFIX}/{PREFIX}")[1]
    key = next(value for value in read(signer) if value.index == 301)
    public = public_key(admin.decode_key(key.data))
    assert verify(HANDLE, values, text, public, NOW).good
    part = read(setting.get(HANDLE, "?type=NOTE")[1])
    assert verify(HANDLE, part, text, public, NOW).good
    changed = [HandleValue(3, "NOTE", b"y")]
    assert verify(HANDLE, changed, text, public, NOW).altered == (3,)
    own = read(signer)
    assert verify(f"{PREFIX}/{PREFIX}", own, own[-1].text, public, NOW).good


def test_the_record_of_a_prefix(setting: Setting) -> None:
    values = {value["type"]: value for value in setting.get(f"0.NA/{PREFIX}")[1]["values"]}
    site = values["HS_SITE"]["data"]["value"]
    assert site["attributes"] == [{"name": "base_url", "value": "https://ledger.example"}]
    assert site["servers"][0]["interfaces"][0]["protocol"] == "HTTPS"
    assert values["HS_VLIST"]["data"]["value"] == [{"handle": f"{PREFIX}/ADMIN", "index": 300}]
    assert setting.get("0.NA/10.1000")[0] == 404
    assert setting.put(f"0.NA/{PREFIX}", [URL_VALUE]) == (403, 401)


def test_a_template_resolves_and_leads_to_its_bytes(setting: Setting) -> None:
    status, record = setting.get("88.100.0/META_CARBON_PUB_1.0.0")
    assert status == 200
    values = {value["index"]: value for value in record["values"]}
    assert values[3]["data"]["value"] == "碳数据公共模板"
    assert values[2058]["type"] == "grade"
    assert json.loads(values[2058]["data"]["value"])["zh"] == "碳效等级"
    path = values[1]["data"]["value"].removeprefix("https://ledger.example")
    answer = setting.client.get(path)
    assert answer.status_code == 200
    assert "0x" + hashlib.sha256(answer.content).hexdigest() == values[6]["data"]["value"]
    assert setting.client.get("/templates/88.100.0/META_NOTHING").status_code == 404


def test_a_terminal_resolves_to_its_enterprise_only(setting: Setting) -> None:
    """INV-20: who meters where is nobody else's business."""
    assert setting.get(SUB)[0] == 404
    assert setting.get(SUB, **basic(f"300:{OTHER}/ADMIN"))[0] == 404
    values = {value["type"]: value for value in setting.get(SUB, **basic())[1]["values"]}
    assert values["deviceClass"]["data"]["value"] == "meter"
    assert values["deviceState"]["data"]["value"] == "active"
    assert setting.put(SUB, [{**URL_VALUE, "index": 4100}]) == (403, 401)
    assert setting.put(SUB, [URL_VALUE]) in ((200, 1), (201, 1))
    assert [value["index"] for value in setting.get(SUB)[1]["values"]] == [1, 400], "what it published itself"


def test_a_certificate_resolves_with_its_status_and_nobody_writes_over_it(setting: Setting) -> None:
    """INV-11, INV-13: the grade is the chain's; an administrator adds values, and changes none of the ledger's."""
    row = efficiency()
    put_certificate(setting.gateway.engine, row)
    setting.gateway.chain.show(Statement.from_json(row.statement))
    values = {value["index"]: value for value in setting.get(GRADED)[1]["values"]}
    assert values[1]["data"]["value"] == f"https://ledger.example/{GRADED}"
    assert values[2058] | {"timestamp": ""} == {
        "index": 2058, "type": "grade", "data": {"format": "string", "value": "2"}, "ttl": 86400, "timestamp": "",
    }  # fmt: skip
    assert values[2075]["data"]["value"] == "valid"
    assert setting.get(GRADED)[1]["asOf"] == {"block": 431, "time": "2019-01-09T02:23:20Z"}
    better = {"index": 2058, "type": "grade", "data": "1"}
    assert setting.put(GRADED, [better], "?index=2058&overwrite=true") == (403, 401)
    assert setting.put(GRADED, [URL_VALUE], "?overwrite=true") == (403, 401)
    assert setting.put(GRADED, [{**URL_VALUE, "index": 10}], "?overwrite=false") == (409, 101)
    assert setting.put(GRADED, [{**URL_VALUE, "index": 10}], "?index=10") == (200, 1)
    assert setting.delete(GRADED, "?index=2058") == (403, 401)
    assert {1, 10, 2058, 400} <= {value["index"] for value in setting.get(GRADED)[1]["values"]}
    assert setting.delete(GRADED) == (200, 1)
    assert setting.delete(GRADED) == (403, 401)
    setting.gateway.chain.show(Statement.from_json(row.statement), "revoked")
    assert setting.get(GRADED, "?type=status")[1]["values"][0]["data"]["value"] == "revoked"
    setting.gateway.chain.reachable = False
    assert setting.get(GRADED, "?type=status")[1]["values"][0]["data"]["value"] == "not-checked"
    setting.gateway.chain.reachable = True


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, (401, 402)), ("Handle clientCert=\"true\"", (401, 402)), ("Basic", (401, 403)), ("Basic !", (401, 403)),
        ("Basic " + base64.b64encode(b"nocolon").decode(), (401, 403)), ("Bearer x", (401, 403)),
        ("Basic " + base64.b64encode(b"%zz:x").decode(), (401, 403)), ("Basic " + "A" * 2000, (401, 403)),
        (basic(USER, "wrong-wrong")["Authorization"], (401, 403)), (basic("nobody")["Authorization"], (401, 403)),
        (basic("reader")["Authorization"], (403, 401)), (basic(f"300:{OTHER}/ADMIN")["Authorization"], (403, 400)),
        (basic(USER)["Authorization"], (201, 1)),
    ],
)  # fmt: skip
def test_who_may_change_a_record(setting: Setting, header: str | None, expected: tuple[int, int]) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = setting.client.put(f"{API}{HANDLE}", content=json.dumps({"values": [URL_VALUE]}), headers=headers)
    assert (answer.status_code, answer.json()["responseCode"]) == expected
    assert ("www-authenticate" in answer.headers) is (expected[0] == 401)


def test_a_client_that_was_ended_changes_nothing(setting: Setting) -> None:
    put_client(setting.gateway.engine, new_client(f"301:{PREFIX}/ADMIN", PREFIX, "enterprise", NOW), SECRET)
    assert setting.put(HANDLE, [URL_VALUE], user=f"301:{PREFIX}/ADMIN") == (201, 1)
    end_client(setting.gateway.engine, f"301:{PREFIX}/ADMIN", NOW)
    assert setting.put(HANDLE, [URL_VALUE], user=f"301:{PREFIX}/ADMIN") == (401, 403)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", 102), ("x", 102), ("/x", 102), (f"{PREFIX}/", 102), (f"{PREFIX}", 102), (f"{PREFIX}/a%00b", 102),
        (f"{PREFIX}/a%0Ab", 102), (f"{PREFIX}/a%20b", 102), (f"{PREFIX}/..%2F..%2Fetc", 102), (f"{PREFIX}/a%5Cb", 102),
        (f"{PREFIX}/%ff", 102), (f"{PREFIX}/%C3%28", 102), (f"{PREFIX}/%zz", 102), (f"{PREFIX}/" + "x" * 255, 102),
        ("%EF%BC%98%EF%BC%98.118.8/x", 102), (f"{PREFIX}/%EF%BC%A1", 102), (f"{PREFIX}/CE-%D0%90", 102),
        (f"{PREFIX}/a%E2%80%8Bb", 102), ("8" * 65 + "/x", 102), ("88..8/x", 102), (f"300:{PREFIX}/ADMIN", 102),
        (f"hdl:{HANDLE}", 301), (f"doi:{HANDLE}", 301),
    ],
)  # fmt: skip
def test_what_is_no_handle(setting: Setting, path: str, expected: int) -> None:
    for act in (setting.client.get, setting.client.put, setting.client.delete):
        answer = act(f"{API}{path}")
        assert answer.status_code == 400, answer.text
        assert answer.json()["responseCode"] == expected


@pytest.mark.parametrize("query", ["?index=x", "?index=-1", "?index=99999999999", "?index=%EF%BC%91", "?index="])
def test_what_is_no_index(setting: Setting, query: str) -> None:
    assert setting.get(HANDLE, query)[0] == 400


@pytest.mark.parametrize("value", [
    {"index": 3, "type": "HS_SIGNATURE", "data": "x"}, {"index": 3, "type": "HS_SITE", "data": "x"},
    {"index": 400, "type": "NOTE", "data": "x"}, {"index": 3, "type": "NOTE", "data": "x" * 4001}, 5,
])  # fmt: skip
def test_values_that_nobody_registers(setting: Setting, value: Any) -> None:
    assert setting.put(HANDLE, [value]) == (400, 202)


def test_a_body_beyond_the_bound(setting: Setting) -> None:
    answer = setting.client.put(f"{API}{HANDLE}", content=b" " * (600 * 1024), headers=basic())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "query", ["", "?limit=x&URL=*", "?" + "&".join(f"T{n}=x" for n in range(11)), "?URL=" + "x" * 5000]
)
def test_look_ups_that_ask_nothing_or_too_much(setting: Setting, query: str) -> None:
    assert setting.client.get(f"/hrls/handles{query}").status_code == 401
    answer = setting.client.get(f"/hrls/handles{query}", headers=basic())
    assert (answer.status_code, answer.json()["responseCode"]) == (400, 4)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.binary(max_size=40))
def test_garbage_never_ends_in_a_fault_of_the_server(setting: Setting, path: bytes, query: bytes) -> None:
    escaped = "".join(f"%{byte:02X}" for byte in path)
    wish = "".join(f"%{byte:02X}" for byte in query)
    for url in (f"{API}{escaped}", f"{API}{PREFIX}/{escaped}?index={wish}&type={wish}", f"/hrls/handles?{wish}={wish}"):
        assert setting.client.get(url, headers=basic() if url.startswith("/hrls") else {}).status_code < 500


def test_without_issuer_keys_records_are_served_unsigned(tmp_path: Path) -> None:
    gateway = open_gateway(tmp_path, Meter(), zone=Zone(("88.118",)))
    client = TestClient(gateway.app)
    answer = client.get(f"{API}0.NA/88.118").json()
    assert "HS_SIGNATURE" not in json.dumps(answer)
    outside = client.get(f"{API}88.200.1/x")
    assert (outside.status_code, outside.json()["responseCode"]) == (400, 301)
    gateway.ingest.close()
    gateway.engine.dispose()


@pytest.mark.parametrize("name", ["f", "jQuery17_0.done", "$", "_x" + "a" * 62])
def test_a_record_as_a_script(setting: Setting, name: str) -> None:
    value = {"index": 1, "type": "NOTE", "data": "a\u2028b</script>\u2029"}
    assert setting.put(HANDLE, [value])[0] == 201
    answer = setting.client.get(f"{API}{HANDLE}", params={"callback": name, "type": "NOTE"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/javascript")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text.startswith(f"/**/{name}({{")
    assert not {"\u2028", "\u2029"} & set(answer.text)
    told = json.loads(answer.text.removeprefix(f"/**/{name}(").removesuffix(");"))
    assert told == setting.get(HANDLE, "?type=NOTE")[1]


def test_a_script_says_what_was_not_found(setting: Setting) -> None:
    answer = setting.client.get(f"{API}{PREFIX}/NOBODY?callback=f")
    assert (answer.status_code, answer.text[:5]) == (200, "/**/f")
    assert '"responseCode": 100' in answer.text


@pytest.mark.parametrize("name", [
    "alert(1)", "a b", "1x", ".x", "a" * 65, "é", "x\n", "a;b", "a[0]", "<script>", "a%00", "*/f",
])  # fmt: skip
def test_what_is_no_name_of_a_function(setting: Setting, name: str) -> None:
    """INV-18."""
    answer = setting.client.get(f"{API}{HANDLE}", params={"callback": name})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json()["responseCode"] == 4


def test_no_script_shows_what_only_its_owner_sees(setting: Setting) -> None:
    """INV-20: a page of somebody else could run it in the browser of a visitor who is signed in."""
    setting.put(HANDLE, [URL_VALUE, SECRET_VALUE])
    answer = setting.client.get(f"{API}{HANDLE}?callback=f", headers=basic())
    assert (answer.status_code, answer.json()["responseCode"]) == (400, 4)
    assert "hidden" not in setting.client.get(f"{API}{HANDLE}?callback=f").text
