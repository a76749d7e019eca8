"""Tickets and invoices outside the VAT table form, one file a kind."""
