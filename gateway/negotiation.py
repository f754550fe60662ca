"""What the client asked for: media type (RFC 9110 §12.5.1) and language (§12.5.4)."""

from collections.abc import Sequence

from starlette.requests import Request

from ledger.language import LANGUAGES, Language

FALLBACK: Language = "en"
_MOST_RANGES = 32


def preferences(header: str) -> list[tuple[str, float]]:
    """Ranges of an Accept or Accept-Language header with their weights; what cannot be read weighs nothing."""
    found = []
    for part in header.split(",")[:_MOST_RANGES]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name:
            found.append((name, _weight(parameters)))
    return found


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def preferred_media(request: Request, offered: Sequence[str]) -> str | None:
    """The offered type that the client likes best, the first offered on a tie; None if it accepts none of them."""
    ranges = preferences(request.headers.get("accept", "")) or [("*/*", 1.0)]
    best, best_weight = None, 0.0
    for media in offered:
        weight = _media_weight(media, ranges)
        if weight > best_weight:
            best, best_weight = media, weight
    return best


def _media_weight(media: str, ranges: Sequence[tuple[str, float]]) -> float:
    matches = dict(ranges)
    for candidate in (media, media.split("/")[0] + "/*", "*/*"):
        if candidate in matches:
            return matches[candidate]
    return 0.0


def wants_html(request: Request) -> bool:
    """True for a browser: it names text/html. A client that takes anything gets JSON."""
    named = dict(preferences(request.headers.get("accept", "")))
    return "text/html" in named and preferred_media(request, ("text/html", "application/json")) == "text/html"


def language_of(request: Request) -> Language:
    """`?lang=` first, then the best of Accept-Language, then English."""
    asked = request.query_params.get("lang", "").lower()[:2]
    for language in LANGUAGES:
        if asked == language:
            return language
    best, best_weight = FALLBACK, 0.0
    for name, weight in preferences(request.headers.get("accept-language", "")):
        for language in LANGUAGES:
            if name.split("-")[0] == language and weight > best_weight:
                best, best_weight = language, weight
    return best
