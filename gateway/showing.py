"""A certificate's page put into words of one language for the template, and into `certificate/1` for programs."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from gateway.envelopes import MEDIA
from gateway.figures import LEVEL
from gateway.labelling import has_label
from gateway.page import CertificatePage, Verdict
from gateway.wording import Wording
from ledger.certificates.statement import Domain
from ledger.reports.unit_words import unit_text

FORMAT = "certificate/1"
ENTERPRISE_EFFICIENCY = 2


def in_words(page: CertificatePage, text: Wording) -> dict[str, Any]:
    """What the template needs beside the page itself."""
    return {
        "names": _names(page, text),
        "figures": _figures(page, text),
        "level": _level(page, text),
        "rules": _rules(page, text),
        "labelled": has_label(page),
        "unit": unit_text(page.stored.statement.unit, text.language) if page.stored else "",
        "shares_text": ", ".join(f"{text('page.' + name)} {text.share(share)}" for name, share in page.shares),
    }


def _names(page: CertificatePage, text: Wording) -> dict[str, str]:
    names = {party.role: party.name.in_language(text.language) if party.name else "" for party in page.parties}
    facts = page.stored.facts if page.stored else None
    industry = facts.industry.in_language(text.language) if facts and facts.industry else ""
    return {
        **names,
        "site": facts.site.in_language(text.language) if facts and facts.site else "",
        "product": facts.product.in_language(text.language) if facts and facts.product else "",
        "boundary": facts.boundary.in_language(text.language) if facts and facts.boundary else "",
        "industry": f"{industry} ({facts.industry_code})" if facts and industry else "",
        "grade_reason": facts.grade_reason.in_language(text.language) if facts and facts.grade_reason else "",
    }


def _figures(page: CertificatePage, text: Wording) -> list[dict[str, Any]]:
    """All but a level that stands beside the grade."""
    beside = page.kind == ENTERPRISE_EFFICIENCY
    return [
        {**asdict(figure), "label": _label(figure.name, text)}
        for figure in (page.stored.figures if page.stored else ())
        if not (beside and figure.opened and figure.name == LEVEL)
    ]


def _label(name: str, text: Wording) -> str:
    """`emissions.by_month.2018-01` has a text for what stands before the last dot, `emissions.total` one of its own;
    `products.clear.intensity` one for its ends."""
    group, _, last = name.rpartition(".")
    first, _, middle = group.partition(".")
    for key, values in ((name, {}), (group, {"name": last}), (f"{first}.{last}", {"name": middle})):
        if text.has(found := f"figure.{key.replace('.', '_')}"):
            return text(found, **values)
    return name


def _level(page: CertificatePage, text: Wording) -> dict[str, str] | None:
    """The level beside the grade, where the enterprise published it."""
    facts = page.stored.facts if page.stored else None
    for figure in page.stored.figures if page.stored else ():
        if figure.name == LEVEL and figure.opened:
            name = facts.level.in_language(text.language) if facts and facts.level else ""
            return {"name": name, "value": text.number(figure.value), "unit": figure.unit}
    return None


def _rules(page: CertificatePage, text: Wording) -> list[dict[str, str]]:
    rules = page.stored.facts.rules if page.stored else ()
    return [{"role": rule.role, "id": rule.id, "name": rule.name.in_language(text.language)} for rule in rules]


def credential_links(page: CertificatePage, public_url: str) -> dict[str, str]:
    """Addresses of the certificate's credentials by form, where it has some: of this certificate, also when its
    identifier has a newer one."""
    if not (page.confirmed and page.stored) or page.pending:
        return {}
    address = f"{public_url}/credentials/{quote(page.identifier)}"
    which = f"&token=0x{page.token.hex()}" if page.verdict is Verdict.SUPERSEDED else ""
    return {form: f"{address}?form={form}{which}" for form in MEDIA}


def as_document(
    page: CertificatePage, domain: Domain, address: str, credentials: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """`certificate/1`; the statement is public, the result is not, and of the figures only what was published.
    `credentials`: as `credential_links` has them."""
    stored = page.stored
    return {
        "format": FORMAT,
        "identifier": page.identifier,
        "token_id": f"0x{page.token.hex()}",
        "kind": page.kind,
        "status": page.verdict.value,
        "checked": _checked(page),
        "status_as_of": _as_of(page),
        "change": _change(page),
        "upstream": page.upstream or None,
        "period": {"start": page.period_start, "end": page.period_end, "offset": page.offset},
        "grade": page.grade or None,
        "k": page.k or None,
        "footprint": page.footprint or None,
        "coverage": page.coverage,
        "shares": dict(page.shares),
        "valid_until": page.valid_until,
        "issued_at": page.issued_at,
        "parties": {party.role: f"0x{party.address.hex()}" for party in page.parties},
        "marks": list(page.marks),
        "figures": [
            {"name": figure.name, "value": figure.value, "unit": figure.unit}
            for figure in (stored.figures if stored else ())
            if figure.opened
        ],
        "page": stored.facts.to_json() if stored else None,
        "statement": stored.statement.to_json() if stored else None,
        "transaction": f"0x{stored.transaction.hex()}" if stored else None,
        "chain": {"chain_id": domain.chain_id, "contract": f"0x{domain.contract.hex()}"},
        "links": {
            "page": address,
            "qr": f"{address}/qr.svg",
            **({"label": f"{address}/label.svg"} if has_label(page) else {}),
            **({"credentials": dict(credentials)} if credentials else {}),
        },
    }


def _checked(page: CertificatePage) -> dict[str, Any] | None:
    standing = page.standing
    if not standing.answered:
        return None
    return {"block": standing.block, "time": standing.time, "final": not page.pending}


def _as_of(page: CertificatePage) -> dict[str, Any] | None:
    """The block whose state the status is of, also where it is too old to be believed; None where none was read."""
    standing = page.standing
    return {"block": standing.block, "time": standing.time, "age_s": standing.age} if standing.block else None


def _change(page: CertificatePage) -> dict[str, Any] | None:
    change = page.standing.change
    if change is None or not page.standing.answered:
        return None
    return {
        "time": change.at,
        "block": change.block,
        "actor": f"0x{change.actor.hex()}" if change.actor else None,
        "reason": change.reason,
        "successor": f"0x{change.successor.hex()}" if change.successor else None,
    }
