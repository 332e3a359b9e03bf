"""A company with its history, made up from a seed and run day by day."""
