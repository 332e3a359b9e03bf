"""A credit note keeps what its reason was called, and which entry error it counts as."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain SQL, which both databases understand: SQLite's way round ALTER copies the
    # table. Null on older notes: their code says which error it was.
    op.execute("ALTER TABLE invoice ADD COLUMN reason_name VARCHAR(80)")
    op.execute("ALTER TABLE invoice ADD COLUMN error_type VARCHAR(12)")
