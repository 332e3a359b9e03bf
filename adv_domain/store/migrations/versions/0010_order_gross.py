"""An order keeps what it comes to with tax: credit adds it up without its lines.

Orders that were accepted before have none and are looked at line by line. What was
said of credit limits in English text stays readable as such.
"""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sales_order", sa.Column("gross", AMOUNT))
    fault = sa.table("order_fault", sa.column("message"))
    told = sa.update(fault).where(fault.c.message == "credit_limit.told")
    op.execute(told.values(message="told"))
