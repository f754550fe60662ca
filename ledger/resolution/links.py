"""Links from an identified thing to what is known of it, and the choice among them that a resolver makes.

A relation is a name that IANA registered (`describedby`), a web address, or a short form `gs1:…`, `untp:…`; GS1's own
address is written in four ways, all of which mean the same.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from terminal_signer.errors import CarbonError

GS1 = "https://ref.gs1.org/voc/"
UNTP = "https://test.uncefact.org/vocabulary/untp/core/0/"
PREFIXES: Mapping[str, str] = {"gs1:": GS1, "untp:": UNTP}
DEFAULT = f"{GS1}defaultLink"
ALL = ("linkset", "all")
MAX_RELATION = 200
_GS1_FORMS = re.compile(r"https?://(?:www\.|ref\.)?gs1\.org/voc/", re.IGNORECASE)
_RELATION = re.compile(r"[a-z][a-z0-9.-]*|https?://[A-Za-z0-9./_#-]+")
Weights = Sequence[tuple[str, float]]


class LinkFault(CarbonError):
    """A text names no relation, or a stored link cannot be read."""

    code = "link"


@dataclass(frozen=True, slots=True)
class Link:
    """`languages` are tags of RFC 5646 (zh, en); empty where the target has none, or all."""

    relation: str
    href: str
    title: str
    languages: tuple[str, ...] = ()
    media: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One level of what was asked for: a batch, then its product. `default` is where a plain request is sent."""

    anchor: str
    description: str
    links: tuple[Link, ...]
    default: Link | None = None


def relation_of(text: str) -> str:
    """The one way to write a relation. Raises LinkFault."""
    if len(text) > MAX_RELATION:
        raise LinkFault("a link type has at most 200 characters")
    for prefix, namespace in PREFIXES.items():
        if text.startswith(prefix):
            text = namespace + text[len(prefix) :]
    text = _GS1_FORMS.sub(GS1, text, count=1)
    if not _RELATION.fullmatch(text):
        raise LinkFault(f"{text[:60]!a} is no link type", mend="gs1:certificationInfo, a web address, linkset")
    return text


def shortened(relation: str) -> str:
    """With `gs1:` or `untp:` where it has one of these namespaces."""
    for prefix, namespace in PREFIXES.items():
        if relation.startswith(namespace):
            return prefix + relation[len(namespace) :]
    return relation


def of_relation(entities: Sequence[Entity], relation: str) -> list[Link]:
    """The links of the nearest level that has this relation; the default link is one of its own."""
    for entity in entities:
        if relation == DEFAULT and entity.default is not None:
            return [entity.default]
        found = [link for link in entity.links if link.relation == relation]
        if found:
            return found
    return []


def default_of(entities: Sequence[Entity]) -> Link | None:
    """Of the nearest level that has one."""
    return next((entity.default for entity in entities if entity.default is not None), None)


def chosen(links: Sequence[Link], languages: Weights, medias: Weights) -> list[Link]:
    """The links that fit best: of those of an accepted media type, by language, then by media type. More than one where
    nothing tells them apart."""
    links = [link for link in links if _media_weight(link, medias)] or links
    scores = [(_language_weight(link, languages), _media_weight(link, medias)) for link in links]
    best = max(scores, default=(0.0, 0.0))
    fitting = [link for link, score in zip(links, scores, strict=True) if score == best]
    return [link for link in fitting if (link.languages, link.media) == (fitting[0].languages, fitting[0].media)]


def _language_weight(link: Link, wished: Weights) -> float:
    if not link.languages:
        return 0.01
    own = {tag.split("-")[0].lower() for tag in link.languages}
    return max((weight for tag, weight in wished if tag.split("-")[0].lower() in own), default=0.0)


def _media_weight(link: Link, wished: Weights) -> float:
    weights = dict(wished)
    family = link.media.split("/")[0] + "/*"
    return next((weights[name] for name in (link.media, family, "*/*") if name in weights), 0.0)
