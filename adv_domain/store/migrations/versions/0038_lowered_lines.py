"""A credit note may lower a line of its invoice by an amount, giving back no goods."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain SQL, which both databases understand: SQLite's way round ALTER copies the
    # table
    op.execute("ALTER TABLE invoice_line ADD COLUMN lowers_line_no INTEGER")
