"""The JSON shapes that travel between the simulators and their callers."""

from typing import Any

# Vendors' objects are open-ended JSON; their exact shape is proved by the contract tests instead.
Json = dict[str, Any]
