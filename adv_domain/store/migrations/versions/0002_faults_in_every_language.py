"""An order fault keeps its sentence and values, to be said in any language."""

import json

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import JsonText

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FAMILIES = {
    "unknown_customer": "customer",
    "duplicate_reference": "duplicate",
    "currency": "currency",
    "empty_order": "quantity",
    "unknown_product": "product",
    "discontinued_product": "product",
    "quantity": "quantity",
    "date_in_past": "deadline",
    "date_in_future": "deadline",
    "deadline": "deadline",
    "price": "price",
}


def upgrade() -> None:
    fault = sa.table(
        "order_fault",
        sa.column("id"),
        sa.column("code"),
        sa.column("family"),
        sa.column("detail"),
        sa.column("message"),
        sa.column("clash"),
    )
    with op.batch_alter_table("order_fault") as batch:
        batch.add_column(
            sa.Column("message", sa.String(60), nullable=False, server_default="told")
        )
        batch.add_column(
            sa.Column("clash", JsonText, nullable=False, server_default="{}")
        )
    connection = op.get_bind()
    rows = connection.execute(sa.select(fault.c.id, fault.c.detail)).all()
    told = [{"key": row.id, "said": json.dumps({"text": row.detail})} for row in rows]
    if told:
        connection.execute(
            sa.update(fault)
            .where(fault.c.id == sa.bindparam("key"))
            .values(clash=sa.bindparam("said")),
            told,
        )
    for code, family in _FAMILIES.items():
        connection.execute(
            sa.update(fault).where(fault.c.code == code).values(family=family)
        )
    with op.batch_alter_table("order_fault") as batch:
        batch.alter_column("message", server_default=None)
        batch.alter_column("clash", server_default=None)
        batch.drop_column("detail")
