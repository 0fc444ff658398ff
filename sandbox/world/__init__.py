"""Other companies, simulated: Stripe, Plaid and Spruce, with one clock and a mail viewer."""
