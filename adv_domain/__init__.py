"""The domain of order-to-cash: rules inside, stores, files, documents and mail around."""
