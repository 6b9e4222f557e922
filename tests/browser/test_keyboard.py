"""The main flows without a mouse; and the same without script.

Whatever Tab comes to is seen to have the focus, and comes after what had it before.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from craftpath.programmes.models import Application
from tests.apps.city import CHANGAN, PASSWORD, WELDER, City
from tests.apps.web.desk_cast import crowd, programme
from tests.browser.conftest import Open, faults
from tests.browser.visits import fits, follow, in_menu, log_in, press, reads

pytestmark = pytest.mark.slow

#: What has the focus: whether that can be seen, and whether it stands after what had it before.
FOCUS = """() => {
  const now = document.activeElement, before = window.focusBefore, style = getComputedStyle(now);
  window.focusBefore = now;
  return {
    body: now === document.body,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    inSight: now.checkVisibility() && now.getBoundingClientRect().width > 1,
    after: !before || !!(before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING),
    what: now.outerHTML.slice(0, 120),
  };
}"""


def tab_to(page: Page, wanted: Locator, most: int = 90) -> None:
    """Press Tab until it has the focus."""
    wanted.first.wait_for()
    for _ in range(most):
        page.keyboard.press("Tab")
        focus: dict[str, Any] = page.evaluate(FOCUS)
        assert not focus["body"], f"Tab went through {page.url} without coming to {wanted}"
        assert focus["marked"], f"nothing shows the focus at {focus['what']}"
        assert focus["inSight"], f"the focus is out of sight at {focus['what']}"
        assert focus["after"], f"the focus jumped back to {focus['what']}"
        if wanted.first.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{most} times Tab did not come to {wanted} on {page.url}")


def key(page: Page, name: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(name)


def test_skips_to_the_content(page: Page, city: City):
    page.goto("/programmes/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("one => one === document.activeElement")
    box = skip.bounding_box()
    assert box is not None and box["y"] >= 0 and box["height"] > 20
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_logs_in(page: Page, city: City):
    page.goto("/")
    tab_to(page, page.get_by_role("link", name="登录", exact=True))
    key(page, "Enter")
    tab_to(page, page.locator("input[name=login]"))
    page.keyboard.type("worker")
    tab_to(page, page.locator("input[name=password]"))
    page.keyboard.type(PASSWORD)
    key(page, "Enter")

    assert page.get_by_text("林晓").first.is_visible()


def test_opens_a_reason_and_shuts_it(page: Page, city: City):
    log_in(page, "worker")
    page.goto("/me/")
    why = page.locator("article.answer details").first
    tab_to(page, why.locator("summary"))
    page.keyboard.press("Enter")
    assert why.locator(".conditions").is_visible()
    page.keyboard.press("Space")

    assert not why.locator(".conditions").is_visible()


def test_applies_and_hands_in(page: Page, city: City):
    programme(city)
    log_in(page, "worker")
    page.goto("/programmes/class/")
    tab_to(page, page.get_by_role("button", name="开始申请"))
    key(page, "Enter")
    tab_to(page, page.get_by_label("给审核人的说明"))
    page.keyboard.type("夜班后才有空")
    tab_to(page, page.get_by_role("button", name="保存修改"))
    key(page, "Space")
    tab_to(page, page.get_by_role("button", name="提交", exact=True))
    key(page, "Enter")

    reads(page, "审核中")
    found = Application.objects.get()
    assert (found.party_id, found.state, found.note) == (
        city.worker.pk,
        "submitted",
        "夜班后才有空",
    )


def test_decides_two_of_the_queue(page: Page, city: City):
    programme(city)
    crowd(city, "class", ["王小明", "李大为", "欧阳建国"])
    log_in(page, "town")
    page.goto("/desk/")
    for at in (0, 1):
        tab_to(page, page.locator("input[name=chosen]").nth(at))
        page.keyboard.press("Space")
    assert page.locator("[data-count-of=chosen]").inner_text() == "2"

    # A group of buttons of which one is chosen: Tab comes to it once, arrows go on within it.
    tab_to(page, page.locator("input[name=verdict]").first)
    page.keyboard.press("Space")
    assert page.get_by_label("通过", exact=True).is_checked()
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("退回补正", exact=True).is_checked()
    page.keyboard.press("ArrowUp")
    tab_to(page, page.get_by_role("button", name="核对后再办"))
    key(page, "Enter")
    reads(page, "王小明", "李大为", "还没有办理")
    assert faults(page) == []
    tab_to(page, page.get_by_role("button", name="通过 (2)"))
    key(page, "Enter")

    reads(page, "已办 2")
    assert faults(page) == []
    passed = Application.objects.filter(step=2).values_list("party__name", flat=True)
    assert sorted(passed) == ["李大为", "王小明"]


# --- without script --------------------------------------------------------------------------


def test_applies_searches_and_decides_without_script(city: City, open_page: Open):
    programme(city)
    worker = open_page(phone=True, script=False)
    log_in(worker, "worker")
    worker_applies(worker)
    worker_searches_a_code(worker)

    crowd(city, "class", ["王小明"], region=CHANGAN)
    town = open_page(script=False)
    log_in(town, "town")
    town_decides_both(town)

    assert set(Application.objects.values_list("step", flat=True)) == {2}


def worker_applies(page: Page) -> None:
    in_menu(page, "可报项目")
    follow(page, "焊工高级研修班")
    press(page, "开始申请")
    press(page, "提交")
    reads(page, "审核中")


def worker_searches_a_code(page: Page) -> None:
    """The button looks it up that otherwise comes while typing."""
    page.goto("/me/records/add/certificate/")
    page.locator("#subject").fill("焊工")
    press(page, "查找", "职业")
    page.get_by_role("radio", name=re.compile(WELDER)).check()
    page.get_by_label("等级", exact=True).select_option(index=2)
    page.locator("#start").fill("2024-05-01")
    press(page, "记下")
    reads(page, "2024年5月1日", "自述")


def town_decides_both(page: Page) -> None:
    in_menu(page, "办件")
    for box in page.locator("input[name=chosen]").all():
        box.check()
    page.get_by_label("通过", exact=True).check()
    press(page, "核对后再办")
    reads(page, "林晓", "王小明")
    press(page, "通过 (2)")
    reads(page, "已办 2")


def test_fits_a_phone_on_the_page_of_a_queue(phone: Page, city: City):
    programme(city)
    crowd(city, "class", ["欧阳建国"])
    log_in(phone, "town")
    phone.goto("/desk/")
    phone.locator("input[name=chosen]").first.check()
    phone.get_by_label("退回补正", exact=True).check()
    phone.locator("#note").fill("请补照片")
    press(phone, "核对后再办")

    reads(phone, "退回补正：1 件申请", "理由：请补照片")
    assert faults(phone) == []
    assert fits(phone)
