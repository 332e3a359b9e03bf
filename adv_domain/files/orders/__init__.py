"""Orders that come and go as documents: JSON, UBL, EDIFACT, Order-X."""
