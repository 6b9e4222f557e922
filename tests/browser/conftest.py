"""Debian's Chromium for the tests: in Chinese, in Shanghai, shut off from the world."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.apps.city import City, build_city
from tests.missing import need

#: `open_page()` is a fresh browser on the site, with nothing of the others: somebody else's.
#: `phone=True` is a phone 390 pixels wide; `script=False` has JavaScript turned off.
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Without a window, its menus and their processes: a quarter less work for the same pages.
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    need(None if program else "no chromium was found; make system-packages brings it")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop running in this thread, in which Django would refuse its database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        # Chromium refuses its sandbox to root, as whom CI runs; only our own pages are opened, and
        # it finds no other host. (Routing each request through Python would take twice as long.)
        alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", alone])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: Any) -> Iterator[Open]:
    """Opens a fresh page for each who asks; `page.goto("/")` is the first page of the site.

    At its end the test fails where a page asked for anything from elsewhere, or where its
    script failed.
    """
    with ExitStack() as opened:

        def another(*, phone: bool = False, script: bool = True) -> Page:
            return opened.enter_context(_page(chromium, live_server.url, phone, script))

        yield another


@pytest.fixture
def page(open_page: Open) -> Page:
    """A fresh page in a desk's size."""
    return open_page()


@pytest.fixture
def phone(open_page: Open) -> Page:
    """A fresh page on a phone."""
    return open_page(phone=True)


@pytest.fixture
def city(transactional_db: None, settings: Any) -> City:
    """The cast, in a database that the server's thread sees; officials need no second factor."""
    settings.CRAFTPATH_SECOND_FACTOR = "off"
    return build_city()


@contextmanager
def _page(browser: Browser, site: str, phone: bool, script: bool) -> Iterator[Page]:
    elsewhere: list[str] = []
    failed: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((f"{site}/", "data:", "blob:")):
            elsewhere.append(request.url)

    context = browser.new_context(
        base_url=site,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
        is_mobile=phone,
        has_touch=phone,
        java_script_enabled=script,
    )
    context.on("request", watch)
    page = context.new_page()
    page.set_default_timeout(60_000)  # a busy machine is no fault
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
    # Only what is wrong is written out in full: that takes axe longest.
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {one['help']} at {' '.join(node['target'])}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
