"""In CI a test that skips because outside material is missing has failed; elsewhere it skips and says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = {
    "fixture": "def test_it(vectors):\n    pass\n",
    "mark": "import pytest\n\n@pytest.mark.skipif(True, reason='chromium is missing')\ndef test_it():\n    pass\n",
    "module": "import pytest\n\npytest.skip('set CARBON_DATA', allow_module_level=True)\n\ndef test_it():\n    pass\n",
    "other": "import pytest\n\ndef test_it():\n    pytest.skip('only on another system')\n",
}


def run(folder: Path, kind: str, required: str) -> str:
    """The summary line of pytest over one such test, with no vectors anywhere."""
    (folder / "test_probe.py").write_text(TESTS[kind])
    (folder / "pytest.ini").write_text("[pytest]\n")
    environment = {
        **os.environ,
        "CARBON_REQUIRE_VECTORS": required,
        "CARBON_VECTORS": str(folder / "none"),
        "PYTHONPATH": str(ROOT),
    }
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:ape_test", "-p", "no:cacheprovider", "."],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return answer.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("kind", TESTS)
def test_a_skip_is_a_skip_at_home(tmp_path: Path, kind: str) -> None:
    assert "1 skipped" in run(tmp_path, kind, "")


@pytest.mark.parametrize("kind", ["fixture", "mark", "module"])
def test_a_skip_for_missing_material_is_a_failure_in_ci(tmp_path: Path, kind: str) -> None:
    line = run(tmp_path, kind, "1")
    assert "skipped" not in line
    assert "1 failed" in line or "1 error" in line


def test_another_skip_stays_one(tmp_path: Path) -> None:
    assert "1 skipped" in run(tmp_path, "other", "1")
