"""Journeys: the story walked in Chromium on the deployed package."""
