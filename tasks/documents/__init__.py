"""Pages and their mails: drawn, stored, sent."""
