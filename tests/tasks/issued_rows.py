"""Posted documents straight in the tables; a test shows what matters."""

from datetime import date
from decimal import Decimal

from adv_domain.store.tables import instalment, invoice, invoice_line, invoice_tax
from tests.builders import NOW, _insert

SELLER = {
    "name": "Example Trading S.L.",
    "vat_id": "ESB12345674",
    "address_lines": ["Calle Mayor 1", "28013 Madrid"],
    "country": "ES",
    "email": "adv@example.com",
    "phone": "+34 910 000 000",
    "iban": "ES9121000418450200051332",
    "bic": "CAIXESBBXXX",
}


def a_posted_document(engine, *, customer_id, no, **changes):
    """Insert a posted invoice of 30.00 + 6.30 EUR due in two parts; return its id."""
    number = int("".join(char for char in no if char.isdigit()))
    factor = -1 if changes.get("kind") == "credit_note" else 1
    head = {
        "company_id": 1,
        "kind": "invoice",
        "origin": "posted",
        "number": number,
        "invoice_no": no,
        "customer_id": customer_id,
        "currency": "EUR",
        "issued_on": date(2026, 1, 30),
        "supplied_on": date(2026, 1, 29),
        "net": Decimal(30) * factor,
        "tax": Decimal("6.30") * factor,
        "gross": Decimal("36.30") * factor,
        "rf_reference": "RF462026000123",
        "payment_terms": "net30",
        "seller": SELLER,
        "buyer": {
            "name": f"Buyer of {no}",
            "address_lines": ["69002 Lyon"],
            "country": "FR",
        },
        "language": "en",
        "hash": no.rjust(64, "0"),
        "posted_at": NOW,
    }
    invoice_id = _insert(engine, invoice, head | changes)
    _insert(
        engine,
        invoice_line,
        {
            "invoice_id": invoice_id,
            "line_no": 1,
            "product_code": "P1",
            "description": "Product P1",
            "qty": Decimal(3) * factor,
            "unit": "C62",
            "unit_price": Decimal(10),
            "discount_rate": Decimal(0),
            "net": Decimal(30) * factor,
            "tax_category": "standard",
            "tax_rate": Decimal("0.21"),
        },
    )
    _insert(
        engine,
        invoice_tax,
        {
            "invoice_id": invoice_id,
            "category": "standard",
            "vat_code": "S",
            "rate": Decimal("0.21"),
            "base": Decimal(30) * factor,
            "tax": Decimal("6.30") * factor,
        },
    )
    for part_no, (due_on, amount) in enumerate(
        [
            (date(2026, 3, 1), Decimal("10.30")),
            (date(2026, 3, 31), Decimal("26.00")),
        ],
        start=1,
    ):
        _insert(
            engine,
            instalment,
            {
                "company_id": 1,
                "invoice_id": invoice_id,
                "instalment_no": part_no,
                "customer_id": customer_id,
                "currency": "EUR",
                "issued_on": date(2026, 1, 30),
                "due_on": due_on,
                "amount": amount * factor,
                "open_amount": amount * factor,
                "means_of_payment": "transfer",
            },
        )
    return invoice_id
