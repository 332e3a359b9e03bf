"""Bytes in, dataclasses and faults out: every outside file format lives here."""
