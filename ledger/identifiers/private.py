"""Private codes 企业私有标识: unique only inside their owner, so published as `88.x.y/P.<scheme>.<escaped code>`."""

import re
from dataclasses import dataclass

from ledger.identifiers.handle import VAA, Handle, parse_vaa
from ledger.identifiers.text import checked, percent_decoded, percent_encoded, refused, shown

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,30}")
_SUFFIX = re.compile(r"P\.([A-Za-z][A-Za-z0-9-]{0,30})\.((?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+)")


@dataclass(frozen=True, slots=True)
class PrivateCode:
    """`owner` is the prefix of the enterprise, `scheme` its own name for the numbering, `code` as it is used there."""

    owner: str
    scheme: str
    code: str

    @property
    def text(self) -> str:
        return f"{self.owner}/P.{self.scheme}.{percent_encoded(self.code)}"

    @property
    def handle(self) -> Handle:
        return parse_vaa(self.text)


def private_code(owner: str, scheme: str, code: str) -> PrivateCode:
    """Raises IdentifierError; the code is taken as it is, ASCII spaces inside it included."""
    if not VAA.fullmatch(owner):
        raise refused("owner-prefix", text=shown(owner))
    if not _SCHEME.fullmatch(scheme):
        raise refused("scheme-name", text=shown(scheme))
    if code != code.strip(" "):
        raise refused("outer-space", text=shown(code))
    checked(code.replace(" ", "_"))
    private = PrivateCode(owner, scheme, code)
    checked(private.text)
    return private


def parse_private(text: str) -> PrivateCode:
    """The private code inside a published handle. Raises IdentifierError, also for an escape that was not needed."""
    handle = parse_vaa(text)
    found = _SUFFIX.fullmatch(handle.suffix)
    if found is None:
        raise refused("no-private-code", text=shown(text))
    private = private_code(handle.prefix, found[1], percent_decoded(found[2]))
    if private.text != handle.text:
        raise refused("private-spelling", text=shown(text), proper=private.text)
    return private
