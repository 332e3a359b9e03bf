"""What becomes of the changes and cancellations that customers send."""
