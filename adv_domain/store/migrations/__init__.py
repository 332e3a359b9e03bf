"""Schema changes in order; run by adv init."""
