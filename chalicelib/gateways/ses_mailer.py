"""Mail through Amazon SES; no click or open tracking, which would rewrite mail links."""

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.gateways.mailer import Letter, MailRefused

_FAILING = ("MessageRejected", "BadRequestException")


class SesMailer:
    """Sends from one verified address."""

    def __init__(self, mail_from: str) -> None:
        self._from = mail_from
        limits = Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 2})
        self._ses = boto3.client("sesv2", config=limits)

    def send(self, letter: Letter) -> str:
        """Hand a letter over; returns SES's message id. Raises MailRefused for a definite no."""
        body = {
            "Text": {"Data": letter.text, "Charset": "UTF-8"},
            "Html": {"Data": letter.html, "Charset": "UTF-8"},
        }
        subject = {"Data": letter.subject, "Charset": "UTF-8"}
        try:
            answer = self._ses.send_email(
                FromEmailAddress=self._from,
                Destination={"ToAddresses": [letter.to]},
                Content={"Simple": {"Subject": subject, "Body": body}},
                **({"ReplyToAddresses": [letter.reply_to]} if letter.reply_to else {}),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _FAILING:
                raise MailRefused(error.response["Error"]["Code"]) from error
            raise
        return str(answer["MessageId"])
