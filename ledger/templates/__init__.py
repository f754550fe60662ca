"""The metadata template of the industrial internet identifier system, for carbon data: public, industry, enterprise.

Layers are JSON Schema documents; merged, they are one template, whose hash stands in the statement. Who may register an
extension, and when, is `ledger.templates.approval`.
"""

from ledger.templates.errors import RecordError, TemplateError
from ledger.templates.layer import Layer, parse_layer
from ledger.templates.likeness import warnings
from ledger.templates.merge import merge, refusals
from ledger.templates.template import Template, parse_template

__all__ = [
    "Layer",
    "RecordError",
    "Template",
    "TemplateError",
    "merge",
    "parse_layer",
    "parse_template",
    "refusals",
    "warnings",
]
