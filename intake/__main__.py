"""The command line: ``python -m intake``."""

from __future__ import annotations

from intake.cli import app

if __name__ == "__main__":
    app()
