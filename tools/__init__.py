"""Developer commands: packaging, checks and imports. Nothing here is deployed."""
