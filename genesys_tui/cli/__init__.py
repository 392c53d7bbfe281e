"""The command line: the one place where settings, gateway and ledger are put together."""
