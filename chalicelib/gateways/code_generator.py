"""Time-based one-time codes (RFC 6238) as authenticator apps make them."""

import hmac
from datetime import datetime

STEP_SECONDS = 30
STEPS_AROUND = 1  # Clocks may differ by one step (RFC 6238, 5.2).


def matching_step(totp_secret: str, code: str, wall: datetime) -> int | None:
    """The time step `code` belongs to, None if it fits none around `wall`."""
    import pyotp

    generator = pyotp.TOTP(totp_secret)
    current = int(wall.timestamp()) // STEP_SECONDS
    for step in range(current - STEPS_AROUND, current + STEPS_AROUND + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), code.encode()):
            return step
    return None
