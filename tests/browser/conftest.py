"""Debian's Chromium for the tests: in Chinese, in Shanghai, shut off from the world."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        message = "no chromium was found; make system-packages brings it"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop running in this thread, in which Django would refuse its database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        # Chromium refuses its sandbox to root, as whom CI runs; only our own pages are opened.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A fresh page on the site, in a desk's size; `page.goto("/")` is the first page.

    At its end the test fails where a page asked for anything from elsewhere, or where its
    script failed.
    """
    yield from _page(chromium, live_server.url, width=1280, height=800)


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """The same on a phone."""
    yield from _page(chromium, live_server.url, width=390, height=844, phone=True)


def _page(
    browser: Browser, site: str, *, width: int, height: int, phone: bool = False
) -> Iterator[Page]:
    elsewhere: list[str] = []
    failed: list[str] = []

    def only_the_site(route: Route) -> None:
        if route.request.url.startswith((f"{site}/", "data:", "blob:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    context = browser.new_context(
        base_url=site,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        is_mobile=phone,
        has_touch=phone,
    )
    context.route("**/*", only_the_site)
    page = context.new_page()
    page.on("pageerror", lambda error: failed.append(str(error)))
    # What the content policy refused is told on the console alone.
    page.on(
        "console",
        lambda said: failed.append(said.text) if "Content Security Policy" in said.text else None,
    )
    try:
        yield page
    finally:
        context.close()
    assert elsewhere == []
    assert failed == []


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it stands, a line for each place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']} at {' '.join(node['target'])}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
