"""Adapters: what they send, what they make of every answer."""
