"""``submit FILE…``: send files to a running service and follow them to the end."""

from __future__ import annotations

import json
import os
import time
import urllib.parse
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

OK, NOT_ALL_ACCEPTED, COULD_NOT_WORK = 0, 1, 3
_LOOK_SECONDS = 0.5


def submit(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False)],
    url: Annotated[str, typer.Option(help="Address of the service.")] = "http://127.0.0.1:8000",
    sender: Annotated[str, typer.Option(help="Whom you send for, if not for yourself; the key must allow it.")] = "",
    wait: Annotated[float, typer.Option(help="Seconds to wait for the outcome.")] = 300.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file and line.")] = False,
) -> None:
    """Send files to a running service and follow them, with the key in SHOUPIAO_KEY (``keys add``).

    Exit code 0: all registered; 1: some were not; 3: not sent.
    """
    import httpx

    client_id = uuid.uuid4().hex
    headers = {"authorization": f"Bearer {os.environ.get('SHOUPIAO_KEY', '')}"}
    if sender:
        headers["x-sender"] = urllib.parse.quote(sender)
    try:
        with httpx.Client(base_url=url, timeout=60, headers=headers, trust_env=False) as client:
            _require_key(client)
            documents = [_send(client, client_id, file) for file in files]
            views = [_follow(client, one, wait) for one in documents]
    except PermissionError as trouble:
        typer.echo(f"{trouble}\nset SHOUPIAO_KEY to a key made with `python -m intake keys add`", err=True)
        raise typer.Exit(COULD_NOT_WORK) from trouble
    except httpx.HTTPError as trouble:
        typer.echo(f"cannot reach the service at {url} ({type(trouble).__name__}); is `intake up` running?", err=True)
        raise typer.Exit(COULD_NOT_WORK) from trouble
    for view in views:
        _print(view, as_json)
    raise typer.Exit(OK if all(view.get("state") == "registered" for view in views) else NOT_ALL_ACCEPTED)


def _require_key(client: Any) -> None:
    """Ask before anything is sent, as a stream that is refused ends in a broken connection and says nothing."""
    answer = client.get("/api/v1/me")
    if answer.status_code in (401, 403):
        raise PermissionError(answer.json()["detail"])
    missing = {"submit", "see_own"} - set(answer.raise_for_status().json()["permissions"])
    if missing:
        raise PermissionError(f"the key was not made for: {', '.join(sorted(missing))}")


def _send(client: Any, client_id: str, file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        answer = client.put(f"/api/v1/submissions/{client_id}/{urllib.parse.quote(file.name)}", content=stream)
    if answer.status_code != 202:
        problem = answer.json()
        return {
            "filename": file.name,
            "state": "rejected",
            "reasons": [{"zh": problem["detail_zh"], "en": problem["detail"]}],
        }
    return {"filename": file.name, "id": answer.json()["documents"][0]["document_id"]}


def _follow(client: Any, document: dict[str, Any], wait: float) -> dict[str, Any]:
    end = time.monotonic() + wait
    while "id" in document and time.monotonic() < end:
        view: dict[str, Any] = client.get(f"/api/v1/documents/{document['id']}").raise_for_status().json()
        if view["final"]:
            return view
        time.sleep(_LOOK_SECONDS)
    return document


def _print(view: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(view, ensure_ascii=False))
        return
    typer.echo(f"{view['filename']}: {view.get('state_zh', view.get('state', '还在处理 still waiting'))}")
    for reason in view.get("reasons", []):
        typer.echo(f"    {reason['zh']} / {reason['en']}")
