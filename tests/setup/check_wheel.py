"""Build the wheel, install it into an empty environment and verify a certificate with it, far from this folder.

    python -m tests.setup.check_wheel

Checked: every data file of the packages is in the wheel and nothing else is; the base installation needs what
pyproject.toml says and no more; the installed command verifies an honest bundle (exit 0), names what fails in a forged
one (1), refuses garbage (2), an unmet policy and an algorithm that is not installed (3), with a server and from a state
proof; a command whose extra is missing says how to install it.
Exit codes: 0 all of it, 1 something not.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from terminal_signer.keys import SM2
from tests.setup.sample import Sample, chain_of, sample

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".tools" / "wheel"
PACKAGES = ("terminal_signer", "ledger", "gateway", "devnet")
BASE = (
    "carbon-ledger",
    "cbor2",
    "cffi",
    "cryptography",
    "pip",
    "pycparser",
    "setuptools",
    "typing_extensions",
    "wheel",
)


class WheelFault(Exception):
    """Something that does not hold, in words."""


def main(argv: Sequence[str]) -> int:
    if argv:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        wheel = build()
        check_contents(wheel)
        carbon = install(wheel)
        with tempfile.TemporaryDirectory(prefix="carbon-elsewhere-") as name:
            check_command(Elsewhere(carbon, Path(name)))
    except WheelFault as fault:
        print(f"wheel: {fault}", file=sys.stderr)
        return 1
    print(f"wheel: {wheel.name} ({wheel.stat().st_size // 1024} KiB) verifies in an empty environment")
    return 0


def build() -> Path:
    """The wheel, from a copy of what git would check out and of what is new in the packages."""
    shutil.rmtree(PLACE, ignore_errors=True)
    source = PLACE / "source"
    for path in packaged_files():
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, source / name)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(PLACE / "dist"), str(source)])
    (wheel,) = (PLACE / "dist").glob("*.whl")
    return wheel


def packaged_files() -> list[str]:
    """Files of the packages that git knows or would add."""
    listed = run(["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES])
    return [path for path in listed.splitlines() if (ROOT / path).is_file()]


def check_contents(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = set(packaged_files())
    if missing := sorted(expected - names):
        raise WheelFault(f"not in the wheel (add to package-data): {', '.join(missing[:5])}")
    if surplus := sorted(names - expected):
        raise WheelFault(f"should not be in the wheel: {', '.join(surplus[:5])}")


def install(wheel: Path) -> Path:
    """The command `carbon` of a fresh environment that holds the wheel and its base dependencies, pinned ones."""
    environment = PLACE / "environment"
    run([sys.executable, "-m", "venv", "--clear", str(environment)])
    python = environment / "bin" / "python"
    pins = PLACE / "constraints.txt"
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.removesuffix("\\").strip() for line in lines if line[:1].isalpha()]
    pins.write_text("\n".join(pinned) + "\n", encoding="utf-8")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run([*pip, "install", "--quiet", "--only-binary", ":all:", "--constraint", str(pins), str(wheel)])
    listed = json.loads(run([*pip, "list", "--format", "json"]))
    names = {entry["name"].lower().replace("-", "_") for entry in listed}
    if surplus := sorted(names - {name.replace("-", "_") for name in BASE}):
        raise WheelFault(f"the base installation also brings {', '.join(surplus)}")
    return environment / "bin" / "carbon"


@dataclass(frozen=True)
class Elsewhere:
    """The installed command, run in a folder and an environment that know nothing of this checkout."""

    carbon: Path
    folder: Path

    def run(self, *arguments: str, expect: int) -> str:
        """What it printed on both streams. Raises WheelFault for another exit code or a traceback."""
        answer = subprocess.run(
            [str(self.carbon), *arguments], cwd=self.folder, env={"PATH": os.defpath, "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = answer.stdout + answer.stderr
        if answer.returncode != expect or "Traceback" in said:
            raise WheelFault(f"carbon {' '.join(arguments)}: exit {answer.returncode}, expected {expect}\n{said}")
        return said


def check_command(elsewhere: Elsewhere) -> None:
    elsewhere.run("--help", expect=0)
    elsewhere.run("--version", expect=0)
    elsewhere.run("verify", "--help", expect=0)
    said = elsewhere.run("serve", expect=2)
    if "carbon-ledger[server]" not in said:
        raise WheelFault(f"carbon serve does not say how to install what it needs: {said}")
    case = sample()
    for name, body in case.files().items():
        (elsewhere.folder / name).write_bytes(body)
    with chain_of(case) as rpc:
        check_verdicts(elsewhere, rpc, case)
    check_offline(elsewhere, case)
    check_unsupported(elsewhere)


def check_verdicts(elsewhere: Elsewhere, rpc: str, case: Sample) -> None:
    common = ("--rpc", rpc, "--lang", "en")
    elsewhere.run("verify", "honest.bundle", "--policy", "policy.json", *common, expect=0)
    said = elsewhere.run("verify", "forged.bundle", "--policy", "policy.json", *common, "--json", expect=1)
    failed = json.loads(said)["failed"]
    if failed != case.forged_claim:
        raise WheelFault(f"the forged bundle fails at {failed!r}, expected {case.forged_claim!r}")
    elsewhere.run("verify", "garbage.bundle", "--policy", "policy.json", *common, expect=2)
    elsewhere.run("verify", "honest.bundle", "--policy", "stranger.json", *common, expect=3)


def check_unsupported(elsewhere: Elsewhere) -> None:
    """The base installation has no SM2: a bundle with such a key is neither verified nor called false."""
    case = sample(SM2)
    for name, body in case.files().items():
        (elsewhere.folder / name).write_bytes(body)
    with chain_of(case) as rpc:
        said = elsewhere.run("verify", "honest.bundle", "--policy", "policy.json", "--rpc", rpc, expect=3)
    if "carbon-ledger[sm]" not in said:
        raise WheelFault(f"carbon verify does not say what an unsupported bundle needs: {said}")


def check_offline(elsewhere: Elsewhere, case: Sample) -> None:
    """Without any server: the state proof under its block's hash, and under another one."""
    common = ("--policy", "policy.json", "--offline", "state.json", "--block-hash")
    block_hash = f"0x{case.state()[1].hex()}"
    elsewhere.run("verify", "honest.bundle", *common, block_hash, expect=0)
    elsewhere.run("verify", "forged.bundle", *common, block_hash, expect=1)
    elsewhere.run("verify", "honest.bundle", *common, f"0x{bytes(32).hex()}", expect=2)


def run(command: Sequence[str]) -> str:
    answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise WheelFault(f"{' '.join(command)}: exit {answer.returncode}\n{answer.stdout}{answer.stderr}")
    return answer.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
