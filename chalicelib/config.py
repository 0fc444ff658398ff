"""The only reader of the environment; everything else receives a Config."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """Deployed configuration; addresses of vendors are empty in production (their own default)."""

    stage: str
    region: str
    table_name: str
    files_bucket: str
    portal_url: str
    console_url: str
    secret_id: str
    vault_key_id: str
    origin_secret_sha256: str
    mail_from: str
    mail_queue_url: str
    events_queue_url: str
    imports_queue_url: str
    payment_machine_arn: str
    settlement_machine_arn: str
    stripe_api_base: str
    plaid_host: str
    clock_url: str
    form_action_hosts: tuple[str, ...]
    livemode: bool


def read_config() -> Config:
    """The configuration of this process; a missing variable is a KeyError at start, not later."""
    env = os.environ
    return Config(
        stage=env["STAGE"],
        region=env["AWS_REGION"],
        table_name=env["TABLE_NAME"],
        files_bucket=env["FILES_BUCKET"],
        portal_url=env["PORTAL_URL"].rstrip("/"),
        console_url=env["CONSOLE_URL"].rstrip("/"),
        secret_id=env["SECRET_ID"],
        vault_key_id=env["VAULT_KEY_ID"],
        origin_secret_sha256=env["ORIGIN_SECRET_SHA256"],
        mail_from=env["MAIL_FROM"],
        mail_queue_url=env["MAIL_QUEUE_URL"],
        events_queue_url=env["EVENTS_QUEUE_URL"],
        imports_queue_url=env["IMPORTS_QUEUE_URL"],
        payment_machine_arn=env["PAYMENT_MACHINE_ARN"],
        settlement_machine_arn=env["SETTLEMENT_MACHINE_ARN"],
        stripe_api_base=env.get("STRIPE_API_BASE", ""),
        plaid_host=env.get("PLAID_HOST", ""),
        clock_url=env.get("CLOCK_URL", ""),
        form_action_hosts=tuple(env.get("FORM_ACTION_HOSTS", "").split()),
        livemode=env.get("LIVEMODE", "false") == "true",
    )
