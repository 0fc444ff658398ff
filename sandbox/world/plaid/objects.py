"""Builders of the bank link's objects in the vendor's shapes."""

from sandbox.world.jsontypes import Json
from sandbox.world.plaid.institutions import BankAccount, Institution


def account(held: BankAccount) -> Json:
    """Return an account as /accounts/get and /auth/get show it; balances in dollars."""
    dollars = held.available_cents / 100
    return {
        "account_id": held.id,
        "holder_category": held.holder_category,
        "mask": held.mask,
        "name": held.name,
        "official_name": held.official_name,
        "subtype": held.subtype,
        "type": "depository",
        "balances": {
            "available": dollars,
            "current": dollars,
            "iso_currency_code": "USD",
            "limit": None,
            "unofficial_currency_code": None,
        },
    }


def ach_number(bank: Institution, held: BankAccount) -> Json:
    """Return account and routing number as /auth/get shows them."""
    return {
        "account": held.number,
        "account_id": held.id,
        "routing": bank.routing,
        "wire_routing": bank.routing,
        "is_tokenized_account_number": False,
    }


def item(item_id: str, bank: Institution, *, webhook: str | None) -> Json:
    """Return the login at a bank that a token stands for."""
    return {
        "item_id": item_id,
        "institution_id": bank.id,
        "institution_name": bank.name,
        "webhook": webhook,
        "auth_method": "INSTANT_AUTH",
        "error": None,
        "available_products": ["balance"],
        "billed_products": ["auth"],
        "products": ["auth"],
        "consented_products": ["auth"],
        "consent_expiration_time": None,
        "update_type": "background",
    }


def session(
    session_id: str, *, started: str, finished: str | None, results: list[Json], exited: bool
) -> Json:
    """Return one visit to the hosted page as /link/token/get shows it."""
    shown: Json = {
        "link_session_id": session_id,
        "started_at": started,
        "finished_at": finished,
        "events": [],
    }
    if results:
        first = results[0]
        shown["results"] = {
            "item_add_results": results,
            "cra_item_add_results": [],
            "cra_update_results": [],
            "bank_income_results": [],
            "payroll_income_results": [],
            "document_income_results": None,
        }
        shown["on_success"] = {
            "public_token": first["public_token"],
            "metadata": {
                "institution": first["institution"],
                "accounts": first["accounts"],
                "link_session_id": session_id,
            },
        }
    if exited:
        shown["exit"] = {
            "error": None,
            "metadata": {
                "institution": None,
                "status": "requires_account_selection",
                "link_session_id": session_id,
                "request_id": "demo",
            },
        }
    return shown


def chosen(bank: Institution, held: BankAccount, *, public_token: str) -> Json:
    """Return what a finished visit adds: the one-time public token and the chosen account."""
    return {
        "public_token": public_token,
        "institution": {"name": bank.name, "institution_id": bank.id},
        "accounts": [
            {
                "id": held.id,
                "name": held.name,
                "mask": held.mask,
                "type": "depository",
                "subtype": held.subtype,
                "verification_status": None,
                "class_type": None,
            }
        ],
    }


def error(kind: str, code: str, message: str, *, request_id: str) -> Json:
    """Return the vendor's error body."""
    return {
        "error_type": kind,
        "error_code": code,
        "error_message": message,
        "display_message": None,
        "request_id": request_id,
        "causes": [],
        "documentation_url": "https://plaid.com/docs/errors/",
        "suggested_action": None,
    }
