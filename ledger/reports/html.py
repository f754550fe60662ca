"""A report as one HTML file: styles and drawings inside, no script, nothing that a reader's browser would fetch.

Every text is escaped by the template; the drawings are this package's own and escape theirs.
"""

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from ledger.reports.blocks import Report


def html(report: Report) -> bytes:
    """The page in UTF-8."""
    reservations = [mark.code for mark in report.marks]
    running = {
        "left": _plain(f"{report.title} · {report.period}"),
        "right": _plain(" · ".join([*([] if report.certified else [report.status]), *reservations])),
    }
    template = _environment().get_template("report.html")
    return template.render(report=report, words=report.words, style=_style(), running=running).encode("utf-8")


def _plain(text: str) -> str:
    """Text that may stand in a style sheet, where nothing is escaped: letters, digits, spaces and a few signs."""
    return "".join(sign if sign.isalnum() or sign in " ·-–.,:()（）" else " " for sign in text)[:120]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("ledger.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return resources.files("ledger.reports").joinpath("templates", "report.css").read_text(encoding="utf-8")
