"""A folder that a scanner writes into: send what lies there, move it to sent/, say what came back.

Run it every minute (cron, Task Scheduler): ``SHOUPIAO_KEY=… python scan_folder.py https://shoupiao.example /scans``.
Killed at any moment it loses nothing and sends nothing twice: the name of a submission is the file's name and time.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from shoupiao_client import Shoupiao

#: A scanner may still be writing a file that changed since; seconds.
_STILL = 10.0


def main(address: str, folder: Path) -> None:
    """Send every file that lies still."""
    sent = folder / "sent"
    sent.mkdir(exist_ok=True)
    with Shoupiao(address, os.environ["SHOUPIAO_KEY"]) as shoupiao:
        for path in sorted(one for one in folder.iterdir() if one.is_file()):
            changed = path.stat().st_mtime
            if time.time() - changed < _STILL:
                continue
            submission = shoupiao.send([path], client_id=f"scan {path.name} {changed}")
            path.rename(sent / path.name)
            for document in shoupiao.wait(submission.id):
                print(path.name, document.state_zh, *(f"{one.zh}{one.remedy_zh}" for one in document.reasons))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
