"""Checked rows on disk, grouped by account whatever their order in the files; memory stays small.

Not a store: a temporary file of one import, gone when the import is.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import TracebackType

import msgspec

from chalicelib.domain.ids import AccountId
from chalicelib.services.read_import_files_rows import FILES, Row

CACHE_KIB = 32_000
_FILE_NAMES = tuple(FILES)


@dataclass(frozen=True, slots=True)
class SpilledRow:
    """One checked row: where it came from and its packed value."""

    file: str
    line: int
    packed: bytes

    def value(self) -> Row:
        """The row as the reader made it."""
        return _DECODERS[self.file].decode(self.packed)


_encoder = msgspec.json.Encoder()
_DECODERS = {name: msgspec.json.Decoder(file.kind) for name, file in FILES.items()}


class Spill:
    """Rows by (account, kind, id); use as a context manager, which removes the file."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="import-")
        self._database = sqlite3.connect(Path(self._folder.name) / "rows.sqlite")
        self._database.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{CACHE_KIB};"
            "CREATE TABLE rows (account TEXT, rank INT, item TEXT, file INT, line INT, packed BLOB,"
            " PRIMARY KEY (account, rank, item)) WITHOUT ROWID;"
        )

    def __enter__(self) -> "Spill":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def add(self, file: str, account_id: str, item_id: str, line: int, row: Row) -> bool:
        """Keep a row; False if one of the same account and id is there already."""
        values = (
            account_id,
            FILES[file].rank,
            item_id,
            _FILE_NAMES.index(file),
            line,
            _encoder.encode(row),
        )
        added = self._database.execute("INSERT OR IGNORE INTO rows VALUES (?,?,?,?,?,?)", values)
        return added.rowcount == 1

    def origin(self, file: str, account_id: str, item_id: str) -> tuple[str, int]:
        """The file and row in which an account's id was first seen."""
        query = "SELECT file, line FROM rows WHERE account=? AND rank=? AND item=?"
        key = (account_id, FILES[file].rank, item_id)
        number, line = self._database.execute(query, key).fetchone()
        return _FILE_NAMES[number], line

    def accounts_without_row(self) -> Iterator[AccountId]:
        """Accounts that other files name and the accounts file does not."""
        query = "SELECT account FROM rows GROUP BY account HAVING MIN(rank) > 0 ORDER BY account"
        for (account_id,) in self._database.execute(query):
            yield AccountId(account_id)

    def remove(self, account_id: AccountId) -> list[SpilledRow]:
        """Take out every row of an account and say which they were."""
        query = "SELECT file, line, packed FROM rows WHERE account=? ORDER BY file, line"
        found = [
            SpilledRow(_FILE_NAMES[file], line, packed)
            for file, line, packed in self._database.execute(query, (account_id,))
        ]
        self._database.execute("DELETE FROM rows WHERE account=?", (account_id,))
        return found

    def count_accounts(self) -> int:
        """How many accounts the files name."""
        found = self._database.execute("SELECT COUNT(DISTINCT account) FROM rows").fetchone()
        return int(found[0])

    def by_account(self) -> Iterator[tuple[AccountId, list[SpilledRow]]]:
        """Every account with its rows, in account order; rows in the order of kind and id."""
        query = "SELECT account, file, line, packed FROM rows ORDER BY account, rank, item"
        rows = self._database.execute(query)
        for account_id, group in groupby(rows, key=lambda row: str(row[0])):
            yield AccountId(account_id), [SpilledRow(_FILE_NAMES[r[1]], r[2], r[3]) for r in group]
