"""Lists of the tax authority (XLSX, XLS, CSV) -> their invoices, read in a process of its own."""

from __future__ import annotations
