"""Orders: checked, priced, credit-checked, held for a team or accepted."""
