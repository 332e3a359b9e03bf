"""Prefect flows: order, schedule and outcome of the chain; no rule and no SQL."""
