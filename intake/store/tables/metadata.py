"""How the parts of tables are named, on every database alike."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: The number of a row of a table that never stops growing; SQLite counts in 64 bits only what it knows as INTEGER.
Serial = BigInteger().with_variant(Integer(), "sqlite")
