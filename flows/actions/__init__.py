"""What may an operator do from the Prefect UI? One file per act, each with its form."""
