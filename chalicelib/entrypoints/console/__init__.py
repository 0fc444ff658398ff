"""Pages of the console, for the dealer's operators."""
