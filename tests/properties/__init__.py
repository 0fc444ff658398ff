"""Properties of the money rules over random inputs (Hypothesis)."""
