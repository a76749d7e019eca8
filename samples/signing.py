"""The first sign-in of somebody with the password that they were given, as they go through it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, expect

from samples.running import Running

OWN_PASSWORD = "horse battery staple"  # noqa: S105  # of services that are thrown away


def first_sign_in(browser: Browser, running: Running) -> Any:
    """Ask for a page, sign in, change the password that was given, and arrive; gives the state of the browser."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{running.address}/rules")
    page.get_by_label("用户名").fill(running.name)
    page.get_by_label("密码").fill(running.password)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page).to_have_url(f"{running.address}/password")
    page.get_by_label("原密码").fill(running.password)
    page.get_by_label("新密码").fill(OWN_PASSWORD)
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(f"{running.address}/")
    state = context.storage_state()
    context.close()
    return state
