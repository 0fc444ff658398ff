"""Linking a bank account: there and back, once whoever finishes it, nothing kept in the clear."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.errors import NotFound, TryAgain
from chalicelib.domain.ids import CompanyId, DealerId
from chalicelib.services import link_bank as link_bank_service
from chalicelib.services.link_bank import bank_link_returns_to, finish_bank_link
from chalicelib.services.receive_webhook import receive_plaid
from chalicelib.storage import keys
from chalicelib.storage.companies import find_link_session, list_methods
from chalicelib.storage.records import Record
from tests.services.settling import COMPANY, SettlingWorld
from tests.services.story import BANK, link_bank, open_account, open_dealer, pay, visit_bank


def finish(world: SettlingWorld, session_id: str) -> object:
    return finish_bank_link(world, world.dealer_id, company_id=COMPANY, session_id=session_id)


def hear(world: SettlingWorld) -> list[str]:
    """Deliver the bank link's waiting webhooks and work the queue off."""
    hooks = list(world.plaid_hooks)
    world.plaid_hooks.clear()
    for body, token in hooks:
        receive_plaid(world, body=body, jwt=token)
    return world.work()


def test_a_linked_account_is_saved_with_its_mandate(settling: SettlingWorld) -> None:
    open_dealer(settling)

    method = link_bank(settling)

    assert list_methods(settling.dealer_id, COMPANY) == (method,)
    assert (method.kind, method.last4) == ("ach", "6789")
    assert method.mandate.startswith("mandate_")
    assert method.customer.startswith("cus_")


def test_the_webhook_alone_finishes_a_payer_who_never_came_back(settling: SettlingWorld) -> None:
    open_dealer(settling)
    _, page_id = visit_bank(settling)
    settling.plaid.finish(page_id, BANK)

    words = hear(settling)

    assert words == ["handled"]
    assert len(list_methods(settling.dealer_id, COMPANY)) == 1


def test_return_and_webhook_in_any_number_save_one_method(settling: SettlingWorld) -> None:
    open_dealer(settling)
    session_id, page_id = visit_bank(settling)
    settling.plaid.finish(page_id, BANK)

    first = finish(settling, session_id)
    words = hear(settling)
    again = finish(settling, session_id)

    assert (first, words) == (again, ["handled"])
    assert len(list_methods(settling.dealer_id, COMPANY)) == 1


def test_a_visit_that_linked_nothing_saves_nothing(settling: SettlingWorld) -> None:
    open_dealer(settling)
    session_id, page_id = visit_bank(settling)
    settling.plaid.cancel(page_id)

    assert finish(settling, session_id) is None
    assert list_methods(settling.dealer_id, COMPANY) == ()


def test_the_payer_goes_on_where_the_link_was_started(settling: SettlingWorld) -> None:
    open_dealer(settling)
    session_id, _ = visit_bank(settling)

    target = bank_link_returns_to(settling.dealer_id, company_id=COMPANY, session_id=session_id)

    assert target == "/outstanding"


@pytest.mark.parametrize("foreign", ["company", "dealer"])
def test_a_visit_of_somebody_else_does_not_exist(settling: SettlingWorld, foreign: str) -> None:
    open_dealer(settling)
    session_id, _ = visit_bank(settling)
    company = CompanyId("01OTHER") if foreign == "company" else COMPANY
    dealer = DealerId("other") if foreign == "dealer" else settling.dealer_id

    with pytest.raises(NotFound):
        finish_bank_link(settling, dealer, company_id=company, session_id=session_id)


FAULTS = {
    "/link/token/get": "before",
    "/item/public_token/exchange": "before",
    "/processor/stripe": "before",
}


@pytest.mark.parametrize("path", FAULTS)
def test_a_vendor_that_does_not_answer_is_asked_again(settling: SettlingWorld, path: str) -> None:
    open_dealer(settling)
    session_id, page_id = visit_bank(settling)
    settling.plaid.finish(page_id, BANK)
    fault = {"path": path, "error_code": "INTERNAL_SERVER_ERROR", "status": 500}
    settling.plaid.faults.append(fault)

    with pytest.raises(TryAgain):
        finish(settling, session_id)
    method = finish(settling, session_id)

    assert list_methods(settling.dealer_id, COMPANY) == (method,)


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/setup_intents"])
def test_a_lost_reply_of_the_processor_leaves_one_customer_and_one_bank(
    settling: SettlingWorld, path: str
) -> None:
    open_dealer(settling)
    session_id, page_id = visit_bank(settling)
    settling.plaid.finish(page_id, BANK)
    settling.stripe.script.apply({"next_request": {"timeout": "after", "path": path}})

    with pytest.raises(TryAgain):
        finish(settling, session_id)
    method = finish(settling, session_id)

    assert list_methods(settling.dealer_id, COMPANY) == (method,)
    assert len(customers(settling)) == 1


def customers(world: SettlingWorld) -> list[str]:
    """Customers on the dealer's connected account."""
    listed = world.processor._client.customers.list({}, {"stripe_account": world.acct})
    return [customer.id for customer in listed.data]


def test_a_second_bank_belongs_to_the_same_customer(settling: SettlingWorld) -> None:
    open_dealer(settling)

    first = link_bank(settling)
    second = link_bank(settling)

    assert first.customer == second.customer
    assert customers(settling) == [first.customer]


def test_the_saved_method_pays(settling: SettlingWorld) -> None:
    open_dealer(settling)
    open_account(settling)

    payment = pay(settling, link_bank(settling), "A")
    words = settling.deliver()

    assert payment.method.last4 == "6789"
    assert "quarantined" not in words


def test_many_finishers_at_once_save_one_method(settling: SettlingWorld) -> None:
    open_dealer(settling)
    session_id, page_id = visit_bank(settling)
    settling.plaid.finish(page_id, BANK)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: finish(settling, session_id), range(6)))

    assert [found[0]] * 6 == found
    assert list_methods(settling.dealer_id, COMPANY) == (found[0],)
    assert len(customers(settling)) == 1


def test_a_result_that_was_fetched_but_never_stored_is_given_up(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_bank_service, "PAUSE_SECONDS", 0)
    open_dealer(settling)
    session_id, page_id = visit_bank(settling)
    settling.plaid.finish(page_id, BANK)
    session = find_link_session(settling.dealer_id, COMPANY, session_id)
    assert session is not None
    settling.bank_link.finish(session.link_token)  # Another process that died right after.

    with pytest.raises(TryAgain):
        finish(settling, session_id)
    settling.advance(minutes=11)

    assert finish(settling, session_id) is None


def test_no_token_is_kept_or_queued_in_the_clear(settling: SettlingWorld) -> None:
    open_dealer(settling)
    session_id, page_id = visit_bank(settling)
    settling.plaid.finish(page_id, BANK)
    for body, token in settling.plaid_hooks:
        receive_plaid(settling, body=body, jwt=token)
    queued = json.dumps(settling.queues.events)
    finish(settling, session_id)

    key = keys.company(settling.dealer_id, COMPANY), keys.link_session(session_id)
    stored = Record.get(*key).body.decode()
    assert "link-sandbox-" not in queued
    assert "public-sandbox-" not in queued
    assert "access-sandbox-" not in stored
    assert "btok_" not in stored
