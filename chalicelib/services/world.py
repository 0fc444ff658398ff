"""What a use case may reach: gateways and configuration, wired by bootstrap or by a test."""

from typing import Protocol

from chalicelib.config import Config
from chalicelib.gateways.bank_link import BankLink
from chalicelib.gateways.clock import Clock
from chalicelib.gateways.erp import Erp
from chalicelib.gateways.files import Files
from chalicelib.gateways.mailer import Mailer
from chalicelib.gateways.processor import Processor
from chalicelib.gateways.queues import Queues
from chalicelib.gateways.secrets import Secrets
from chalicelib.gateways.uploads import Uploads
from chalicelib.gateways.vault import Vault
from chalicelib.gateways.workflows import Workflows


class World(Protocol):
    """Adapters are made on first use, so a page never pays for a vendor's library."""

    @property
    def config(self) -> Config: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def processor(self) -> Processor: ...
    @property
    def bank_link(self) -> BankLink: ...
    @property
    def erp(self) -> Erp: ...
    @property
    def files(self) -> Files: ...
    @property
    def mailer(self) -> Mailer: ...
    @property
    def queues(self) -> Queues: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def workflows(self) -> Workflows: ...
