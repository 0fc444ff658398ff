"""Pages of the payments portal, for the dealer's customers."""
