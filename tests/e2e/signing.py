"""The first sign-in of a new installation, as its administrator goes through it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

OWN_PASSWORD = "horse battery staple"


def first_password(log: Path) -> str:
    """The password that ``up`` has printed."""
    found = re.search(r"密码 password: (\S+)", log.read_text("utf-8"))
    assert found, "up told no password"
    return found[1]


def first_sign_in(browser: Browser, service: str, given: str) -> Any:
    """Ask for a page, sign in, change the password that was given, and arrive; gives the state of the browser."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{service}/ledger")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(given)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(f"{service}/password")
    page.get_by_label("原密码").fill(given)
    page.get_by_label("新密码").fill(OWN_PASSWORD)
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(f"{service}/")
    state = context.storage_state()
    context.close()
    return state
