"""The first page: the figures a reader came for, and what they mean in a few sentences. And the boundary."""

from ledger.reports import numbers
from ledger.reports.blocks import (
    Block,
    Bullet,
    Bullets,
    Cell,
    Column,
    Heading,
    Pairs,
    Paragraph,
    Section,
    Table,
    Tile,
    Tiles,
)
from ledger.reports.matter import Certificate, Matter
from ledger.reports.reading import Node, optional_number
from ledger.reports.unit_words import chemical

MOST_KINDS = 9
POOR_COVERAGE = 9000


def summary(matter: Matter) -> Section:
    text = matter.text
    blocks: list[Block] = [
        Tiles(tuple(_tiles(matter))),
        Heading(text("summary.findings")),
        Bullets(tuple(_sentences(matter))),
    ]
    return Section("summary", text("title.summary"), tuple(blocks))


def _tiles(matter: Matter) -> list[Tile]:
    text, emissions = matter.text, matter.emissions
    tiles = [Tile(text("summary.total"), numbers.alone(matter.total), matter.unit, _gases(matter))]
    for scope in (1, 2, 3):
        value = emissions.get(f"scope{scope}")
        if value is not None and not matter.in_energy and (value.number() or scope < 3):
            tiles.append(Tile(text(f"scope.{scope}"), numbers.alone(value.number()), matter.unit))
    tiles += _grade_tile(matter)
    coverage = matter.document.need("quality").need("coverage").integer()
    tone = "warn" if coverage < POOR_COVERAGE else ""
    tiles.append(
        Tile(text("summary.coverage"), numbers.basis_points(coverage), "", text("summary.coverage_note"), tone)
    )
    return tiles


def _gases(matter: Matter) -> str:
    gases = matter.emissions.get("gases")
    return ", ".join(chemical(gas.text(30)) for gas in gases.items(40)) if gases else ""


def _grade_tile(matter: Matter) -> list[Tile]:
    """None for a statement that is not graded at all."""
    if not matter.graded:
        return []
    grade, text = matter.document.need("grade"), matter.text
    found = grade.get("grade")
    if found is None:
        return [Tile(text("summary.grade"), text("summary.not_gradable"), "", reason_text(matter, grade), "warn")]
    name = matter.in_words(grade.get("band"), 60)
    return [Tile(text("summary.grade"), grade_of(matter, found.integer()), "", name)]


def grade_of(matter: Matter, grade: int) -> str:
    """2 of 5, where the scheme is at hand."""
    if matter.scheme is None or not matter.scheme.grades:
        return matter.text("summary.grade_alone", grade=grade)
    return matter.text("summary.grade_of", grade=grade, count=len(matter.scheme.grades))


def reason_text(matter: Matter, grade: Node) -> str:
    told, reason = grade.get("reason_text"), grade.get("reason")
    return matter.in_words(told, 200) if told else reason.text(60) if reason else numbers.NOTHING


def _sentences(matter: Matter) -> list[Bullet]:
    refused = [Bullet(matter.text("summary.refused", reason=reason), "bad") for reason in obstacles(matter)]
    return [*_largest(matter), _quality(matter), *_graded(matter), *refused, *_counts(matter)]


def _largest(matter: Matter) -> list[Bullet]:
    """Who makes up most of it; nothing where nothing was emitted."""
    text, gross = matter.text, matter.gross
    if matter.total < 0:
        return [Bullet(text("summary.negative"))]
    emitting = [line for line in matter.counted if line.value > 0]
    if gross == 0 or not emitting:
        return [Bullet(text("summary.nothing"))]
    first = text("summary.largest", name=emitting[0].name, share=numbers.percent(emitting[0].value, gross))
    sentences = [Bullet(first)]
    removed = gross - matter.total
    if removed > 0:
        amount = f"{numbers.alone(removed)} {matter.unit}"
        sentences.append(Bullet(text("summary.removed", amount=amount, share=numbers.percent(removed, gross))))
    return sentences


def _quality(matter: Matter) -> Bullet:
    quality, text = matter.document.need("quality"), matter.text
    points = {name: quality.need(name).integer() for name in ("metered", "defaulted", "declared", "estimated")}
    signed = points["metered"] + points["defaulted"]
    told = {name: numbers.basis_points(value) for name, value in points.items()}
    return Bullet(
        text("summary.quality", signed=numbers.basis_points(signed), **told), "" if signed >= 5000 else "warn"
    )


def _graded(matter: Matter) -> list[Bullet]:
    grade, text = matter.document.need("grade"), matter.text
    found, ratio, warning = grade.get("grade"), grade.get("ratio"), grade.get("warning")
    bullets = []
    if found is not None and ratio is not None and grade.get("mean") is not None:
        shown = numbers.fixed(ratio.number(), 3)
        bullets.append(Bullet(text("summary.ratio", ratio=shown, grade=grade_of(matter, found.integer()))))
    if warning is not None:
        bullets.append(Bullet(warning_text(matter, warning), "warn"))
    return bullets


def warning_text(matter: Matter, warning: Node) -> str:
    """That the grade could be another one; how far the bounds are, where the result says so."""
    text = matter.text
    lower, higher = (warning.get(name) for name in ("lower", "higher"))
    told = text("summary.may_flip")
    if lower is not None and higher is not None:
        told = text("summary.flip", lower=lower.integer(), higher=higher.integer())
    for name in ("to_better", "to_worse"):
        distance = optional_number(warning.get(name))
        if distance is not None:
            told += text(f"summary.{name}", percent=numbers.fixed(distance, 1))
    return told


def obstacles(matter: Matter) -> list[str]:
    """Why no certificate can be made of the result; empty where nothing is said against it."""
    certifiable, listed = matter.document.get("certifiable"), matter.document.get("not_certifiable")
    if certifiable is None or certifiable.flag():
        return []
    reasons = [
        matter.in_words(entry.get("text"), 300) or entry.need("code").text(60)
        for entry in (listed.items(50) if listed is not None else [])
    ]
    return reasons or [matter.text("status.unnamed")]


def _counts(matter: Matter) -> list[Bullet]:
    """Gaps, sources without data, corrections and findings, each with its number; or that there are none."""
    document, text = matter.document, matter.text
    gaps = len(document.need("gaps").need("list").items())
    corrections, findings = (len(document.need(name).items()) for name in ("corrections", "findings"))
    holes = len(matter.emissions.need("incomplete").items())
    counted = [("incomplete", holes, "bad"), ("gaps", gaps, "warn"), ("flags", findings, "warn")]
    bullets = [
        Bullet(text("summary.one_" + name if count == 1 else "summary." + name, count=f"{count:,}"), tone)
        for name, count, tone in [*counted, ("corrections", corrections, "")]
        if count
    ]
    if not (gaps or holes or findings):
        bullets.insert(0, Bullet(text("summary.whole"), "good"))
    return bullets


def boundary(matter: Matter) -> Section:
    """Whom and what the figures are about, and what is left out for which reason."""
    site, text = matter.document.need("site"), matter.text
    pairs = [(text("boundary.text"), matter.in_words(site.get("boundary"), 2000))]
    for name, most in (("subject", 120), ("enterprise", 120), ("uscc", 40), ("industry", 40), ("region", 40)):
        value = site.get(name)
        if value is not None:
            pairs.append((text(f"boundary.{name}"), value.text(most)))
    pairs.append((text("boundary.period"), _period(matter)))
    pairs.append((text("boundary.gases"), _gases(matter)))
    gwp = matter.emissions.get("gwp_set")
    if gwp is not None:
        pairs.append((text("boundary.gwp"), text.get(f"gwp.{gwp.text(100)}") or gwp.text(100)))
    blocks = [
        Pairs(tuple((name, value) for name, value in pairs if value not in ("", "-"))),
        *_absent(matter, site),
        *_rules(matter),
    ]
    return Section("boundary", text("title.boundary"), tuple(blocks))


def _period(matter: Matter) -> str:
    period = matter.document.need("period")
    told = matter.text.period(period.need("start").integer(), period.need("end").integer(), matter.offset)
    return f"{told} (UTC{matter.offset})"


def _absent(matter: Matter, site: Node) -> list[Block]:
    absent, text = site.need("absent").items(2000), matter.text
    if not absent:
        return []
    rows = tuple(
        (Cell(matter.item(entry.need("source").text(100))), Cell(matter.in_words(entry.need("reason"), 1000)))
        for entry in absent
    )
    columns = (Column(text("col.source"), share=2), Column(text("col.reason"), share=5))
    return [Heading(text("boundary.absent")), Table(columns, rows)]


def _rules(matter: Matter) -> list[Block]:
    text = matter.text
    rows = tuple(
        (
            Cell(text.get(f"role.{rule.role}") or rule.role),
            Cell(rule.name(matter.language), rule.id if rule.name(matter.language) != rule.id else ""),
            Cell(rule.edition or numbers.NOTHING),
            Cell(rule.sha256[2:18] + "…" if rule.sha256 else numbers.NOTHING),
        )
        for rule in matter.rules.values()
    )
    columns = (
        Column(text("col.role"), share=2), Column(text("col.rule"), share=5), Column(text("col.edition"), share=4),
        Column("SHA-256", share=3),
    )  # fmt: skip
    return [Heading(text("boundary.rules")), Table(columns, rows, note=text("boundary.rules_note"))] if rows else []


def certificate(matter: Matter, told: Certificate) -> Section:
    """What the bundle's statement names: the parties, the log, the hash to compare."""
    text = matter.text
    pairs = (
        (text("certificate.identifier"), told.identifier), (text("certificate.enterprise"), told.enterprise),
        (text("certificate.evaluator"), told.evaluator), (text("certificate.verifier"), told.verifier),
        (text("certificate.result_hash"), told.result_hash), (text("certificate.log"), told.log_id),
        (text("certificate.tree_size"), f"{told.tree_size:,}"), (text("certificate.digest"), "0x" + matter.digest),
    )  # fmt: skip
    blocks = (Pairs(pairs), Paragraph(text("certificate.check"), "note"))
    return Section("certificate", text("title.certificate"), blocks)
