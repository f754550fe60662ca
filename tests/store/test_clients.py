"""Clients and tokens in the store. INV-20: what was ended counts nowhere, at once."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from ledger.access.client import new_client
from ledger.access.credentials import CredentialError, as_token
from ledger.store.clients import (
    all_clients,
    authenticated,
    client_of,
    end_client,
    holder_of,
    put_client,
    put_token,
)

ISSUER = "https://ledger.example"
NOW = 1_700_000_000
BUYER = new_client("buyer", "88.118.30001", "customer", NOW, label="ERP")
TOKEN = as_token(b"\x05" * 32)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    put_client(engine, BUYER, "s3cret")
    return engine


def give(engine: Engine, token: str = TOKEN, now: int = NOW) -> None:
    put_token(engine, token, BUYER, scopes=frozenset({"evidence:read"}), issuer=ISSUER, now=now, seconds=900)


def test_a_client_comes_back_as_it_was(engine: Engine) -> None:
    assert client_of(engine, "buyer") == BUYER
    assert client_of(engine, "nobody") is None
    assert all_clients(engine) == [BUYER]


def test_no_secret_and_no_token_stands_in_the_database(engine: Engine) -> None:
    give(engine)
    with engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in ("clients", "access_tokens")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608 – a literal
        ]
    assert rows
    assert not any("s3cret" in row or TOKEN in row for row in rows)


def test_an_identifier_is_taken_once(engine: Engine) -> None:
    end_client(engine, "buyer", NOW + 1)
    with pytest.raises(CredentialError, match="there is a client"):
        put_client(engine, replace(BUYER, organisation="88.118.666"), "other")
    assert authenticated(engine, "buyer", "other") is None


@pytest.mark.parametrize(
    ("client_id", "secret", "known"),
    [("buyer", "s3cret", True), ("buyer", "S3cret", False), ("buyer", "", False), ("nobody", "s3cret", False)],
)
def test_a_client_proves_itself(engine: Engine, client_id: str, secret: str, known: bool) -> None:
    assert (authenticated(engine, client_id, secret) == BUYER) is known


def test_a_token_leads_to_its_client_at_its_issuer_only(engine: Engine) -> None:
    give(engine)
    held = holder_of(engine, TOKEN, ISSUER)
    assert held is not None
    assert (held.client, held.scopes, held.expires_at) == (BUYER, frozenset({"evidence:read"}), NOW + 900)
    assert holder_of(engine, TOKEN, "https://other.example") is None
    assert holder_of(engine, as_token(b"\x06" * 32), ISSUER) is None


def test_an_ended_client_takes_its_tokens_along(engine: Engine) -> None:
    give(engine)
    assert end_client(engine, "buyer", NOW + 5)
    assert not end_client(engine, "buyer", NOW + 6)
    assert holder_of(engine, TOKEN, ISSUER) is None
    assert authenticated(engine, "buyer", "s3cret") is None
    ended = client_of(engine, "buyer")
    assert ended is not None
    assert ended.ended_at == NOW + 5


def test_a_token_given_after_the_end_counts_nothing(engine: Engine) -> None:
    """The race of giving out and ending: the client's row decides, not the token's."""
    end_client(engine, "buyer", NOW)
    give(engine)
    assert holder_of(engine, TOKEN, ISSUER) is None


def test_expired_tokens_are_forgotten_after_a_while(engine: Engine) -> None:
    give(engine)
    give(engine, as_token(b"\x07" * 32), NOW + 1000)
    assert holder_of(engine, TOKEN, ISSUER) is not None
    give(engine, as_token(b"\x08" * 32), NOW + 2000)
    assert holder_of(engine, TOKEN, ISSUER) is None
