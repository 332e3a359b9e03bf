"""Do documents that were posted before keep what they only pointed at?"""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import customer, invoice
from adv_domain.store.upgrade import upgrade
from tests.store.test_migrations import _back_to

BEFORE = "0010"
ROWS = """
INSERT INTO company (id, code, name, country, tax_territory, currency, language)
VALUES (1, 'A', 'A', 'ES', 'ES', 'EUR', 'en');

INSERT INTO customer (id, company_id, code, name, party_kind, country, currency,
language, payment_terms, means_of_payment, tax_category, changed_at)
VALUES (1, 1, 'C', 'C', 'business', 'ES', 'EUR', 'en', 'net30', 'transfer',
'standard', '2026-01-05');

INSERT INTO sales_order (id, company_id, order_no, customer_code, customer_ref,
ordered_on, currency, state, channel, shipping_policy, content_hash, received_at,
buyer_reference)
VALUES (1, 1, 'O1', 'C', 'PO 7', '2026-01-05', 'EUR', 'closed', 'file', 'partial', 'x',
'2026-01-05', 'dept. 7');

INSERT INTO order_line (id, order_id, line_no, product_code, qty, unit, state)
VALUES (1, 1, 1, 'P', 3000000, 'C62', 'open'), (2, 1, 2, 'Q', 3000000, 'C62', 'open');

INSERT INTO stock_message (id, message_key, kind, order_id, dated_on, received_at)
VALUES (1, 'k', 'shipment', 1, '2026-01-05', '2026-01-05');

INSERT INTO delivery (id, delivery_no, order_id, stock_message_id, shipped_on)
VALUES (1, 'D1', 1, 1, '2026-01-05');

INSERT INTO invoice (id, company_id, kind, origin, number, invoice_no, customer_id,
currency, issued_on, net, tax, gross, seller, buyer, language, hash, posted_at)
VALUES (1, 1, 'invoice', 'posted', 1, 'F1', 1, 'EUR', '2026-01-05', 0, 0, 0, '{}', '{}',
'en', 'h', '2026-01-05'),
(2, 1, 'invoice', 'posted', 2, 'F2', 1, 'EUR', '2026-01-05', 0, 0, 0, '{}', '{}',
'en', 'h', '2026-01-05');

INSERT INTO invoice_line (id, invoice_id, line_no, order_line_id, product_code,
description, qty, unit, unit_price, discount_rate, net, tax_category, tax_rate)
VALUES (1, 1, 1, 1, 'P', 'P', 0, 'C62', 0, 0, 0, 'standard', 0),
(2, 1, 2, 2, 'Q', 'Q', 0, 'C62', 0, 0, 0, 'standard', 0);

INSERT INTO delivery_line (delivery_id, order_id, order_line_id, qty, invoice_line_id)
VALUES (1, 1, 1, 3000000, 1), (1, 1, 2, 3000000, 2);
"""


def test_documents_of_before_get_a_copy_of_what_they_cover(engine):
    _back_to(engine, BEFORE)
    with writing(engine) as connection:
        for statement in filter(str.strip, ROWS.split(";")):
            connection.execute(text(statement))
    upgrade(engine)
    with reading(engine) as connection:
        covers = connection.execute(select(invoice.c.covers).order_by(invoice.c.id))
        assert covers.scalars().all() == [
            {"orders": [["O1", "PO 7", "dept. 7"]], "deliveries": ["D1"]},
            None,
        ]
        kept = connection.execute(select(customer.c.code, customer.c.einvoice)).one()
        assert tuple(kept) == ("C", None)
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text("UPDATE customer SET einvoice = 'paper'"))
