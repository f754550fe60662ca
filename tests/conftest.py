"""What every test may use: the outside vectors and data, a working folder for tools, and no silent skips in CI.

`CARBON_VECTORS` and `CARBON_DATA` name the folders of the outside vectors and data; without them `../shared/vectors`
and `../shared/data` beside the checkout are tried. A test that needs something absent skips and says what to install or
set. With `CARBON_REQUIRE_VECTORS=1` (CI) such a skip counts as a failure.
"""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import configuration

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
REQUIRED = (
    "CARBON_VECTORS",
    "CARBON_DATA",
    "vectors",
    "steel_industry_data",
    "chromium",
    "openssl",
    "softhsm",
    "tongsuopy",
    "judges",
)
"""A skip whose reason holds one of these words is a failure in CI."""

USUAL_LIMIT = 1000
configuration.set_hypothesis_home_dir(TOOLS / "hypothesis")
os.environ.setdefault("APE_DATA_FOLDER", str(TOOLS / "ape"))
os.environ.setdefault("SOLCX_BINARY_PATH", str(TOOLS / "solcx"))
for _variable in ("CONFIG", "CACHE", "DATA"):
    os.environ[f"XDG_{_variable}_HOME"] = str(TOOLS / "xdg" / _variable.lower())
os.environ["NO_COLOR"] = "1"
for _variable in ("CARBON_LANG", "CARBON_CONFIG"):
    os.environ.pop(_variable, None)


@pytest.fixture(autouse=True)
def _usual_recursion_limit() -> None:
    """Libraries of the tests' peers (py-ecc, py-evm) raise it when imported, and deep garbage then ends the process."""
    sys.setrecursionlimit(USUAL_LIMIT)


def outside(variable: str, folder: str) -> Path | None:
    """The folder that an environment variable names, else `../shared/<folder>`; `None` where there is none."""
    path = Path(os.environ.get(variable) or ROOT.parent / "shared" / folder)
    path = path if path.is_absolute() else ROOT / path
    return path if path.is_dir() else None


def _needed(variable: str, folder: str) -> Path:
    path = outside(variable, folder)
    if path is None:
        pytest.skip(f"{folder} not found: set {variable} to their folder")
    return path


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of test vectors by others."""
    return _needed("CARBON_VECTORS", "vectors")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real meter data."""
    return _needed("CARBON_DATA", "data")


@pytest.fixture(scope="session")
def steel_file(data: Path) -> Path:
    """The UCI steel plant's year of readings."""
    path = data / "steel_industry_data.csv"
    if not path.is_file():
        pytest.skip("steel_industry_data.csv not found: set CARBON_DATA to its folder")
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _no_silent_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _no_silent_skip(report)
    return report


def _no_silent_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or hasattr(report, "wasxfail") or os.environ.get("CARBON_REQUIRE_VECTORS") != "1":
        return
    reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if any(word in reason for word in REQUIRED):
        report.outcome = "failed"
        report.longrepr = f"{reason}\nIn CI nothing of the outside material may be missing (CARBON_REQUIRE_VECTORS=1)."
