"""Wires the product: the only file that knows every room."""

from functools import cached_property, lru_cache

from chalicelib.config import Config, read_config
from chalicelib.gateways.bank_link import BankLink
from chalicelib.gateways.clock import Clock, RemoteClock, WallClock
from chalicelib.gateways.erp import Erp
from chalicelib.gateways.files import Files
from chalicelib.gateways.mailer import Mailer
from chalicelib.gateways.processor import Processor
from chalicelib.gateways.queues import Queues
from chalicelib.gateways.secrets import Secrets
from chalicelib.gateways.uploads import Uploads
from chalicelib.gateways.vault import Vault
from chalicelib.gateways.workflows import Workflows
from chalicelib.storage.records import use_table


class AwsWorld:
    """The deployed world. Adapters are imported on first use: pages never pay for vendors."""

    def __init__(self, config: Config) -> None:
        self.config = config

    @cached_property
    def clock(self) -> Clock:
        """The wall clock, or the sandbox's."""
        return RemoteClock(self.config.clock_url) if self.config.clock_url else WallClock()

    @cached_property
    def secrets(self) -> Secrets:
        """Secrets Manager."""
        from chalicelib.gateways.secrets_manager import SecretsManager

        return SecretsManager(self.config.secret_id)

    @cached_property
    def processor(self) -> Processor:
        """Stripe."""
        from chalicelib.gateways.stripe_processor import StripeProcessor

        key = self.secrets.values().stripe_secret_key
        return StripeProcessor(key, self.config.stripe_api_base)

    @cached_property
    def bank_link(self) -> BankLink:
        """Plaid."""
        from chalicelib.gateways.plaid_bank_link import PlaidBankLink

        webhook_url = f"{self.config.portal_url}/webhooks/plaid"
        return PlaidBankLink(self.secrets, self.config.plaid_host, webhook_url)

    @cached_property
    def erp(self) -> Erp:
        """Each dealer's Spruce agent."""
        from chalicelib.gateways.spruce_erp import SpruceErp

        return SpruceErp(self.secrets)

    @cached_property
    def files(self) -> Files:
        """S3."""
        from chalicelib.gateways.s3_files import S3Files

        return S3Files(self.config.files_bucket)

    @cached_property
    def uploads(self) -> Uploads:
        """S3, for files others put there."""
        from chalicelib.gateways.s3_uploads import S3Uploads

        return S3Uploads(self.config.files_bucket)

    @cached_property
    def mailer(self) -> Mailer:
        """SES."""
        from chalicelib.gateways.ses_mailer import SesMailer

        return SesMailer(self.config.mail_from)

    @cached_property
    def queues(self) -> Queues:
        """SQS."""
        from chalicelib.gateways.sqs_queues import SqsQueues

        return SqsQueues(
            self.config.mail_queue_url,
            self.config.events_queue_url,
            self.config.imports_queue_url,
        )

    @cached_property
    def vault(self) -> Vault:
        """KMS."""
        from chalicelib.gateways.kms_vault import KmsVault

        return KmsVault(self.config.vault_key_id)

    @cached_property
    def workflows(self) -> Workflows:
        """Step Functions."""
        from chalicelib.gateways.step_functions import StepFunctions

        return StepFunctions(self.config.payment_machine_arn, self.config.settlement_machine_arn)


@lru_cache(maxsize=1)
def world() -> AwsWorld:
    """This process's world, made once per warm Lambda."""
    config = read_config()
    use_table(config.table_name, config.region)
    return AwsWorld(config)
