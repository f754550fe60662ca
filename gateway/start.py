"""The start page with its look-up, the style sheet, icon and script, and the explanation of each problem."""

from importlib import resources
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from gateway import label_check
from gateway.negotiation import language_of, wants_html
from gateway.problems import STATUS, Problem
from gateway.templating import render
from gateway.wording import wording
from ledger.identifiers.vaa import IdentifierError, split

_MEDIA = {"carbon.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
_SCRIPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_LONGEST = 255

router = APIRouter()


@router.get("/", summary="Start page; ?identifier= leads to a certificate")
def start(request: Request, identifier: str = "") -> Response:
    language = language_of(request)
    headers = {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
    wished = identifier.strip()[:_LONGEST]
    if wished:
        try:
            split(wished)
        except IdentifierError:
            return render(request, "home.html", 400, headers, identifier=wished, wrong=True)
        return RedirectResponse(f"/{quote(wished)}?lang={language}", 303)
    return render(request, "home.html", 200, headers, identifier="", wrong=False)


@router.get("/static/{name}", include_in_schema=False)
def static(name: str) -> Response:
    """Three files by name, nothing by path. The script's name has its hash in it."""
    if name == label_check.NAME:
        return Response(label_check.SCRIPT, headers=_SCRIPT, media_type="text/javascript; charset=utf-8")
    if name not in _MEDIA:
        raise Problem("not-found")
    body = resources.files("gateway").joinpath("static", name).read_bytes()
    return Response(body, headers={"Cache-Control": "public, max-age=3600"}, media_type=_MEDIA[name])


@router.get("/problems/{code}", summary="What a problem means and how to mend it")
def problem(request: Request, code: str) -> Response:
    if code not in STATUS:
        raise Problem("not-found")
    text = wording(language_of(request))
    explained = {
        "type": f"/problems/{code}",
        "code": code,
        "title": text(f"problem.{code}.title"),
        "status": STATUS[code],
        "detail": "",
        "mend": text(f"problem.{code}.mend"),
    }
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": text.language}
    if wants_html(request):
        return render(request, "problem.html", 200, headers, problem=explained)
    return JSONResponse({key: value for key, value in explained.items() if value}, headers=headers)
