"""`/templates/<handle>`: the bytes of a shipped metadata template, whose hash statements and handle records name."""

from fastapi import APIRouter, Response

from gateway.certificate_record import shipped_templates
from gateway.problems import Problem

router = APIRouter()


@router.get("/templates/{handle:path}", summary="A metadata template by its handle")
def template(handle: str) -> Response:
    found = shipped_templates().get(handle.lower())
    if found is None:
        raise Problem("not-found")
    headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
    return Response(found.canonical, headers=headers, media_type="application/schema+json")
