"""What a document's tax, charges and rounding need: the surcharge, cash rounding, the
tax in the company's currency, and which charge of an order was billed.
"""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT, KEY, UNIT, JsonText, ScaledDecimal

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # in plain SQL where other tables refer to the table, as in 0011
    op.add_column("tax_rate", sa.Column("surcharge_rate", UNIT))
    _amount("invoice", "rounding", AMOUNT)
    _choice("invoice", "tax_rounding", ("document", "line"), size=8)
    op.add_column("invoice", sa.Column("tax_reasons", JsonText))
    op.add_column("invoice", sa.Column("company_currency", sa.String(3)))
    op.add_column("invoice", sa.Column("company_tax", AMOUNT))
    op.add_column("invoice", sa.Column("company_rate", UNIT))
    op.add_column("invoice", sa.Column("company_rate_on", sa.Date))
    _amount("invoice_line", "surcharge_rate", UNIT)
    _choice("invoice_tax", "kind", ("vat", "surcharge"), size=9)
    _charges()


def _amount(table: str, column: str, kind: ScaledDecimal) -> None:
    """Add an amount or rate that is nothing on the rows there are."""
    op.add_column(
        table, sa.Column(column, kind, nullable=False, server_default=sa.text("0"))
    )


def _choice(table: str, column: str, values: tuple[str, ...], *, size: int) -> None:
    """Add a column that holds one of the values, the first where nothing is said."""
    listed = ", ".join(f"'{value}'" for value in values)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR({size}) "
        f"DEFAULT '{values[0]}' NOT NULL "
        f"CONSTRAINT ck_{table}_{column}_known CHECK ({column} IN ({listed}))"
    )


def _charges() -> None:
    with op.batch_alter_table("invoice_charge") as batch:
        batch.add_column(
            sa.Column(
                "surcharge_rate", UNIT, nullable=False, server_default=sa.text("0")
            )
        )
        batch.add_column(sa.Column("order_id", KEY))
        batch.add_column(sa.Column("order_charge_no", sa.Integer))
        batch.create_foreign_key(
            "fk_invoice_charge_order_id_sales_order",
            "sales_order",
            ["order_id"],
            ["id"],
        )
        batch.create_index("ix_invoice_charge_order_id", ["order_id"])
