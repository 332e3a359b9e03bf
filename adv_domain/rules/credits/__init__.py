"""What is given back: credit notes, rebates, runs undone, invoices billed anew."""
