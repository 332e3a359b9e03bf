"""Pure business rules over frozen values; standard library only."""
