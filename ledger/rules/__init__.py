"""Methods, factor sets, grading schemes and benchmark sets as data: TOML files with identity, edition and source.

A rule is known by the SHA-256 of its bytes.
"""

from ledger.rules.library import UnknownRuleError, load_rule, rule_names

__all__ = ["UnknownRuleError", "load_rule", "rule_names"]
