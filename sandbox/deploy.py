"""Deploys the package to the local AWS the way production does: upload, change set, outputs."""

import hashlib
import json
import mimetypes
import secrets
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from sandbox.aws import local_client
from sandbox.places import BUILD, Places
from sandbox.progress import StepFailed
from sandbox.world import keys

STACK = "drypowder-sandbox"
CODE_BUCKET = "drypowder-deployments"
STATIC_FILES = BUILD / "static"
YEAR = "public, max-age=31536000, immutable"


def deploy_stack(places: Places, *, package: Path, origin_secret: str) -> dict[str, str]:
    """Deploy the packaged template by change set through its S3 address; returns its outputs.

    Raises StepFailed with CloudFormation's reason.
    """
    template_url = _upload_package(places, package)
    cloudformation = local_client("cloudformation", places.aws_endpoint)
    change = {"StackName": STACK, "ChangeSetName": "first"}
    cloudformation.create_change_set(
        **change,
        ChangeSetType="CREATE",
        TemplateURL=template_url,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in stack_parameters(places, origin_secret=origin_secret).items()
        ],
    )
    fast = {"WaiterConfig": {"Delay": 1, "MaxAttempts": 120}}
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(**change, **fast)
        cloudformation.execute_change_set(**change)
        cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, **fast)
    except WaiterError as error:
        raise StepFailed(f"The stack was not created: {_reasons(cloudformation)}") from error
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def stack_parameters(places: Places, *, origin_secret: str) -> dict[str, str]:
    """The sandbox's values for the template's parameters."""
    hosted_pages = (places.sandbox_url, places.world_url, places.aws_endpoint)
    return {
        "Stage": "sandbox",
        "PortalUrl": places.front_url,
        "ConsoleUrl": places.front_url,
        "MailFrom": "Drypowder demo <no-reply@drypowder.example>",
        "MailIdentity": "drypowder.example",
        "OriginSecretSha256": hashlib.sha256(origin_secret.encode()).hexdigest(),
        "StripeApiBase": f"{places.world_url}/stripe",
        "PlaidHost": f"{places.world_url}/plaid",
        "ClockUrl": f"{places.world_url}/clock",
        "FormActionHosts": " ".join(hosted_pages),
        "Livemode": "false",
    }


def put_secret(places: Places, *, secret_id: str) -> None:
    """Give the product its demo secrets; the template creates the secret without a value."""
    values = {
        "quote_key": secrets.token_hex(32),
        "stripe_secret_key": keys.STRIPE_SECRET_KEY,
        "stripe_account_webhook_secrets": [keys.STRIPE_ACCOUNT_WEBHOOK_SECRET],
        "stripe_connect_webhook_secrets": [keys.STRIPE_CONNECT_WEBHOOK_SECRET],
        "plaid_client_id": keys.PLAID_CLIENT_ID,
        "plaid_secret": keys.PLAID_SECRET,
        "erp_keys": {},
    }
    client = local_client("secretsmanager", places.aws_endpoint)
    client.put_secret_value(SecretId=secret_id, SecretString=json.dumps(values))


def add_erp_keys(places: Places, *, secret_id: str, dealers: list[str]) -> None:
    """Give each dealer id the key of its simulated ERP; before the first page reads the secret."""
    client = local_client("secretsmanager", places.aws_endpoint)
    values = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    values["erp_keys"] = dict.fromkeys(dealers, keys.SPRUCE_KEY)
    client.put_secret_value(SecretId=secret_id, SecretString=json.dumps(values))


def sync_static_files(places: Places, *, bucket: str) -> int:
    """Put every built file under static/; names carry their hash, so they are cached for a year."""
    s3 = local_client("s3", places.aws_endpoint)
    files = [path for path in sorted(STATIC_FILES.rglob("*")) if path.is_file()]
    for path in files:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        key = f"static/{path.relative_to(STATIC_FILES).as_posix()}"
        s3.put_object(
            Bucket=bucket, Key=key, Body=path.read_bytes(), ContentType=kind, CacheControl=YEAR
        )
    return len(files)


def _upload_package(places: Places, package: Path) -> str:
    s3 = local_client("s3", places.aws_endpoint)
    s3.create_bucket(Bucket=CODE_BUCKET)
    archive = package / "deployment.zip"
    key = f"code/{hashlib.sha256(archive.read_bytes()).hexdigest()[:20]}.zip"
    s3.upload_file(str(archive), CODE_BUCKET, key)
    template = json.loads((package / "sam.json").read_text())
    _point_code_at(template, f"s3://{CODE_BUCKET}/{key}")
    s3.put_object(Bucket=CODE_BUCKET, Key="template.json", Body=json.dumps(template).encode())
    return f"{places.aws_endpoint}/{CODE_BUCKET}/template.json"


def _point_code_at(template: dict[str, Any], address: str) -> None:  # Any: parsed JSON.
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = address


def _reasons(cloudformation: Any) -> str:  # Any: boto3 makes its clients at run time.
    try:
        change = cloudformation.describe_change_set(StackName=STACK, ChangeSetName="first")
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    except ClientError as error:
        return str(error)
    failed = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    ]
    return "; ".join([str(change.get("StatusReason", "")), *failed])
