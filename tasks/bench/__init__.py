"""Measure the volume path on generated data, stage by stage, without an engine."""
