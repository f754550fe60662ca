"""The files that a command is given: read within bounds; rule files by path, from a folder, or as shipped."""

from pathlib import Path

from ledger.rules.library import UnknownRuleError, load_rule, rule_names
from terminal_signer.errors import CarbonError

MAX_FILE = 1 << 20


class WrongUse(CarbonError):
    """What was asked for cannot be done with these inputs."""

    code = "usage"


def read(path: Path, limit: int = MAX_FILE) -> bytes:
    """A file's bytes. Raises WrongUse."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as fault:
        raise WrongUse(f"cannot be read: {fault.strerror}", where=str(path), mend="check the path") from None
    if len(data) > limit:
        raise WrongUse(f"larger than {limit} bytes", where=str(path))
    return data


def is_path(name: str) -> bool:
    """Whether a rule is named by a file's path rather than by its id."""
    return name.endswith(".toml") or "/" in name


def rule_file(name: str, folder: Path | None) -> bytes:
    """A path, a file of the folder, or a shipped rule."""
    if is_path(name):
        return read(Path(name))
    if folder is not None and not folder.is_dir():
        raise WrongUse("no such folder", where=str(folder), mend="--rules names a folder of rule files")
    if folder is not None and (folder / f"{name}.toml").is_file():
        return read(folder / f"{name}.toml")
    return load_rule(name)


def shipped(form: str) -> list[str]:
    """The ids of the shipped rules of one format, e.g. "factors/1"."""
    first = f'format = "{form}"'.encode()
    return [name for name in rule_names() if load_rule(name).startswith(first)]


def shipped_or_file(name: str, form: str) -> tuple[bytes, str]:
    """The bytes of a rule of one format, and what to call it in an error. Raises UnknownRuleError, WrongUse."""
    if is_path(name):
        return read(Path(name)), name
    if name not in (known := shipped(form)):
        raise UnknownRuleError(f"no rule {name[:80]!r} of {form} is shipped", mend="one of: " + ", ".join(known))
    return load_rule(name), f"{name}.toml"
