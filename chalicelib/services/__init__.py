"""What the product can do: one use case a file, verb first."""
