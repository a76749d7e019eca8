"""The command line: ``python -m intake``."""

from __future__ import annotations

from intake.cli import app
from intake.logs import set_up_logs

if __name__ == "__main__":
    set_up_logs("command line")
    app()
