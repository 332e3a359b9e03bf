"""SQLAlchemy Core tables, set-based statements and migrations; no business decision."""
