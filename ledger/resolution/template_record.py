"""What a metadata template says as a handle record: its head, then each visible item under its own index and code."""

import json
from datetime import UTC, datetime

from ledger.resolution.node_records import admin_value
from ledger.resolution.values import URL, HandleValue, text_value
from ledger.templates.items import Item
from ledger.templates.template import Template

DO_TYPE = "0.TYPE/DO.DOIPMETA"


def template_values(template: Template, url: str, now: int) -> list[HandleValue]:
    """`url` serves the template's bytes. Items whose time has not come, and disabled ones, are left out."""
    head = [
        (1, URL, url),
        (2, "type", DO_TYPE),
        (3, "metaName", template.names["zh"]),
        (4, "metaNameEn", template.names["en"]),
        (5, "version", template.version),
        (6, "sha256", f"0x{template.sha256.hex()}"),
        (7, "effective", datetime.fromtimestamp(template.effective, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        (8, "industries", ",".join(template.industries)),
        (9, "layers", ",".join(layer.handle for layer in template.layers)),
    ]
    values = [text_value(index, code, text) for index, code, text in head if text]
    values.append(admin_value(template.handle.split("/")[0]))
    return values + [text_value(item.index, item.code, _item(item)) for item in template.visible(now)]


def _item(item: Item) -> str:
    told = {
        "zh": item.names["zh"],
        "en": item.names["en"],
        "unit": item.unit or None,
        "required": item.required,
        "visibility": item.visibility,
        "layer": item.layer,
    }
    return json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False)
