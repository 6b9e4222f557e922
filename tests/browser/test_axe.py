"""Every page of every role, opened at a desk in Chinese and on a phone in English.

The addresses are walked, as `tests/apps/access/test_roles.py` does; `prepared` says what stands in
the place of each parameter, and a page for which it says nothing fails here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page, Response

from craftpath.access.may import MAY
from tests.apps.access.test_roles import ELSEWHERE, LOGINS
from tests.apps.city import City
from tests.browser.conftest import Open, faults
from tests.browser.prepared import Values, prepared
from tests.browser.visits import fits

pytestmark = pytest.mark.slow

#: Files to keep, and parts that HTMX puts into a page.
NO_PAGES = {
    "codes",
    "desk-document",
    "draw-entrants",
    "draw-file",
    "hosted-document",
    "hosted-sheet",
    "import-progress",
    "import-rejects",
    "import-template",
    "language",
    "my-document",
    "organisations",
    "staff-document",
    "staff-quarter-download",
}
#: Pages of the library that logs people in, which wear our frame.
ACCOUNT = {
    "": ("account_login",),
    "worker": (
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "usersessions_list",
    ),
}


@dataclass(frozen=True)
class Address:
    name: str
    may: str
    parameters: tuple[str, ...]

    def paths(self, login: str, values: dict[str, list[Values]]) -> Iterator[str]:
        for one in values.get(self.name, values[login]):
            yield reverse(self.name, kwargs={name: one[name] for name in self.parameters})


def addresses(resolver: URLResolver | None = None, before: tuple[str, ...] = ()) -> list[Address]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        inside = (*before, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            found += addresses(entry, inside)
        elif isinstance(entry, URLPattern) and not entry.callback.__module__.startswith(ELSEWHERE):
            found.append(Address(str(entry.name), entry.callback.may, inside))
    return found


@pytest.mark.parametrize("login", LOGINS)
def test_shuts_nobody_out_and_fits(login: str, city: City, open_page: Open):
    values = prepared(city)
    paths = [reverse(name) for name in ACCOUNT.get(login, ())]
    for address in addresses():
        if LOGINS[login] in MAY[address.may] and address.name not in NO_PAGES:
            paths += address.paths(login, values)
    at_desk, on_phone = open_page(), open_page(phone=True)
    _enter(at_desk, city, login, "zh-hans")
    _enter(on_phone, city, login, "en")

    opened, wrong = 0, []
    for path in paths:
        response = at_desk.goto(path)
        if response is not None and response.status == 405:
            continue  # it takes a form, and has no page of its own
        opened += 1
        wrong += [f"{path} zh: {one}" for one in _look(at_desk, response, "zh-CN")]
        response = on_phone.goto(path)
        wrong += [f"{path} en: {one}" for one in _look(on_phone, response, "en")]

    assert wrong == []
    assert opened >= 6


def _look(page: Page, response: Response | None, language: str) -> Iterator[str]:
    if response is None or response.status != 200:
        yield f"status {response and response.status}"
        return
    if page.locator("html").get_attribute("lang") != language:
        yield "the other language"
    if not fits(page):
        yield "wider than the screen"
    yield from faults(page)


def _enter(page: Page, city: City, login: str, language: str) -> None:
    """Logged in by the cookie; that logging in works is tried elsewhere."""
    site = page.request.get("/").url
    cookies: list[Any] = [{"name": "django_language", "value": language, "url": site}]
    if login:
        client = Client()
        client.force_login(city.user(login), "django.contrib.auth.backends.ModelBackend")
        session = client.cookies["sessionid"].value
        cookies.append({"name": "sessionid", "value": session, "url": site})
    page.context.add_cookies(cookies)
