"""Which links follow from a certificate, and which from the values that an enterprise registered in a handle record.

A registered value is a link where its type is a relation with a namespace (`gs1:pip`, `untp:dpp`, an https address);
its data are the target's address, or JSON `{"href", "title", "hreflang", "type"}`. A value of the type `URL` is the
default where no certificate gives one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ledger.resolution.links import GS1, PREFIXES, UNTP, Link, LinkFault, relation_of
from ledger.resolution.values import URL, HandleValue
from terminal_signer.errors import CarbonError
from terminal_signer.strict import read_json

HTML, JSON, VC_JWT = "text/html", "application/json", "application/vc+jwt"
TITLES: Mapping[int, tuple[str, str]] = {
    1: ("碳排放声明证书", "Emission statement certificate"),
    2: ("碳效证书", "Carbon efficiency certificate"),
    3: ("产品碳足迹证书", "Product carbon footprint certificate"),
}
MAX_HREF, MAX_TITLE = 2048, 200
_HREF = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+(?:[/?#][!-~]*)?")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_MEDIA = re.compile(r"[a-z]+/[-+.A-Za-z0-9]+")


def certificate_links(kind: int, page: str, document: str, credential: str) -> Iterator[Link]:
    """`page` and `document` are the addresses of the public page and of its JSON, `credential` that of the certificate
    as vc+jwt, empty where none is issued."""
    zh, en = TITLES.get(kind, ("碳证书", "Carbon certificate"))
    relations = ("certificationInfo", "sustainabilityInfo") if kind == 3 else ("certificationInfo",)
    for relation in relations:
        yield Link(GS1 + relation, page, f"{zh} {en}", (), HTML)
        yield Link(GS1 + relation, f"{page}?lang=zh", zh, ("zh",), HTML)
        yield Link(GS1 + relation, f"{page}?lang=en", en, ("en",), HTML)
    yield Link(GS1 + "certificationInfo", document, f"{zh} {en} (JSON)", (), JSON)
    if credential:
        yield Link(f"{UNTP}dcc", credential, f"{en}, UNTP Digital Conformity Credential", ("en",), VC_JWT)


def default_link(kind: int, page: str) -> Link:
    zh, en = TITLES.get(kind, ("碳证书", "Carbon certificate"))
    return Link("", page, f"{zh} {en}")


def registered_links(values: Iterable[HandleValue]) -> Iterator[Link]:
    """Of the public values; what cannot be read as a link is passed over, as it was not written for this."""
    for value in values:
        if value.is_public and (value.type.startswith((*PREFIXES, "https://"))):
            try:
                yield read_link(value.type, value.text)
            except LinkFault:
                continue


def registered_default(values: Iterable[HandleValue]) -> Link | None:
    for value in values:
        if value.is_public and value.type.upper() == URL and _HREF.fullmatch(value.text):
            return Link("", value.text, value.text[:MAX_TITLE])
    return None


def read_link(kind: str, data: str) -> Link:
    """Raises LinkFault."""
    relation = relation_of(kind)
    told: Any = {"href": data}
    if data.lstrip().startswith("{"):
        try:
            told = read_json(data.encode("utf-8", "surrogatepass"), kind)
        except CarbonError as fault:
            raise LinkFault(f"not a link: {fault.message}") from fault
    href, title = told.get("href"), told.get("title", kind)
    languages, media = told.get("hreflang", []), told.get("type", "")
    if not isinstance(href, str) or len(href) > MAX_HREF or not _HREF.fullmatch(href):
        raise LinkFault("a link leads to an http or https address")
    if not isinstance(title, str) or not 0 < len(title) <= MAX_TITLE or not title.isprintable():
        raise LinkFault(f"a title has 1 to {MAX_TITLE} printable characters")
    languages = [languages] if isinstance(languages, str) else languages
    if not isinstance(languages, list) or not all(
        isinstance(one, str) and _LANGUAGE.fullmatch(one) for one in languages
    ):
        raise LinkFault("hreflang is a list of tags such as zh, en-GB")
    if not isinstance(media, str) or (media and not _MEDIA.fullmatch(media)):
        raise LinkFault("type is a media type")
    return Link(relation, href, title, tuple(languages), media)


def _is_language(tag: object) -> bool:
    return isinstance(tag, str) and _LANGUAGE.fullmatch(tag) is not None
