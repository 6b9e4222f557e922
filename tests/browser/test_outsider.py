"""An outsider with a paper in the hand, a phone or a desk, and no login."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from playwright.sync_api import expect

from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.actions.shares import make_share
from craftpath.credentials.models import Credential
from tests.apps.city import DAY, City
from tests.apps.credentials.conftest import open_office
from tests.browser.conftest import Open

pytestmark = pytest.mark.slow


@pytest.fixture
def paper(city: City) -> Credential:
    office = open_office(city)
    return issue(office.actor("school"), [office.passed()[0].pk])[0]


def test_verifies_on_a_phone_without_script(paper: Credential, open_page: Open):
    phone = open_page(phone=True, script=False)
    phone.goto(f"/v/{paper.token}")
    expect(phone.locator(".verdict .word")).to_contain_text("有效")
    phone.get_by_label("核对姓名").fill("林晓")
    phone.get_by_role("button", name="核对", exact=True).click()
    expect(phone.locator("main")).to_contain_text("与您填写的一致")
    phone.get_by_role("link", name="查下一张").click()
    phone.get_by_label("证书编号或卡号").fill(paper.number)
    phone.get_by_label("持证人姓名").fill("张三")
    phone.locator("form", has=phone.locator("#number")).get_by_role("button").click()
    expect(phone.locator(".verdict .word")).to_contain_text("查无此证")


def test_takes_a_file_that_is_dropped(paper: Credential, open_page: Open, tmp_path: Path):
    page = open_page()
    page.goto("/verify/")
    dropped = page.evaluate_handle(
        """text => { const told = new DataTransfer();
                     told.items.add(new File([text], "a.json")); return told; }""",
        paper.document,
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    page.locator("form", has=page.locator("#file")).locator("button.main").click()
    expect(page.locator(".verdict .word")).to_contain_text("有效")
    expect(page.locator("main")).to_contain_text(paper.number)


def test_opens_a_link_that_was_shared(city: City, paper: Credential, open_page: Open):
    until = DAY + dt.timedelta(days=7)
    made = make_share(city.actor("worker"), [paper.public_id], with_whom="某厂", until=until)
    page = open_page()
    page.goto(f"/s/{made.secret}")
    expect(page.locator("main")).to_contain_text("林晓")
