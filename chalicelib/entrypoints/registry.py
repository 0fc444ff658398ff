"""Every blueprint the deployed product is made of; `app.py` registers them in this order."""

from chalice.app import Blueprint, Rate, Response, SQSEvent

road = Blueprint(__name__)


@road.route("/health")
def health() -> Response:
    """Answer that the functions run; touches nothing else."""
    return Response(body="ok\n", headers={"Content-Type": "text/plain"})


@road.on_sqs_message(queue_arn="arn:aws:sqs:us-east-1:000000000000:MailQueue", batch_size=10)
def deliver_mail(event: SQSEvent) -> dict[str, list[str]]:
    """Accept a batch of mail jobs."""
    print(f"mail jobs: {len(list(event))}")  # noqa: T201
    return {"batchItemFailures": []}


@road.on_sqs_message(queue_arn="arn:aws:sqs:us-east-1:000000000000:EventsQueue", batch_size=10)
def handle_event(event: SQSEvent) -> dict[str, list[str]]:
    """Accept a batch of processor and bank events."""
    print(f"events: {len(list(event))}")  # noqa: T201
    return {"batchItemFailures": []}


@road.lambda_function(name="payment_step")
def payment_step(event: dict[str, str], context: object) -> dict[str, str]:
    """Run one step of a payment."""
    print(f"payment step: {event.get('step')} {context}")  # noqa: T201
    return {"outcome": "done"}


@road.lambda_function(name="settlement_step")
def settlement_step(event: dict[str, str], context: object) -> dict[str, str]:
    """Run one step of a settlement."""
    print(f"settlement step: {event.get('step')} {context}")  # noqa: T201
    return {"outcome": "done"}


@road.schedule(Rate(5, Rate.MINUTES))
def sweep_due(event: object) -> None:
    """Handle what has fallen due."""
    print(f"sweep: {event}")  # noqa: T201


@road.schedule(Rate(1, Rate.HOURS))
def nightly(event: object) -> None:
    """Do the work of each dealer's midnight."""
    print(f"nightly: {event}")  # noqa: T201


BLUEPRINTS = (road,)
