"""What is known of an OID as the text that OID-IP clients read (draft-viathinksoft-oidip): a section for the question,
a section for the object, one `name: value` a line, a blank line between."""

from collections.abc import Sequence

from ledger.identifiers.oid import Oid
from ledger.resolution.links import Link

FOUND, SUPERIOR, NOTHING = "Found", "Not found; superior object found", "Not found"


def oid_text(asked: Oid, known: Oid | None, identifiers: Sequence[str], links: Sequence[Link]) -> str:
    """`known` is the OID itself, or the nearest above it that somebody registered."""
    result = NOTHING if known is None else FOUND if known == asked else SUPERIOR
    question = [("query", f"oid:{asked.text}"), ("result", result)]
    if known is None:
        return _section(question)
    if known != asked:
        question.append(("distance", str(len(asked.arcs) - len(known.arcs))))
    about = [("object", f"oid:{known.text}"), ("status", "Information available")]
    about += [("attribute", f"handle {identifier}") for identifier in identifiers]
    about += [("url", link.href) for link in links]
    return f"{_section(question)}\r\n{_section(about)}"


def _section(lines: Sequence[tuple[str, str]]) -> str:
    widest = max(len(name) for name, _ in lines) + 1
    return "".join(f"{name + ':':<{widest}} {value}\r\n" for name, value in lines)
