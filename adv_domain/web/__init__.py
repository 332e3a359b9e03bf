"""What leaves over HTTP: signed messages to the stock department's system."""
