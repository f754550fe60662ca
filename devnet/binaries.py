"""Where anvil is: `$CARBON_ANVIL`, else what `make setup` put into the checkout, else the search path."""

import os
import platform
import shutil
from pathlib import Path

from terminal_signer.errors import CarbonError

VARIABLE = "CARBON_ANVIL"
CHECKOUT = Path(__file__).resolve().parent.parent


class AnvilMissing(CarbonError):
    """No anvil on this machine."""

    code = "anvil-missing"


def find_anvil() -> Path:
    """Raises AnvilMissing, which names the command that installs it."""
    named = os.environ.get(VARIABLE)
    if named:
        return _usable(Path(named), f"${VARIABLE}")
    packaged = CHECKOUT / "contracts" / "node_modules" / "@foundry-rs" / f"anvil-{_platform()}" / "bin" / "anvil"
    if packaged.is_file():
        return _usable(packaged, str(packaged))
    on_path = shutil.which("anvil")
    if on_path is None:
        raise AnvilMissing("anvil, the local chain, is not installed", mend=f"make setup, or set {VARIABLE}")
    return Path(on_path)


def _usable(path: Path, where: str) -> Path:
    if not path.is_file() or not os.access(path, os.X_OK):
        raise AnvilMissing(f"not a program: {path}", where=where, mend="make setup")
    return path


def _platform() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}-{machine}"
