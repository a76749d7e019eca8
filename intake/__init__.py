"""The core: reads documents, checks invoices, keeps the ledger, answers questions."""
