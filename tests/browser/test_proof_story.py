"""A certificate's story, from the sitting that is set up to the stranger who asks: is it real?

Everybody clicks and types as people do, each in a browser of their own; only the days pass by the
settings, and the filing and the key of the body are there before. Nobody among them exists.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from craftpath.access.models import User
from craftpath.credentials.addresses import token_in
from craftpath.web.qr import qr_picture
from tests.apps.assessment.hall import Hall, build_hall
from tests.apps.city import PASSWORD, City
from tests.apps.credentials.conftest import open_office
from tests.browser.conftest import Open
from tests.browser.visits import fits, follow, in_menu, log_in, press, reads

pytestmark = pytest.mark.slow

SITTING, SITTING_EN = "秋季焊工三级认定", "Welders' level 3, autumn"
CANDIDATE, NAME_EN = "林晓", "Lin Xiao"
BODY, ROOM = "东莞工匠学院", "一号楼 101"
CLOSED, HELD, ASKED = dt.date(2025, 9, 1), dt.date(2025, 9, 6), dt.date(2025, 9, 8)
MARKS = {"理论知识考试": "86", "技能考核": "78.5"}
REASON = "查实由他人代考"


@dataclass(frozen=True)
class Paper:
    """What she has in the hand: the printed lines, and the files that she keeps."""

    number: str
    lines: dict[str, str]
    address: str
    pdf: Path
    document: Path
    link: str


@pytest.fixture
def hall(city: City, settings: Any, live_server: Any) -> Hall:
    """A body that is filed and has a key, its examiners, and a second clerk with a login; 林晓 is
    of the level below."""
    settings.CRAFTPATH_SITE = live_server.url
    settings.CRAFTPATH_CHECKS_PER_MINUTE = 0
    open_office(city)
    city.worker.records.filter(kind="certificate", level=4).delete()
    hall = build_hall(city, filed=False)
    second = User.objects.get(username="clerk-2")
    second.set_password(PASSWORD)
    second.save()
    return hall


def test_proves_a_level_from_the_seat_to_a_stranger_who_asks(
    hall: Hall, open_page: Open, settings: Any, tmp_path: Path
):
    body, second, worker = open_page(), open_page(), open_page(phone=True)
    outsider, official, auditor = open_page(phone=True), open_page(), open_page()

    log_in(body, "school")
    body_sets_up_a_sitting(body)
    body_plans_it(body)
    log_in(worker, "worker")
    serial = worker_registers(worker)
    body_passes_her(body, serial)

    settings.CRAFTPATH_TODAY = CLOSED
    body_shares_places(body)
    body_plans_sessions(body)
    body_puts_examiners(body)
    body_seats_everybody(body)
    ticket = worker_shows_her_ticket(worker)

    settings.CRAFTPATH_TODAY = HELD
    body_takes_the_rolls(body)
    types_marks(body, ticket, "初录")
    log_in(second, "clerk-2")
    types_marks(second, ticket, "复录")
    body_publishes(body)
    body_issues(body)
    worker_reads_that_she_passed(worker)
    paper = worker_opens_her_wallet(worker, tmp_path)

    settings.CRAFTPATH_TODAY = ASKED
    outsider_scans_it(outsider, paper)
    outsider_asks_by_number(outsider, paper)
    outsider_drops_the_file(outsider, paper)
    outsider_opens_the_link(outsider, paper)

    log_in(official, "city")
    official_revokes_it(official, paper)
    outsider_is_told(outsider, paper)
    worker_is_told(worker, paper)

    log_in(auditor, "auditor")
    auditor_checks_the_chain(auditor)


# --- the body --------------------------------------------------------------------------------


def body_sets_up_a_sitting(page: Page) -> None:
    in_menu(page, "我的项目")
    follow(page, "新设项目")
    page.get_by_label("类别").select_option("sitting")
    page.get_by_label("中文名称").fill(SITTING)
    page.get_by_label("英文名称").fill(SITTING_EN)
    page.get_by_label("申请条件").select_option("skill-level.senior")
    page.get_by_label("方向（职业等").fill("焊工")
    page.get_by_label("受理第一天").fill("2025-08-20")
    page.get_by_label("受理最后一天").fill("2025-08-31")
    page.get_by_label("名额分配").select_option("open")
    page.get_by_label("由谁审核").select_option("institution")
    page.get_by_label("通过后写入的记录").select_option("certificate")
    page.get_by_label("记录的等级").select_option(label="三级/高级工")
    with page.expect_navigation():
        page.locator(".buttons").get_by_role("button", name="保存", exact=True).click()
    reads(page, "已保存", SITTING, "草稿")
    press(page, "发布")
    reads(page, "已发布")


def body_plans_it(page: Page) -> None:
    follow(page, "安排考试")
    page.get_by_label("单项合格成绩沿用").fill("24")
    page.get_by_label("公布后可申请复核").fill("5")
    press(page, "保存计划")
    reads(page, "计划已保存", "焊工", "三级/高级工", "理论知识考试还没有场次")


def body_passes_her(page: Page, serial: str) -> None:
    in_menu(page, "我的项目")
    follow(page, "去审核")
    reads(page, CANDIDATE, serial, SITTING)
    page.get_by_role("checkbox").check()
    press(page, "选中的通过")
    reads(page, "已通过 1 份", "没有等待审核的申请")


def body_shares_places(page: Page) -> None:
    in_menu(page, "我的项目")
    follow(page, SITTING)
    press(page, "分配名额")
    reads(page, "1 人获得名额")


def body_plans_sessions(page: Page) -> None:
    """Told to add a room first, and led back once it is there."""
    follow(page, "考试")
    follow(page, "去安排场次")
    follow(page, "去登记")
    page.get_by_label("名称").fill(ROOM)
    page.get_by_label("座位（").fill("30")
    page.get_by_label("地址（").fill("松山湖路1号")
    page.get_by_label("所在地区").select_option(label="长安镇")
    press(page, "添加")
    for part, starts in zip(MARKS, ("09:00", "14:00"), strict=True):
        page.get_by_label("部分", exact=True).select_option(label=part)
        page.get_by_label("日期").fill(HELD.isoformat())
        page.get_by_label("开始").fill(starts)
        press(page, "安排")
        reads(page, "已安排 1 场", part)


def body_puts_examiners(page: Page) -> None:
    for starts, names in (("09:00", "一二"), ("14:00", "一二三")):
        page.get_by_role("link", name=re.compile(starts)).click()
        page.wait_for_url("**/sessions/*/")
        for name in names:
            press(page, "加入", f"考评{name}")
        reads(page, "已够")
        follow(page, "场次与考官")


def body_seats_everybody(page: Page) -> None:
    follow(page, "总览")
    reads(page, "可以编排考场")
    follow(page, "去编排")
    press(page, "编排考场")
    reads(page, "已编排 1 名考生", "新排 2 座")


def body_takes_the_rolls(page: Page) -> None:
    """Each as the overview asks for it."""
    for part in MARKS:
        in_menu(page, "我的项目")
        follow(page, SITTING)
        follow(page, "考试")
        reads(page, f"登记到场：{part}")
        follow(page, "登记到场")
        reads(page, CANDIDATE)
        press(page, "登记到场")
        reads(page, "到场 1")


def types_marks(page: Page, ticket: str, hand: str) -> None:
    in_menu(page, "我的项目")
    follow(page, SITTING)
    follow(page, "考试")
    follow(page, "去登分")
    follow(page, hand)
    reads(page, ticket)
    for part, mark in MARKS.items():
        page.get_by_label(f"成绩: {CANDIDATE}, {part}").fill(mark)
    press(page, "保存本页")
    reads(page, "已保存 2 行")


def body_publishes(page: Page) -> None:
    follow(page, "总览")
    reads(page, "成绩已定，可以公布")
    follow(page, "去公布")
    page.get_by_label("我已核对").check()
    press(page, "公布成绩")
    reads(page, "合格 1 人", "写入 1 条记录")
    follow(page, "发证")


def body_issues(page: Page) -> None:
    reads(page, SITTING, "全部可以发")
    press(page, "签发并打印 (1)")
    reads(page, "100%", "下载 PDF")


# --- the worker, on her phone ----------------------------------------------------------------


def worker_registers(page: Page) -> str:
    in_menu(page, "可报项目")
    follow(page, SITTING)
    reads(page, "我能申请吗", "符合", BODY)
    press(page, "开始申请")
    press(page, "提交")
    reads(page, "审核中")
    assert fits(page)
    found = re.search(r"[A-Z]+\d+-2025-\d{6}", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def worker_shows_her_ticket(page: Page) -> str:
    in_menu(page, "我的申请")
    follow(page, SITTING)
    reads(page, "已获名额", "09:00–11:00", ROOM)
    follow(page, "准考证")
    reads(
        page,
        CANDIDATE,
        SITTING,
        "三级/高级工",
        "2025年9月6日",
        "14:00–16:00",
        "松山湖路1号",
        *MARKS,
    )
    assert fits(page)
    return page.locator(".number-of").inner_text()


def worker_reads_that_she_passed(page: Page) -> None:
    in_menu(page, "我的申请")
    follow(page, SITTING)
    reads(page, "86 · 合格", "78.5 · 合格")
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name="我的证书").click()


def worker_opens_her_wallet(page: Page, folder: Path) -> Paper:
    here = page.locator(".menu [aria-current]")
    assert here.inner_text() == "我的证书"
    assert here.evaluate("one => one.getBoundingClientRect().right <= innerWidth")
    reads(page, "焊工（6-18-02-04） · 三级/高级工", "有效", BODY)
    facts = page.locator("article.proof dl.facts")
    names, values = (facts.locator(tag).all_inner_texts() for tag in ("dt", "dd"))
    lines = dict(zip(names, values, strict=True))
    shown = page.get_by_alt_text("查证二维码")
    assert shown.is_visible()
    assert fits(page)
    pdf = _saved(page, "下载 PDF", folder / "certificate.pdf")
    document = _saved(page, "下载电子凭证", folder / "certificate.json")
    address = f"/v/{token_in(pdf.read_bytes())}"
    site = page.url.partition("/me/")[0]
    assert shown.get_attribute("src") == qr_picture(f"{site}{address}")
    printed = "".join(PdfReader(pdf).pages[0].extract_text().split())
    assert [one for one in lines.values() if one not in printed] == []

    page.get_by_label("给谁看").fill("长安某厂人事")
    press(page, "生成链接")
    reads(page, "链接已生成", "长安某厂人事")
    link = page.get_by_label("链接", exact=True).input_value()
    return Paper(lines["证书编号"], lines, address, pdf, document, link)


def _saved(page: Page, name: str, to: Path) -> Path:
    with page.expect_download() as got:
        page.get_by_role("link", name=name).click()
    got.value.save_as(to)
    return to


def worker_is_told(page: Page, paper: Paper) -> None:
    in_menu(page, "我的证书")
    reads(page, "已撤销", "2025年9月8日", REASON)
    assert page.get_by_alt_text("查证二维码").count() == 0
    assert fits(page)


# --- an outsider, with a phone and no login --------------------------------------------------


def outsider_scans_it(page: Page, paper: Paper) -> None:
    page.goto(paper.address)
    _is_valid(page, paper)
    reads(page, "林*", "当日已备案")
    assert NAME_EN not in page.locator("main").inner_text()
    page.get_by_label("核对姓名").fill(CANDIDATE)
    press(page, "核对")
    reads(page, CANDIDATE, NAME_EN, "与您填写的一致")


def outsider_asks_by_number(page: Page, paper: Paper) -> None:
    follow(page, "查下一张")
    page.get_by_label("证书编号或卡号").fill(paper.number)
    page.get_by_label("持证人姓名").fill(CANDIDATE)
    with page.expect_navigation():
        page.get_by_role("region", name="按编号和姓名").get_by_role("button").click()
    _is_valid(page, paper)
    reads(page, CANDIDATE)


def outsider_drops_the_file(page: Page, paper: Paper) -> None:
    for file in (paper.document, paper.pdf):
        follow(page, "查下一张")
        page.get_by_label("把文件拖到这里").set_input_files(file)
        with page.expect_navigation():
            page.get_by_role("region", name="用电子文件").get_by_role("button", name="查证").click()
        _is_valid(page, paper)


def outsider_opens_the_link(page: Page, paper: Paper) -> None:
    page.goto(paper.link)
    reads(page, "长安某厂人事", CANDIDATE, NAME_EN)
    _is_valid(page, paper)


def _is_valid(page: Page, paper: Paper) -> None:
    assert "有效" in page.locator(".verdict .word").inner_text()
    reads(page, "焊工", "三级/高级工", BODY, *paper.lines, *paper.lines.values())
    assert fits(page)


def outsider_is_told(page: Page, paper: Paper) -> None:
    for address in (paper.address, paper.link):
        page.goto(address)
        assert "已撤销" in page.locator(".verdict .word").inner_text()
        reads(page, "2025年9月8日", *paper.lines.values())
        assert REASON not in page.locator("main").inner_text()
        assert fits(page)


# --- the city's official, and the auditor ----------------------------------------------------


def official_revokes_it(page: Page, paper: Paper) -> None:
    in_menu(page, "证书与卡")
    page.get_by_label("编号或姓名").fill(CANDIDATE)
    press(page, "查找")
    follow(page, paper.number)
    page.locator("summary", has_text="撤销").click()
    page.locator("#revoke-why").fill(REASON)
    press(page, "撤销")
    reads(page, "已撤销", REASON)


def auditor_checks_the_chain(page: Page) -> None:
    reads(page, "credential.revoke")
    press(page, "现在核对整条链")
    reads(page, "整条链完好。")
