"""Reads thousands of damaged files as a worker would, and shows how each reading ended."""
