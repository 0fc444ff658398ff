"""Whom we call: small Protocols with their adapters beside them."""
