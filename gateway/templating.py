"""Pages from Jinja2 templates: always escaped, an undefined name is an error, no script and no outside resource."""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from gateway.negotiation import language_of
from gateway.wording import wording
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
    language = language_of(request)
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


def _token(request: Request) -> str:
    """What the page in the other language must be asked for too; nothing where it is not what it should be."""
    token = request.query_params.get("token", "")
    return token if token.startswith("0x") and token[2:].isalnum() else ""
