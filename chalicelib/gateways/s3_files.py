"""Files in the product's S3 bucket."""

from urllib.parse import quote

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import ClientError

LONGEST_LINK_SECONDS = 300


class S3Files:
    """The adapter of files.Files; one client per process."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._client = boto3.client(
            "s3",
            config=BotoConfig(
                connect_timeout=2,
                read_timeout=10,
                retries={"max_attempts": 3, "mode": "standard"},
                signature_version="s3v4",  # Links would else be signed the old way.
                s3={"addressing_style": "path"},
            ),
        )

    def read(self, key: str) -> bytes:
        """An object's bytes; KeyError if there is none."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise KeyError(key) from error
            raise
        content: bytes = answer["Body"].read()
        return content

    def write(self, key: str, content: bytes, content_type: str) -> None:
        """Store an object."""
        self._client.put_object(
            Bucket=self._bucket, Key=key, Body=content, ContentType=content_type
        )

    def remove(self, key: str) -> None:
        """Forget an object; none of that name is no error."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def link(self, key: str, *, seconds: int, file_name: str) -> str:
        """A link that downloads the object; never longer than 300 seconds."""
        disposition = f"attachment; filename*=UTF-8''{quote(file_name)}"
        link: str = self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": disposition,
            },
            ExpiresIn=min(seconds, LONGEST_LINK_SECONDS),
        )
        return link
