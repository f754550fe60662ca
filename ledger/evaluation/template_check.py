"""Whether the template of an evaluation is one, and is the site's. It says what data are called; no figure hangs on it.

The bytes are those of the merged template: their SHA-256 is the statement's `template`, and what
`carbon template show` prints.
"""

from ledger.evaluation.site import Site, SiteError
from ledger.identifiers.vaa import split
from ledger.templates import Template, parse_template
from ledger.templates.vocabulary import EXTENSION

WHERE = "site file, field rules"


def read_template(data: bytes | None, site: Site | None) -> Template | None:
    """The template, if any; `TemplateError` for bytes that are none, `SiteError` where it is not this site's."""
    named = None if site is None else site.rules.get("template")
    if data is None:
        if named is not None:
            raise SiteError(
                f"the site file names template {named!r}, the evaluation was given none", where=WHERE,
                mend="give the merged template: carbon template show --json",
            )  # fmt: skip
        return None
    template = parse_template(data)
    if site is not None:
        _check(template, site, named)
    return template


def _check(template: Template, site: Site, named: str | None) -> None:
    if named not in (None, template.handle):
        raise SiteError(
            f"the site file names template {named!r}, the evaluation was given {template.handle!r}", where=WHERE,
            mend="use the template that the site file names",
        )  # fmt: skip
    if not template.serves(site.industry):
        raise SiteError(
            f"template {template.handle!r} is for {', '.join(template.industries)}, the site's industry is "
            f"{site.industry}", where="site file, field industry", mend="use the template of the site's industry",
        )  # fmt: skip
    for layer in template.layers:
        if layer.kind == EXTENSION and split(layer.handle)[0] != site.iss:
            raise SiteError(
                f"{layer.handle!r} is the extension of another enterprise than {site.iss}", where=WHERE,
                mend="an extension is for the enterprise that applied for it",
            )  # fmt: skip
