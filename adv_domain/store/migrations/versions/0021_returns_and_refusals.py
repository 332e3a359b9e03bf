"""What came back of what was delivered, what stock gave up of a line, and when it said so;
a message is known by what it says, not by its name alone."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, UNIT, Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_NEWS = (
    "kind IN ('confirmation', 'shipment', 'new_date', 'refusal', 'cancellation', "
    "'return', 'change_accepted', 'change_refused')"
)


def upgrade() -> None:
    for name in ("qty_returned", "qty_ignored", "qty_given_up"):
        _add_quantity("order_line", name, f"{name}_not_negative", f"{name} >= 0")
    op.add_column("order_line", sa.Column("date_told_at", Moment))
    op.execute(
        "UPDATE order_line SET qty_given_up = qty - qty_shipped - qty_cancelled "
        "WHERE state = 'exception'"
    )
    within = "qty_ignored >= 0 AND qty_ignored <= qty"
    _add_quantity("delivery_line", "qty_ignored", "ignored_within_shipped", within)
    with op.batch_alter_table("stock_message") as batch:
        batch.drop_constraint(op.f("ck_stock_message_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_stock_message_kind_known"), _NEWS)
        batch.add_column(sa.Column("content_hash", sa.String(64)))
    _goods_return()


def _add_quantity(table: str, column: str, check: str, condition: str) -> None:
    """Add a quantity that begins at zero.

    In plain SQL, which both databases understand: SQLite's way round ALTER copies the
    table, and there are no larger ones.
    """
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    type_ = "BIGINT" if is_sqlite else "NUMERIC(18, 6)"
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {type_} DEFAULT 0 NOT NULL "
        f"CONSTRAINT ck_{table}_{check} CHECK ({condition})"
    )


def _goods_return() -> None:
    owners = {
        "stock_message_id": "stock_message",
        "order_id": "sales_order",
        "order_line_id": "order_line",
        "delivery_id": "delivery",
    }
    op.create_table(
        "goods_return",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        *(sa.Column(name, KEY, nullable=False) for name in owners),
        sa.Column("returned_on", sa.Date, nullable=False),
        sa.Column("qty", UNIT, nullable=False),
        sa.Column("qty_billed", UNIT, nullable=False),
        sa.Column("qty_over", UNIT, nullable=False),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_goods_return"),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{owner}.id"], name=f"fk_goods_return_{name}_{owner}"
            )
            for name, owner in owners.items()
        ),
        sa.UniqueConstraint(
            "stock_message_id",
            "delivery_id",
            "order_line_id",
            name="uq_goods_return_stock_message_id_delivery_id_order_line_id",
        ),
        sa.CheckConstraint(
            "qty >= 0 AND qty_over >= 0 AND qty + qty_over > 0",
            name=op.f("ck_goods_return_something_came_back"),
        ),
        sa.CheckConstraint(
            "qty_billed >= 0 AND qty_billed <= qty",
            name=op.f("ck_goods_return_billed_within_qty"),
        ),
    )
    for name in ("order_id", "returned_on"):
        op.create_index(f"ix_goods_return_{name}", "goods_return", [name])
