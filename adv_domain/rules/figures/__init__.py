"""Figures: KPIs, dashboard, digest."""
