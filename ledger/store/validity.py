"""Until when anything is valid that the chain certified: so long has to be known whoever signed for it."""

from sqlalchemy import Engine, func, select

from ledger.store.database import reading
from ledger.store.schema import standings


def longest_validity(engine: Engine) -> int:
    """The latest end of any certificate that was followed, in the chain's time; 0 where there is none."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.max(standings.c.valid_until))).scalar() or 0)
