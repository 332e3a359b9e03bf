"""Agreements are found by the buyer's code and the product; for all means no code.

A row for all that was taken with a code always held for everybody: it loses the code,
but where another row says the same without one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_REST = ("category", "currency", "min_qty", "valid_from")
_OLD_KEY = ("scope", "scope_code", "product_code", *_REST)
_KEY = ("scope_code", "product_code", "scope", *_REST)


def upgrade() -> None:
    price = sa.table("price", sa.column("id"), *(sa.column(name) for name in _KEY))
    other = price.alias("other")
    same = (other.c[name] == price.c[name] for name in _KEY if name != "scope_code")
    op.execute(
        sa.update(price)
        .where(
            price.c.scope == "all",
            price.c.scope_code != "",
            ~sa.exists().where(
                *same, (other.c.scope_code == "") | (other.c.id < price.c.id)
            ),
        )
        .values(scope_code="")
    )
    with op.batch_alter_table("price") as batch:
        batch.drop_constraint(op.f(f"uq_price_{'_'.join(_OLD_KEY)}"), type_="unique")
        batch.create_unique_constraint(op.f(f"uq_price_{'_'.join(_KEY)}"), list(_KEY))
