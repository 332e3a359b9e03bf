"""Changes and cancellations of orders that customers send."""
