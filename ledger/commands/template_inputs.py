"""What `carbon template` reads: layer files, records, lists of steps, and the layers below them."""

from dataclasses import dataclass
from pathlib import Path

from ledger.commands.template_texts import TEXTS
from ledger.language import Language
from ledger.templates import Layer, TemplateError, parse_layer
from ledger.templates.approval import Case, open_case, replay
from ledger.templates.layer import MAX_BYTES as MAX_LAYER
from ledger.templates.library import PUBLIC_NAME, find_base, find_industry, load_layer
from ledger.templates.steps import MAX_BYTES as MAX_STEPS
from ledger.templates.steps import read_frames, read_steps
from ledger.templates.vocabulary import EXTENSION, INDUSTRY, PUBLIC

_FRAME = b"\xd2"
"""What a signed frame begins with, and JSON does not."""


class WrongUse(Exception):
    """The sentence to print; exit code 2."""


@dataclass(frozen=True, slots=True)
class Layers:
    """Public, industry and extension, as `merge` takes them."""

    public: Layer
    industry: Layer | None = None
    extension: Layer | None = None

    def one(self, kind: str) -> Layer | None:
        return {PUBLIC: self.public, INDUSTRY: self.industry, EXTENSION: self.extension}[kind]

    def stack(self) -> tuple[Layer, Layer | None, Layer | None]:
        return self.public, self.industry, self.extension


def read_bounded(path: Path, most: int, language: Language) -> bytes:
    """At most one byte more than `most`: enough for the reader to refuse it."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as fault:
        why = fault.strerror or type(fault).__name__
        raise WrongUse(TEXTS[language]["no-file"].format(path=path, why=why)) from None


def read_layer(path: Path, language: Language) -> Layer:
    return parse_layer(read_bounded(path, MAX_LAYER, language), path.name)


def stacked(wish: str | None, extension: Layer | None, language: Language) -> Layers:
    """The public layer, the industry that is wished for – else the one that the extension names – and the extension."""
    public = load_layer(PUBLIC_NAME)
    if wish is not None:
        industry = read_layer(Path(wish), language) if wish.endswith(".json") else find_industry(wish)
        return Layers(public, industry, extension)
    if extension is None or extension.base is None:
        return Layers(public)
    base = find_base(extension.base.handle)
    return Layers(public, None if base.kind == PUBLIC else base, extension)


def below(layer: Layer, wish: str | None, language: Language) -> Layers:
    """A layer on top of what it is based on."""
    if layer.kind == PUBLIC:
        return Layers(layer)
    if layer.kind == INDUSTRY:
        return Layers(load_layer(PUBLIC_NAME), layer)
    return stacked(wish, layer, language)


def read_case(path: Path, extension: Layer | None, wish: str | None, language: Language) -> tuple[str, Case]:
    """Request and case after all steps of the file. Raises `TemplateError`; `StepRefused` for a step out of order."""
    data, text = read_bounded(path, MAX_STEPS, language), TEXTS[language]
    if data[:1] == _FRAME:
        if extension is None:
            raise WrongUse(text["no-extension"])
        request, steps = read_frames(data, path.name)
        return request, replay(_opened(extension, wish, language), steps)
    request, case, steps = read_steps(data, path.name)
    if extension is not None:
        if extension.sha256 != case.layer:
            raise WrongUse(text["unlike"].format(steps=case.layer.hex(), layer=extension.sha256.hex()))
        opened = _opened(extension, wish, language)
        if opened != case:
            raise WrongUse(text["other-bodies"])
    return request, replay(case, steps)


def _opened(extension: Layer, wish: str | None, language: Language) -> Case:
    layers = stacked(wish, extension, language)
    if layers.industry is None:
        raise TemplateError("an application is for an extension of an industry layer", where=extension.where)
    return open_case(layers.public, layers.industry, extension)
