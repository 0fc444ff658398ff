"""The simulated bank link, driven by the real plaid-python library over HTTP."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import plaid
import pytest
import requests
import stripe
import yaml
from plaid.api import plaid_api

from sandbox.world import keys
from sandbox.world.plaid import p256
from tests.sandbox.builders import ACCOUNT
from tests.sandbox.conftest import Served
from tests.sandbox.openapi import Description

OPENAPI = Path(__file__).parents[3] / "shared" / "reference" / "plaid-openapi.yml"
RETURN_URL = "http://localhost:8080/banks/return?state=demo"
BUSINESS = "demo-acc-first-business"


def plaid_client(served: Served, secret: str = keys.PLAID_SECRET) -> plaid_api.PlaidApi:
    configuration = plaid.Configuration(
        host=f"{served.url}/plaid", api_key={"clientId": keys.PLAID_CLIENT_ID, "secret": secret}
    )
    return plaid_api.PlaidApi(plaid.ApiClient(configuration))


@pytest.fixture
def client(served: Served) -> plaid_api.PlaidApi:
    return plaid_client(served)


def create_link(client: plaid_api.PlaidApi, **changed: Any) -> Any:
    wanted = {
        "client_name": "Demo Lumber",
        "language": "en",
        "country_codes": ["US"],
        "products": ["auth"],
        "user": {"client_user_id": "demo-company"},
        "hosted_link": {"completion_redirect_uri": RETURN_URL, "url_lifetime_seconds": 900},
    } | changed
    return client.link_token_create(wanted)


def page_url(served: Served, link: Any) -> str:
    return str(link["hosted_link_url"]).replace("http://localhost:8090", served.url)


def choose(served: Served, link: Any, **fields: str) -> requests.Response:
    return requests.post(page_url(served, link), data=fields, allow_redirects=False, timeout=10)


def exchange(served: Served, client: plaid_api.PlaidApi) -> str:
    link = create_link(client)
    choose(served, link, account=BUSINESS)
    visit = client.link_token_get({"link_token": link["link_token"]})["link_sessions"][0]
    token = visit["results"]["item_add_results"][0]["public_token"]
    return str(client.item_public_token_exchange({"public_token": token})["access_token"])


def error_code(refused: pytest.ExceptionInfo[plaid.ApiException]) -> str:
    return str(json.loads(refused.value.body)["error_code"])


def test_a_payer_links_a_business_account_and_it_becomes_a_payment_method(
    served: Served, client: plaid_api.PlaidApi
) -> None:
    served.world.stripe.seed_account(ACCOUNT)
    processor = stripe.StripeClient(
        keys.STRIPE_SECRET_KEY, base_addresses={"api": f"{served.url}/stripe"}
    ).v1
    options = {"stripe_account": ACCOUNT}

    access_token = exchange(served, client)
    token = client.processor_stripe_bank_account_token_create(
        {"access_token": access_token, "account_id": BUSINESS}
    )["stripe_bank_account_token"]
    owner = processor.customers.create({"name": "Demo Builder LLC"}, options)
    bank = processor.customers.payment_sources.create(owner.id, {"source": token}, options)
    with pytest.raises(stripe.InvalidRequestError) as used:
        processor.customers.payment_sources.create(owner.id, {"source": token}, options)

    assert (bank.status, bank.last4, bank.account_holder_type) == ("verified", "6789", "company")
    assert used.value.code == "token_already_used"


def test_continue_and_cancel_both_lead_back_to_the_product(
    served: Served, client: plaid_api.PlaidApi
) -> None:
    chosen, canceled = create_link(client), create_link(client)

    answers = [
        choose(served, chosen, account=BUSINESS, action="continue"),
        choose(served, canceled, action="cancel"),
    ]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (303, RETURN_URL)
    ] * 2
    visit = client.link_token_get({"link_token": canceled["link_token"]})["link_sessions"][0]
    assert "results" not in visit.to_dict()
    assert visit["exit"]["metadata"]["status"] == "requires_account_selection"


def test_the_page_offers_four_accounts_of_two_banks_without_script(
    served: Served, client: plaid_api.PlaidApi
) -> None:
    page = requests.get(page_url(served, create_link(client)), timeout=10).text

    assert page.count('type="radio"') == 4
    assert page.count("<fieldset>") == 2
    assert "Demo Lumber" in page
    assert "<script" not in page


def test_nothing_chosen_says_so_and_an_unknown_account_links_nothing(
    served: Served, client: plaid_api.PlaidApi
) -> None:
    link = create_link(client)

    nothing = choose(served, link, action="continue")
    unknown = choose(served, link, account="demo-acc-nobody")

    assert (nothing.status_code, unknown.status_code) == (400, 410)
    assert "Choose an account to continue." in nothing.text
    assert client.link_token_get({"link_token": link["link_token"]})["link_sessions"] == []


def test_a_used_and_an_expired_link_are_gone(served: Served, client: plaid_api.PlaidApi) -> None:
    used = create_link(client)
    expired = create_link(
        client, hosted_link={"completion_redirect_uri": RETURN_URL, "url_lifetime_seconds": -1}
    )
    choose(served, used, account=BUSINESS)

    answers = [choose(served, link, account=BUSINESS) for link in (used, expired)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert all("Nothing was linked" in answer.text for answer in answers)


def test_a_public_token_works_once(served: Served, client: plaid_api.PlaidApi) -> None:
    link = create_link(client)
    choose(served, link, account=BUSINESS)
    visit = client.link_token_get({"link_token": link["link_token"]})["link_sessions"][0]
    token = {"public_token": visit["on_success"]["public_token"]}
    client.item_public_token_exchange(token)

    with pytest.raises(plaid.ApiException) as refused:
        client.item_public_token_exchange(token)

    assert error_code(refused) == "INVALID_PUBLIC_TOKEN"


def test_accounts_and_numbers_are_those_of_the_chosen_account_until_removal(
    served: Served, client: plaid_api.PlaidApi
) -> None:
    access = {"access_token": exchange(served, client)}

    [account] = client.accounts_get(access)["accounts"]
    [number] = client.auth_get(access)["numbers"]["ach"]
    client.item_remove(access)
    with pytest.raises(plaid.ApiException) as refused:
        client.accounts_get(access)

    assert (account["account_id"], account["mask"], str(account["subtype"])) == (
        BUSINESS,
        "6789",
        "checking",
    )
    assert (number["routing"], number["account"][-4:]) == ("021000021", "6789")
    assert error_code(refused) == "INVALID_ACCESS_TOKEN"


def test_wrong_keys_and_scripted_errors_are_refused_in_plaids_words(
    served: Served, client: plaid_api.PlaidApi
) -> None:
    script = {"next_request": {"path": "/accounts/get", "error_code": "ITEM_LOGIN_REQUIRED"}}
    requests.post(f"{served.url}/plaid/_script", json=script, timeout=10)

    with pytest.raises(plaid.ApiException) as keys_refused:
        create_link(plaid_client(served, secret="wrong"))
    with pytest.raises(plaid.ApiException) as scripted:
        client.accounts_get({"access_token": "any"})

    assert error_code(keys_refused) == "INVALID_API_KEYS"
    assert error_code(scripted) == "ITEM_LOGIN_REQUIRED"


def test_session_finished_is_announced_with_a_token_for_exactly_this_body(
    served: Served, client: plaid_api.PlaidApi
) -> None:
    link = create_link(client, webhook=f"{served.inbox.url}/webhooks/plaid")

    choose(served, link, account=BUSINESS)

    received = served.inbox.next()
    header, claims, signature = (
        part_of(received.headers["Plaid-Verification"], place) for place in range(3)
    )
    body = json.loads(received.body)
    assert json.loads(header)["alg"] == "ES256"
    assert json.loads(claims)["request_body_sha256"] == hashlib.sha256(received.body).hexdigest()
    assert len(signature) == 64
    assert (body["webhook_code"], body["status"]) == ("SESSION_FINISHED", "SUCCESS")
    assert body["link_token"] == link["link_token"]
    key = client.webhook_verification_key_get({"key_id": json.loads(header)["kid"]})["key"]
    assert (key["crv"], key["kty"]) == ("P-256", "EC")


def part_of(token: str, place: int) -> bytes:
    part = token.split(".")[place]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_signatures_are_those_of_rfc_6979() -> None:
    """RFC 6979, A.2.5: P-256, SHA-256, message "sample"."""
    private_key = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721

    signature = p256.sign(b"sample", private_key=private_key).hex().upper()

    assert signature == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )
    assert p256.public_point(private_key)[0] == (
        0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
    )


def test_every_answer_is_what_plaid_describes(served: Served, client: plaid_api.PlaidApi) -> None:
    if not OPENAPI.exists():
        pytest.skip("Plaid's description is not beside the project (../shared/reference).")
    described = Description(
        yaml.load(OPENAPI.read_text(), Loader=yaml.CSafeLoader)["components"]["schemas"]
    )

    answers = answers_of_every_endpoint(served, client)

    problems = {name: described.problems(name, answer) for name, answer in answers.items()}
    assert problems == {name: [] for name in answers}


def answers_of_every_endpoint(served: Served, client: plaid_api.PlaidApi) -> dict[str, Any]:
    def ask(path: str, **body: Any) -> Any:
        body |= {"client_id": keys.PLAID_CLIENT_ID, "secret": keys.PLAID_SECRET}
        return requests.post(f"{served.url}/plaid{path}", json=body, timeout=10).json()

    link = create_link(client, webhook=f"{served.inbox.url}/webhooks/plaid")
    choose(served, link, account=BUSINESS)
    got = ask("/link/token/get", link_token=link["link_token"])
    public = got["link_sessions"][0]["on_success"]["public_token"]
    exchanged = ask("/item/public_token/exchange", public_token=public)
    access = {"access_token": exchanged["access_token"]}
    return {
        "LinkTokenCreateResponse": link.to_dict() | {"expiration": "2026-01-01T00:00:00Z"},
        "LinkTokenGetResponse": got,
        "ItemPublicTokenExchangeResponse": exchanged,
        "AccountsGetResponse": ask("/accounts/get", **access),
        "AuthGetResponse": ask("/auth/get", **access),
        "ProcessorStripeBankAccountTokenCreateResponse": ask(
            "/processor/stripe/bank_account_token/create", account_id=BUSINESS, **access
        ),
        "ItemRemoveResponse": ask("/item/remove", **access),
        "WebhookVerificationKeyGetResponse": ask(
            "/webhook_verification_key/get", key_id=keys.PLAID_WEBHOOK_KEY_ID
        ),
        "PlaidError": ask("/accounts/get", access_token="unknown"),
        "LinkSessionFinishedWebhook": json.loads(served.inbox.next().body),
    }
