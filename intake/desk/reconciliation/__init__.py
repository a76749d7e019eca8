"""Lists of the tax authority held against the ledger."""

from __future__ import annotations
