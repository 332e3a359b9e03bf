"""A credit note over several invoices carries a hash over its parts, under its seal."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain SQL, which both databases understand: SQLite's way round ALTER copies the
    # table. Null on older notes, whose seals stay whole.
    op.execute("ALTER TABLE invoice ADD COLUMN parts_hash VARCHAR(64)")
