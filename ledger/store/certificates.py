"""Issued certificates: what the public page shows, beside what the chain says about their status."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, insert, select

from ledger.evaluation.green import used_certificates
from ledger.store.database import reading, writing
from ledger.store.schema import certificates

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """`statement` and `result` are the documents of those formats, `openings` the committed figures that the enterprise
    publishes (figure → value and salt), `marks` the words that must show wherever the certificate does (DEMO, …),
    `summary` what the page needs besides: names, shares, who verified. `transaction` minted it."""

    token_id: bytes
    identifier: str
    kind: int
    statement: Json
    result: Json
    openings: Json
    marks: tuple[str, ...]
    summary: Json
    transaction: bytes
    block_number: int
    issued_at: int


def put_certificate(engine: Engine, certificate: StoredCertificate) -> None:
    """Store a minted certificate; a second time it changes nothing."""
    row = {
        "token_id": certificate.token_id,
        "identifier": certificate.identifier,
        "kind": certificate.kind,
        "statement": certificate.statement,
        "result": certificate.result,
        "openings": certificate.openings,
        "marks": list(certificate.marks),
        "summary": certificate.summary,
        "transaction_hash": certificate.transaction,
        "block_number": certificate.block_number,
        "issued_at": certificate.issued_at,
    }
    with writing(engine) as connection:
        same = select(certificates.c.token_id).where(certificates.c.token_id == certificate.token_id)
        if connection.execute(same).first() is None:
            connection.execute(insert(certificates), row)


def certificates_of(engine: Engine, identifier: str) -> list[StoredCertificate]:
    """The certificates of an identifier, the newest first."""
    query = select(certificates).where(certificates.c.identifier == identifier)
    with reading(engine) as connection:
        order = (certificates.c.issued_at.desc(), certificates.c.block_number.desc(), certificates.c.token_id)
        return [_certificate(row) for row in connection.execute(query.order_by(*order))]


def certificate_of(engine: Engine, identifier: str) -> StoredCertificate | None:
    """The newest certificate of an identifier."""
    return next(iter(certificates_of(engine, identifier)), None)


def certificate(engine: Engine, token_id: bytes) -> StoredCertificate | None:
    with reading(engine) as connection:
        row = connection.execute(select(certificates).where(certificates.c.token_id == token_id)).first()
    return None if row is None else _certificate(row)


def superseded_by(engine: Engine, token_id: bytes) -> bytes | None:
    """The token of the stored certificate that replaces this one; None where none does. What the chain says of both is
    `ledger.store.standing`."""
    named = certificates.c.statement["supersedes"].as_string() == f"0x{token_id.hex()}"
    with reading(engine) as connection:
        return connection.execute(select(certificates.c.token_id).where(named)).scalar()


def unreplaced_beside(engine: Engine, one: StoredCertificate) -> list[tuple[str, bytes]]:
    """Identifier and token of other certificates of the same enterprise, out of the same log, over a time that this
    one's overlaps, which none here replaces."""
    prefix = one.identifier.partition("/")[0] + "/"
    query = select(certificates.c.identifier, certificates.c.token_id, certificates.c.statement)
    query = query.where(certificates.c.identifier.startswith(prefix, autoescape=True))
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(certificates.c.identifier, certificates.c.token_id)).all()
    replaced = {row.statement["supersedes"] for row in rows} | {f"0x{one.token_id.hex()}"}
    mine = one.statement
    return [
        (row.identifier, row.token_id)
        for row in rows
        if f"0x{row.token_id.hex()}" not in replaced
        and row.statement["logId"] == mine["logId"]
        and row.statement["periodStart"] < mine["periodEnd"]
        and mine["periodStart"] < row.statement["periodEnd"]
    ]


def green_certificates_used(engine: Engine, besides: str) -> dict[str, str]:
    """The green certificates that the certified results of others count, by registry and serial, and where; a result
    that another one superseded counts none. `besides`: the subject whose own results are left out – its log says once
    what a serial is for, however often that is certified."""
    found: dict[bytes, dict[str, str]] = {}
    superseded: set[bytes] = set()
    query = select(certificates.c.token_id, certificates.c.statement, certificates.c.result)
    with reading(engine) as connection:
        for token, statement, result in connection.execute(query.execution_options(yield_per=16)):
            superseded.add(bytes.fromhex(statement["supersedes"][2:]))
            if result["site"]["subject"] != besides:
                found[token] = used_certificates(result)
    return {serial: where for token, used in found.items() if token not in superseded for serial, where in used.items()}


def _certificate(row: Row[Any]) -> StoredCertificate:
    return StoredCertificate(
        token_id=row.token_id,
        identifier=row.identifier,
        kind=row.kind,
        statement=row.statement,
        result=row.result,
        openings=row.openings,
        marks=tuple(row.marks),
        summary=row.summary,
        transaction=row.transaction_hash,
        block_number=row.block_number,
        issued_at=row.issued_at,
    )
