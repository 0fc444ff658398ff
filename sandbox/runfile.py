"""build/run.json: where everything runs and how to sign in, for tests and people."""

import json
from typing import Any

from sandbox.aws import CREDENTIALS, local_client
from sandbox.places import Places


def function_environment(places: Places, *, function: str) -> dict[str, str]:
    """The deployed function's own variables with the local AWS added: no secret is among them."""
    client = local_client("lambda", places.aws_endpoint)
    configuration = client.get_function_configuration(FunctionName=function)
    variables: dict[str, str] = configuration["Environment"]["Variables"]
    return {**variables, **CREDENTIALS, "AWS_ENDPOINT_URL": places.aws_endpoint}


def describe_run(
    places: Places, *, environment: dict[str, str], seeded: dict[str, Any]
) -> dict[str, Any]:  # Any: what the seed reports is written through as it is.
    """Everything run.json says."""
    webhooks = f"{places.front_url}/webhooks"
    return {
        "portal_url": places.front_url,
        "console_url": f"{places.front_url}/console",
        "mail_url": f"{places.sandbox_url}/mail",
        "aws_endpoint": places.aws_endpoint,
        "sandbox_url": places.sandbox_url,
        "webhook_urls": {
            "stripe_account": f"{webhooks}/stripe/account",
            "stripe_connect": f"{webhooks}/stripe/connect",
            "plaid": f"{webhooks}/plaid",
        },
        "dealers": seeded.get("dealers", []),
        "logins": seeded.get("logins", []),
        "environment": environment,
    }


def write_run_file(places: Places, run: dict[str, Any]) -> None:  # Any: JSON.
    """Write run.json in one step, so that a reader never sees half of it."""
    half = places.run_file.with_suffix(".tmp")
    half.write_text(json.dumps(run, indent=2))
    half.replace(places.run_file)


def announce(places: Places, *, seconds: float) -> None:
    """Print the addresses and demo logins."""
    run = json.loads(places.run_file.read_text())
    print(f"\nReady in {seconds:.0f} s. Everything in it is demo data.\n")
    for name in ("console_url", "portal_url", "mail_url", "sandbox_url", "aws_endpoint"):
        print(f"  {name.removesuffix('_url').replace('_', ' '):13} {run[name]}")
    for login in run["logins"]:
        totp = f"   TOTP {login['totp_secret']}" if login.get("totp_secret") else ""
        print(f"  {login['role']:13} {login['email']}   {login['password']}{totp}")
