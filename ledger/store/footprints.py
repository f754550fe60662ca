"""Product certificates as they are exchanged: their PACT id, whose they are, and what a footprint takes from a result.
Derived from the certificates and only added to; a footprint is what it was when first seen, but for its status.

A certificate whose stored statement is not the one behind its token is never exchanged: its row says so in `fault`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, Select, and_, exists, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from ledger.certificates.statement import Domain, Statement, StatementError
from ledger.exchange.cursor import Cursor
from ledger.exchange.facts import Facts, facts_of
from ledger.exchange.footprint import KIND, Certificate, footprint_id
from ledger.exchange.proof import Issue
from ledger.store.database import StoreError, chunks, reading, writing
from ledger.store.engagements import opined_at
from ledger.store.log import all_logs
from ledger.store.schema import certificates, footprints, standings

CONTRADICTED = "the stored statement is not the one behind its token"
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Listed:
    """One footprint: its id, the prefix whose it is, and how its certificate stands."""

    id: str
    organisation: str
    certificate: Certificate
    standing: str

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.certificate.issue.issued_at, self.id)


def index_footprints(engine: Engine, domain: Domain) -> int:
    """Take up the product certificates that were issued since; several gateways may do so at once. How many."""
    known = exists().where(footprints.c.token_id == certificates.c.token_id)
    query = select(certificates).where(certificates.c.kind == KIND, ~known)
    with reading(engine) as connection:
        found = [_taken_up(row, domain) for row in connection.execute(query.execution_options(yield_per=_AT_ONCE))]
    for part in chunks([_dated(engine, row, said) for row, said in found]):
        _add(engine, part)
    return len(found)


def _dated(engine: Engine, row: dict[str, Any], said: Statement | None) -> dict[str, Any]:
    """With the time of the verifier's opinion, where a log here holds the engagement."""
    if said is None or not said.assurance:
        return row
    times = (opined_at(engine, log_id, row["organisation"], said.opinion) for log_id in all_logs(engine))
    at = next((time for time in times if time is not None), 0)
    return {**row, "facts": {**row["facts"], "opined_at": at}}


def _add(engine: Engine, rows: Sequence[dict[str, Any]]) -> None:
    """Those that no other gateway added meanwhile; where one does so at this very moment, the next call finds them."""
    try:
        with writing(engine) as connection:
            same = select(footprints.c.token_id).where(footprints.c.token_id.in_([row["token_id"] for row in rows]))
            known = set(connection.scalars(same))
            if new := [row for row in rows if row["token_id"] not in known]:
                connection.execute(insert(footprints), new)
    except StoreError as fault:
        if not isinstance(fault.__cause__, IntegrityError):
            raise


def _taken_up(row: Row[Any], domain: Domain) -> tuple[dict[str, Any], Statement | None]:
    facts = facts_of(row.identifier, row.result, row.summary)
    said, supersedes, fault = None, None, ""
    try:
        said = Statement.from_json(row.statement)
        if said.digest(domain) != row.token_id:
            fault = CONTRADICTED
        elif said.supersedes:
            supersedes = said.supersedes.to_bytes(32, "big")
    except StatementError as error:
        fault = str(error)
    taken = {
        "token_id": row.token_id,
        "id": footprint_id(row.token_id),
        "organisation": row.identifier.partition("/")[0],
        "identifier": row.identifier,
        "issued_at": row.issued_at,
        "supersedes": supersedes,
        "facts": facts.to_json(),
        "fault": fault,
    }
    return taken, said


def listed(engine: Engine, organisations: Collection[str] | None, after: Cursor | None = None) -> Iterator[Listed]:
    """In the order of issue, behind a cursor; None for those of everybody. Fetched as far as they are asked for."""
    query = _query().order_by(footprints.c.issued_at, footprints.c.id)
    if organisations is not None:
        query = query.where(footprints.c.organisation.in_(sorted(organisations)))
    if after is not None:
        behind = and_(footprints.c.issued_at == after.issued_at, footprints.c.id > after.id)
        query = query.where(or_(footprints.c.issued_at > after.issued_at, behind))
    with reading(engine) as connection:
        for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
            yield _listed(row)


def mark(engine: Engine) -> tuple[object, ...]:
    """Another one after a footprint was added, or how a certificate stands has changed."""
    by_status = select(standings.c.status, func.count(), func.max(standings.c.changed_block)).group_by(
        standings.c.status
    )
    with reading(engine) as connection:
        count = connection.execute(select(func.count()).select_from(footprints)).scalar_one()
        return count, tuple(sorted(tuple(row) for row in connection.execute(by_status)))


def footprint(engine: Engine, name: str) -> Listed | None:
    with reading(engine) as connection:
        row = connection.execute(_query().where(footprints.c.id == name)).first()
    return None if row is None else _listed(row)


def _query() -> Select[Any]:
    later = footprints.alias("later")
    superseded = exists().where(later.c.supersedes == footprints.c.token_id, later.c.fault == "")
    joined = footprints.join(certificates, certificates.c.token_id == footprints.c.token_id).outerjoin(
        standings, standings.c.token_id == footprints.c.token_id
    )
    return (
        select(
            footprints.c.id, footprints.c.organisation, footprints.c.facts, footprints.c.token_id,
            footprints.c.issued_at, certificates.c.statement, certificates.c.marks, certificates.c.transaction_hash,
            certificates.c.block_number, superseded.label("superseded"),
            standings.c.status,
        )
        .select_from(joined)
        .where(footprints.c.fault == "")
    )  # fmt: skip


def _listed(row: Row[Any]) -> Listed:
    issue = Issue(row.token_id, row.transaction_hash, row.block_number, row.issued_at)
    said, facts = Statement.from_json(row.statement), Facts.from_json(row.facts)
    certificate = Certificate(said, facts, issue, tuple(row.marks))
    own = "superseded" if row.superseded else "active"  # what the chain says goes before what our own rows do
    return Listed(row.id, row.organisation, certificate, own if row.status in (None, "active") else row.status)


def faulty(engine: Engine) -> list[tuple[str, str]]:
    """Identifier and fault of the certificates that are not exchanged because their row contradicts their token."""
    query = select(footprints.c.identifier, footprints.c.fault).where(footprints.c.fault != "")
    with reading(engine) as connection:
        return [(row.identifier, row.fault) for row in connection.execute(query.order_by(footprints.c.identifier))]
