"""Two profiles: the test command repeats the same examples; PROPERTIES=soak makes new ones."""

import os

from hypothesis import settings

settings.register_profile(
    "quick", max_examples=200, derandomize=True, deadline=None, print_blob=True
)
settings.register_profile("soak", max_examples=5000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("PROPERTIES", "quick"))
