"""Which prefixes a gateway answers for, and which it leaves to others: 国家顶级节点 → 二级节点 → 企业节点.

The longest prefix that covers a handle's decides. Covered by one of the gateway's own: it answers. By one it has
delegated: it refers to that gateway – `302` where the delegate's own prefix is asked for, `303` where one derived from
it is. Covered by none: `301`, that prefix does not live here. A gateway without prefixes of its own answers for all.

The record of a prefix, `0.NA/<prefix>`, is answered by whoever delegates it: it says where to go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.identifiers.handle import MAX_PREFIX, Handle, parse_handle
from ledger.resolution.faults import NOT_RESPONSIBLE, PREFIX_REFERRAL, SERVICE_REFERRAL, HandleFault
from ledger.resolution.site import gateway_site
from ledger.resolution.values import PREFIX_SITE, SITE, HandleValue

PREFIX_RECORD = "0.na"
MOST_HOPS = 8


@dataclass(frozen=True, slots=True)
class Zone:
    """`delegations`: prefix → web address of the gateway that answers for it, without a slash at its end."""

    prefixes: tuple[str, ...] = ()
    delegations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return not self.prefixes


@dataclass(frozen=True, slots=True)
class Referral:
    """Ask the gateway at `url`, which answers for `prefix`."""

    response: int
    prefix: str
    url: str

    def values(self) -> list[HandleValue]:
        """Where to go: HS_SITE, and where derived prefixes live there too, HS_SITE.PREFIX."""
        return site_values(self.url)


def place_of(zone: Zone, handle: Handle) -> Referral | None:
    """None where this gateway answers. Raises HandleFault where the prefix is none of its business."""
    asked = prefix_asked(handle)
    covering = [prefix for prefix in (*zone.prefixes, *zone.delegations) if covers(prefix, asked)]
    best = max(covering, key=len, default=None)
    if best is None:
        if zone.is_open:
            return None
        raise HandleFault(NOT_RESPONSIBLE, "That prefix doesn't live here", where=handle.prefix)
    if best not in zone.delegations or (is_prefix_record(handle) and best == asked):
        return None
    derived = best != asked
    return Referral(PREFIX_REFERRAL if derived else SERVICE_REFERRAL, best, zone.delegations[best])


def delegate_of(zone: Zone, handle: Handle) -> Referral | None:
    """To whom the prefix is delegated whose record is asked for."""
    asked = prefix_asked(handle)
    url = zone.delegations.get(asked) if is_prefix_record(handle) else None
    return None if url is None else Referral(SERVICE_REFERRAL, asked, url)


def signer_prefix(zone: Zone, handle: Handle) -> str:
    """Under which prefix the key is found that signs a record: the gateway's own that covers it, in an open zone the
    record's; a delegated prefix's own record is signed by whoever delegates."""
    asked = prefix_asked(handle)
    own = max((prefix for prefix in zone.prefixes if covers(prefix, asked)), key=len, default="")
    if own:
        return own
    return asked.rpartition(".")[0] if asked in zone.delegations and "." in asked else asked


def is_prefix_record(handle: Handle) -> bool:
    return handle.prefix.lower() == PREFIX_RECORD


def prefix_asked(handle: Handle) -> str:
    """The prefix that a handle belongs to; of a prefix's record, that prefix."""
    return (handle.suffix if is_prefix_record(handle) else handle.prefix).lower()


def covers(prefix: str, other: str) -> bool:
    """Whether `other` is this prefix or derived from it."""
    return other == prefix or other.startswith(f"{prefix}.")


def site_values(url: str) -> list[HandleValue]:
    site = gateway_site(url).encoded()
    return [HandleValue(1, SITE, site), HandleValue(2, PREFIX_SITE, site)]


def checked_prefix(text: str) -> str:
    """A prefix in lower case. Raises IdentifierError."""
    return parse_handle(f"{text.replace('/', ' ')[: MAX_PREFIX + 1]}/-").prefix.lower()
