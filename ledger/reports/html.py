"""A report as one HTML file: styles and drawings inside, no script, nothing that a reader's browser would fetch.

Every text is escaped by the template; the drawings are this package's own and escape theirs.
"""

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from ledger.reports.blocks import Report


def html(report: Report) -> bytes:
    """The page in UTF-8."""
    page = _environment().get_template("report.html").render(report=report, words=report.words, style=_style())
    return page.encode("utf-8")


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
