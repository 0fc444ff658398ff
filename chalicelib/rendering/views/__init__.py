"""One frozen dataclass per page, of primitives only: entry points fill, templates read."""
