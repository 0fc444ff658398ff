"""Drypowder's product code; see docs/ARCHITECTURE.md for what lives in which room."""
