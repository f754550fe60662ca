"""How a method treats faulty, late and missing data, as its file states it: time parameters, flags, gaps."""

from dataclasses import dataclass

from ledger.rules.reader import Table

EXCLUDE = "exclude"
DEGRADE = "degrade"
KEEP = "keep"
FLAGS = (
    "payload", "unit", "time", "negative-register", "gap", "fork", "prev", "seen", "iat",
    "late", "revoked", "foreign-log", "calibration",
)  # fmt: skip
WITHOUT_CONTENT = ("payload", "unit", "time", "negative-register")

REPORT = "report"
HIGHEST = "highest-rate"
BEFORE_AFTER = "before-after-mean"
MEAN_2_SIGMA = "mean-plus-2-sigma"
CERTIFICATE_LIMIT = 2_000  # basis points; a method file may state another
GAP_RULES = (REPORT, HIGHEST, BEFORE_AFTER, MEAN_2_SIGMA)


@dataclass(frozen=True, slots=True)
class Vintages:
    """How many months before or after its use the power of a green certificate may have been generated."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class DataRules:
    """`max_delay`, `grace`, `skew` in seconds. `flags`: what each flag does to a frame's values – exclude them, degrade
    them (they count, but as declared, not as metered), or keep them. `gaps`: missing intervals are only reported, or
    filled by another rule with rates of the point's own, as 'estimated'. `gaps_limit`: the share of emissions, in basis
    points, that gaps may stand for or fill before there is no grade: leaving hours out must not improve it; above
    `certificate_limit` nothing is certified at all. `vintages`: of green certificates; None: of the calendar year of
    their use."""

    grace: int
    max_delay: int
    skew: int
    flags: dict[str, str]
    gaps: str
    gaps_statement: dict[str, str]
    gaps_limit: int
    certificate_limit: int
    vintages: Vintages | None = None

    def delay(self, site: int | None) -> int:
        """The delay that binds: a site file's own is the shorter one."""
        return self.max_delay if site is None else min(site, self.max_delay)


def read_data_rules(top: Table) -> DataRules:
    """The `[times]`, `[flags]`, `[gaps]` and `[vintages]` tables of a method file."""
    times = top.table("times")
    bounds = {
        field: _bounded(times, field, most)
        for field, most in (("grace", 7 * 86_400), ("max_delay", 86_400), ("skew", 300))
    }
    times.finish()
    table = top.table("flags")
    flags = {flag: _treatment(table, flag) for flag in FLAGS}
    table.finish()
    gaps = top.table("gaps")
    rule = gaps.text("rule")
    if rule not in GAP_RULES:
        raise gaps.error("rule", f"unknown rule {rule!r}", "one of: " + ", ".join(GAP_RULES))
    statement = gaps.names("statement")
    limit = _share(gaps, "limit")
    certificate_limit = _share(gaps, "certificate_limit", default=max(limit, CERTIFICATE_LIMIT))
    gaps.finish()
    seconds = bounds["grace"], bounds["max_delay"], bounds["skew"]
    return DataRules(*seconds, flags, rule, statement, limit, certificate_limit, _vintages(top))


def _share(gaps: Table, field: str, default: int | None = None) -> int:
    share = gaps.integer(field, default)
    if not 0 <= share <= 10_000:
        raise gaps.error(field, f"{share} is no share in basis points", "0 to 10000")
    return share


def _vintages(top: Table) -> Vintages | None:
    if "vintages" not in top:
        return None
    table = top.table("vintages")
    months = []
    for field in ("before", "after"):
        months.append(table.integer(field))
        if not 0 <= months[-1] <= 36:
            raise table.error(field, f"{months[-1]} months is no window of a vintage", "0 to 36")
    table.finish()
    return Vintages(*months)


def _bounded(table: Table, field: str, most: int) -> int:
    """The defaults of the frame format are the widest a method may state."""
    seconds = table.integer(field)
    if not 0 <= seconds <= most:
        raise table.error(field, f"{seconds} s is outside 0…{most}", "a method may only tighten the defaults")
    return seconds


def _treatment(table: Table, flag: str) -> str:
    word = table.text(flag)
    if word not in (EXCLUDE, DEGRADE, KEEP):
        raise table.error(flag, f"unknown treatment {word!r}", f"{EXCLUDE!r}, {DEGRADE!r} or {KEEP!r}")
    if flag in WITHOUT_CONTENT and word != EXCLUDE:
        raise table.error(flag, "such a frame has no readable values", f"{flag} = {EXCLUDE!r}")
    return word
