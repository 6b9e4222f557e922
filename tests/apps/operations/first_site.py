"""A site as its operator has it after the first day; made once, to be looked at or copied."""

from __future__ import annotations

import pytest

from tests.apps.operations.site import Site, empty_site

__all__ = ["first_site"]

_FILL = """
from datetime import date
from craftpath.access.actions.accounts import add_account, give_duty
from craftpath.access.roles import Actor, Role
from craftpath.registry.actions.parties import add_person
operator = Actor(None, "甲", Role.OPERATOR, origin="command")
add_account(operator, username="op", name="op", password="a-good-long-one-7")
give_duty(operator, username="op", role="operator", party=None, region="")
city = Actor(None, "甲", Role.CITY, region="441900", origin="command")
add_person(city, name="林晓", scheme="passport", number="E1234567", born=date(1990, 1, 1))
"""


@pytest.fixture(scope="session")
def first_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with a login, a person with a number and an uploaded file. Not to be changed."""
    site = empty_site(tmp_path_factory.mktemp("site"))
    made = site.run("migrate")
    assert made.returncode == 0, made.stderr
    filled = site.run("manage", "shell", "--no-imports", "-c", _FILL)
    assert filled.returncode == 0, filled.stderr
    (site.home / "uploads" / "documents").mkdir(parents=True)
    (site.home / "uploads" / "documents" / "a.pdf").write_bytes(b"%PDF-1.7 not much")
    return site
