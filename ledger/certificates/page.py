"""What a certificate's page says beyond the statement (`page/1`, as the gateway reads it): names, rules, marks."""

import tomllib
from collections.abc import Mapping
from typing import Any

from ledger.certificates.claim import Claim, Grounds
from ledger.evaluation.document import PRODUCT_FOOTPRINT
from ledger.evaluation.site import parse_site

PUBLISHED = {1: ("emissions.total",), 2: ("grade.level",), 3: ()}
"""What an enterprise opens unless it says otherwise: a statement's total; of a grade the level, never the amounts."""


def page_document(
    claim: Claim, grounds: Grounds, evaluator: str, verifier: str, identifier: str = ""
) -> dict[str, Any]:
    """`evaluator` and `verifier` are names, or identifiers where no name is known; `identifier` the certificate's."""
    plan, document = parse_site(grounds.site), claim.result.document
    grade = document["grade"]
    return {
        "format": "page/1",
        "enterprise": _names(plan.name),
        "site": _names(plan.boundary),
        "industry": None,
        "offset": plan.offset_text,
        "evaluator": {"zh": evaluator, "en": evaluator},
        "verifier": {"zh": verifier, "en": verifier},
        "level": _names(grade["level_band"]) if grade["level_band"] else None,
        "grade_reason": _names(grade["reason_text"]) if grade["reason_text"] else None,
        "rules": [_rule(role, body) for role, body in grounds.rules.items() if role != "template"],
        "marks": list(claim.result.marks),
        "corrections": document["frames"]["corrections"],
        "uscc": document["site"]["uscc"] or "",
        "product": product_named(document, identifier),
    }


def product_named(document: Mapping[str, Any], identifier: str) -> dict[str, str] | None:
    """What a label calls the product, with its batch, whose footprint the result states under this identifier."""
    for product in document.get("products", []):
        for batch in (None, *product["batches"]):
            stated = (product if batch is None else batch).get("footprint")
            if stated is None or stated["identifier"] != identifier:
                continue
            zh, en = product["name"]["zh"], product["name"]["en"]
            if batch is not None:
                zh, en = f"{zh}（批次 {batch['id']}）", f"{en} (batch {batch['id']})"
            return {"zh": zh, "en": en}
    return None


def published(kind: int, document: Mapping[str, Any]) -> tuple[str, ...]:
    """The figures of a result that are opened: those of the kind, and what each product emits per unit, which tells no
    quantity. A product's own certificate states its footprint already, and tells nothing of other products."""
    products = [] if kind == PRODUCT_FOOTPRINT else document.get("products", [])
    return (*PUBLISHED[kind], *(f"products.{product['id']}.intensity" for product in products))


def _rule(role: str, body: bytes) -> dict[str, str]:
    rule = tomllib.loads(body.decode())
    return {"role": role, "id": rule["id"], **_names(rule["title"])}


def _names(names: Mapping[str, str]) -> dict[str, str]:
    return {"zh": names["zh"], "en": names["en"]}
