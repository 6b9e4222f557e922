"""Every role on every page: what the permission table says is what the site does.

The table is `craftpath.access.may.MAY`. A page declares its line of it; here every page there is,
found by walking the addresses, is asked by every role, with GET and with POST. Whose data a
page shows is another question, asked by the tests of each page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from craftpath.access.errors import NotAllowed
from craftpath.access.may import MAY, may, require
from craftpath.access.roles import Actor, Role
from tests.apps.city import City

#: A login for each role; "" is somebody without one.
LOGINS = {
    "": Role.PUBLIC,
    "worker": Role.WORKER,
    "hr": Role.EMPLOYER,
    "school": Role.INSTITUTION,
    "expert": Role.EXPERT,
    "town": Role.TOWN,
    "city": Role.CITY,
    "province": Role.PROVINCE,
    "auditor": Role.AUDITOR,
    "operator": Role.OPERATOR,
}
#: Pages of other libraries: logging in and what belongs to it, and the API, which has its own test.
ELSEWHERE = ("allauth", "ninja", "django.views", "craftpath.api")


@dataclass(frozen=True)
class Page:
    path: str
    may: str | None

    def __str__(self) -> str:
        return self.path


def pages(resolver: URLResolver | None = None, before: str = "/") -> Iterator[Page]:
    """Every address of the site, with something in the place of each parameter."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLResolver):
            yield from pages(entry, path)
        elif isinstance(entry, URLPattern):
            view = entry.callback
            declared = getattr(view, "may", None)
            if declared is None and view.__module__.startswith(ELSEWHERE):
                continue
            yield Page(_filled(path, entry), declared)


#: For a converter: what stands in its place.
_FILLING = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}


def _filled(path: str, entry: URLPattern) -> str:
    parts = path.split("<")
    filled = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition(">")
        kind = name.partition(":")[0]
        filled += _FILLING.get(kind, "none-such") + rest
    return filled


PAGES = list(pages())


def test_finds_the_pages() -> None:
    assert {"/", "/audit/", "/operations/accounts/new/"} <= {page.path for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_has_a_line_in_the_table(page: Page) -> None:
    assert page.may in MAY


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_opens_to_a_role_what_the_table_says(
    city: City, login: str, method: str, settings: object
) -> None:
    settings.CRAFTPATH_SECOND_FACTOR = "off"  # type: ignore[attr-defined]
    client = Client(raise_request_exception=False)
    role = LOGINS[login]
    wrong = []
    for page in PAGES:
        if login and "_auth_user_id" not in client.session:
            client.force_login(city.user(login), "django.contrib.auth.backends.ModelBackend")
        response = getattr(client, method)(page.path)
        sent_to_log_in = response.status_code == 302 and "/account/login/" in response.url
        turned_away = response.status_code in (403, 405) or sent_to_log_in
        allowed = role in MAY[page.may or ""]
        if response.status_code >= 500 or (not allowed and not turned_away):
            wrong.append(f"{method} {page.path}: {response.status_code}")
        if allowed and method == "get" and (response.status_code == 403 or sent_to_log_in):
            wrong.append(f"{method} {page.path}: refused to {role}")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_requires_what_the_table_says(role: Role) -> None:
    actor = Actor(1, "somebody", role)
    for name in MAY:
        assert may(actor, name) == (role in MAY[name])
        if not may(actor, name):
            with pytest.raises(NotAllowed):
                require(actor, name)


def test_lets_a_token_do_no_more_than_its_scopes() -> None:
    actor = Actor(1, "somebody", Role.CITY, scopes=frozenset({"view.desk"}))
    assert [name for name in MAY if may(actor, name)] == ["view.desk"]
