"""The simulated factories by name."""

from collections.abc import Callable, Mapping

from devnet.factories import aluminium, auto_filters, chemicals, float_glass, steel
from devnet.factories.factory import Factory

_FACTORIES: Mapping[str, Callable[[], Factory]] = {
    "float-glass": float_glass.factory,
    "chemicals": chemicals.factory,
    "steel": steel.factory,
    "auto-filters": auto_filters.factory,
    "aluminium": aluminium.factory,
}
FACTORIES = tuple(_FACTORIES)


def factory_of(name: str) -> Factory:
    return _FACTORIES[name]()
