"""Reminders: levels, decisions, interest, replay."""
