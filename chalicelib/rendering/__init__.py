"""Templates to pages, mails and CSV files; takes primitives only, knows no domain type."""
