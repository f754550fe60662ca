"""GS1 element strings as people read them below a barcode: `(01)06901234567892(10)B1(7230)XX88…`.

The order is free there, unlike in a Digital Link; every check of the Digital Link applies. A bracket inside a value is
refused: it could not be told from the next application identifier.
"""

import re

from ledger.identifiers.digital_link import DigitalLink, parse_path
from ledger.identifiers.gs1 import KEYS, QUALIFIERS
from ledger.identifiers.text import MAX_URI, checked, percent_encoded, refused, shown

_STRING = re.compile(r"(?:\([0-9]{2,4}\)[^()]+)+")
_ELEMENT = re.compile(r"\(([0-9]{2,4})\)([^()]+)")
Elements = list[tuple[str, str]]


def parse_element_string(text: str) -> DigitalLink:
    """Raises IdentifierError."""
    if not _STRING.fullmatch(checked(text, MAX_URI)):
        raise refused("no-element-string", text=shown(text))
    elements = [(found[1], found[2]) for found in _ELEMENT.finditer(text)]
    names = [ai for ai, _ in elements]
    if len(set(names)) != len(names):
        raise refused("repeated-element", text=shown(text))
    key = next((element for element in elements if element[0] in KEYS), None)
    if key is None:
        raise refused("no-primary-key", text=shown(text), keys=", ".join(KEYS))
    elements.remove(key)
    path, query = _ordered(key[0], elements)
    query_text = "&".join(f"{ai}={percent_encoded(value)}" for ai, value in query)
    return parse_path("".join(f"/{ai}/{percent_encoded(value)}" for ai, value in (key, *path)), query_text)


def element_string(link: DigitalLink) -> str:
    """The key and its qualifiers as people read them below a code."""
    return "".join(f"({ai}){value}" for ai, value in (link.key, *link.qualifiers))


def _ordered(key: str, elements: Elements) -> tuple[Elements, Elements]:
    """Qualifiers in the key's order, for the path; the rest."""
    given = {ai for ai, _ in elements if ai in QUALIFIERS}
    order = next((order for order in KEYS[key].qualifiers if given.intersection(order)), ())
    path = sorted((element for element in elements if element[0] in order), key=lambda element: order.index(element[0]))
    return path, [element for element in elements if element[0] not in order]
