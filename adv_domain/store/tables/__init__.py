"""Every table of the product; TABLES.md in adv_domain/store is their page."""

from adv_domain.store.tables.advances import (
    advance_payment,
    milestone,
    payment_request,
)
from adv_domain.store.tables.amendments import amendment, amendment_change
from adv_domain.store.tables.base import metadata
from adv_domain.store.tables.credits import credit_part, credit_part_tax
from adv_domain.store.tables.deliveries import (
    date_change,
    delivery,
    delivery_line,
    goods_return,
    stock_message,
)
from adv_domain.store.tables.handoff import (
    expected_return,
    handoff_message,
    wms_message,
)
from adv_domain.store.tables.holds import hold_escalation, order_hold
from adv_domain.store.tables.invoices import (
    chain_head,
    document,
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
    series,
)
from adv_domain.store.tables.kpis import kpi_day, survey_answer
from adv_domain.store.tables.notices import (
    dunning_notice,
    not_chased,
    order_book,
    outbox,
)
from adv_domain.store.tables.operations import (
    event,
    failure,
    file_fault,
    lease,
    run,
    source_file,
    switch,
    task,
)
from adv_domain.store.tables.orders import (
    order_fault,
    order_line,
    sales_order,
)
from adv_domain.store.tables.parties import (
    closed_period,
    company,
    customer,
    customer_article,
    exchange_rate,
    payment_term,
    price,
    product,
    rebate,
    tax_rate,
)
from adv_domain.store.tables.progress import delay_notice, silence, untold_date
from adv_domain.store.tables.receivables import (
    allocation,
    bank_statement,
    dispute,
    match_proposal,
    payment,
    promise,
)
from adv_domain.store.tables.supply import (
    back_order,
    expected_receipt,
    stock,
    stock_position,
)
from adv_domain.store.tables.undoing import (
    cancelled_billing,
    cancelled_invoice,
    run_brake,
    run_undo,
    run_volume,
)

__all__ = [
    "advance_payment",
    "allocation",
    "amendment",
    "amendment_change",
    "back_order",
    "bank_statement",
    "cancelled_billing",
    "cancelled_invoice",
    "chain_head",
    "closed_period",
    "company",
    "credit_part",
    "credit_part_tax",
    "customer",
    "customer_article",
    "date_change",
    "delay_notice",
    "delivery",
    "delivery_line",
    "dispute",
    "document",
    "dunning_notice",
    "event",
    "exchange_rate",
    "expected_receipt",
    "expected_return",
    "failure",
    "file_fault",
    "goods_return",
    "handoff_message",
    "hold_escalation",
    "instalment",
    "invoice",
    "invoice_charge",
    "invoice_line",
    "invoice_tax",
    "kpi_day",
    "lease",
    "match_proposal",
    "metadata",
    "milestone",
    "not_chased",
    "order_book",
    "order_fault",
    "order_hold",
    "order_line",
    "outbox",
    "payment",
    "payment_request",
    "payment_term",
    "price",
    "product",
    "promise",
    "rebate",
    "run",
    "run_brake",
    "run_undo",
    "run_volume",
    "sales_order",
    "series",
    "silence",
    "source_file",
    "stock",
    "stock_message",
    "stock_position",
    "survey_answer",
    "switch",
    "task",
    "tax_rate",
    "untold_date",
    "wms_message",
]
