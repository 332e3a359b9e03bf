"""Electronic invoices after EN 16931: one model, written as CII and as UBL 2.1."""
