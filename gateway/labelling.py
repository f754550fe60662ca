"""From a certificate's page to what its label and its code say: a pure reading, without store, chain or clock.

A code carries the signed statement only where the chain confirms the certificate as valid in a final block and this
gateway has an issuer key; else it is the page's address, which claims nothing.
"""

import logging
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from urllib.parse import urlsplit

from gateway.facts import Name
from gateway.figures import LEVEL
from gateway.issuer import Issuer
from gateway.page import CertificatePage, Stored, Verdict
from gateway.wording import Wording, zone
from ledger.identifiers.digital_link import DigitalLink
from ledger.identifiers.gs1 import SIGNS
from ledger.identifiers.text import percent_encoded
from ledger.labels import compact as compacts
from ledger.labels.compact import Compact, CompactError, mark_bits
from ledger.labels.label import Label, Named
from ledger.labels.offline import issuer_id, sign
from ledger.reports.unit_words import unit_text

LEVEL_NAMES = ("低碳", "中碳", "高碳")
VOID = (Verdict.SUSPENDED, Verdict.REVOKED, Verdict.SUPERSEDED, Verdict.EXPIRED)
MOST_REFERENCE = 28
_SHOWN_DECIMALS = Decimal("0.001")
_log = logging.getLogger("gateway")


def is_signable(page: CertificatePage) -> bool:
    return page.kind != 1 and page.stored is not None and page.verdict is Verdict.VALID and not page.pending


def code_text(
    page: CertificatePage, address: str, issuer: Issuer | None, status_index: int | None = None, link: str = ""
) -> str:
    """What the QR code of a certificate holds. `status_index`: its place in the issuer's status lists; `link`: the path
    of the Digital Link that `address` is."""
    stored = page.stored
    if issuer is None or stored is None or not is_signable(page):
        return address
    try:
        compact = compact_of(page, stored, address, issuer)
        return sign(address, replace(compact, status_index=status_index, link=link), issuer.ed25519)
    except CompactError as fault:
        _log.warning("no signed statement for %s: %s", page.identifier, fault)
        return address


def compact_of(page: CertificatePage, stored: Stored, address: str, issuer: Issuer) -> Compact:
    """Raises CompactError where a text does not fit. Of the names the Chinese one, cut where it is too long."""
    said, facts = stored.statement, stored.facts
    level, intensity = _level(page, stored)
    product = page.kind == compacts.PRODUCT_FOOTPRINT
    return Compact(
        identifier=said.identifier,
        kind=said.kind,
        host=urlsplit(address).netloc.lower(),
        period_start=said.period_start,
        period_end=said.period_end,
        valid_until=said.valid_until,
        issued_at=page.issued_at,
        issuer=issuer_id(issuer.ed25519.public),
        token=stored.token[: compacts.TOKEN_BYTES],
        tree_size=said.tree_size,
        offset=_minutes(facts.offset),
        marks=mark_bits(page.marks),
        uscc=facts.uscc,
        enterprise=_cut(facts.enterprise),
        product=_cut(facts.product) if product else "",
        grade=said.grade,
        k=said.grade_value if said.grade else 0,
        level=level,
        intensity=None if intensity is None else round(intensity * 10**6),
        footprint=said.footprint if product else 0,
        unit=said.unit if product else "",
    )


def digital_link_address(root: str, link: DigitalLink, identifier: str, scheme: str) -> str:
    """`scheme`: the two signs that GS1 assigned to the certification scheme, "" where it assigned none. The reference
    behind them (AI 7230) is the identifier's suffix, where that has at most 28 signs of GS1's."""
    address, suffix = f"{root}{link.path}", identifier.partition("/")[2]
    if scheme and len(suffix) <= MOST_REFERENCE and all(sign in SIGNS for sign in suffix):
        return f"{address}?7230={percent_encoded(scheme + suffix)}"
    return address


def label_of(page: CertificatePage, stored: Stored, code: str, text: Wording, trade_item: str = "") -> Label:
    said, facts = stored.statement, stored.facts
    level, intensity = _level(page, stored)
    return Label(
        language=text.language,
        kind=page.kind,
        identifier=page.identifier,
        code=code,
        enterprise=_named(facts.enterprise),
        verifier=_named(facts.verifier),
        period=period_text(page, text),
        valid_until=text.date(page.valid_until - 1, facts.offset) if page.valid_until else "",
        marks=page.marks,
        void=page.verdict.value if page.verdict in VOID else "",
        grade=page.grade,
        k=page.k,
        level=level,
        intensity="" if intensity is None else text.number(_published(stored)),
        product=_named(facts.product),
        boundary=_named(facts.boundary or facts.site),
        footprint=footprint_text(said.footprint),
        unit=unit_text(said.unit, text.language),
        trade_item=trade_item,
    )


def period_text(page: CertificatePage, text: Wording) -> str:
    """A calendar year by its number, as labels are compared by the year."""
    first, after = (datetime.fromtimestamp(at, zone(page.offset)) for at in (page.period_start, page.period_end))
    midnights = all((at.month, at.day, at.hour, at.minute, at.second) == (1, 1, 0, 0, 0) for at in (first, after))
    if midnights and after.year == first.year + 1:
        return text("form.year", year=first.year)
    return text.period(page.period_start, page.period_end, page.offset)


def footprint_text(millionths: int) -> str:
    """With its thousands set apart; from 1 kg on at most three decimals, marked where digits were dropped."""
    exact = Decimal(millionths).scaleb(-6)
    shown = exact.quantize(_SHOWN_DECIMALS, ROUND_HALF_EVEN) if exact >= 1 else exact
    whole, _, fraction = f"{shown:,f}".partition(".")
    digits = fraction.rstrip("0")
    return ("" if shown == exact else "≈ ") + whole + (f".{digits}" if digits else "")


def _level(page: CertificatePage, stored: Stored) -> tuple[int, Fraction | None]:
    """The level as a number and L, where the enterprise published L and the scheme's name for it is one of three."""
    facts = stored.facts
    if page.kind != compacts.ENTERPRISE_EFFICIENCY or facts.level is None or facts.level.zh not in LEVEL_NAMES:
        return 0, None
    try:
        intensity = Fraction(_published(stored))
    except (ValueError, ZeroDivisionError):
        return 0, None
    return LEVEL_NAMES.index(facts.level.zh) + 1, intensity


def _published(stored: Stored) -> str:
    return next((figure.value for figure in stored.figures if figure.opened and figure.name == LEVEL), "")


def _minutes(offset: str) -> int:
    difference = zone(offset).utcoffset(None)
    return int(difference.total_seconds()) // 60


def _cut(name: Name | None) -> str:
    """At most the bytes that a code has for a name, without half a character."""
    text = (name.zh or name.en) if name else ""
    most = compacts.MOST_NAME
    return text if len(text.encode()) <= most else text.encode()[: most - 3].decode(errors="ignore") + "…"


def _named(name: Name | None) -> Named:
    return Named(name.zh, name.en) if name else Named()


def has_label(page: CertificatePage) -> bool:
    """Whether a label can be had of it now."""
    kind = page.kind == compacts.PRODUCT_FOOTPRINT or (page.kind == compacts.ENTERPRISE_EFFICIENCY and page.grade > 0)
    return kind and page.stored is not None and page.verdict is Verdict.VALID and not page.pending
