"""A partner: where its PACT interface is, and our credentials there. One file each, `partner/1`, for its owner's eyes.

    <dir>/partners/<name>.json     mode 600, in a folder of mode 700

Nothing but the file holds the secret: not the store, which is copied and backed up by others, and no log. A file that
anyone else can read is refused.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.access.client import checked_organisation
from ledger.identifiers.text import IdentifierError
from ledger.partners.errors import ForbiddenAddress, PartnerFault
from ledger.partners.reach import Reach, address_of
from terminal_signer.errors import UnknownFormat
from terminal_signer.strict import Malformed, read_document

FORMAT = "partner/1"
FOLDER = "partners"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SUFFIXES = ("/3/events", "/2/events", "/3", "/2")
_MOST_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Partner:
    """`url`: the base of its interface, below which `/3/events` lies, without a slash at its end. `organisation`: the
    prefix of those whose events it answers for. `token_url` and `ca_file` are empty where the usual ones serve."""

    name: str
    url: str
    organisation: str
    client_id: str
    secret: str
    token_url: str = ""
    ca_file: str = ""

    def __repr__(self) -> str:
        return f"Partner({self.name!r}, {self.url!r})"


def new_partner(
    name: str, url: str, organisation: str, client_id: str, secret: str, *, token_url: str = "", ca_file: str = ""
) -> Partner:
    """A checked one. Raises PartnerFault, ForbiddenAddress, IdentifierError."""
    if not _NAME.fullmatch(name):
        raise PartnerFault(f"{name[:80]!a} is no name", where="name", mend="1 to 63 of a-z, 0-9 and -")
    for address in filter(None, (url, token_url)):
        address_of(address, Reach.LOCAL, lambda host, port: ["127.0.0.1"])  # its form; the rest when it is called
    for member, text in (("client_id", client_id), ("secret", secret)):
        if not 0 < len(text) <= 1024 or not text.isprintable():
            raise PartnerFault("no text of 1 to 1024 printable characters", where=member)
    base = base_of(url)
    return Partner(name, base, checked_organisation(organisation), client_id, secret, token_url, ca_file)


def base_of(source: str) -> str:
    """The base that an event's `source` names: the specification's own examples write `//host/3/events`."""
    text = f"https:{source}" if source.startswith("//") else source
    text = text.partition("?")[0].partition("#")[0].rstrip("/")
    for suffix in _SUFFIXES:
        if text.endswith(suffix):
            return text.removesuffix(suffix).rstrip("/")
    return text


class PartnerBook:
    """The partners of a gateway's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def add(self, partner: Partner, *, replace: bool = False) -> Path:
        """Raises PartnerFault, also where there is one of that name."""
        path = self._path(partner.name)
        document = {"format": FORMAT, **{name: getattr(partner, name) for name in Partner.__dataclass_fields__}}
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists() and not replace:
                raise PartnerFault("there is a partner of this name", where=partner.name, mend="remove it first")
            _write(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        except OSError as fault:
            raise PartnerFault(f"cannot be written: {fault.strerror}", where=str(path)) from fault
        return path

    def remove(self, name: str) -> bool:
        """False where there is none."""
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            return False
        except OSError as fault:
            raise PartnerFault(f"cannot be removed: {fault.strerror}", where=name) from fault
        return True

    def __iter__(self) -> Iterator[Partner]:
        """By name. Raises PartnerFault for a file that is none."""
        for path in sorted(self._folder.glob("*.json")):
            yield _read(path)

    def named(self, name: str) -> Partner | None:
        """Raises PartnerFault for a file that is none."""
        path = self._path(name)
        return _read(path) if path.exists() else None

    def find(self, organisation: str, source: str) -> Partner | None:
        """Who answers for an event's source, if the caller's organisation is the one it was entered for: nobody makes
        us use the credentials of another's partner."""
        base = _comparable(base_of(source))
        of_base = (partner for partner in self if partner.organisation == organisation)
        return next((partner for partner in of_base if _comparable(partner.url) == base), None)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise PartnerFault(f"{name[:80]!a} is no name", where="name", mend="1 to 63 of a-z, 0-9 and -")
        return self._folder / f"{name}.json"


def _write(path: Path, text: str) -> None:
    """Whole and private from its first byte."""
    beside = path.with_suffix(f".{os.getpid()}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _read(path: Path) -> Partner:
    where = str(path)
    try:
        if path.stat().st_mode & 0o077:
            raise PartnerFault("others can read this secret", where=where, mend="chmod 600")
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
        with read_document(data, path.name, FORMAT) as members:
            values: dict[str, Any] = {
                name: _text(members.rest.pop(name, None), name) for name in Partner.__dataclass_fields__
            }
        return new_partner(**values)
    except OSError as fault:
        raise PartnerFault(f"cannot be read: {fault.strerror}", where=where) from fault
    except (Malformed, UnknownFormat, ForbiddenAddress, IdentifierError, ValueError) as fault:
        raise PartnerFault(f"is no {FORMAT}: {fault}", where=where) from None


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value


def _comparable(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}".casefold() + slash + path
