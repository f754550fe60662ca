"""Clients with the hashes of their secrets, and the access tokens that are in force.

A token is found by its hash together with its client in one read: a client that was ended takes its tokens with it at
once, in every gateway over this store.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update

from ledger.access.client import Client
from ledger.access.credentials import SALT, CredentialError, hash_secret, matches, token_hash
from ledger.access.roles import Role
from ledger.store.database import reading, writing
from ledger.store.schema import access_tokens, clients


@dataclass(frozen=True, slots=True)
class Held:
    """A token's client and scopes. `expires_at` may lie in the past: expired tokens stay for some time."""

    client: Client
    scopes: frozenset[str]
    expires_at: int


def put_client(engine: Engine, client: Client, secret: str) -> None:
    """Raises CredentialError where the identifier is taken, also by a client that was ended."""
    row = {
        "client_id": client.client_id,
        "organisation": client.organisation,
        "role": str(client.role),
        "scopes": _packed(client.scopes),
        "secret_hash": hash_secret(secret, secrets.token_bytes(SALT)),
        "label": client.label,
        "created_at": client.created_at,
        "ended_at": client.ended_at,
    }
    with writing(engine) as connection:
        if connection.execute(select(clients.c.client_id).where(clients.c.client_id == client.client_id)).first():
            raise CredentialError("there is a client of this identifier", where=client.client_id, mend="take another")
        connection.execute(insert(clients), row)


def client_of(engine: Engine, client_id: str) -> Client | None:
    with reading(engine) as connection:
        row = connection.execute(select(clients).where(clients.c.client_id == client_id)).first()
    return None if row is None else _client(row)


def all_clients(engine: Engine) -> list[Client]:
    """The oldest first, ended ones too."""
    with reading(engine) as connection:
        query = select(clients).order_by(clients.c.created_at, clients.c.client_id)
        return [_client(row) for row in connection.execute(query)]


def end_client(engine: Engine, client_id: str, now: int) -> bool:
    """From now on neither secret nor tokens count; False where there is no such client in force."""
    own = clients.c.client_id == client_id
    with writing(engine) as connection:
        ended = connection.execute(update(clients).where(own, clients.c.ended_at.is_(None)), {"ended_at": now})
        connection.execute(delete(access_tokens).where(access_tokens.c.client_id == client_id))
    return ended.rowcount == 1


def authenticated(engine: Engine, client_id: str, secret: str) -> Client | None:
    """The client, if it is in force and this is its secret. An unknown client takes as long as a wrong secret."""
    with reading(engine) as connection:
        row = connection.execute(select(clients).where(clients.c.client_id == client_id)).first()
    known = row is not None and row.ended_at is None
    fits = matches(secret, row.secret_hash if row is not None and known else None)
    return _client(row) if row is not None and fits else None


def put_token(
    engine: Engine, token: str, client: Client, *, scopes: frozenset[str], issuer: str, now: int, seconds: int
) -> None:
    """Store a token's hash, and forget those that ended more than a token's life ago."""
    row = {
        "token_hash": token_hash(token),
        "client_id": client.client_id,
        "issuer": issuer,
        "scopes": _packed(scopes),
        "expires_at": now + seconds,
    }
    with writing(engine) as connection:
        connection.execute(delete(access_tokens).where(access_tokens.c.expires_at < now - seconds))
        connection.execute(insert(access_tokens), row)


def holder_of(engine: Engine, token: str, issuer: str) -> Held | None:
    """Whose token it is, if this issuer gave it out and its client is in force."""
    joined = access_tokens.join(clients, clients.c.client_id == access_tokens.c.client_id)
    query = (
        select(clients, access_tokens.c.scopes.label("held"), access_tokens.c.expires_at)
        .select_from(joined)
        .where(
            access_tokens.c.token_hash == token_hash(token),
            access_tokens.c.issuer == issuer,
            clients.c.ended_at.is_(None),
        )
    )
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return None if row is None else Held(_client(row), _unpacked(row.held), row.expires_at)


def _client(row: Row[Any]) -> Client:
    return Client(
        client_id=row.client_id,
        organisation=row.organisation,
        role=Role(row.role),
        scopes=_unpacked(row.scopes),
        created_at=row.created_at,
        label=row.label,
        ended_at=row.ended_at,
    )


def _packed(scopes: frozenset[str]) -> str:
    return " ".join(sorted(scopes))


def _unpacked(text: str) -> frozenset[str]:
    return frozenset(text.split())
