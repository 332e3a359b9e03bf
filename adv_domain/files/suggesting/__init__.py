"""A first mapping for a partner's file: by what his columns are called and hold."""
