"""`make reconcile`: both sides are printed, and its exit says whether anything is open."""

import pytest

from tests.services.conftest import settling
from tests.services.reconciling import booked
from tests.services.settling import SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay, settle
from tools import reconcile

__all__ = ["settling"]


@pytest.fixture
def world(settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch) -> SettlingWorld:
    """A dealer with a settled payment, and the command about to be typed for it."""
    open_dealer(settling)
    open_account(settling)
    settle(settling, pay(settling, link_bank(settling), "A"))
    monkeypatch.setattr(reconcile, "connected_world", lambda: settling)
    monkeypatch.setattr("sys.argv", ["reconcile", "--dealer", settling.dealer_id])
    return settling


@pytest.mark.usefixtures("world")
def test_zero_is_printed_as_proof(capsys: pytest.CaptureFixture[str]) -> None:
    code = reconcile.main()

    printed = capsys.readouterr().out.splitlines()
    assert code == 0
    assert printed[-1] == "0 open, 0 repaired"
    assert all(line.split()[1] == line.split()[2] for line in printed[1:-1])


def test_a_difference_is_printed_with_what_to_do(
    world: SettlingWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    booked(world.dealer_id, "planted", 1_234, world.clock.now())

    code = reconcile.main()

    printed = capsys.readouterr().out
    assert code == 1
    assert "12.34" in printed
    assert printed.splitlines()[-1] == "1 open, 0 repaired"


def test_an_unknown_dealer_is_said_in_a_sentence(
    world: SettlingWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["reconcile", "--dealer", f"{world.dealer_id}-not"])

    code = reconcile.main()

    assert code == 1
    assert len(capsys.readouterr().out.splitlines()) == 1
