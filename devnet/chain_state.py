"""The state that anvil keeps on disk, and a whole copy of it.

Anvil overwrites `state.json` in place every second; a SIGKILL in that moment leaves half a file. `state.last.json` is
the last whole one that was seen: taken at each start and stop, and whenever `Anvil.save` is called.

At each start anvil makes a block 0 of its own and writes it down beside the one that it loads; with two of them loaded
it serves either as the chain's first, by chance. The oldest is the chain's, the others are removed.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from terminal_signer.errors import CarbonError


class StateCutOff(CarbonError):
    """The state is half-written, and there is no copy."""

    code = "devnet-state"


class StateFiles:
    """The two files of one folder. `recovered`: the last `restore` had to take the copy."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "state.json"
        self.copy = folder / "state.last.json"
        self.recovered = False

    def restore(self) -> bool:
        """Whether there is a state to load; mends a half-written one from the copy. Raises StateCutOff."""
        if not self.file.exists():
            return False
        state = read_json(self.file)
        if state is not None:
            if _drop_later_geneses(state):
                write_whole(self.file, json.dumps(state).encode())
            write_whole(self.copy, self.file.read_bytes())
            return True
        if not self.copy.exists():
            raise StateCutOff(
                "the chain's state is cut off and there is no copy",
                where=str(self.file),
                mend="carbon devnet down --erase",
            )
        shutil.copyfile(self.copy, self.file)
        self.recovered = True
        return True

    def keep(self, state: bytes) -> None:
        """Replace the copy."""
        write_whole(self.copy, state)


def _drop_later_geneses(state: dict[str, Any]) -> bool:
    """Keep the oldest block 0 alone; whether there were others."""
    blocks = state.get("blocks", [])
    firsts = [block for block in blocks if int(block["header"]["number"], 16) == 0]
    if len(firsts) < 2:
        return False
    oldest = min(firsts, key=lambda block: int(block["header"]["timestamp"], 16))
    state["blocks"] = [oldest, *(block for block in blocks if int(block["header"]["number"], 16) > 0)]
    return True


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object, None if there is none or it is cut off."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def write_whole(path: Path, content: bytes) -> None:
    """All or nothing."""
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(content)
    beside.replace(path)
