"""A report as PDF/UA by typst: one fixed template reads the report as data, so that no text is ever markup.

Latin letters come from typst's own fonts. Chinese ones must be on the machine: a Chinese report without them is
refused, an English one says what it could not show. The date in the file is the period's end, so that the same result
and fonts give the same bytes.
"""

import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

import typst

from ledger.reports.blocks import Report
from ledger.reports.reading import ReportError

LATIN = "Libertinus Serif"
CHINESE = (
    "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Songti SC", "SimSun", "NSimSun", "FandolSong",
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Droid Sans Fallback",
)  # fmt: skip
MEND = "install a Chinese font, e.g. apt-get install fonts-noto-cjk, or take --format html"


_TYPST: Any = typst
"""A dict of files as input is not in its type stubs."""
_CHINESE_TEXT = re.compile(r"<text (?=[^>]*>[^<]*[\u2e80-\uffef])")


class PdfError(ReportError):
    """The PDF cannot be made on this machine."""

    code = "pdf"


@dataclass(frozen=True, slots=True)
class Pdf:
    """`remarks`: what typst warned of, and characters that no font here can show."""

    data: bytes
    remarks: tuple[str, ...]


def pdf(report: Report) -> Pdf:
    """Raises `PdfError` where the fonts are missing or typst refuses."""
    files = _files(report)
    try:
        data, warnings = _TYPST.compile_with_warnings(
            files, format="pdf", timestamp=report.period_end, pdf_standards=["ua-1"]
        )
    except typst.TypstError as fault:
        raise PdfError(f"typst: {str(fault)[:400]}") from fault
    remarks = [str(warning)[:200] for warning in warnings]
    if chinese_font() is None:
        remarks.append("no Chinese font found: Chinese names are not shown")
    return Pdf(_bytes(data), tuple(remarks))


def pages(report: Report, ppi: int = 80) -> list[bytes]:
    """Every page as a PNG: to look at."""
    made = _TYPST.compile(_files(report), format="png", ppi=ppi, timestamp=report.period_end)
    return [bytes(page) for page in made] if isinstance(made, list) else [_bytes(made)]


@cache
def chinese_font() -> str | None:
    """The first font of `CHINESE` on this machine."""
    present = set(typst.Fonts().families())
    return next((name for name in CHINESE if name in present), None)


def _files(report: Report) -> dict[str, bytes]:
    font = chinese_font()
    if font is None and report.language == "zh":
        raise PdfError("no Chinese font found on this machine", mend=MEND)
    template = resources.files("ledger.reports").joinpath("templates", "report.typ").read_bytes()
    fonts = [LATIN, *([font] if font else [])]
    data = {**asdict(report), "fonts": fonts}
    for section in data["sections"]:
        section["blocks"] = [_lean(block, fonts) for block in section["blocks"]]
    return {"main.typ": template, "report.json": json.dumps(data, ensure_ascii=False).encode("utf-8")}


def _lean(block: dict[str, object], fonts: list[str]) -> dict[str, object]:
    """A picture keeps only its wide drawing, in the fonts of the page."""
    if block["kind"] != "picture":
        return block
    wide = str(block["wide"]).replace("<svg ", f'<svg font-family="{fonts[0]}" ', 1)
    wide = _CHINESE_TEXT.sub(f'<text font-family="{fonts[-1]}" ', wide)
    return {"kind": "picture", "svg": wide, "alt": block["alt"], "caption": block["caption"]}


def _bytes(made: object) -> bytes:
    if not isinstance(made, bytes):
        raise PdfError("typst gave no bytes")
    return made
