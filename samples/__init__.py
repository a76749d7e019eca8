"""Synthetic invoices: their generator, a small drawn set with its truth, and the demo that feeds it in."""
