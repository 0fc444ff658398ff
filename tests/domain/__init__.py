"""Tables of the rules in chalicelib/domain: examples with exact numbers."""
