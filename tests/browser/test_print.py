"""What comes out of the printer: the reasons opened, nothing to press.

With CRAFTPATH_PICTURES=FOLDER each page is also kept there as PDF, to be looked at.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.apps.city import City
from tests.browser.prepared import prepared
from tests.browser.visits import log_in

pytestmark = pytest.mark.slow
PICTURES = os.environ.get("CRAFTPATH_PICTURES")
#: What a sheet of paper has no use for.
PRESSED = ".menu, .who, .skip, .jump, button, .button, .filters, .bar, input[type=file]"


def seen(page: Page, selector: str) -> list[str]:
    """The texts of those that are there and can be seen."""
    return [
        one.inner_text() or one.evaluate("one => one.outerHTML")
        for one in page.locator(selector).all()
        if one.is_visible()
    ]


def put_on_paper(page: Page, name: str) -> None:
    page.emulate_media(media="print")
    if PICTURES:
        page.pdf(path=Path(PICTURES) / f"{name}.pdf", format="A4", print_background=False)


def test_prints_a_path_with_its_reasons(page: Page, city: City):
    log_in(page, "worker")
    page.goto("/me/")
    put_on_paper(page, "my-path")

    assert seen(page, PRESSED) == []
    reasons = page.locator("article.answer details .conditions li")
    assert reasons.count() > 5
    assert len(seen(page, "article.answer details .conditions li")) == reasons.count()


def test_prints_a_rule_with_its_cases(page: Page, city: City):
    page.goto("/rules/skill-level.senior/")
    put_on_paper(page, "rule")

    assert seen(page, PRESSED) == []
    assert len(seen(page, ".routes > li")) == page.locator(".routes > li").count() > 5
    assert len(seen(page, ".case li")) == page.locator(".case li").count() > 5


def test_prints_an_application_with_how_far_it_has_come(page: Page, city: City):
    serial = prepared(city)["worker"][0]["serial"]
    log_in(page, "worker")
    page.goto(f"/me/applications/{serial}/")
    put_on_paper(page, "application")

    assert seen(page, PRESSED) == []
    assert len(seen(page, ".steps > li")) >= 3
    assert "焊缝.pdf" in page.locator("main").inner_text()
