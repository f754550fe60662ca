"""Places in the status lists"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_entries",
        sa.Column("token_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_status_entries")),
        sa.UniqueConstraint("list_number", "entry", name=op.f("uq_status_entries_list_number_entry")),
    )
