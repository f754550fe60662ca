"""The store's revisions, run by `ledger.store.database.migrate`; nobody needs an alembic.ini."""
