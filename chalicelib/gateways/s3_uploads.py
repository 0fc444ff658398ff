"""Uploads in the product's S3 bucket: signed POST forms, and streamed reading."""

import io
from typing import BinaryIO, cast

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import ClientError

from chalicelib.gateways.uploads import UploadFacts, UploadForm

CSV = "text/csv"
FILE_TIME, FILE_TIME_FIELD = "as-of", "x-amz-meta-as-of"
READ_AHEAD_BYTES = 1_048_576
ABSENT = frozenset({"NoSuchKey", "404", "PreconditionFailed", "412"})


class S3Uploads:
    """The adapter of uploads.Uploads; one client per process."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._client = boto3.client(
            "s3",
            config=BotoConfig(
                signature_version="s3v4",
                connect_timeout=2,
                read_timeout=20,
                retries={"max_attempts": 3, "mode": "standard"},
                # The bucket's own host, which form-action names.
                s3={"us_east_1_regional_endpoint": "regional"},
            ),
        )

    def form(self, *, prefix: str, redirect: str, limit_bytes: int, seconds: int) -> UploadForm:
        """A form that puts one CSV file of at most `limit_bytes` under `prefix`, nothing else."""
        exact = {"Content-Type": CSV, "success_action_redirect": redirect}
        made = self._client.generate_presigned_post(
            self._bucket,
            prefix + "${filename}",  # Makes boto ask for the prefix instead of one key.
            Fields=dict(exact),
            Conditions=[
                *({name: value} for name, value in exact.items()),
                ["starts-with", f"${FILE_TIME_FIELD}", ""],
                ["content-length-range", 1, limit_bytes],
            ],
            ExpiresIn=seconds,
        )
        return UploadForm(made["url"], made["fields"], FILE_TIME_FIELD)

    def facts(self, key: str) -> UploadFacts:
        """What is stored at a key; KeyError if nothing is."""
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            raise _absent(error, key) from error
        told = head["Metadata"].get(FILE_TIME, "")
        return UploadFacts(head["ETag"].strip('"'), head["ContentLength"], told)

    def open(self, key: str, etag: str) -> BinaryIO:
        """Exactly that content, streamed; KeyError if it is gone or was replaced."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, IfMatch=f'"{etag}"')
        except ClientError as error:
            raise _absent(error, key) from error
        return cast("BinaryIO", io.BufferedReader(answer["Body"], READ_AHEAD_BYTES))


def _absent(error: ClientError, key: str) -> Exception:
    return KeyError(key) if error.response["Error"]["Code"] in ABSENT else error
