"""The domain of order-to-cash: rules inside, store, files, documents, mail around."""
