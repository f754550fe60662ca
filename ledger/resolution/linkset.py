"""Link sets (RFC 9264) in two profiles.

GS1 (resolver standard 1.2): relations as full addresses, `itemDescription`, and nothing that its schema does not know;
the default link has href and title only, and its target stands under a descriptive relation as well.
UNTP (identity resolver): relations in the short form `untp:dcc`, titles and types the same; no default link.
"""

from collections.abc import Sequence
from typing import Any

from ledger.resolution.links import DEFAULT, GS1, UNTP, Entity, Link, shortened

MEDIA_TYPE = "application/linkset+json"
CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"
Json = dict[str, Any]


def gs1_linkset(entities: Sequence[Entity]) -> Json:
    """Every level, the nearest first."""
    return {"linkset": [_gs1_level(entity) for entity in entities]}


def untp_linkset(entities: Sequence[Entity]) -> Json:
    return {"linkset": [_untp_level(entity) for entity in entities]}


def with_context(linkset: Json) -> Json:
    """As JSON-LD that stands alone."""
    return {"@context": CONTEXT, **linkset}


def description_file(name: str, root: str) -> Json:
    """`/.well-known/gs1resolver`."""
    return {
        "name": name,
        "resolverRoot": root,
        "supportedPrimaryKeys": ["all"],
        "supportedLinkType": [{"namespace": GS1, "prefix": "gs1:"}, {"namespace": UNTP, "prefix": "untp:"}],
        "linkTypeDefaultCanBeLinkset": False,
        "jsonLdContextLocation": CONTEXT,
        "contact": {"fn": name},
    }


def _gs1_level(entity: Entity) -> Json:
    level: Json = {"anchor": entity.anchor, "itemDescription": entity.description}
    if entity.default is not None:
        level[DEFAULT] = [{"href": entity.default.href, "title": entity.default.title}]
    for link in entity.links:
        level.setdefault(link.relation, []).append(_target(link))
    return level


def _untp_level(entity: Entity) -> Json:
    level: Json = {"anchor": entity.anchor}
    for link in entity.links:
        level.setdefault(shortened(link.relation), []).append(_target(link))
    return level


def _target(link: Link) -> Json:
    target: Json = {"href": link.href, "title": link.title}
    if link.media:
        target["type"] = link.media
    return target | ({"hreflang": list(link.languages)} if link.languages else {})
