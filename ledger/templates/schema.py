"""The part of JSON Schema 2020-12 that templates use: is a schema well formed, and does a value keep to it?

    string   enum, pattern (safe subset), format, minLength, maxLength; with format "decimal": x-minimum, x-maximum,
             x-accuracy – a number travels as text, so that it stays exact
    integer  minimum, maximum
    boolean
    array    items, minItems, maxItems, uniqueItems
    object   properties, required, additionalProperties: false
    $ref     "#/$defs/…" of the fixed definitions

Anything else is refused. What starts with "x-" beyond these belongs to the item (`ledger.templates.layer`).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ledger.templates.errors import TemplateError
from ledger.templates.formats import FORMATS, is_decimal
from ledger.templates.patterns import matches, parse_pattern

Schema = Mapping[str, Any]
Fault = tuple[str, str]
"""Path below the value, and what is wrong there."""

MAX_TEXT = 4000
MAX_CHOICES = 200
MAX_ITEMS = 10_000
MAX_ACCURACY = 20
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DECIMAL_RULES = ("x-minimum", "x-maximum", "x-accuracy")
KEYWORDS: dict[str, frozenset[str]] = {
    "string": frozenset(("enum", "pattern", "format", "minLength", "maxLength", *DECIMAL_RULES)),
    "integer": frozenset(("minimum", "maximum")),
    "boolean": frozenset(),
    "array": frozenset(("items", "minItems", "maxItems", "uniqueItems")),
    "object": frozenset(("properties", "required", "additionalProperties")),
}
_WORDS: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
_BOUNDS = {"minLength": MAX_TEXT, "maxLength": MAX_TEXT, "minItems": MAX_ITEMS, "maxItems": MAX_ITEMS}


def check_schema(schema: object, where: str, definitions: Mapping[str, Schema]) -> None:
    """Raise `TemplateError` unless `schema` is one of the subset that some value can satisfy."""
    if not isinstance(schema, dict):
        raise TemplateError("expected a schema", where=where, mend='write {"type": "string", …}')
    if "$ref" in schema:
        if len(schema) > 1 or schema["$ref"] not in list(definitions):
            raise TemplateError("unknown reference", where=where, mend="one of: " + ", ".join(definitions))
        return
    kind = schema.get("type")
    if not isinstance(kind, str) or kind not in KEYWORDS:
        raise TemplateError("unknown type", where=f"{where}.type", mend="one of: " + ", ".join(KEYWORDS))
    for keyword in schema.keys() - {"type"} - KEYWORDS[kind]:
        known = ", ".join(sorted(KEYWORDS[kind])) or "nothing else"
        raise TemplateError(f"a {kind} has no {keyword[:40]!r}", where=where, mend=f"known there: {known}")
    for keyword in ("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "x-accuracy"):
        _bound(schema, keyword, where)
    _ordered(schema, where)
    if kind == "string":
        _check_string(schema, where)
    elif kind == "array":
        check_schema(schema.get("items"), f"{where}.items", definitions)
        if not isinstance(schema.get("uniqueItems", False), bool):
            raise TemplateError("expected true or false", where=f"{where}.uniqueItems")


def faults(schema: Schema, value: object, definitions: Mapping[str, Schema], path: str = "") -> Iterator[Fault]:
    """What is wrong with a value under a well-formed schema."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"]]
    kind = schema["type"]
    if type(value) is not _WORDS[kind]:
        yield path, f"expected {kind}, found {_word(value)}"
    elif isinstance(value, str):
        yield from ((path, fault) for fault in _string_faults(schema, value))
    elif isinstance(value, list):
        yield from _array_faults(schema, value, definitions, path)
    elif isinstance(value, dict):
        yield from _object_faults(schema, value, definitions, path)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from ((path, fault) for fault in _range_faults(schema, Decimal(value), "minimum", "maximum"))


def decimal_faults(schema: Schema, text: str) -> Iterator[str]:
    """Range and accuracy of a number that travels as text (`text` is one)."""
    yield from _range_faults(schema, Decimal(text), "x-minimum", "x-maximum")
    places = len(text.partition(".")[2])
    if places < schema.get("x-accuracy", 0):
        yield f"{text} is stated to {places} decimals, {schema['x-accuracy']} are asked for"


def _bound(schema: Schema, keyword: str, where: str) -> None:
    if keyword not in schema:
        return
    value = schema[keyword]
    most = MAX_ACCURACY if keyword == "x-accuracy" else _BOUNDS.get(keyword, 2**53)
    least = -most if keyword in ("minimum", "maximum") else 0
    if type(value) is not int or not least <= value <= most:
        raise TemplateError(f"expected a whole number from {least} to {most}", where=f"{where}.{keyword}")


def _ordered(schema: Schema, where: str) -> None:
    for low, high in (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")):
        if low in schema and high in schema and schema[low] > schema[high]:
            raise TemplateError(f"{low} is above {high}: no value fits", where=where, mend="widen one of them")


def _check_string(schema: Schema, where: str) -> None:
    form = schema.get("format")
    if form is not None and (not isinstance(form, str) or form not in FORMATS):
        raise TemplateError("unknown format", where=f"{where}.format", mend="one of: " + ", ".join(FORMATS))
    if not {"enum", "format", "maxLength"} & schema.keys():
        raise TemplateError("a text without bound", where=where, mend=f"write maxLength, at most {MAX_TEXT}")
    check_decimal_rules(schema, where, is_number=form == "decimal")
    if "pattern" in schema:
        pattern = schema["pattern"]
        if not isinstance(pattern, str):
            raise TemplateError("expected a pattern", where=f"{where}.pattern", mend='write "^[0-9]{6}$"')
        try:
            parse_pattern(pattern)
        except TemplateError as fault:
            raise TemplateError(fault.message, where=f"{where}.pattern", mend=fault.mend) from None
    _check_enum(schema, where)


def check_decimal_rules(schema: Schema, where: str, *, is_number: bool) -> None:
    """Range and accuracy are decimals as text, and stand only where a number is asked for."""
    for keyword in DECIMAL_RULES:
        if keyword in schema and not is_number:
            raise TemplateError(f"{keyword} belongs to numbers", where=where, mend='write "format": "decimal"')
    _bound(schema, "x-accuracy", where)
    for keyword in ("x-minimum", "x-maximum"):
        if keyword in schema and not (isinstance(schema[keyword], str) and is_decimal(schema[keyword])):
            raise TemplateError("expected a decimal", where=f"{where}.{keyword}", mend='write it in quotes: "0.5"')
    if {"x-minimum", "x-maximum"} <= schema.keys() and Decimal(schema["x-minimum"]) > Decimal(schema["x-maximum"]):
        raise TemplateError("x-minimum is above x-maximum: no value fits", where=where, mend="widen one of them")


def _check_enum(schema: Schema, where: str) -> None:
    if "enum" not in schema:
        return
    choices = schema["enum"]
    if not isinstance(choices, list) or not 0 < len(choices) <= MAX_CHOICES:
        raise TemplateError(f"expected 1 to {MAX_CHOICES} texts", where=f"{where}.enum")
    rest = {keyword: value for keyword, value in schema.items() if keyword != "enum"}
    for position, choice in enumerate(choices):
        for _, fault in faults(rest, choice, {}):
            raise TemplateError(fault, where=f"{where}.enum[{position}]", mend="list only values that fit the rest")
    if len(set(choices)) != len(choices):
        raise TemplateError("a value stands twice", where=f"{where}.enum")


def _string_faults(schema: Schema, value: str) -> Iterator[str]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", MAX_TEXT)
    if not least <= len(value) <= most:
        yield f"{len(value)} characters; {least} to {most} are allowed"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value[:40]!r} is none of: " + ", ".join(schema["enum"])
    if "pattern" in schema and not matches(parse_pattern(schema["pattern"]), value):
        yield f"{value[:40]!r} does not fit {schema['pattern']}"
    form = schema.get("format")
    if form is not None and not FORMATS[form](value):
        yield f"{value[:40]!r} is no {form}"
    elif form == "decimal":
        yield from decimal_faults(schema, value)


def _range_faults(schema: Schema, value: Decimal, low: str, high: str) -> Iterator[str]:
    if low in schema and value < Decimal(schema[low]):
        yield f"{value:f} is below {schema[low]}"
    if high in schema and value > Decimal(schema[high]):
        yield f"{value:f} is above {schema[high]}"


def _array_faults(schema: Schema, value: list[Any], definitions: Mapping[str, Schema], path: str) -> Iterator[Fault]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", MAX_ITEMS)
    if not least <= len(value) <= most:
        yield path, f"{len(value)} entries; {least} to {most} are allowed"
        return
    for position, entry in enumerate(value):
        yield from faults(schema["items"], entry, definitions, f"{path}[{position}]")
    texts = [entry for entry in value if isinstance(entry, str)]
    if schema.get("uniqueItems") and len(set(texts)) != len(texts):
        yield path, "an entry stands twice"


def _object_faults(
    schema: Schema, value: dict[str, Any], definitions: Mapping[str, Schema], path: str
) -> Iterator[Fault]:
    for name in schema.get("required", ()):
        if name not in value:
            yield path, f"{name!r} is missing"
    for name, entry in value.items():
        if name in schema["properties"]:
            yield from faults(schema["properties"][name], entry, definitions, f"{path}.{name}")
        else:
            yield path, f"unknown {name[:40]!r}"


def _word(value: object) -> str:
    return next((word for word, kind in _WORDS.items() if type(value) is kind), "null")
