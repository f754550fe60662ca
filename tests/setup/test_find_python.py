"""Set-up chooses an interpreter that really works, and names the install command where there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "find-python"
REAL = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"
WITHOUT_VENV = f"""#!/bin/sh
case "$2" in *ensurepip*) exit 1 ;; esac
exec "{sys.executable}" "$@"
"""
OLD = "#!/bin/sh\nexit 1\n"


def find(folder: Path, programs: dict[str, str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script with a PATH that holds only these programs, and what a shell script needs."""
    for name, text in programs.items():
        program = folder / name
        program.write_text(text)
        program.chmod(0o755)
    (folder / "bash").symlink_to(os.path.realpath("/bin/bash"))
    (folder / "env").symlink_to(os.path.realpath("/usr/bin/env"))
    return subprocess.run(
        [str(SCRIPT)], env={"PATH": str(folder), **variables}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("programs", "chosen"),
    [
        ({"python3.13": REAL, "python3.11": REAL}, "python3.13"),
        ({"python3.13": SHIM, "python3.12": REAL, "python3": REAL}, "python3.12"),
        ({"python3.13": WITHOUT_VENV, "python3.11": REAL}, "python3.11"),
        ({"python3": REAL}, "python3"),
    ],
)
def test_the_newest_that_works_is_chosen(tmp_path: Path, programs: dict[str, str], chosen: str) -> None:
    answer = find(tmp_path, programs)
    assert (answer.returncode, answer.stdout.strip()) == (0, str(tmp_path / chosen))


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        ({}, "apt install python3 python3-venv"),
        ({"python3": OLD, "python3.13": SHIM}, "apt install python3 python3-venv"),
        ({"python3": WITHOUT_VENV}, "apt install python3-venv"),
    ],
)
def test_what_is_missing_is_named_with_its_install_command(tmp_path: Path, programs: dict[str, str], said: str) -> None:
    answer = find(tmp_path, programs)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert said in answer.stderr


def test_the_users_own_choice_comes_first(tmp_path: Path) -> None:
    answer = find(tmp_path, {"mine": REAL, "python3.13": REAL}, PYTHON="mine")
    assert answer.stdout.strip() == str(tmp_path / "mine")
