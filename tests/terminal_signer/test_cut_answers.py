"""A server that is killed in the middle of an answer has not answered: the terminal asks again (INV-09)."""

import socket
import threading
from collections.abc import Iterator

import pytest

from terminal_signer.chain import ChainUnavailable, Rpc
from terminal_signer.gateway_client import Gateway, GatewayUnavailable

CUT = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"jsonrpc": '


@pytest.fixture
def dying() -> Iterator[str]:
    """A server that sends the beginning of one answer and goes away."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(CUT)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(5)


def test_a_gateway(dying: str) -> None:
    with pytest.raises(GatewayUnavailable, match="no answer"):
        Gateway(dying, timeout=5).submit([b"frame"])


def test_a_node(dying: str) -> None:
    with pytest.raises(ChainUnavailable, match="no answer"):
        Rpc(dying, timeout=5).call("eth_chainId")
