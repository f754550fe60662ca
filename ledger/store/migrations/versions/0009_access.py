"""Grants, the log of who read evidence, and evidence to read"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_acts",
        sa.Column("log_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "leaf_index", name=op.f("pk_access_acts")),
    )
    op.create_index(op.f("ix_access_acts_log_id_enterprise"), "access_acts", ["log_id", "enterprise"])
    op.create_table(
        "access_positions",
        sa.Column("log_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_access_positions")),
    )
    op.create_table(
        "readings",
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("token_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("grants", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("enterprise", "number", name=op.f("pk_readings")),
    )
    op.create_table(
        "evidence",
        sa.Column("token_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("openings", sa.JSON(), nullable=False),
        sa.Column("bundle_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bundle_size", sa.BigInteger(), nullable=False),
        sa.Column("deposited_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_evidence")),
    )
