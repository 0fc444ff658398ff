"""One Chromium for all journeys, and people who walk in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState

from tests.journeys import people
from tests.journeys.own_accounts import Own, import_own_accounts
from tests.journeys.walker import Walker, new_walker


@pytest.fixture
def walk(browser: Browser) -> Iterator[Callable[..., Walker]]:
    """Open a window of a size for a person; all are closed at the end."""
    opened: list[Walker] = []

    def open_window(size: str, **options: Any) -> Walker:  # Any: Playwright's own options.
        opened.append(new_walker(browser, size, **options))
        return opened[-1]

    yield open_window
    for number, walker in enumerate(opened):
        walker.keep_last(number)
        walker.close()


@pytest.fixture(scope="session")
def own(run_json: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Own:
    """Accounts of this run, which no other test touches."""
    return import_own_accounts(run_json, tmp_path_factory.mktemp("own-accounts"))


@pytest.fixture
def clerk(browser: Browser, run_json: dict[str, Any]) -> StorageState:
    """The cookies of an AR clerk of the demo dealer; a session left idle is entered anew."""
    return _clerk(browser, run_json)


@pytest.fixture
def invited(
    browser: Browser, run_json: dict[str, Any], own: Own, clerk: StorageState
) -> Callable[[str], str]:
    """Invite the contact of one of the run's accounts; the link of its mail."""

    def invite(name: str) -> str:
        people.invite_contact(browser, run_json, clerk, own.account(name))
        return people.invitation_link(run_json, own.email(name))

    return invite


@pytest.fixture(scope="session")
def payer(browser: Browser, run_json: dict[str, Any], own: Own) -> StorageState:
    """The cookies of a payer with six invoices and a linked bank account."""

    def come_in(walker: Walker) -> None:
        clerk = _clerk(browser, run_json)
        people.invite_contact(browser, run_json, clerk, own.account("payer"))
        people.register(walker, people.invitation_link(run_json, own.email("payer")))
        walker.page.locator("input[name=payable]").first.check()
        walker.page.locator("[data-bar-pay]").click()
        people.link_bank(walker)

    return _state(browser, come_in)


def _clerk(browser: Browser, run: dict[str, Any]) -> StorageState:
    return _state(browser, lambda walker: people.sign_in_operator(
        walker, run, run["dealers"][0]["id"], "ar"))  # fmt: skip


def _state(browser: Browser, come_in: Callable[[Walker], None]) -> StorageState:
    walker = new_walker(browser, "desk")
    try:
        come_in(walker)
        return walker.context.storage_state()
    except BaseException:
        walker.keep_last(99)
        raise
    finally:
        walker.close()
