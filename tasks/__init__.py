"""Thin task bodies: open a transaction, claim a batch, call a rule, write the batch."""
