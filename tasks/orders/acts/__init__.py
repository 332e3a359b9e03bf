"""What a person decides about an order: a module an act, `common` for all of them."""
