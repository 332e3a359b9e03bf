"""Taking in: files from an inbox become records, each fault with its place."""
