"""Invoices: what is billable, claimed, numbered, sealed and shown."""
