"""The server that `devnet.bench.lookup` asks: the gateway's own application over a store, and beside its routes an
empty one, so that both run in one process, behind the same middleware. It ends when its standard input does.

    python -m devnet.bench.lookup_server STORE PORT
"""

import sys
import threading
from pathlib import Path

import uvicorn

from devnet.bench.lookup_store import DEPLOYMENT, LOG_ID
from gateway.app import create_app
from gateway.issuer import open_issuer
from gateway.limits import Limits
from gateway.patience import PatientProtocol
from gateway.serve import collect_seldom
from gateway.settings import Settings
from ledger.anchoring.lock import wall_clock
from ledger.chain.deployment import Deployment
from ledger.chain.errors import ChainUnreachable
from ledger.chain.views import Block, CertificateView
from ledger.ingest import Ingest
from ledger.store.database import open_store
from terminal_signer import keys

PUBLIC_URL = "https://gateway.example"
PASSPHRASE = b"thrown away with the folder"


class NoChain:
    """Nothing on the way of a look-up may ask the chain; whoever does is refused."""

    deployment: Deployment = DEPLOYMENT

    def depths(self) -> tuple[Block, Block, Block]:
        raise ChainUnreachable("a look-up asked the chain")

    def check(self, identifier: str, tag: str | int = "latest") -> CertificateView | None:
        raise ChainUnreachable("a look-up asked the chain")


async def empty() -> dict[str, str]:
    return {}


def main(store: Path, port: int) -> None:
    engine = open_store(f"sqlite:///{store}")
    promise_key = keys.generate()
    settings = Settings(
        engine, LOG_ID, Ingest(engine, LOG_ID, promise_key), NoChain(), wall_clock, PUBLIC_URL,
        promise_key, limits=Limits.off(), issuer=open_issuer(store.parent / "issuer", PASSPHRASE, PUBLIC_URL),
    )  # fmt: skip
    app = create_app(settings)
    app.add_api_route("/empty", empty)
    collect_seldom()
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, http=PatientProtocol, log_config=None, server_header=False, lifespan="off")
    )
    threading.Thread(target=_end_with_parent, args=(server,), daemon=True).start()
    server.run()


def _end_with_parent(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
