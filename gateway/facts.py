"""`page/1`: what a certificate's page says beyond the signed statement – names, marks, rules, published figures.

The document is stored with the certificate when it is issued. Fields:

    format         "page/1"
    enterprise     {"zh", "en"}: name of the enterprise
    site           {"zh", "en"} or null: what the boundary covers, as the site file names it
    industry       {"code", "zh", "en"} or null: class of GB/T 4754
    offset         "+08:00": the site's offset, in which period and months are meant
    evaluator      {"zh", "en"}: organisation that evaluated
    verifier       {"zh", "en"}: organisation that verified
    level          {"zh", "en"} or null: the scheme's name for level L; shown only with the opening of `grade.level`
    grade_reason   {"zh", "en"} or null: why there is no grade
    rules          [{"role": "method" | "factors" | "scheme" | "benchmarks" | "template", "id", "zh", "en"}]
    corrections    how many frames corrected an earlier value: 0 where absent
    uscc           unified social credit code of the enterprise; "" where absent
    product        {"zh", "en"} or null: what a footprint is of, with its batch
    boundary       {"zh", "en"} or null: a footprint's system boundary; `site` where absent
    marks          ["DEMO", "REPLAYED", "ILLUSTRATIVE", "UNVERIFIED"]: any of them, in any order

Names are not on the chain: they come from the site file and the accreditation, whose hashes the statement carries.
"""

from dataclasses import dataclass
from typing import Any

from ledger.language import Language
from terminal_signer.errors import CarbonError

FORMAT = "page/1"
DEMO = "DEMO"
MARKS = (DEMO, "REPLAYED", "ILLUSTRATIVE", "UNVERIFIED")
ROLES = ("method", "factors", "scheme", "benchmarks", "template")


class PageFactsError(CarbonError):
    """A stored page document is not what `page/1` says."""

    code = "page-facts"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both languages."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class RuleName:
    role: str
    id: str
    name: Name


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The fields of `page/1`; see the module's text."""

    enterprise: Name
    evaluator: Name
    verifier: Name
    site: Name | None = None
    industry_code: str = ""
    industry: Name | None = None
    offset: str = "+00:00"
    level: Name | None = None
    grade_reason: Name | None = None
    rules: tuple[RuleName, ...] = ()
    marks: tuple[str, ...] = ()
    corrections: int = 0
    uscc: str = ""
    product: Name | None = None
    boundary: Name | None = None

    def to_json(self) -> dict[str, Any]:
        industry = {"code": self.industry_code, **_plain(self.industry)} if self.industry else None
        return {
            "format": FORMAT,
            "enterprise": _plain(self.enterprise),
            "site": _plain(self.site) if self.site else None,
            "industry": industry,
            "offset": self.offset,
            "evaluator": _plain(self.evaluator),
            "verifier": _plain(self.verifier),
            "level": _plain(self.level) if self.level else None,
            "grade_reason": _plain(self.grade_reason) if self.grade_reason else None,
            "rules": [{"role": rule.role, "id": rule.id, **_plain(rule.name)} for rule in self.rules],
            "marks": list(self.marks),
            "corrections": self.corrections,
            "uscc": self.uscc,
            "product": _plain(self.product) if self.product else None,
            "boundary": _plain(self.boundary) if self.boundary else None,
        }

    @classmethod
    def from_json(cls, document: object) -> "PageFacts":
        """Raises PageFactsError; unknown fields are ignored, so that a later minor version can still be shown."""
        try:
            return _read(document)
        except (KeyError, TypeError, AttributeError, ValueError) as fault:
            raise PageFactsError(f"not a {FORMAT} document: {fault}") from fault


def _plain(name: Name | None) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en} if name else {}


def _read(document: Any) -> PageFacts:
    if document["format"] != FORMAT:
        raise ValueError(f"format {document['format']!r}"[:60])
    industry = document.get("industry")
    return PageFacts(
        enterprise=_name(document["enterprise"]),
        evaluator=_name(document["evaluator"]),
        verifier=_name(document["verifier"]),
        site=_optional_name(document.get("site")),
        industry_code=_text(industry["code"]) if industry else "",
        industry=_optional_name(industry),
        offset=_text(document.get("offset", "+00:00")),
        level=_optional_name(document.get("level")),
        grade_reason=_optional_name(document.get("grade_reason")),
        rules=tuple(map(_rule, document.get("rules", []))),
        marks=tuple(mark for mark in MARKS if mark in document.get("marks", [])),
        corrections=_count(document.get("corrections", 0)),
        uscc=_text(document.get("uscc", "")),
        product=_optional_name(document.get("product")),
        boundary=_optional_name(document.get("boundary")),
    )


def _rule(value: Any) -> RuleName:
    if value["role"] not in ROLES:
        raise ValueError(f"role {value['role']!r}"[:60])
    return RuleName(value["role"], _text(value["id"]), _name(value))


def _name(value: Any) -> Name:
    return Name(_text(value["zh"]), _text(value["en"]))


def _optional_name(value: Any) -> Name | None:
    return None if value is None else _name(value)


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r} is no count"[:60])
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text"[:60])
    return value
