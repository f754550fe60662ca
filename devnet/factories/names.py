"""The simulated factories by name."""

from collections.abc import Callable, Mapping

from devnet.factories import auto_filters
from devnet.factories.factory import Factory

_FACTORIES: Mapping[str, Callable[[], Factory]] = {
    "auto-filters": auto_filters.factory,
}
FACTORIES = tuple(_FACTORIES)


def factory_of(name: str) -> Factory:
    return _FACTORIES[name]()
