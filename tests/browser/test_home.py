"""The first page as anybody meets it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import faults


def test_says_who_it_is_in_chinese(page: Page):
    page.goto("/")

    assert "匠途" in page.title()
    assert page.locator("html").get_attribute("lang") == "zh-CN"


@pytest.mark.parametrize("device", ["page", "phone"])
def test_shuts_nobody_out(device: str, request: pytest.FixtureRequest):
    page: Page = request.getfixturevalue(device)
    page.goto("/")

    assert faults(page) == []


def test_fits_a_phone_without_scrolling_sideways(phone: Page):
    phone.goto("/")

    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_axe_is_seen_to_find_a_fault(page: Page):
    page.goto("/")
    page.evaluate("document.body.append(document.createElement('button'))")

    assert [fault for fault in faults(page) if fault.startswith("button-name")]
