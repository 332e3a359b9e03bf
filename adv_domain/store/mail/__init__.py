"""Mail leaving: the outbox, its endings, what people do with it."""
