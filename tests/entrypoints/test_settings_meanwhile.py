"""A form that was refused still belongs to the settings it was filled from."""

from dataclasses import asdict, replace

import pytest

from chalicelib.domain.dealers import GlAccounts
from chalicelib.storage.dealers import fresh_dealer, put_dealer
from tests.entrypoints.browser import Browser
from tests.entrypoints.test_gl_accounts_page import PATH as ACCOUNTS
from tests.entrypoints.test_settings_page import TYPED as SETTINGS
from tests.entrypoints.test_surcharge_page import PATH as SURCHARGE
from tests.entrypoints.test_surcharge_page import TYPED as TERMS
from tests.stage import Stage


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/console/settings", {**SETTINGS, "hold_hours": "many"}),
        (ACCOUNTS, {**asdict(GlAccounts()), "bank": "=1"}),
        (SURCHARGE, {**TERMS, "asked_percent": "99"}),
    ],
)
def test_what_somebody_changed_meanwhile_is_not_written_over_after_a_correction(
    stage: Stage, browser: Browser, path: str, typed: dict[str, str]
) -> None:
    dealer = stage.dealer()
    browser.signed_in(stage.operator(dealer, role="admin"))
    browser.get(path)
    changed = replace(dealer, phone="555-0199", version=dealer.version + 1)
    put_dealer(changed, read_version=dealer.version)

    page = browser.post(path, {**typed, "version": str(dealer.version)})

    assert page.status == 422
    assert f'name="version" value="{dealer.version}"' in page.text
    assert fresh_dealer(dealer.dealer_id) == changed
