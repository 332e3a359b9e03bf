"""Billing: invoices, credit notes, payment terms, documents."""
