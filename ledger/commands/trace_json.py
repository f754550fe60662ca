"""A trace for machines, `trace/1` (docs/formats/trace.md)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ledger.canonical import decimal_text
from ledger.tracing.picture import Account
from ledger.tracing.trace import Link, Node, Trace

FORMAT = "trace/1"
NANO = 10**9


def document(found: Trace, parts: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
    """`parts` by token: what a store says of a certificate's result."""
    picture = found.picture
    return {
        "format": FORMAT,
        "chain_id": picture.domain.chain_id,
        "contract": "0x" + picture.domain.contract.hex(),
        "block": picture.block,
        "time": picture.time,
        "root": number(found.root),
        "sound": found.sound,
        "cut": sorted(found.cut),
        "nodes": [_node(node, parts.get(node.token)) for node in found.nodes.values()],
    }


def number(token: int) -> str:
    return f"0x{token:064x}"


def kilogrammes(carried: int) -> str:
    """kgCO2e, of an integer in 10⁻⁹ of it."""
    return decimal_text(Fraction(carried, NANO))


def _node(node: Node, parts: Mapping[str, str] | None) -> dict[str, Any]:
    statement = node.certificate.statement
    return {
        "token": number(node.token),
        "identifier": statement.identifier,
        "kind": statement.kind,
        "depth": node.depth,
        "status": node.status,
        "reason": node.certificate.reason,
        "failed": list(node.failed),
        "upstream": node.worst,
        "unit": statement.unit,
        "footprint": str(statement.footprint),
        "quantity": str(statement.quantity),
        "period": {"start": statement.period_start, "end": statement.period_end},
        "quality": {
            name: getattr(statement, name) for name in ("coverage", "metered", "declared", "defaulted", "estimated")
        },
        "carried": kilogrammes(node.declared),
        "certified": kilogrammes(node.certified),
        "inputs": [_link(link) for link in node.links],
        "account": None if node.account is None else _account(node.account),
        **({} if parts is None else {"stated_parts": dict(parts)}),
    }


def _link(link: Link) -> dict[str, Any]:
    token = None if link.token is None else number(link.token)
    carried = kilogrammes(link.carried)
    return {
        "account": number(link.account), "quantity": str(link.quantity), "token": token, "carried": carried,
        "note": link.note,
    }  # fmt: skip


def _account(account: Account) -> dict[str, Any]:
    figures = {name: str(getattr(account, name)) for name in ("certified", "issued", "used", "retired")}
    return {"id": number(account.number), "certificate": number(account.certificate), **figures}
