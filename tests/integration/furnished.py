"""A desk with something of everything in it, so that a test can ask for what is there as well as for what is not."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from fastapi.testclient import TestClient

from intake.desk.services import Services
from intake.redis_server import free_port
from samples.tax_list import full_query
from tests.integration.invoices import einvoice, number
from tests.integration.ledgers import PACK, facts, listed, register
from tests.integration.test_desk import work

#: Ids of what is there, by the name that the addresses of the API give them.
Ids = Mapping[str, list[Any]]


def open_to_itself(services: Services) -> Services:
    """The same services, as often as anybody asks, allowed to send to this machine, where nobody answers."""
    wanted = {"requests_per_minute": 0, "sync_inside": (ipaddress.ip_network("127.0.0.0/8"),), "sync_seconds": 0.05}
    return dataclasses.replace(services, settings=services.settings.model_copy(update=wanted))


def furnish(services: Services, client: TestClient, folder: Path) -> Ids:
    """Bring in one of everything over HTTP, and tell where it is."""
    _done(client.post("/policies", content=PACK, headers={"content-type": "application/toml"}))
    documents = _documents(services, client, folder)
    views = [_done(client.get(f"/documents/{one}")) for one in documents]
    invoices = [one["id"] for view in views for one in view["invoices"]]
    _done(client.post(f"/invoices/{invoices[-1]}/contest", json={"words": "票面就是这样", "rule": "AMT-SUM"}))
    found = {
        "submission_id": [view["submission_id"] for view in views],
        "document_id": documents,
        "invoice_id": invoices,
        "entry_id": [one["id"] for one in _done(client.get("/invoices"))["invoices"]],
        **_reconciled(services, client),
        **_smaller_things(client),
    }
    assert all(found.values()), found
    return found


def _documents(services: Services, client: TestClient, folder: Path) -> list[str]:
    """Three that were registered and two that were returned, each of a submission that is done."""
    documents = []
    for serial, total in enumerate(("106.00", "106.00", "106.00", "107.00", "108.00"), 1):
        files = {"files": (f"{serial}.xml", einvoice(number(serial), total=total))}
        sent = _done(client.post("/submissions", files=files))
        documents.append(sent["documents"][0]["document_id"])
        work(services, documents[-1], folder)
    return documents


def _reconciled(services: Services, client: TestClient) -> Ids:
    """A list with an invoice that was voided since, one that was misread and is linked, and one that is not here."""
    for serial in range(4):
        register(services, facts(serial))
    *others, voided, misread = listed(services)
    misread_too = replace(misread, number=f"99{misread.number[2:]}", day="2026-10-28")
    told = [*others, replace(voided, status="作废"), misread_too]
    period = {"first_day": "2026-03-01", "last_day": "2026-10-31"}
    run = _done(client.post("/reconciliations", files={"file": ("十月.xlsx", full_query(told))}, data=period))
    rows = _done(client.get(f"/reconciliations/{run['id']}/rows"))["rows"]
    row = next(one for one in rows if one["bucket"] == "only_listed")
    entry = next(one for one in _done(client.get("/invoices"))["invoices"] if one["invoice_number"] == misread.number)
    told_link = {"row": row["id"], "entry_id": entry["id"], "reason": "号码看错"}
    link = _done(client.post(f"/reconciliations/{run['id']}/links", json=told_link))
    alarms = [one["id"] for one in _done(client.get("/alarms"))["alarms"]]
    return {"run_id": [run["id"]], "list_id": [run["list_id"]], "link_id": [link["id"]], "alarm_id": alarms}


def _smaller_things(client: TestClient) -> Ids:
    view = _done(client.post("/views", json={"name": "三月", "query": {"issued": "2026-03"}}))
    report = _done(client.post("/feedback", json={"text": "打不开"}))
    partner = {"name": "财务系统", "url": f"http://127.0.0.1:{free_port()}/hook"}
    endpoint = _done(client.post("/sync/endpoints", json={**partner, "since": 0}))
    policies = _done(client.get("/policies"))["policies"]
    return {
        "view_id": [view["id"]],
        "report_id": [report["id"]],
        "endpoint_id": [endpoint["id"]],
        "policy_id": [one["id"] for one in policies],
        "event_id": [1, 2, 3],
        "page": [1],
        "name": ["total", "seller_name"],
    }


def _done(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()
