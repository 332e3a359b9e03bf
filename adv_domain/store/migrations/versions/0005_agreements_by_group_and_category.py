"""Prices are agreed by customer group and product category too; a line says from where."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = ("scope", "scope_code", "product_code", "currency", "min_qty", "valid_from")
_NEW_KEY = (*_KEY[:3], "category", *_KEY[3:])


def upgrade() -> None:
    op.add_column("product", sa.Column("category", sa.String(40), nullable=True))
    with op.batch_alter_table("price") as batch:
        batch.add_column(
            sa.Column("category", sa.String(40), nullable=False, server_default="")
        )
        batch.drop_constraint(op.f(f"uq_price_{'_'.join(_KEY)}"), type_="unique")
        batch.create_unique_constraint(
            op.f(f"uq_price_{'_'.join(_NEW_KEY)}"), list(_NEW_KEY)
        )
        batch.drop_constraint(op.f("ck_price_scope_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_price_scope_known"),
            "scope IN ('customer', 'group', 'list', 'all')",
        )
    if op.get_bind().dialect.name == "postgresql":
        # SQLite keeps no length: its largest table need not be written anew
        op.alter_column("order_line", "price_source", type_=sa.Text())
