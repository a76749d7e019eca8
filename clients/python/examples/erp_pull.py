"""An ERP that fetches what happened and keeps its own list of invoices, in SQLite here.

``SHOUPIAO_KEY=… python erp_pull.py https://shoupiao.example.com invoices.db [pages]``. The place in the history is kept
in the transaction that keeps what was learned, so nothing is missed or counted twice, whenever it is killed.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import sys

from shoupiao_client import Change, Shoupiao

_TABLES = """
CREATE TABLE IF NOT EXISTS place (after INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS invoices (entry_id TEXT PRIMARY KEY, number TEXT, total TEXT, state TEXT);
"""


def learn(database: sqlite3.Connection, change: Change) -> None:
    """Note one change; the same one again changes nothing."""
    told = change.data
    if change.type == "invoice.registered":
        row = (told["entry_id"], told["invoice_number"], told["total"], "registered")
        database.execute("INSERT OR REPLACE INTO invoices VALUES (?, ?, ?, ?)", row)
    elif change.type == "invoice.withdrawn":
        database.execute("UPDATE invoices SET state = 'withdrawn' WHERE entry_id = ?", (told["entry_id"],))


def main(address: str, file: str, pages: int | None = None) -> None:
    """Follow the history from where it was left; without end unless ``pages`` are named."""
    database = sqlite3.connect(file)
    database.executescript(_TABLES)
    (after,) = database.execute("SELECT coalesce(max(after), 0) FROM place").fetchone()
    with Shoupiao(address, os.environ["SHOUPIAO_KEY"]) as shoupiao:
        for page in itertools.islice(shoupiao.follow(after, wait=0 if pages else 30), pages):
            with database:
                for change in page.changes:
                    learn(database, change)
                database.execute("DELETE FROM place")
                database.execute("INSERT INTO place VALUES (?)", (page.next,))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
