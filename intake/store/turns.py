"""What only one process at a time may do, on however many machines it runs: whoever has the turn keeps it till its end.

On PostgreSQL it is an advisory lock of a connection of its own, which ends with that. SQLite is on one machine; there
it is a lock on a file, which ends with the process.
"""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from intake.store.database import reading


class Turn:
    """A turn that this process has, or waits for."""

    def __init__(self, engine: sa.Engine, folder: Path) -> None:
        """``folder``: where the locks of one machine may lie."""
        self._engine, self._folder = engine, folder / "turns"
        self._name: str | None = None
        self._connection: sa.Connection | None = None
        self._file: BinaryIO | None = None

    def mine(self, name: str) -> bool:
        """Whether this process has the turn of that name; it takes it if nobody has, and gives up one of another name.

        Ask again before each piece of work: a turn is lost with the connection to the database.

        Raises:
            sqlalchemy.exc.OperationalError: the database is away. OSError: the file cannot be made.
        """
        if name != self._name:
            self.give_up()
            self._name = name
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        return self._locked(number) if self._engine.dialect.name == "postgresql" else self._locked_file(number)

    def give_up(self) -> None:
        """Let another have it."""
        if self._connection is not None:
            self._connection.close()
        if self._file is not None:
            self._file.close()
        self._name = self._connection = self._file = None

    def _locked(self, number: int) -> bool:
        """Take the lock, or take it once more: that a connection has it is only sure when it is asked."""
        if self._connection is None:
            self._connection = reading(self._engine).execution_options(isolation_level="AUTOCOMMIT")
            # Its own from now on: back in the pool it would keep the lock for whoever gets it next.
            self._connection.detach()
        try:
            return bool(self._connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar_one())
        except sa.exc.DBAPIError:
            self.give_up()
            raise

    def _locked_file(self, number: int) -> bool:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = (self._folder / f"{number & (2**64 - 1):016x}").open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
