"""Build mail messages (pure) and hand them to a server or a folder."""
