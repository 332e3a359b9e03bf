"""What customers may pay when: terms, their dates and instalments, the law's caps."""
