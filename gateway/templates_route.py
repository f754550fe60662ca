"""`/templates/<handle>`: the bytes of a shipped metadata template, whose hash statements and handle records name."""

from typing import Any

from fastapi import APIRouter, Response

from gateway.certificate_record import shipped_templates
from gateway.described import TemplatePath
from gateway.problems import Problem

MEDIA_TYPE = "application/schema+json"
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "template/1, the bytes that its hash is over", "content": {MEDIA_TYPE: {}}},
    404: {"description": "no such template is shipped"},
}

router = APIRouter()


@router.get("/templates/{handle:path}", summary="A metadata template by its handle", response_class=Response,
            responses=_RESPONSES)  # fmt: skip
def template(handle: TemplatePath) -> Response:
    found = shipped_templates().get(handle.lower())
    if found is None:
        raise Problem("not-found")
    headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
    return Response(found.canonical, headers=headers, media_type=MEDIA_TYPE)
