"""What people do on any page of the site: log in, change the language, read."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.apps.city import PASSWORD


def log_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)


def press(page: Page, name: str, of: str = "") -> None:
    """Click the button that says this, and wait for the page it leads to.

    of  what a screen reader is told besides, where several buttons say the same
    """
    button = page.get_by_role("button", name=_named(name, of))
    with page.expect_navigation():
        button.click()


def follow(page: Page, name: str, of: str = "") -> None:
    """Click the first link whose words begin so."""
    link = page.get_by_role("link", name=_named(name, of) if of else name)
    with page.expect_navigation():
        link.first.click()


def _named(name: str, of: str) -> re.Pattern[str]:
    # Words out of sight are set apart by a space in some places, and by none in others.
    return re.compile(
        rf"^{re.escape(name)}\s*:\s*.*{re.escape(of)}" if of else f"^{re.escape(name)}$"
    )


def in_menu(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.locator("nav.menu").get_by_role("link", name=name, exact=True).click()


def reads(page: Page, *texts: str) -> None:
    """The page says each of these, where it can be read."""
    said = page.locator("main").inner_text()
    for text in texts:
        assert text in said, f"{text!r} is not on {page.url}:\n{said}"


def fits(page: Page) -> bool:
    """Nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
