"""What stands against the inputs of products"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upstream_flags",
        sa.Column("token_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("worst", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_upstream_flags")),
    )
