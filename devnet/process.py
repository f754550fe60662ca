"""Small questions to the operating system: is that process alive, is that port free."""

import http.client
import os
import random
import socket
import subprocess
import time
from pathlib import Path


def alive(pid: int, command_holds: str = "") -> bool:
    """Whether a process runs (a zombie does not) and its command line holds these words."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    line = _command_line(pid)
    return bool(line) and command_holds in line


def answers(process: subprocess.Popen[bytes], port: int, path: str, seconds: float) -> bool:
    """Whether a server on loopback answers 200 before it ends, or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == http.client.OK:
                return True
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    return False


def port_is_free(port: int) -> bool:
    """Whether a server can listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of the loopback interface on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def quiet_port() -> int:
    """A free port below those that systems hand out to clients: nobody takes it while its server is down."""
    ports = range(15_000, 30_000)
    return next(port for port in random.sample(ports, len(ports)) if port_is_free(port))


def _command_line(pid: int) -> str:
    """Empty for a zombie."""
    proc = Path("/proc") / str(pid) / "cmdline"
    if Path("/proc/self").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    asked = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    line = asked.stdout.strip()
    return "" if line.endswith("<defunct>") else line
