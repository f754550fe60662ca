"""The rule files that this release ships. An evaluation takes bytes and does not care where they came from."""

import re
from importlib import resources

from terminal_signer.errors import CarbonError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")


class UnknownRuleError(CarbonError):
    """No shipped rule has that name."""

    code = "unknown-rule"


def load_rule(name: str) -> bytes:
    """The bytes of a shipped rule file by its id, e.g. "general"; else `UnknownRuleError`."""
    file = resources.files(__package__).joinpath(f"{name}.toml")
    if not _NAME.fullmatch(name) or not file.is_file():
        raise UnknownRuleError(f"no rule {name[:80]!r} is shipped", mend="choose one of: " + ", ".join(rule_names()))
    return file.read_bytes()


def rule_names() -> list[str]:
    """The ids of all shipped rule files."""
    return sorted(entry.name[:-5] for entry in resources.files(__package__).iterdir() if entry.name.endswith(".toml"))
