"""A settlement's files: Spruce's payment-entry layout, the same bytes every time, its summary."""

import csv

from chalicelib.domain.manual_posting import ManualFile
from chalicelib.rendering.csv_files import csv_text
from chalicelib.services.export_settlement import manual_posting_csv, settlement_summary_csv
from chalicelib.services.mark_posted import mark_posted
from chalicelib.storage.settlements import get_settlement
from tests.services.settling import SettlingWorld
from tests.services.story import open_dealer
from tests.services.test_movements_posted import next_payout
from tests.services.test_posting_by_hand import choose, record, rows_of, waiting


def test_the_files_hold_what_posting_automatically_would_write(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)

    choose(settling, settlement_id)

    payments = rows_of(settling, settlement_id, ManualFile.PAYMENTS)
    assert list(payments[0]) == [
        "account_id", "job_id", "payment_id", "payment_amount", "document_id", "document_type",
        "applied_document_id",
    ]  # fmt: skip
    assert [(r["document_id"], r["payment_amount"]) for r in payments] == [
        ("A", "900.00"),
        ("B", "500.00"),
    ]
    (used,) = rows_of(settling, settlement_id, ManualFile.CREDITS)
    assert (used["document_id"], used["applied_document_id"], used["payment_amount"]) == (
        "K",
        "A",
        "100.00",
    )
    assert rows_of(settling, settlement_id, ManualFile.DISCOUNTS) == []
    journal = rows_of(settling, settlement_id, ManualFile.JOURNAL)
    debits = sum(float(row["debit"] or 0) for row in journal)
    # The clearing account's other side is the payments'.
    assert debits == sum(float(row["credit"] or 0) for row in journal) == 1403.0


def test_the_header_row_can_be_left_out(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)
    asked = {"settlement_id": settlement_id, "file": ManualFile.PAYMENTS}

    whole = manual_posting_csv(settling, settling.dealer_id, **asked)
    bare = manual_posting_csv(settling, settling.dealer_id, **asked, with_header=False)

    assert whole.partition("\r\n")[2] == bare
    assert whole.startswith("account_id,job_id,payment_id,")


def test_downloading_again_gives_the_same_bytes_whatever_the_settings_say_now(
    settling: SettlingWorld,
) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)

    def files() -> list[str]:
        return [
            manual_posting_csv(settling, settling.dealer_id, settlement_id=settlement_id, file=file)
            for file in ManualFile
        ]

    before = files()
    open_dealer(settling, books_closed_through="2027-06-30")
    changed = files()
    record(settling, settlement_id)
    mark_posted(settling, settling.dealer_id, settlement_id=settlement_id)

    assert before == changed == files()


def test_the_summary_proves_the_deposit_and_says_who_recorded_when(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)
    record(settling, settlement_id)

    text = settlement_summary_csv(settling, settling.dealer_id, settlement_id=settlement_id)

    found = {(row["line"], row["name"]): row for row in csv.DictReader(text.splitlines())}
    cents = {name: round(float(row["amount"]) * 100) for (_, name), row in found.items()}
    assert cents["gross"] + cents["fees"] == cents["deposit"]
    assert cents["difference"] == 0
    invoices = found["category", "invoices"]
    assert (invoices["state"], invoices["by"], invoices["at"][-6:]) == ("posted", "Ann", "-08:00")
    assert found["payment", "DP-100001"]["credits"] == "100.00"


def test_a_return_is_in_the_reversals_file_and_in_the_summary(settling: SettlingWorld) -> None:
    first = waiting(settling, auto_post=True)
    (part,) = get_settlement(settling.dealer_id, first).parts
    settling.stripe.return_payment(part.number, "R01")
    settling.deliver()
    open_dealer(settling)
    second = next_payout(settling)
    settling.run_settlement(second)
    choose(settling, second)

    rows = rows_of(settling, second, ManualFile.REVERSALS)
    text = settlement_summary_csv(settling, settling.dealer_id, settlement_id=second)

    assert [(row["what"].split(":")[0], row["document_id"], row["amount"]) for row in rows] == [
        ("payment taken back", "A", "900.00"),
        ("payment taken back", "B", "500.00"),
        ("credit no longer applied", "A", "100.00"),
    ]
    assert {row["payment_id"] for row in rows} == {f"{part.number}-R1"}
    (movement,) = [row for row in csv.DictReader(text.splitlines()) if row["line"] == "return"]
    assert (movement["name"], movement["amount"]) == (part.number, "-1403.00")


def test_hostile_ids_run_nothing_in_a_spreadsheet(settling: SettlingWorld) -> None:
    assert csv_text((), [("=1+1", "-7")]) == "'=1+1,'-7\r\n"
