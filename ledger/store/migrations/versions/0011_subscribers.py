"""Who is told of footprints, and what each was told"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_subscribers",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_exchange_subscribers")),
    )
    op.create_table(
        "exchange_announced",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("footprint_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "footprint_id", name=op.f("pk_exchange_announced")),
    )
