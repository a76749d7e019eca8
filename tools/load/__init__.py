"""Load: a real client in front of the real service, with more coming in than it can read at once."""
