"""Every page of every role, opened at a desk in Chinese and on a phone in English.

Axe takes most of the time, and finds the same at both: it looks at one page at the desk and at the
next on the phone, turn about; CRAFTPATH_AXE=whole has it look at both.

The addresses are walked, as `tests/apps/access/test_roles.py` does; `prepared` says what stands in
the place of each parameter, and a page for which it says nothing fails here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page

from craftpath.access.may import MAY
from tests.apps.access.test_roles import ELSEWHERE, LOGINS
from tests.apps.city import City
from tests.browser.conftest import Open, faults
from tests.browser.prepared import Values, prepared
from tests.browser.visits import fits

pytestmark = pytest.mark.slow
_WHOLE = os.environ.get("CRAFTPATH_AXE") == "whole"
BACKEND = "django.contrib.auth.backends.ModelBackend"

#: Files to keep, parts that HTMX puts into a page, and what leads on to another page.
NO_PAGES = {
    "application",
    "application-appeal",
    "desk-record-choose",
    "language",
    "codes",
    "desk-document",
    "draw-entrants",
    "draw-file",
    "hosted-document",
    "hosted-part-sheet",
    "hosted-part-upload",
    "hosted-sheet",
    "import-progress",
    "import-rejects",
    "import-template",
    "issued-document",
    "issued-paper",
    "issuer-did",
    "my-document",
    "organisations",
    "proof-document",
    "proof-paper",
    "run-progress",
    "staff-document",
    "staff-quarter-download",
    "status-list",
}
#: What takes a form, and cannot be opened.
FORMS = {
    "account-duty",
    "audit-verify",
    "card-take-back",
    "desk-application-decide",
    "desk-confirm",
    "desk-decide",
    "desk-find-number",
    "desk-number",
    "desk-objection-answer",
    "desk-objection-contact",
    "desk-override",
    "desk-override-answer",
    "desk-programme-close",
    "desk-programme-commit",
    "desk-programme-finish",
    "desk-programme-list",
    "desk-programme-publish",
    "desk-programme-run",
    "desk-programme-share",
    "desk-record-verify",
    "duplicate-decide",
    "import-commit",
    "import-go-on",
    "import-undo",
    "issued-change",
    "key-break",
    "key-make",
    "key-retire",
    "merge-undo",
    "run-again",
    "run-delete",
    "run-file",
    "share-withdraw",
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
        own = values.get(f"{login}:{self.name}") or values.get(self.name) or values[login]
        for one in own:
            yield reverse(self.name, kwargs={name: one[name] for name in self.parameters})


def addresses(resolver: URLResolver | None = None, before: tuple[str, ...] = ()) -> list[Address]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        inside = (*before, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            found += addresses(entry, inside)
        elif not entry.name:  # an address of the login library that is closed
            continue
        elif isinstance(entry, URLPattern) and not entry.callback.__module__.startswith(ELSEWHERE):
            found.append(Address(str(entry.name), entry.callback.may, inside))
    return found


EACH = ("", "worker", "hr", "school", "city", "auditor", "operator")


def test_shuts_nobody_out_and_fits(city: City, open_page: Open):
    values = prepared(city)  # once for all: it takes as long as opening what one of them opens
    wrong = [f"{login}: {one}" for login in EACH for one in _wrong(login, city, values, open_page)]
    assert wrong == []


def _wrong(
    login: str, city: City, values: dict[str, list[Values]], open_page: Open
) -> Iterator[str]:
    paths = [reverse(name) for name in ACCOUNT.get(login, ())] + opened_by(login, values)
    at_desk, on_phone = open_page(), open_page(phone=True)
    _enter(at_desk, city, login, "zh-hans")
    _enter(on_phone, city, login, "en")
    for at, path in enumerate(paths):
        desk, phone = (at % 2 == 0 or _WHOLE), (at % 2 == 1 or _WHOLE)
        yield from (f"{path} zh: {one}" for one in _look(at_desk, path, "zh-CN", axe=desk))
        yield from (f"{path} en: {one}" for one in _look(on_phone, path, "en", axe=phone))


def test_leaves_out_nothing_that_can_be_opened(city: City):
    values = prepared(city)
    opened = []
    for login in ("hr", "city", "auditor"):
        client = Client()
        client.force_login(city.user(login), BACKEND)
        for address in addresses():
            if address.name in FORMS and LOGINS[login] in MAY[address.may]:
                found = [client.get(path).status_code for path in address.paths(login, values)]
                opened += [address.name] if set(found) != {405} else []
    assert opened == []


def opened_by(login: str, values: dict[str, list[Values]]) -> list[str]:
    """What a login opens. What everybody has is opened by nobody in particular and by a worker;
    officials of a town, a city and the province have the same pages: the city's opens them."""
    everybodys = (
        {"view.public", "view.account", "token.make"} if login not in ("", "worker") else {}
    )
    return [
        path
        for address in addresses()
        if LOGINS[login] in MAY[address.may] and address.name not in NO_PAGES | FORMS
        if address.may not in everybodys
        for path in address.paths(login, values)
    ]


def _look(page: Page, path: str, language: str, *, axe: bool) -> list[str]:
    """What is wrong with the page."""
    response = page.goto(path)
    if response is None or response.status != 200:
        return [f"status {response and response.status}"]
    found = faults(page) if axe else []
    if page.locator("html").get_attribute("lang") != language:
        found.append("the other language")
    if not fits(page):
        found.append("wider than the screen")
    return found


def _enter(page: Page, city: City, login: str, language: str) -> None:
    """Logged in by the cookie; that logging in works is tried elsewhere."""
    site = page.request.get("/").url
    cookies: list[Any] = [{"name": "django_language", "value": language, "url": site}]
    if login:
        client = Client()
        client.force_login(city.user(login), BACKEND)
        session = client.cookies["sessionid"].value
        cookies.append({"name": "sessionid", "value": session, "url": site})
    page.context.add_cookies(cookies)
