"""Other names of an identifier: how one is written for the store, and which names a Digital Link may be found under."""

from collections.abc import Iterable
from itertools import combinations

from ledger.identifiers.digital_link import DigitalLink, parse_path, parse_uri
from ledger.identifiers.gs1 import KEYS
from ledger.identifiers.oid import Oid
from ledger.identifiers.recognise import Recognised, recognise
from ledger.identifiers.text import refused

SCHEMES = ("gs1", "oid", "ecode", "uscc", "did")
SERIALS = frozenset(("21", "235", "8011", "8019", "8020"))
"""Qualifiers that name one single thing: where it is unknown, nothing is said of its kind in its stead."""
_QUALIFIER_TITLES = {
    "10": "batch", "21": "serial", "22": "variant", "235": "serial of a third party", "254": "extension",
    "7040": "unique identification", "8011": "serial", "8019": "service relation", "8020": "payment reference",
}  # fmt: skip


def alias_of(text: str) -> str:
    """`<scheme>:<normal form>` of a name in any scheme but the industrial internet's own. Raises IdentifierError."""
    found = recognise(text)
    return gs1_name(_registered(parse_uri(found.text))) if found.scheme == "gs1" else alias_name(found)


def alias_name(found: Recognised) -> str:
    """Raises IdentifierError."""
    if found.scheme == "gtin":
        return f"gs1:/01/{found.text}"
    if found.scheme == "gs1":
        return gs1_name(parse_uri(found.text))
    if found.scheme not in SCHEMES:
        raise refused("not-another-name", schemes=", ".join(SCHEMES))
    return f"{found.scheme}:{found.text}"


def oid_names(oid: Oid) -> list[str]:
    """Of the OID itself, then of each above it."""
    return [f"oid:{Oid(oid.arcs[:count]).text}" for count in range(len(oid.arcs), 1, -1)]


def gs1_name(link: DigitalLink) -> str:
    return f"gs1:{link.path}"


def _registered(link: DigitalLink) -> DigitalLink:
    """A serial names one piece of a trade item whatever its batch and variant, which are no part of the name: the piece
    is found with and without them (GS1 resolver standard 1.2, §2.5.9)."""
    if any(ai == "21" for ai, _ in link.qualifiers):
        return DigitalLink(link.key, tuple(one for one in link.qualifiers if one[0] == "21"))
    return link


def levels(link: DigitalLink) -> tuple[DigitalLink, ...]:
    """The link itself, then each with some of its qualifiers, the nearest first, down to the key alone: whatever is
    registered under a part of what was asked for belongs to the answer (GS1 resolver standard 1.2, §2.5.9)."""
    counts = range(len(link.qualifiers), -1, -1)
    parts = [DigitalLink(link.key, some) for count in counts for some in combinations(link.qualifiers, count)]
    return tuple(sorted(parts, key=_distance))


def _distance(link: DigitalLink) -> tuple[bool, int, bool]:
    """One thing is nearer than any kind of it, a batch nearer than a variant."""
    return not names_one_thing(link), -len(link.qualifiers), all(ai != "10" for ai, _ in link.qualifiers)


def key_name(name: str) -> str:
    """Of a name of GS1 with qualifiers that of its key alone, to which whoever asks for an unknown batch is sent; "" of
    every other name."""
    if not name.startswith("gs1:"):
        return ""
    link = parse_path(name.removeprefix("gs1:"))
    return gs1_name(DigitalLink(link.key)) if link.qualifiers else ""


def names_one_thing(link: DigitalLink) -> bool:
    return any(ai in SERIALS for ai, _ in link.qualifiers)


def printed_link(names: Iterable[str]) -> DigitalLink | None:
    """Of a certificate's other names, the trade item that its label is printed for: the nearest level at which there is
    exactly one, a batch before the product; one single piece only where there is nothing else."""
    links = [parse_path(name.removeprefix("gs1:")) for name in names if name.startswith("gs1:/01/")]
    levels_told = sorted({(names_one_thing(link), _distance(link)) for link in links})
    found = ([link for link in links if (names_one_thing(link), _distance(link)) == level] for level in levels_told)
    return next((one[0] for one in found if len(one) == 1), None)


def description(link: DigitalLink) -> str:
    """For people: `GTIN 09506000134352, batch K1`."""
    ai, value = link.key
    parts = [f"{KEYS[ai].title} {value}"]
    parts += [f"{_QUALIFIER_TITLES.get(name, name)} {text}" for name, text in link.qualifiers]
    return ", ".join(parts)
