"""`{name:rest}` in a route: everything that follows, line breaks too, so that the route itself can refuse them."""

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request


class Rest(Convertor[str]):
    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("rest", Rest())


def raw_path(request: Request) -> str:
    """The path as it was sent, escapes and all: what the server decoded can no longer be told from a replacement."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.decode("latin-1").split("?")[0].encode("latin-1").decode("utf-8", "surrogateescape")
