"""Puts questions to verifiers by others, from npm, in one process of Node."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).with_name("judges")
SECONDS = 60


def ask(*questions: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """Their answers, in order; skips where `make setup` could not install them."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").is_dir():
        pytest.skip("the judges from npm are not installed: make setup")
    done = subprocess.run(
        [node, str(FOLDER / "judge.mjs")],
        input=json.dumps(questions, ensure_ascii=False).encode(),
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
    )
    assert done.returncode == 0, done.stderr.decode()
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers
