"""The Ethereum Attestation Service's contracts, as its npm package holds them compiled: a peer of the benchmark.

    python -m contracts.bench_peer

The package depends on a whole tool chain that is of no use here, so it is not in package.json: `npm pack` fetches this
one archive, its SHA-512 must be the one pinned below, and two artifacts are taken out of it into `.tools/peers/eas`.
Exit codes: 0 there (already), 1 not to be had.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from contracts.compiler import CHECKOUT

PACKAGE = "@ethereum-attestation-service/eas-contracts"
VERSION = "1.9.0"
SHA512 = "L60y1fgKlY3a45xxnPlgRbiGQY8RF/lF+AzF1iVoR7/aEzitS0Nuyyjq8+IXs1sSSU0dl2+yGSmELxVeB6FelA=="
FOLDER = CHECKOUT / ".tools" / "peers" / "eas"
CONTRACTS = ("EAS", "SchemaRegistry")
LARGEST = 4 << 20


class PeerMissingError(RuntimeError):
    """The package cannot be fetched, or is not the pinned one."""


def install() -> None:
    """Fetch, compare, unpack. Raises PeerMissingError."""
    if all((FOLDER / f"{name}.json").exists() for name in CONTRACTS):
        return
    with tempfile.TemporaryDirectory() as place:
        archive = _fetched(Path(place))
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
            raise PeerMissingError(f"{PACKAGE} {VERSION} is not the archive that is pinned here")
        with tarfile.open(archive) as package:
            for name in CONTRACTS:
                _keep(package, name)


def _fetched(place: Path) -> Path:
    command = ["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}", "--pack-destination", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.SubprocessError) as fault:
        raise PeerMissingError(f"npm cannot fetch {PACKAGE} {VERSION}: {fault}") from None
    found = list(place.glob("*.tgz"))
    if len(found) != 1:
        raise PeerMissingError(f"npm left no archive of {PACKAGE} {VERSION}")
    return found[0]


def _keep(package: tarfile.TarFile, name: str) -> None:
    member = package.extractfile(f"package/artifacts/contracts/{name}.sol/{name}.json")
    if member is None:
        raise PeerMissingError(f"{PACKAGE} {VERSION} holds no artifact of {name}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_bytes(member.read(LARGEST))


if __name__ == "__main__":
    try:
        install()
    except PeerMissingError as failure:
        raise SystemExit(f"{failure}; the benchmark leaves this peer out") from None
    sys.exit(0)
