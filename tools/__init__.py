"""Programs for those who work on the service; nothing in it imports them."""
