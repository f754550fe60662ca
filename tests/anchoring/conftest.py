from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.anchoring.works import Works, new_works
from tests.chain.stand import Stand
from tests.chain.stand import stand as stand


@pytest.fixture
def works(stand: Stand, tmp_path: Path) -> Iterator[Works]:
    """A log of its own; the chain mines each transaction at once."""
    works = new_works(stand, tmp_path)
    yield works
    stand.anvil.automine(True)
    works.engine.dispose()
