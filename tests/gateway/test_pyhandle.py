"""pyhandle, unchanged, against a gateway that listens: read, register, modify, delete, search."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyhandle.client.resthandleclient import RESTHandleClient  # type: ignore[import-untyped]
from pyhandle.handleexceptions import (  # type: ignore[import-untyped]
    GenericHandleError,
    HandleAlreadyExistsException,
    HandleAuthenticationError,
    HandleNotFoundException,
    HandleSyntaxError,
    ReverseLookupException,
)

from ledger.access.client import new_client
from ledger.store.clients import put_client
from tests.credentials.issuers import issuer
from tests.gateway.live import free_socket, serving
from tests.gateway.meters import Gateway, Meter, open_gateway

PREFIX, OTHER = "88.118.8", "88.118.9"
USER, SECRET = f"300:{PREFIX}/ADMIN", "s3cret-s3cret"
HANDLE = f"{PREFIX}/PRODUCT-1"
NOW = 1_790_000_000


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, str]]:
    folder: Path = tmp_path_factory.mktemp("gateway")
    gateway = open_gateway(folder, Meter(), issuer=issuer())
    for user, owner in ((USER, PREFIX), (f"300:{OTHER}/ADMIN", OTHER)):
        put_client(gateway.engine, new_client(user, owner, "enterprise", NOW), SECRET)
    listener = free_socket()
    with serving(gateway.app, listener) as url:
        yield gateway, url
    gateway.ingest.close()
    gateway.engine.dispose()


@pytest.fixture
def url(opened: tuple[Gateway, str]) -> Iterator[str]:
    yield opened[1]
    with opened[0].engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM handle_values")


def administrator(url: str, user: str = USER, password: str = SECRET) -> Any:
    return RESTHandleClient.instantiate_with_username_and_password(
        url, user, password, handleowner=f"200:0.NA/{PREFIX}", allowed_search_keys=["URL", "NOTE"]
    )


def test_an_administrator_must_be_known(url: str) -> None:
    administrator(url)
    with pytest.raises(HandleNotFoundException):
        administrator(url, f"300:{PREFIX}/NOBODY")
    with pytest.raises(HandleSyntaxError):
        administrator(url, f"{PREFIX}/ADMIN")


def test_register_read_modify_delete(url: str) -> None:
    client = administrator(url)
    assert client.register_handle(HANDLE, "https://factory.example/1", NOTE="first", 备注="一号") == HANDLE
    record = client.retrieve_handle_record_json(HANDLE)
    assert (record["responseCode"], record["handle"]) == (1, HANDLE)
    kinds = {value["type"]: value for value in record["values"]}
    assert kinds["HS_ADMIN"]["data"]["value"] == {
        "handle": f"0.NA/{PREFIX}", "index": 200, "permissions": "011111110011",
    }  # fmt: skip
    assert kinds["备注"]["data"]["value"] == "一号"
    assert client.get_value_from_handle(HANDLE, "URL") == "https://factory.example/1"
    assert client.retrieve_handle_record(HANDLE)["NOTE"] == "first"

    client.modify_handle_value(HANDLE, NOTE="second", EXTRA="x")
    assert client.retrieve_handle_record(HANDLE)["NOTE"] == "second"
    assert client.retrieve_handle_record(HANDLE)["EXTRA"] == "x"
    assert client.retrieve_handle_record_json(HANDLE, indices=[1])["values"][0]["type"] == "URL"
    client.modify_handle_value(HANDLE, ttl=5, NOTE="third")

    client.delete_handle_value(HANDLE, ["NOTE", "EXTRA"])
    assert "NOTE" not in client.retrieve_handle_record(HANDLE)
    client.delete_handle(HANDLE)
    assert client.retrieve_handle_record_json(HANDLE) is None
    with pytest.raises(HandleNotFoundException):
        client.delete_handle(HANDLE)


def test_what_exists_is_replaced_only_on_purpose(url: str) -> None:
    client = administrator(url)
    client.register_handle_kv(HANDLE, URL="https://a.example", NOTE="a")
    with pytest.raises(HandleAlreadyExistsException):
        client.register_handle(HANDLE, "https://b.example")
    client.register_handle(HANDLE, "https://b.example", overwrite=True)
    assert "NOTE" not in client.retrieve_handle_record(HANDLE)
    entries = [{"index": 5, "type": "URL", "data": {"format": "string", "value": "https://c.example"}}]
    client.register_handle_json(HANDLE, entries, overwrite=True)
    assert client.get_value_from_handle(HANDLE, "URL") == "https://c.example"


def test_handles_by_what_they_say(url: str) -> None:
    client = administrator(url)
    for number in range(3):
        client.register_handle(f"{HANDLE}-{number}", f"https://factory.example/{number}", NOTE=f"n{number}")
    assert client.search_handle(URL="*factory*") == [f"{HANDLE}-{number}" for number in range(3)]
    assert client.search_handle(URL="*factory*", NOTE="n1") == [f"{HANDLE}-1"]
    assert client.search_handle(URL="*factory*", prefix=OTHER) == []
    assert client.search_handle(URL="nothing") == []
    with pytest.raises(ReverseLookupException, match="Authentication failed"):
        administrator(url, password="wrong-wrong").search_handle(URL="*")


@pytest.mark.parametrize("handle", [f"{PREFIX}/a/b", f"{PREFIX}/碳效码-1", f"{PREFIX}/a,;=@!$"])
def test_odd_handles(url: str, handle: str) -> None:
    client = administrator(url)
    assert client.register_handle(handle, "https://factory.example/1") == handle
    assert client.get_value_from_handle(handle, "URL") == "https://factory.example/1"
    assert client.retrieve_handle_record_json(f"hdl:{handle}")["handle"] == handle


@pytest.mark.parametrize("handle", [f"{PREFIX}/a b", f"{PREFIX}/\uff21"])
def test_what_is_no_handle(url: str, handle: str) -> None:
    with pytest.raises(GenericHandleError):
        administrator(url).register_handle(handle, "https://factory.example/1")


def test_whoever_is_not_its_administrator(url: str) -> None:
    """INV-20: neither without the secret, nor as the administrator of another prefix."""
    administrator(url).register_handle(HANDLE, "https://factory.example/1")
    with pytest.raises(HandleAuthenticationError):
        administrator(url, password="wrong-wrong").modify_handle_value(HANDLE, URL="https://evil.example")
    other = administrator(url, f"300:{OTHER}/ADMIN")
    with pytest.raises(GenericHandleError):
        other.modify_handle_value(HANDLE, URL="https://evil.example")
    with pytest.raises(GenericHandleError):
        other.register_handle(f"{PREFIX}/NEW", "https://evil.example")
    with pytest.raises(GenericHandleError):
        other.delete_handle(HANDLE)
    reader = RESTHandleClient.instantiate_for_read_access(url)
    with pytest.raises(HandleAuthenticationError):
        reader.modify_handle_value(HANDLE, URL="https://evil.example")
    assert reader.get_value_from_handle(HANDLE, "URL") == "https://factory.example/1"
