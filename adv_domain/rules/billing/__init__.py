"""Invoices: turns, amounts, tax, drafts, numbers, the chain."""
