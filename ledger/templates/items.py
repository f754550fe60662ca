"""One item of a template: a property of the JSON Schema with what our vocabulary says of it.

    x-index, x-names {zh, en}, x-definition {zh, en}, x-unit, x-visibility, x-personal, x-source-kinds, x-mapping,
    x-grade, x-disabled; examples must fit the item's own schema

An item is a *quantity* (an array of data items: value with provenance), or a plain value.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.accounting.units import UnitError, parse_unit
from ledger.templates.errors import TemplateError
from ledger.templates.schema import DECIMAL_RULES, Schema, check_decimal_rules, check_schema, faults
from ledger.templates.vocabulary import (
    ANY_UNIT,
    DATA_ITEM,
    EXTENSION,
    MAPPINGS,
    RANGES,
    REFERENCES,
    SOURCE_KINDS,
    VISIBILITY,
)
from terminal_signer import units

CODE = re.compile(r"[a-z][A-Za-z0-9]{0,63}")
MAX_NAME = 80
MAX_DEFINITION = 1000
MAX_EXAMPLES = 8
MAX_DATA_ITEMS = 400
NOTES = frozenset(
    (
        "x-index", "x-names", "x-definition", "x-unit", "x-visibility", "x-personal", "x-source-kinds", "x-mapping",
        "x-grade", "x-disabled", "examples",
    )
)  # fmt: skip
"""What a property may say beside its constraints."""


@dataclass(frozen=True, slots=True)
class Item:
    """`schema` is the property as written; `rule` its constraints alone, as `ledger.templates.schema` reads them."""

    code: str
    index: int
    names: Mapping[str, str]
    layer: str
    required: bool
    schema: Schema

    @property
    def rule(self) -> Schema:
        left_out = NOTES | frozenset(DECIMAL_RULES) if self.is_quantity else NOTES
        return {keyword: value for keyword, value in self.schema.items() if keyword not in left_out}

    @property
    def is_quantity(self) -> bool:
        return is_quantity(self.schema)

    @property
    def unit(self) -> str | None:
        unit = self.schema.get("x-unit")
        return None if unit is None else str(unit)

    @property
    def visibility(self) -> str:
        return str(self.schema["x-visibility"])

    @property
    def source_kinds(self) -> tuple[str, ...]:
        return tuple(self.schema.get("x-source-kinds", ()))

    @property
    def disabled(self) -> bool:
        return bool(self.schema.get("x-disabled", False))

    def __str__(self) -> str:
        return f"{self.layer} item {self.index} {self.code!r}"


def is_quantity(schema: Schema) -> bool:
    items = schema.get("items")
    return isinstance(items, dict) and items.get("$ref") == DATA_ITEM


def read_item(code: str, schema: object, layer: str, *, required: bool, where: str) -> Item:
    """An item of a layer; raises `TemplateError`."""
    if not CODE.fullmatch(code):
        raise TemplateError(
            f"{code[:80]!r} is no code", where=where, mend="a lower-case letter, then up to 63 letters and digits"
        )
    if not isinstance(schema, dict):
        raise TemplateError("expected the schema of an item", where=where, mend="write an object")
    names = _both(schema, "x-names", where, MAX_NAME)
    item = Item(code, _index(schema, where), names, layer, required, schema)
    _check_constraints(item, where)
    _check_notes(item, where)
    _check_unit(item, where)
    _check_sources(item, where)
    _check_examples(item, where)
    return item


def folded(name: str) -> str:
    """A name as it is compared: width, case and white space aside."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_unit(text: str) -> bool:
    """A unit of SenML or UCUM, or one that accountants write."""
    if units.is_unit(text):
        return True
    try:
        return parse_unit(text) is not None
    except UnitError:
        return False


def _index(schema: Schema, where: str) -> int:
    index = schema.get("x-index")
    least, most = RANGES["public"][0], RANGES[EXTENSION][1]
    if type(index) is not int or not least <= index <= most:
        raise TemplateError(f"expected an index from {least} to {most}", where=f"{where}.x-index")
    return index


def _both(schema: Schema, keyword: str, where: str, longest: int) -> dict[str, str]:
    names = schema.get(keyword)
    if (
        not isinstance(names, dict)
        or names.keys() != {"zh", "en"}
        or not all(isinstance(name, str) and 0 < len(name.strip()) <= longest for name in names.values())
        or not all(name.isprintable() and name == name.strip() for name in names.values())
    ):
        raise TemplateError(
            f"expected a printable text of 1 to {longest} characters in both languages", where=f"{where}.{keyword}",
            mend='write {"zh": "…", "en": "…"}',
        )  # fmt: skip
    return dict(names)


def _check_constraints(item: Item, where: str) -> None:
    if "$ref" in item.schema:
        raise TemplateError(
            "a quantity is a list of data items", where=where, mend=f'"items": {{"$ref": "{DATA_ITEM}"}}'
        )
    check_schema(item.rule, where, REFERENCES)
    if item.is_quantity:
        check_decimal_rules(item.schema, where, is_number=True)
        if not 1 <= item.schema.get("minItems", 0) <= item.schema.get("maxItems", 0) <= MAX_DATA_ITEMS:
            raise TemplateError(
                "a quantity without bounds", where=where, mend=f"write minItems 1 and maxItems up to {MAX_DATA_ITEMS}"
            )
    elif item.schema["type"] == "object" or (item.schema["type"] == "array" and _nested(item.schema)):
        raise TemplateError("an item is a plain value, a list of texts or a quantity", where=where)


def _nested(schema: Schema) -> bool:
    return schema["items"].get("type") != "string" or "maxItems" not in schema


def _check_notes(item: Item, where: str) -> None:
    schema = item.schema
    if schema.get("x-visibility") not in VISIBILITY:
        raise TemplateError("unknown class", where=f"{where}.x-visibility", mend="one of: " + ", ".join(VISIBILITY))
    for flag in ("x-personal", "x-grade", "x-disabled"):
        if not isinstance(schema.get(flag, False), bool):
            raise TemplateError("expected true or false", where=f"{where}.{flag}")
    if "x-definition" in schema:
        _both(schema, "x-definition", where, MAX_DEFINITION)
    mapping = schema.get("x-mapping", {})
    if (
        not isinstance(mapping, dict)
        or not mapping.keys() <= set(MAPPINGS)
        or not all(
            isinstance(field, str) and 0 < len(field) <= 120 and field.isprintable() for field in mapping.values()
        )
    ):
        raise TemplateError("expected names of fields", where=f"{where}.x-mapping", mend="of: " + ", ".join(MAPPINGS))


def _check_unit(item: Item, where: str) -> None:
    unit, numeric = item.schema.get("x-unit"), item.is_quantity or item.schema.get("format") == "decimal"
    if not numeric:
        if unit is not None:
            raise TemplateError("a unit belongs to numbers", where=f"{where}.x-unit", mend='"format": "decimal"')
        return
    if not isinstance(unit, str) or not (is_unit(unit) or (unit == ANY_UNIT and item.is_quantity)):
        raise TemplateError(
            f"{str(unit)[:64]!r} is no unit", where=f"{where}.x-unit",
            mend=f"write one of UCUM, such as 'GJ/t'; '1' for none; {ANY_UNIT!r} where each record names it",
        )  # fmt: skip


def _check_sources(item: Item, where: str) -> None:
    kinds: Any = item.schema.get("x-source-kinds")
    if not item.is_quantity:
        if kinds is not None:
            raise TemplateError("a source belongs to quantities", where=f"{where}.x-source-kinds")
        return
    if not isinstance(kinds, list) or not kinds or not all(kind in SOURCE_KINDS for kind in kinds):
        raise TemplateError(
            "expected where the value may come from", where=f"{where}.x-source-kinds", mend=", ".join(SOURCE_KINDS)
        )
    if len(set(kinds)) != len(kinds):
        raise TemplateError("a source stands twice", where=f"{where}.x-source-kinds")


def _check_examples(item: Item, where: str) -> None:
    examples = item.schema.get("examples", [])
    if not isinstance(examples, list) or len(examples) > MAX_EXAMPLES:
        raise TemplateError(f"expected up to {MAX_EXAMPLES} examples", where=f"{where}.examples")
    for position, example in enumerate(examples):
        for path, fault in faults(item.rule, example, REFERENCES):
            raise TemplateError(
                fault, where=f"{where}.examples[{position}]{path}", mend="an example keeps to its own item"
            )
