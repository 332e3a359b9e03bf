"""Cancelled invoices, undone runs and what runs usually post get their tables."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT, KEY, Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_CHOICES = "choice IN ('asked', 'recreate', 'ignore')"


def upgrade() -> None:
    op.create_index("ix_invoice_run_id", "invoice", ["run_id"])
    _cancelled_invoices()
    _undone_runs()
    _brakes()
    _volumes()


def _cancelled_invoices() -> None:
    op.create_table(
        "cancelled_invoice",
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("note_id", KEY, nullable=False),
        sa.Column("was_sent", sa.Boolean(), nullable=False),
        sa.Column("choice", sa.String(10), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.Column("decided_by", sa.String(120)),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_cancelled_invoice")),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
            name=op.f("fk_cancelled_invoice_invoice_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["invoice.id"],
            name=op.f("fk_cancelled_invoice_note_id_invoice"),
        ),
        sa.CheckConstraint(_CHOICES, name=op.f("ck_cancelled_invoice_choice_known")),
    )
    op.create_index("ix_cancelled_invoice_note_id", "cancelled_invoice", ["note_id"])
    asked = sa.text("choice = 'asked'")
    op.create_index(
        "ix_cancelled_invoice_asked",
        "cancelled_invoice",
        ["invoice_id"],
        sqlite_where=asked,
        postgresql_where=asked,
    )


def _undone_runs() -> None:
    op.create_table(
        "run_undo",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("reason_code", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("choice", sa.String(10), nullable=False),
        sa.Column("asked_by", sa.String(120), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_undo")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_run_undo_run_id_run")
        ),
        sa.CheckConstraint(_CHOICES, name=op.f("ck_run_undo_choice_known")),
    )


def _brakes() -> None:
    op.create_table(
        "run_brake",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("usual_documents", sa.Integer()),
        sa.Column("usual_amount", AMOUNT),
        sa.Column("stopped_at", Moment, nullable=False),
        sa.Column("confirmed_at", Moment),
        sa.Column("confirmed_by", sa.String(120)),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_brake")),
        sa.UniqueConstraint(
            "step",
            "business_date",
            "documents",
            "amount",
            name=op.f("uq_run_brake_step_business_date_documents_amount"),
        ),
    )


def _volumes() -> None:
    """What earlier runs posted is known from their invoices, in own currency."""
    op.create_table(
        "run_volume",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_volume")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_run_volume_run_id_run")
        ),
    )
    op.create_index("ix_run_volume_step_date", "run_volume", ["step", "business_date"])
    op.execute(
        "INSERT INTO run_volume (run_id, step, business_date, documents, amount)"
        " SELECT run.id, run.step, run.business_date, COUNT(*), SUM("
        " CASE WHEN invoice.currency = company.currency THEN invoice.net ELSE 0 END)"
        " FROM run JOIN invoice ON invoice.run_id = run.id"
        " JOIN company ON company.id = invoice.company_id"
        " WHERE run.step = 'invoicing' AND invoice.kind = 'invoice'"
        " GROUP BY run.id, run.step, run.business_date"
    )
