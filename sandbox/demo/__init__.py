"""A made-up dealer's ledger: no person, company or address in it exists."""
