"""First tables of the whole chain."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, JsonText, Moment, ScaledDecimal

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_head",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "company",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("vat_id", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=True),
        sa.Column("region", sa.String(length=60), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("tax_territory", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("iban", sa.String(length=40), nullable=True),
        sa.Column("bic", sa.String(length=11), nullable=True),
        sa.Column("logo", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("code", name=op.f("uq_company_code")),
    )
    op.create_table(
        "event",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("entity", sa.String(length=20), nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("run_id", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(
        "ix_event_entity", "event", ["entity", "entity_id", "id"], unique=False
    )
    op.create_table(
        "exchange_rate",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("rate", ScaledDecimal(6), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint(
            "currency",
            "base",
            "valid_from",
            name=op.f("uq_exchange_rate_currency_base_valid_from"),
        ),
    )
    op.create_table(
        "failure",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.Column("last_seen_at", Moment(), nullable=False),
        sa.Column("last_run_id", KEY, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failure")),
        sa.UniqueConstraint("step", "document", name=op.f("uq_failure_step_document")),
    )
    op.create_index(
        "ix_failure_open",
        "failure",
        ["step"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "kpi_day",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("dimension", sa.String(length=80), nullable=False),
        sa.Column("value", ScaledDecimal(6), nullable=True),
        sa.Column("numerator", ScaledDecimal(6), nullable=True),
        sa.Column("denominator", ScaledDecimal(6), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("computed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_day")),
        sa.UniqueConstraint(
            "day", "name", "dimension", name=op.f("uq_kpi_day_day_name_dimension")
        ),
    )
    op.create_index("ix_kpi_day_name", "kpi_day", ["name", "day"], unique=False)
    op.create_table(
        "lease",
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("pid_started", sa.String(length=40), nullable=False),
        sa.Column("fence", KEY, nullable=False),
        sa.Column("renewed_at", Moment(), nullable=False),
        sa.Column("released_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("step", "shard", name=op.f("pk_lease")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("outbox_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("cc_address", sa.String(length=254), nullable=True),
        sa.Column("reply_to", sa.String(length=254), nullable=True),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("context", JsonText(), nullable=False),
        sa.Column("attachments", JsonText(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("entity", sa.String(length=20), nullable=True),
        sa.Column("entity_id", KEY, nullable=True),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("queued_at", Moment(), nullable=False),
        sa.Column(
            "attempts", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("next_attempt_at", Moment(), nullable=True),
        sa.Column("claimed_at", Moment(), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("eml_path", sa.Text(), nullable=True),
        sa.Column("run_id", KEY, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'retry', 'sent', 'failed', 'unknown', 'withdrawn')",
            name=op.f("ck_outbox_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        sa.UniqueConstraint("outbox_key", name=op.f("uq_outbox_outbox_key")),
    )
    op.create_index("ix_outbox_customer_id", "outbox", ["customer_id"], unique=False)
    op.create_index("ix_outbox_entity", "outbox", ["entity", "entity_id"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'retry', 'sending')"),
        postgresql_where=sa.text("state IN ('queued', 'retry', 'sending')"),
    )
    op.create_table(
        "payment_term",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("definition", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_term")),
        sa.UniqueConstraint("code", name=op.f("uq_payment_term_code")),
    )
    op.create_table(
        "price",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("scope_code", sa.String(length=40), nullable=False),
        sa.Column("product_code", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("min_qty", ScaledDecimal(6), nullable=False),
        sa.Column("unit_price", ScaledDecimal(6), nullable=True),
        sa.Column("discount_rate", ScaledDecimal(6), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "scope IN ('customer', 'list', 'all')", name=op.f("ck_price_scope_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
        sa.UniqueConstraint(
            "scope",
            "scope_code",
            "product_code",
            "currency",
            "min_qty",
            "valid_from",
            name=op.f(
                "uq_price_scope_scope_code_product_code_currency_min_qty_valid_from"
            ),
        ),
    )
    op.create_index("ix_price_product_code", "price", ["product_code"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=False),
        sa.Column("list_price", ScaledDecimal(6), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column(
            "lead_time_days", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "is_discontinued",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
        ),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("code", name=op.f("uq_product_code")),
    )
    op.create_table(
        "run",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("shard", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("engine", sa.String(length=12), nullable=False),
        sa.Column("engine_run", sa.String(length=80), nullable=True),
        sa.Column("done", JsonText(), nullable=True),
        sa.Column("skipped", JsonText(), nullable=True),
        sa.Column("waiting", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'completed', 'failed', 'crashed')",
            name=op.f("ck_run_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_step_date", "run", ["step", "business_date"], unique=False)
    op.create_table(
        "source_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column(
            "rows_read", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "accepted", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "duplicate", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "rejected", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("stored_as", sa.String(length=400), nullable=True),
        sa.Column("report", sa.String(length=400), nullable=True),
        sa.CheckConstraint(
            "state IN ('taking', 'archived', 'quarantined')",
            name=op.f("ck_source_file_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_file")),
        sa.UniqueConstraint("kind", "sha256", name=op.f("uq_source_file_kind_sha256")),
    )
    op.create_table(
        "stock",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("product_code", sa.String(length=40), nullable=False),
        sa.Column("location", sa.String(length=40), nullable=False),
        sa.Column("on_hand", ScaledDecimal(6), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock")),
        sa.UniqueConstraint(
            "product_code", "location", name=op.f("uq_stock_product_code_location")
        ),
    )
    op.create_table(
        "switch",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switch")),
    )
    op.create_table(
        "task",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("task_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("entity", sa.String(length=20), nullable=True),
        sa.Column("entity_id", KEY, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("amount", ScaledDecimal(3), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("closed_by", sa.String(length=120), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'dropped')", name=op.f("ck_task_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("task_key", name=op.f("uq_task_task_key")),
    )
    op.create_index(
        "ix_task_open",
        "task",
        ["team"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "tax_rate",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("territory", sa.String(length=12), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("rate", ScaledDecimal(6), nullable=False),
        sa.Column("vat_code", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rate")),
        sa.UniqueConstraint(
            "territory",
            "category",
            "valid_from",
            name=op.f("uq_tax_rate_territory_category_valid_from"),
        ),
    )
    op.create_table(
        "bank_statement",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("statement_ref", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("opening", ScaledDecimal(3), nullable=True),
        sa.Column("closing", ScaledDecimal(3), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("source_file_id", KEY, nullable=True),
        sa.Column("imported_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["source_file.id"],
            name=op.f("fk_bank_statement_source_file_id_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint(
            "account",
            "statement_ref",
            name=op.f("uq_bank_statement_account_statement_ref"),
        ),
    )
    op.create_index(
        "ix_bank_statement_to_on", "bank_statement", ["to_on"], unique=False
    )
    op.create_table(
        "closed_period",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("closed_by", sa.String(length=120), nullable=False),
        sa.Column("closed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f("fk_closed_period_company_id_company"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_period")),
        sa.UniqueConstraint(
            "company_id", "first_on", name=op.f("uq_closed_period_company_id_first_on")
        ),
    )
    op.create_table(
        "customer",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("party_kind", sa.String(length=12), nullable=False),
        sa.Column("vat_id", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=True),
        sa.Column("region", sa.String(length=60), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("calendar_region", sa.String(length=12), nullable=True),
        sa.Column("tax_territory", sa.String(length=12), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("iban", sa.String(length=40), nullable=True),
        sa.Column("payment_terms", sa.String(length=40), nullable=False),
        sa.Column("means_of_payment", sa.String(length=12), nullable=False),
        sa.Column("price_list", sa.String(length=40), nullable=True),
        sa.Column("tax_category", sa.String(length=40), nullable=False),
        sa.Column("credit_limit", ScaledDecimal(3), nullable=True),
        sa.Column("credit_limit_source", sa.String(length=60), nullable=True),
        sa.Column("credit_limit_until", sa.Date(), nullable=True),
        sa.Column("customer_group", sa.String(length=40), nullable=True),
        sa.Column("account_manager", sa.String(length=120), nullable=True),
        sa.Column("buyer_reference", sa.String(length=80), nullable=True),
        sa.Column("routing_id", sa.String(length=80), nullable=True),
        sa.Column("dunning_policy", sa.String(length=40), nullable=True),
        sa.Column("dunning_paused_until", sa.Date(), nullable=True),
        sa.Column("dunning_pause_reason", sa.Text(), nullable=True),
        sa.Column("insolvent_on", sa.Date(), nullable=True),
        sa.Column("delay_threshold_days", sa.Integer(), nullable=True),
        sa.Column(
            "is_blocked",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
        ),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "means_of_payment IN ('transfer', 'direct_debit', 'bill', 'card')",
            name=op.f("ck_customer_means_of_payment_known"),
        ),
        sa.CheckConstraint(
            "party_kind IN ('business', 'consumer', 'public_body')",
            name=op.f("ck_customer_party_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_customer_company_id_company")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint(
            "company_id", "code", name=op.f("uq_customer_company_id_code")
        ),
    )
    op.create_index("ix_customer_iban", "customer", ["iban"], unique=False)
    op.create_table(
        "file_fault",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("source_file_id", KEY, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["source_file.id"],
            name=op.f("fk_file_fault_source_file_id_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_fault")),
    )
    op.create_index(
        "ix_file_fault_source_file_id", "file_fault", ["source_file_id"], unique=False
    )
    op.create_table(
        "series",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invoice', 'credit_note')", name=op.f("ck_series_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_series_company_id_company")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint(
            "company_id",
            "kind",
            "fiscal_year",
            name=op.f("uq_series_company_id_kind_fiscal_year"),
        ),
    )
    op.create_table(
        "payment",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entry_key", sa.String(length=255), nullable=False),
        sa.Column("statement_id", KEY, nullable=True),
        sa.Column("account", sa.String(length=40), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("amount", ScaledDecimal(3), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payer_name", sa.String(length=200), nullable=True),
        sa.Column("payer_iban", sa.String(length=40), nullable=True),
        sa.Column("structured_ref", sa.String(length=40), nullable=True),
        sa.Column("end_to_end_id", sa.String(length=80), nullable=True),
        sa.Column("remittance", sa.Text(), nullable=True),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("unapplied_amount", ScaledDecimal(3), nullable=False),
        sa.Column(
            "refunded_amount",
            ScaledDecimal(3),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "reversed_amount",
            ScaledDecimal(3),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("reverses_id", KEY, nullable=True),
        sa.Column(
            "is_reversal",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('bank', 'manual', 'legacy')", name=op.f("ck_payment_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('new', 'matched', 'review', 'unmatched', 'reversed', 'other')",
            name=op.f("ck_payment_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_payment_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_payment_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["payment.id"], name=op.f("fk_payment_reverses_id_payment")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["bank_statement.id"],
            name=op.f("fk_payment_statement_id_bank_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_payment_entry_key")),
    )
    op.create_index("ix_payment_booked_on", "payment", ["booked_on"], unique=False)
    op.create_index("ix_payment_customer_id", "payment", ["customer_id"], unique=False)
    op.create_index(
        "ix_payment_undecided",
        "payment",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state IN ('new', 'unmatched', 'review')"),
        postgresql_where=sa.text("state IN ('new', 'unmatched', 'review')"),
    )
    op.create_table(
        "sales_order",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("order_no", sa.String(length=40), nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("customer_code", sa.String(length=40), nullable=False),
        sa.Column("customer_ref", sa.String(length=80), nullable=False),
        sa.Column(
            "occurrence", sa.Integer(), server_default=sa.text("1"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("payment_terms", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("entered_by", sa.String(length=120), nullable=True),
        sa.Column("shipping_policy", sa.String(length=14), nullable=False),
        sa.Column("ship_to_name", sa.String(length=200), nullable=True),
        sa.Column("ship_to_address", sa.String(length=400), nullable=True),
        sa.Column("ship_to_country", sa.String(length=2), nullable=True),
        sa.Column("buyer_reference", sa.String(length=80), nullable=True),
        sa.Column("instructions", sa.Text(), nullable=True),
        sa.Column("net", ScaledDecimal(3), nullable=True),
        sa.Column(
            "prepaid", ScaledDecimal(3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "is_prepaid",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
        ),
        sa.Column(
            "to_invoice",
            sa.Boolean(),
            server_default=sa.text("(false)"),
            nullable=False,
        ),
        sa.Column("source_file_id", KEY, nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("held_for", sa.String(length=200), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'accepted', 'held', 'rejected', 'handed_off', 'in_fulfilment', 'fulfilled', 'closed', 'cancelled')",
            name=op.f("ck_sales_order_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f("fk_sales_order_company_id_company"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_sales_order_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["source_file.id"],
            name=op.f("fk_sales_order_source_file_id_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint(
            "company_id",
            "customer_code",
            "customer_ref",
            "occurrence",
            name=op.f(
                "uq_sales_order_company_id_customer_code_customer_ref_occurrence"
            ),
        ),
        sa.UniqueConstraint(
            "company_id", "order_no", name=op.f("uq_sales_order_company_id_order_no")
        ),
    )
    op.create_index(
        "ix_sales_order_accepted",
        "sales_order",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "ix_sales_order_content_hash", "sales_order", ["content_hash"], unique=False
    )
    op.create_index(
        "ix_sales_order_customer_id",
        "sales_order",
        ["customer_id", "state"],
        unique=False,
    )
    op.create_index(
        "ix_sales_order_held",
        "sales_order",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_sales_order_ordered_on", "sales_order", ["ordered_on"], unique=False
    )
    op.create_index(
        "ix_sales_order_received",
        "sales_order",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'received'"),
        postgresql_where=sa.text("state = 'received'"),
    )
    op.create_index(
        "ix_sales_order_to_invoice",
        "sales_order",
        ["customer_id", "id"],
        unique=False,
        sqlite_where=sa.text("to_invoice"),
        postgresql_where=sa.text("to_invoice"),
    )
    op.create_index(
        "ix_sales_order_under_way",
        "sales_order",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state IN ('handed_off', 'in_fulfilment')"),
        postgresql_where=sa.text("state IN ('handed_off', 'in_fulfilment')"),
    )
    op.create_table(
        "survey_answer",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("answer_key", sa.String(length=160), nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("score", ScaledDecimal(6), nullable=False),
        sa.Column("scale_min", sa.Integer(), nullable=False),
        sa.Column("scale_max", sa.Integer(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("source_file_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_survey_answer_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["source_file.id"],
            name=op.f("fk_survey_answer_source_file_id_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
        sa.UniqueConstraint("answer_key", name=op.f("uq_survey_answer_answer_key")),
    )
    op.create_index(
        "ix_survey_answer_answered_on", "survey_answer", ["answered_on"], unique=False
    )
    op.create_table(
        "handoff_message",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("message_key", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("payload", JsonText(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column(
            "attempts", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('order', 'change', 'cancel')",
            name=op.f("ck_handoff_message_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'acknowledged', 'failed')",
            name=op.f("ck_handoff_message_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_handoff_message_order_id_sales_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_message")),
        sa.UniqueConstraint("message_key", name=op.f("uq_handoff_message_message_key")),
        sa.UniqueConstraint(
            "order_id", "version", name=op.f("uq_handoff_message_order_id_version")
        ),
    )
    op.create_index(
        "ix_handoff_message_queued",
        "handoff_message",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "invoice",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("series_id", KEY, nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("invoice_no", sa.String(length=60), nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("supplied_on", sa.Date(), nullable=True),
        sa.Column("date_reason", sa.Text(), nullable=True),
        sa.Column("net", ScaledDecimal(3), nullable=False),
        sa.Column("tax", ScaledDecimal(3), nullable=False),
        sa.Column("gross", ScaledDecimal(3), nullable=False),
        sa.Column("rf_reference", sa.String(length=25), nullable=True),
        sa.Column("payment_terms", sa.String(length=40), nullable=True),
        sa.Column("terms", JsonText(), nullable=True),
        sa.Column("early_until", sa.Date(), nullable=True),
        sa.Column("early_amount", ScaledDecimal(3), nullable=True),
        sa.Column("seller", JsonText(), nullable=False),
        sa.Column("buyer", JsonText(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("reason_code", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("corrects_id", KEY, nullable=True),
        sa.Column("chain_position", KEY, nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("posted_at", Moment(), nullable=False),
        sa.Column("run_id", KEY, nullable=True),
        sa.CheckConstraint(
            "kind IN ('invoice', 'credit_note')", name=op.f("ck_invoice_kind_known")
        ),
        sa.CheckConstraint(
            "origin = 'legacy' OR (number IS NOT NULL AND hash IS NOT NULL)",
            name=op.f("ck_invoice_posted_is_numbered"),
        ),
        sa.CheckConstraint(
            "origin IN ('posted', 'legacy')", name=op.f("ck_invoice_origin_known")
        ),
        sa.CheckConstraint(
            "net + tax = gross", name=op.f("ck_invoice_gross_is_net_plus_tax")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_invoice_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["invoice.id"], name=op.f("fk_invoice_corrects_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_invoice_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_invoice_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_invoice_series_id_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint(
            "company_id",
            "chain_position",
            name=op.f("uq_invoice_company_id_chain_position"),
        ),
        sa.UniqueConstraint(
            "company_id", "invoice_no", name=op.f("uq_invoice_company_id_invoice_no")
        ),
        sa.UniqueConstraint(
            "series_id", "number", name=op.f("uq_invoice_series_id_number")
        ),
    )
    op.create_index("ix_invoice_corrects_id", "invoice", ["corrects_id"], unique=False)
    op.create_index("ix_invoice_customer_id", "invoice", ["customer_id"], unique=False)
    op.create_index("ix_invoice_issued_on", "invoice", ["issued_on"], unique=False)
    op.create_index("ix_invoice_order_id", "invoice", ["order_id"], unique=False)
    op.create_index(
        "ix_invoice_rf_reference", "invoice", ["rf_reference"], unique=False
    )
    op.create_table(
        "match_proposal",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("payment_id", KEY, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("invoices", JsonText(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
            name=op.f("fk_match_proposal_payment_id_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_proposal")),
        sa.UniqueConstraint(
            "payment_id", "rank", name=op.f("uq_match_proposal_payment_id_rank")
        ),
    )
    op.create_table(
        "order_fault",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("family", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column("waived_by", sa.String(length=120), nullable=True),
        sa.Column("waived_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "severity IN ('block', 'warn', 'reject')",
            name=op.f("ck_order_fault_severity_known"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_order_fault_order_id_sales_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_fault")),
        sa.UniqueConstraint(
            "order_id",
            "line_no",
            "code",
            name=op.f("uq_order_fault_order_id_line_no_code"),
        ),
    )
    op.create_index(
        "ix_order_fault_found_on", "order_fault", ["found_on", "family"], unique=False
    )
    op.create_table(
        "order_line",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("product_id", KEY, nullable=True),
        sa.Column("product_code", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=True),
        sa.Column("customer_article", sa.String(length=80), nullable=True),
        sa.Column("qty", ScaledDecimal(6), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("asked_price", ScaledDecimal(6), nullable=True),
        sa.Column(
            "asked_discount_rate",
            ScaledDecimal(6),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("unit_price", ScaledDecimal(6), nullable=True),
        sa.Column(
            "discount_rate",
            ScaledDecimal(6),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("price_source", sa.String(length=120), nullable=True),
        sa.Column("net", ScaledDecimal(3), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("first_confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column(
            "qty_shipped", ScaledDecimal(6), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "qty_cancelled",
            ScaledDecimal(6),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "qty_over", ScaledDecimal(6), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "qty_invoiced",
            ScaledDecimal(6),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column("last_shipped_on", sa.Date(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'exception', 'cancelled')",
            name=op.f("ck_order_line_state_known"),
        ),
        sa.CheckConstraint(
            "qty_cancelled >= 0", name=op.f("ck_order_line_qty_cancelled_not_negative")
        ),
        sa.CheckConstraint(
            "qty_invoiced >= 0", name=op.f("ck_order_line_qty_invoiced_not_negative")
        ),
        sa.CheckConstraint(
            "qty_shipped >= 0", name=op.f("ck_order_line_qty_shipped_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_order_line_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
            name=op.f("fk_order_line_product_id_product"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint(
            "order_id", "line_no", name=op.f("uq_order_line_order_id_line_no")
        ),
    )
    op.create_table(
        "stock_message",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("message_key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("source_file_id", KEY, nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('confirmation', 'shipment', 'new_date', 'cancellation')",
            name=op.f("ck_stock_message_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_stock_message_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["source_file.id"],
            name=op.f("fk_stock_message_source_file_id_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_message")),
        sa.UniqueConstraint("message_key", name=op.f("uq_stock_message_message_key")),
    )
    op.create_index(
        "ix_stock_message_order_id", "stock_message", ["order_id"], unique=False
    )
    op.create_table(
        "date_change",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("stock_message_id", KEY, nullable=False),
        sa.Column("old_on", sa.Date(), nullable=True),
        sa.Column("new_on", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('stock', 'carrier', 'customer', 'credit', 'unknown')",
            name=op.f("ck_date_change_reason_known"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_date_change_order_line_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["stock_message_id"],
            ["stock_message.id"],
            name=op.f("fk_date_change_stock_message_id_stock_message"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_change")),
        sa.UniqueConstraint(
            "order_line_id",
            "stock_message_id",
            name=op.f("uq_date_change_order_line_id_stock_message_id"),
        ),
    )
    op.create_table(
        "delay_notice",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("old_on", sa.Date(), nullable=False),
        sa.Column("new_on", sa.Date(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("outbox_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_delay_notice_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_delay_notice_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_delay_notice_order_line_id_order_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delay_notice")),
        sa.UniqueConstraint(
            "order_line_id", "new_on", name=op.f("uq_delay_notice_order_line_id_new_on")
        ),
    )
    op.create_index(
        "ix_delay_notice_order_id", "delay_notice", ["order_id"], unique=False
    )
    op.create_table(
        "delivery",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("delivery_no", sa.String(length=80), nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("stock_message_id", KEY, nullable=False),
        sa.Column("shipped_on", sa.Date(), nullable=False),
        sa.Column("carrier", sa.String(length=80), nullable=True),
        sa.Column("tracking", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_delivery_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["stock_message_id"],
            ["stock_message.id"],
            name=op.f("fk_delivery_stock_message_id_stock_message"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "order_id", "delivery_no", name=op.f("uq_delivery_order_id_delivery_no")
        ),
    )
    op.create_index("ix_delivery_shipped_on", "delivery", ["shipped_on"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('pdf', 'cii', 'ubl')", name=op.f("ck_document_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_document_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "invoice_id", "kind", name=op.f("uq_document_invoice_id_kind")
        ),
    )
    op.create_table(
        "instalment",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("instalment_no", sa.Integer(), nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", ScaledDecimal(3), nullable=False),
        sa.Column("open_amount", ScaledDecimal(3), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("means_of_payment", sa.String(length=12), nullable=False),
        sa.Column("steps", JsonText(), nullable=True),
        sa.Column("legacy_level", sa.Integer(), nullable=True),
        sa.Column("legacy_level_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "means_of_payment IN ('transfer', 'direct_debit', 'bill', 'card')",
            name=op.f("ck_instalment_means_of_payment_known"),
        ),
        sa.CheckConstraint(
            "(amount >= 0 AND open_amount >= 0 AND open_amount <= amount) OR (amount < 0 AND open_amount <= 0 AND open_amount >= amount)",
            name=op.f("ck_instalment_open_within_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f("fk_instalment_company_id_company"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_instalment_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
            name=op.f("fk_instalment_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint(
            "invoice_id",
            "instalment_no",
            name=op.f("uq_instalment_invoice_id_instalment_no"),
        ),
    )
    op.create_index("ix_instalment_due_on", "instalment", ["due_on"], unique=False)
    op.create_index(
        "ix_instalment_open",
        "instalment",
        ["customer_id", "due_on"],
        unique=False,
        sqlite_where=sa.text("open_amount <> 0"),
        postgresql_where=sa.text("open_amount <> 0"),
    )
    op.create_table(
        "invoice_line",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("order_line_id", KEY, nullable=True),
        sa.Column("product_code", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("qty", ScaledDecimal(6), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("unit_price", ScaledDecimal(6), nullable=False),
        sa.Column("discount_rate", ScaledDecimal(6), nullable=False),
        sa.Column("net", ScaledDecimal(3), nullable=False),
        sa.Column("tax_category", sa.String(length=40), nullable=False),
        sa.Column("tax_rate", ScaledDecimal(6), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
            name=op.f("fk_invoice_line_invoice_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_invoice_line_order_line_id_order_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint(
            "invoice_id", "line_no", name=op.f("uq_invoice_line_invoice_id_line_no")
        ),
    )
    op.create_index(
        "ix_invoice_line_order_line_id", "invoice_line", ["order_line_id"], unique=False
    )
    op.create_table(
        "invoice_tax",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("vat_code", sa.String(length=3), nullable=False),
        sa.Column("rate", ScaledDecimal(6), nullable=False),
        sa.Column("base", ScaledDecimal(3), nullable=False),
        sa.Column("tax", ScaledDecimal(3), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
            name=op.f("fk_invoice_tax_invoice_id_invoice"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_tax")),
        sa.UniqueConstraint(
            "invoice_id",
            "category",
            "rate",
            name=op.f("uq_invoice_tax_invoice_id_category_rate"),
        ),
    )
    op.create_table(
        "allocation",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("payment_id", KEY, nullable=True),
        sa.Column("credit_instalment_id", KEY, nullable=True),
        sa.Column("instalment_id", KEY, nullable=False),
        sa.Column("amount", ScaledDecimal(3), nullable=False),
        sa.Column("allocated_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column(
            "is_manual", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
        ),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("reverse_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(payment_id IS NULL) <> (credit_instalment_id IS NULL)",
            name=op.f("ck_allocation_one_source"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_allocation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["credit_instalment_id"],
            ["instalment.id"],
            name=op.f("fk_allocation_credit_instalment_id_instalment"),
        ),
        sa.ForeignKeyConstraint(
            ["instalment_id"],
            ["instalment.id"],
            name=op.f("fk_allocation_instalment_id_instalment"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
            name=op.f("fk_allocation_payment_id_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index(
        "ix_allocation_credit_instalment_id",
        "allocation",
        ["credit_instalment_id"],
        unique=False,
    )
    op.create_index(
        "ix_allocation_instalment_id", "allocation", ["instalment_id"], unique=False
    )
    op.create_index(
        "ix_allocation_payment_id", "allocation", ["payment_id"], unique=False
    )
    op.create_table(
        "delivery_line",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("qty", ScaledDecimal(6), nullable=False),
        sa.Column(
            "qty_over", ScaledDecimal(6), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("invoice_line_id", KEY, nullable=True),
        sa.Column("ignored_on", sa.Date(), nullable=True),
        sa.Column("ignored_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "qty >= 0 AND qty_over >= 0 AND qty + qty_over > 0",
            name=op.f("ck_delivery_line_something_shipped"),
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_delivery_line_delivery_id_delivery"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_delivery_line_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_delivery_line_order_line_id_order_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_line")),
        sa.UniqueConstraint(
            "delivery_id",
            "order_line_id",
            name=op.f("uq_delivery_line_delivery_id_order_line_id"),
        ),
    )
    op.create_index(
        "ix_delivery_line_order_id", "delivery_line", ["order_id"], unique=False
    )
    op.create_index(
        "ix_delivery_line_unbilled",
        "delivery_line",
        ["order_id"],
        unique=False,
        sqlite_where=sa.text("invoice_line_id IS NULL AND ignored_on IS NULL"),
        postgresql_where=sa.text("invoice_line_id IS NULL AND ignored_on IS NULL"),
    )
    op.create_table(
        "dispute",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("instalment_id", KEY, nullable=False),
        sa.Column("amount", ScaledDecimal(3), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.String(length=120), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by", sa.String(length=120), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_dispute_amount_positive")),
        sa.ForeignKeyConstraint(
            ["instalment_id"],
            ["instalment.id"],
            name=op.f("fk_dispute_instalment_id_instalment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index(
        "ix_dispute_instalment_id", "dispute", ["instalment_id"], unique=False
    )
    op.create_table(
        "dunning_notice",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("instalment_id", KEY, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("tone", sa.String(length=20), nullable=False),
        sa.Column("effect", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("amount", ScaledDecimal(3), nullable=False),
        sa.Column("interest", ScaledDecimal(3), nullable=False),
        sa.Column("fee", ScaledDecimal(3), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("outbox_key", sa.String(length=200), nullable=True),
        sa.Column("task_key", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("run_id", KEY, nullable=True),
        sa.CheckConstraint(
            "channel IN ('email', 'letter', 'call')",
            name=op.f("ck_dunning_notice_channel_known"),
        ),
        sa.CheckConstraint(
            "state IN ('decided', 'completed', 'waived', 'withdrawn', 'failed', 'unknown')",
            name=op.f("ck_dunning_notice_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_dunning_notice_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["instalment_id"],
            ["instalment.id"],
            name=op.f("fk_dunning_notice_instalment_id_instalment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_notice")),
        sa.UniqueConstraint(
            "instalment_id",
            "level",
            "attempt",
            name=op.f("uq_dunning_notice_instalment_id_level_attempt"),
        ),
    )
    op.create_index(
        "ix_dunning_notice_customer_id", "dunning_notice", ["customer_id"], unique=False
    )
    op.create_index(
        "ix_dunning_notice_decided_on", "dunning_notice", ["decided_on"], unique=False
    )
    op.create_index(
        "ix_dunning_notice_outbox_key", "dunning_notice", ["outbox_key"], unique=False
    )
    op.create_index(
        "ix_dunning_notice_task_key", "dunning_notice", ["task_key"], unique=False
    )
    op.create_index(
        "uq_dunning_notice_standing",
        "dunning_notice",
        ["instalment_id", "level"],
        unique=True,
        sqlite_where=sa.text("state IN ('decided', 'completed', 'waived', 'unknown')"),
        postgresql_where=sa.text(
            "state IN ('decided', 'completed', 'waived', 'unknown')"
        ),
    )
    op.create_table(
        "not_chased",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("instalment_id", KEY, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instalment_id"],
            ["instalment.id"],
            name=op.f("fk_not_chased_instalment_id_instalment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_chased")),
        sa.UniqueConstraint("instalment_id", name=op.f("uq_not_chased_instalment_id")),
    )
    op.create_table(
        "promise",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("instalment_id", KEY, nullable=False),
        sa.Column("amount", ScaledDecimal(3), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'kept', 'partly', 'broken', 'withdrawn')",
            name=op.f("ck_promise_state_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_promise_amount_positive")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_promise_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["instalment_id"],
            ["instalment.id"],
            name=op.f("fk_promise_instalment_id_instalment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index(
        "ix_promise_instalment_id", "promise", ["instalment_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_promise_instalment_id", table_name="promise")
    op.drop_table("promise")
    op.drop_table("not_chased")
    op.drop_index(
        "uq_dunning_notice_standing",
        table_name="dunning_notice",
        sqlite_where=sa.text("state IN ('decided', 'completed', 'waived', 'unknown')"),
        postgresql_where=sa.text(
            "state IN ('decided', 'completed', 'waived', 'unknown')"
        ),
    )
    op.drop_index("ix_dunning_notice_task_key", table_name="dunning_notice")
    op.drop_index("ix_dunning_notice_outbox_key", table_name="dunning_notice")
    op.drop_index("ix_dunning_notice_decided_on", table_name="dunning_notice")
    op.drop_index("ix_dunning_notice_customer_id", table_name="dunning_notice")
    op.drop_table("dunning_notice")
    op.drop_index("ix_dispute_instalment_id", table_name="dispute")
    op.drop_table("dispute")
    op.drop_index(
        "ix_delivery_line_unbilled",
        table_name="delivery_line",
        sqlite_where=sa.text("invoice_line_id IS NULL AND ignored_on IS NULL"),
        postgresql_where=sa.text("invoice_line_id IS NULL AND ignored_on IS NULL"),
    )
    op.drop_index("ix_delivery_line_order_id", table_name="delivery_line")
    op.drop_table("delivery_line")
    op.drop_index("ix_allocation_payment_id", table_name="allocation")
    op.drop_index("ix_allocation_instalment_id", table_name="allocation")
    op.drop_index("ix_allocation_credit_instalment_id", table_name="allocation")
    op.drop_table("allocation")
    op.drop_table("invoice_tax")
    op.drop_index("ix_invoice_line_order_line_id", table_name="invoice_line")
    op.drop_table("invoice_line")
    op.drop_index(
        "ix_instalment_open",
        table_name="instalment",
        sqlite_where=sa.text("open_amount <> 0"),
        postgresql_where=sa.text("open_amount <> 0"),
    )
    op.drop_index("ix_instalment_due_on", table_name="instalment")
    op.drop_table("instalment")
    op.drop_table("document")
    op.drop_index("ix_delivery_shipped_on", table_name="delivery")
    op.drop_table("delivery")
    op.drop_index("ix_delay_notice_order_id", table_name="delay_notice")
    op.drop_table("delay_notice")
    op.drop_table("date_change")
    op.drop_index("ix_stock_message_order_id", table_name="stock_message")
    op.drop_table("stock_message")
    op.drop_table("order_line")
    op.drop_index("ix_order_fault_found_on", table_name="order_fault")
    op.drop_table("order_fault")
    op.drop_table("match_proposal")
    op.drop_index("ix_invoice_rf_reference", table_name="invoice")
    op.drop_index("ix_invoice_order_id", table_name="invoice")
    op.drop_index("ix_invoice_issued_on", table_name="invoice")
    op.drop_index("ix_invoice_customer_id", table_name="invoice")
    op.drop_index("ix_invoice_corrects_id", table_name="invoice")
    op.drop_table("invoice")
    op.drop_index(
        "ix_handoff_message_queued",
        table_name="handoff_message",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_table("handoff_message")
    op.drop_index("ix_survey_answer_answered_on", table_name="survey_answer")
    op.drop_table("survey_answer")
    op.drop_index(
        "ix_sales_order_under_way",
        table_name="sales_order",
        sqlite_where=sa.text("state IN ('handed_off', 'in_fulfilment')"),
        postgresql_where=sa.text("state IN ('handed_off', 'in_fulfilment')"),
    )
    op.drop_index(
        "ix_sales_order_to_invoice",
        table_name="sales_order",
        sqlite_where=sa.text("to_invoice"),
        postgresql_where=sa.text("to_invoice"),
    )
    op.drop_index(
        "ix_sales_order_received",
        table_name="sales_order",
        sqlite_where=sa.text("state = 'received'"),
        postgresql_where=sa.text("state = 'received'"),
    )
    op.drop_index("ix_sales_order_ordered_on", table_name="sales_order")
    op.drop_index(
        "ix_sales_order_held",
        table_name="sales_order",
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.drop_index("ix_sales_order_customer_id", table_name="sales_order")
    op.drop_index("ix_sales_order_content_hash", table_name="sales_order")
    op.drop_index(
        "ix_sales_order_accepted",
        table_name="sales_order",
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.drop_table("sales_order")
    op.drop_index(
        "ix_payment_undecided",
        table_name="payment",
        sqlite_where=sa.text("state IN ('new', 'unmatched', 'review')"),
        postgresql_where=sa.text("state IN ('new', 'unmatched', 'review')"),
    )
    op.drop_index("ix_payment_customer_id", table_name="payment")
    op.drop_index("ix_payment_booked_on", table_name="payment")
    op.drop_table("payment")
    op.drop_table("series")
    op.drop_index("ix_file_fault_source_file_id", table_name="file_fault")
    op.drop_table("file_fault")
    op.drop_index("ix_customer_iban", table_name="customer")
    op.drop_table("customer")
    op.drop_table("closed_period")
    op.drop_index("ix_bank_statement_to_on", table_name="bank_statement")
    op.drop_table("bank_statement")
    op.drop_table("tax_rate")
    op.drop_index(
        "ix_task_open",
        table_name="task",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_table("task")
    op.drop_table("switch")
    op.drop_table("stock")
    op.drop_table("source_file")
    op.drop_index("ix_run_step_date", table_name="run")
    op.drop_table("run")
    op.drop_table("product")
    op.drop_index("ix_price_product_code", table_name="price")
    op.drop_table("price")
    op.drop_table("payment_term")
    op.drop_index(
        "ix_outbox_waiting",
        table_name="outbox",
        sqlite_where=sa.text("state IN ('queued', 'retry', 'sending')"),
        postgresql_where=sa.text("state IN ('queued', 'retry', 'sending')"),
    )
    op.drop_index("ix_outbox_entity", table_name="outbox")
    op.drop_index("ix_outbox_customer_id", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("lease")
    op.drop_index("ix_kpi_day_name", table_name="kpi_day")
    op.drop_table("kpi_day")
    op.drop_index(
        "ix_failure_open",
        table_name="failure",
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_table("failure")
    op.drop_table("exchange_rate")
    op.drop_index("ix_event_entity", table_name="event")
    op.drop_table("event")
    op.drop_table("company")
    op.drop_table("chain_head")
