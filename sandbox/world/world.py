"""Wires one world: a clock, the three simulated companies and the webhook courier."""

import secrets
import threading
import time
from dataclasses import dataclass

from sandbox.world.clock import SandboxClock
from sandbox.world.plaid.http import post_webhook
from sandbox.world.plaid.world import PlaidWorld
from sandbox.world.spruce.world import SpruceWorld
from sandbox.world.stripe.deliveries import WebhookCourier
from sandbox.world.stripe.world import StripeWorld

_TICK_SECONDS = 1.0


@dataclass(frozen=True)
class SandboxWorld:
    """Everything the server shows; all state is in memory and gone with the process."""

    clock: SandboxClock
    stripe: StripeWorld
    plaid: PlaidWorld
    spruce: SpruceWorld
    courier: WebhookCourier


def build_world(
    *,
    public_url: str,
    webhooks_url: str,
    clock: SandboxClock | None = None,
    seed: str | None = None,
) -> SandboxWorld:
    """Return a new world; without `seed` its ids differ from those of any earlier world."""
    clock = clock or SandboxClock()
    courier = WebhookCourier(webhooks_url)
    stripe = StripeWorld(clock, courier, seed=seed or secrets.token_hex(8), public_url=public_url)
    plaid = PlaidWorld(public_url=public_url, mint=stripe.mint_bank_token, hook=post_webhook)
    return SandboxWorld(
        clock=clock, stripe=stripe, plaid=plaid, spruce=SpruceWorld(clock), courier=courier
    )


def keep_ticking(clock: SandboxClock) -> None:
    """Run due work as time passes by itself, from a thread that ends with the process."""

    def tick() -> None:
        while True:
            clock.tick()
            time.sleep(_TICK_SECONDS)

    threading.Thread(target=tick, name="clock", daemon=True).start()
