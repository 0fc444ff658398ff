"""What SES would publish about a mail: the event in its words, sent to the product's topic."""

import json

import boto3
from botocore.exceptions import BotoCoreError

from sandbox.world.jsontypes import Json
from sandbox.world.mail import Mail
from sandbox.world.schedules import REGION, LocalAwsUnreachable

BOUNCE_TYPES = ("Permanent", "Transient", "Undetermined")
_TOPIC_ENDS = "-mail-events"
_SUB_TYPES = {"Permanent": "NoEmail", "Transient": "MailboxFull", "Undetermined": "Undetermined"}


class NoSuchTopic(LookupError):
    """The product that is deployed hears no mail events."""


def ses_event(kind: str, mail: Mail, *, bounce_type: str = "Permanent") -> Json:
    """SES's event `Delivery`, `Bounce` or `Complaint` about a mail that was sent."""
    people = [{"emailAddress": address} for address in mail.to]
    parts: dict[str, Json] = {
        "Delivery": {"recipients": list(mail.to), "smtpResponse": "250 2.0.0 OK"},
        "Bounce": {
            "feedbackId": f"bounce-{mail.id}",
            "bounceType": bounce_type,
            "bounceSubType": _SUB_TYPES[bounce_type],
            "bouncedRecipients": people,
        },
        "Complaint": {
            "feedbackId": f"complaint-{mail.id}",
            "complainedRecipients": people,
            "complaintFeedbackType": "abuse",
        },
    }
    return {
        "eventType": kind,
        "mail": {
            "timestamp": mail.sent_at,
            "source": mail.sender,
            "messageId": mail.message_id,
            "destination": list(mail.to),
            "tags": {"ses:configuration-set": ["drypowder-sandbox"]},
        },
        kind.lower(): {**parts[kind], "timestamp": mail.sent_at},
    }


def publish_event(event: Json, *, aws: str) -> None:
    """Publish it where SES does. Raises NoSuchTopic, or LocalAwsUnreachable without AWS."""
    try:
        client = boto3.client(
            "sns",
            endpoint_url=aws,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        for page in client.get_paginator("list_topics").paginate():
            for topic in page["Topics"]:
                if topic["TopicArn"].endswith(_TOPIC_ENDS):
                    client.publish(TopicArn=topic["TopicArn"], Message=json.dumps(event))
                    return
    except BotoCoreError as error:
        raise LocalAwsUnreachable(f"The local AWS at {aws} does not answer: {error}.") from error
    raise NoSuchTopic(f"No topic of the local AWS ends in {_TOPIC_ENDS}.")
