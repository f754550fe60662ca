"""The layers that this release ships: one public, one for each industry. Merging takes any layers."""

from functools import lru_cache
from importlib import resources

from ledger.templates.errors import TemplateError
from ledger.templates.layer import Layer, parse_layer
from ledger.templates.merge import merge
from ledger.templates.template import Template

PUBLIC_NAME = "public"


def layer_names() -> list[str]:
    """The names of the shipped industry layers."""
    folder = resources.files(__package__).joinpath("layers")
    names = sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".json"))
    return [name for name in names if name != PUBLIC_NAME]


@lru_cache(maxsize=32)
def load_layer(name: str) -> Layer:
    """A shipped layer by its name, "public" or "flat-glass"; else `TemplateError`."""
    if name not in (PUBLIC_NAME, *layer_names()):
        raise _unknown(name)
    file = resources.files(__package__).joinpath("layers", f"{name}.json")
    return parse_layer(file.read_bytes(), f"{name}.json")


def find_industry(wish: str) -> Layer:
    """A shipped industry layer by its name, its handle or an industry's code of GB/T 4754; else `TemplateError`."""
    for name in layer_names():
        layer = load_layer(name)
        if wish in (name, layer.handle) or any(wish.startswith(code) for code in layer.industries):
            return layer
    raise _unknown(wish)


def find_base(handle: str) -> Layer:
    """The shipped layer of that handle; else `TemplateError`. Merging says whether a child names its hash."""
    for name in (PUBLIC_NAME, *layer_names()):
        layer = load_layer(name)
        if layer.handle == handle:
            return layer
    raise TemplateError(
        f"no layer {handle[:80]!r} is shipped", where="x-template.base", mend="give the base's own file"
    )


def shipped_template(wish: str | None = None) -> Template:
    """The public layer merged with that of an industry; alone without one, or by its own handle."""
    public = load_layer(PUBLIC_NAME)
    return merge(public, None if wish in (None, public.handle) else find_industry(str(wish)))


def _unknown(wish: str) -> TemplateError:
    return TemplateError(
        f"no industry {wish[:80]!r} is shipped", mend="choose one of: " + ", ".join([*layer_names()]) + ", or a code C…"
    )
