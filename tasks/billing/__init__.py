"""Invoices: whose turn it is, drafted, numbered, posted."""
