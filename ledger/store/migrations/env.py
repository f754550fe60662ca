"""What Alembic runs: the revisions, inside the transaction that `migrate` has opened."""

from alembic import context

from ledger.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
