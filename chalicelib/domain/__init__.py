"""What is true: money rules, lifecycle, ledger, priority. Pure: no I/O, clock or randomness."""
