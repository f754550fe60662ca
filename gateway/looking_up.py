"""An identifier's certificate from one read of the store, as far as the chain was followed; else by asking the chain.

The chain itself is asked where nothing was followed yet, and where the store holds a certificate of a later block than
the one followed: somebody who has just minted one need not wait. Where the follower has stood still for too long its
answer is shown for what it is, and no certificate is called valid by it.
"""

import logging

from starlette.concurrency import run_in_threadpool

from gateway.facts import PageFacts
from gateway.figures import read_figures
from gateway.page import CertificatePage, Change, Standing, Stored, digest, read_page
from gateway.problems import Problem
from gateway.settings import Settings
from ledger.certificates.statement import Domain, Statement
from ledger.chain import standing as chain_standing
from ledger.chain.errors import ChainError
from ledger.chain.views import CertificateView
from ledger.store.certificates import StoredCertificate, certificate, certificate_of
from ledger.store.database import is_file
from ledger.store.standing import LookedUp, Position, Shown, followed, look_up

_log = logging.getLogger("gateway")


def page_of(settings: Settings, identifier: str, token: bytes | None = None) -> CertificatePage:
    """The newest certificate of an identifier, or the one of this token. Raises Problem, StoreError."""
    return page_from(settings, identifier, look_up(settings.engine, identifier, token), token)


def page_from(
    settings: Settings, identifier: str, found: LookedUp | None, token: bytes | None = None
) -> CertificatePage:
    """The same from what was looked up. Raises Problem, StoreError."""
    if found is None:
        position = followed(settings.engine)
        if position is not None and token is None and not _is_stale(settings, position):
            raise Problem("unknown-certificate", identifier=identifier)
    elif found.position is not None and not found.ahead:
        standing = _followed_standing(settings, found, found.position)
        return _page(settings, identifier, None if found.shown is None else _read(found.shown), standing)
    if token is not None:
        raise Problem("unknown-certificate" if found is None else "chain-unreachable", identifier=identifier)
    return _asked(settings, identifier)


async def page_soon(settings: Settings, identifier: str, token: bytes | None = None) -> CertificatePage:
    """`page_of` for a route on the event loop: where the one read answers, no thread is waited for. Raises Problem,
    StoreError."""
    found = await looked_up(settings, identifier, token)
    if is_answer(found):
        return page_from(settings, identifier, found, token)
    return await run_in_threadpool(page_from, settings, identifier, found, token)


async def looked_up(settings: Settings, identifier: str, token: bytes | None = None) -> LookedUp | None:
    """The one read, on the event loop where the store is a file: a thread's turn takes longer than the read itself. A
    database across a network is asked from a thread. Raises StoreError."""
    if is_file(settings.engine):
        return look_up(settings.engine, identifier, token)
    return await run_in_threadpool(look_up, settings.engine, identifier, token)


def is_answer(found: LookedUp | None) -> bool:
    """Whether what was looked up says everything: neither the chain nor the store has to be asked again."""
    return found is not None and found.position is not None and not found.ahead


def domain_of(settings: Settings) -> Domain:
    deployment = settings.chain.deployment
    return Domain(deployment.chain_id, deployment.address("CertificateRegistry"))


def _page(settings: Settings, identifier: str, stored: Stored | None, standing: Standing) -> CertificatePage:
    return read_page(identifier, stored, standing, domain_of(settings), demo=settings.chain.deployment.demo)


def _is_stale(settings: Settings, position: Position) -> bool:
    return position.age(settings.machine_clock()) > settings.stale_seconds


def _followed_standing(settings: Settings, found: LookedUp, position: Position) -> Standing:
    """What the follower's rows say, unless they are old, or not what the chain can have said."""
    now, domain, standing = settings.machine_clock(), domain_of(settings), found.standing
    forged = standing is not None and digest(standing.statement, domain) != standing.token_id
    ours = (position.chain_id, position.contract) == (domain.chain_id, domain.contract)
    return Standing(
        answered=ours and not forged and not _is_stale(settings, position),
        block=position.latest.number,
        time=position.latest.time,
        final_time=position.final.time,
        certificate=None if standing is None else _view(standing, position, now, found.upstream),
        age=position.age(now),
        change=None if standing is None else _change(standing),
    )


def _view(standing: chain_standing.Standing, position: Position, now: int, upstream: str) -> CertificateView:
    said = standing.statement
    return CertificateView(
        token_id=int.from_bytes(standing.token_id),
        status=standing.status_at(position.chain_time(now)),
        kind=said.kind,
        grade=said.grade,
        grade_value=said.grade_value,
        footprint=said.footprint,
        period_start=said.period_start,
        period_end=said.period_end,
        valid_until=said.valid_until,
        minted_at=standing.minted_at,
        recipient=said.recipient,
        evaluator=said.evaluator,
        verifier=said.verifier,
        coverage=said.coverage,
        assurance=said.assurance,
        block=position.latest,
        upstream=upstream,
    )


def _change(standing: chain_standing.Standing) -> Change | None:
    if standing.status == chain_standing.ACTIVE:
        return None
    return Change(
        standing.changed_at, standing.changed_block, standing.actor, standing.reason, standing.successor
    )  # fmt: skip


def _asked(settings: Settings, identifier: str) -> CertificatePage:
    """By asking the chain now."""
    standing = _chain_standing(settings, identifier)
    stored = _stored(settings, identifier, standing)
    if stored is None and standing.certificate is None:
        raise Problem("unknown-certificate" if standing.answered else "chain-unreachable", identifier=identifier)
    return _page(settings, identifier, stored, standing)


def _chain_standing(settings: Settings, identifier: str) -> Standing:
    try:
        latest, _, final = settings.chain.depths()
        view = settings.chain.check(identifier, latest.number)
    except ChainError as fault:
        _log.warning("status of %s not checked: %s", identifier, fault)
        return Standing(False)
    return Standing(True, latest.number, latest.time, final.time, view, age=0)


def _stored(settings: Settings, identifier: str, standing: Standing) -> Stored | None:
    """The row of the token that the chain names; where it names none, the newest row of the identifier."""
    on_chain = standing.certificate
    if on_chain is None:
        row = certificate_of(settings.engine, identifier)
    else:
        row = certificate(settings.engine, on_chain.token_id.to_bytes(32, "big"))
    return None if row is None else _read(_shown(row))


def _shown(row: StoredCertificate) -> Shown:
    return Shown(
        token=row.token_id, statement=Statement.from_json(row.statement), openings=row.openings, marks=row.marks,
        summary=row.summary, transaction=row.transaction, issued_at=row.issued_at,
    )  # fmt: skip


def _read(row: Shown) -> Stored:
    facts = PageFacts.from_json({**row.summary, "marks": [*row.summary.get("marks", []), *row.marks]})
    figures = read_figures(row.openings, row.statement.figures)
    return Stored(row.token, row.statement, facts, figures, row.transaction, row.issued_at)
