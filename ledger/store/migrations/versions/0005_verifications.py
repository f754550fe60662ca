"""Engagements of verifications"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verification_steps",
        sa.Column("log_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("engagement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "leaf_index", name=op.f("pk_verification_steps")),
    )
    op.create_index(op.f("ix_verification_steps_log_id_engagement"), "verification_steps", ["log_id", "engagement"])
    op.create_table(
        "verification_positions",
        sa.Column("log_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_verification_positions")),
    )
