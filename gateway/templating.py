"""Pages from Jinja2 templates: always escaped, an undefined name is an error, no outside resource; no script but the
one that checks a label's code, on the pages that have it."""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from gateway import label_check
from gateway.negotiation import language_of
from gateway.page import CertificatePage
from gateway.wording import wording
from ledger.language import Language
from ledger.resolution.links import shortened


@cache
def environment() -> Environment:
    made = Environment(
        loader=PackageLoader("gateway", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["shortened"] = shortened
    return made


def render(request: Request, template: str, status: int, headers: Mapping[str, str], **context: object) -> HTMLResponse:
    """The page in the reader's language. Every template gets `t` (texts), `language`, `other_language`, `path` and, of
    an earlier certificate, `token`."""
    language, page = language_of(request), context.get("page")
    if template == label_check.TEMPLATE and isinstance(page, CertificatePage):
        headers = {**headers, "Content-Security-Policy": label_check.POLICY}
        context["checking"] = label_check.checking(request, page, language)
        context["outcomes"] = _outcomes(language, page.tone == "good")
    html = (
        environment()
        .get_template(template)
        .render(
            t=wording(language),
            language=language,
            other_language="en" if language == "zh" else "zh",
            path=request.url.path,
            token=_token(request),
            **context,
        )
    )
    return HTMLResponse(html, status, dict(headers))


@cache
def _outcomes(language: Language, good: bool) -> str:
    """What the script may reveal: as long as the rest of the page, and the same on each."""
    said = label_check.outcomes(language, good)
    template = environment().get_template("label_outcomes.html")
    return template.render(t=wording(language), language=language, **said)


def _token(request: Request) -> str:
    """What the page in the other language must be asked for too; nothing where it is not what it should be."""
    token = request.query_params.get("token", "")
    return token if token.startswith("0x") and token[2:].isalnum() else ""
