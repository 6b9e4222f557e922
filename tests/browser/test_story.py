"""One worker's story, from the sheet in which her employer names her to the record she earns.

Everybody clicks and types as people do, each in a browser of their own; only the days pass by the
settings. Nobody among them exists.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import python_calamine as calamine
from playwright.sync_api import Page

from tests.apps.city import City
from tests.apps.registry.sheets import STAFF, person_number, xlsx
from tests.browser.conftest import Open
from tests.browser.visits import fits, follow, in_menu, log_in, press, reads

pytestmark = pytest.mark.slow

WORKER, LOGIN, PASSWORD = "王秀英", "wang-xiuying", "a-long-path-begins-here"
COURSE, COURSE_EN = "焊工研修班", "Welders' workshop"
#: What the audit log calls the steps that are hers, in their order.
STEPS = (
    "application.start",
    "application.document",
    "application.submit",
    "application.amend",
    "application.return",
    "record.verify",
    "application.pass",
    "application.points",
    "outcome.write",
)
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def test_leads_a_worker_from_a_staff_sheet_to_her_record(
    city: City, open_page: Open, settings: Any, tmp_path: Path
):
    hr, official, town = open_page(), open_page(), open_page()
    operator, worker, auditor = open_page(), open_page(phone=True), open_page()

    log_in(hr, "hr")
    employer_brings_in_staff(hr, tmp_path)
    log_in(official, "city")
    official_sets_up_a_course(official)
    official_publishes_it(official)
    log_in(operator, "operator")
    operator_gives_a_login(operator, number_of_her_file(official))

    log_in(worker, LOGIN, PASSWORD)
    worker_sees_her_path(worker)
    serial = worker_applies(worker, tmp_path)
    worker_adds_a_note(worker)

    log_in(town, "town")
    town_returns_it(town, serial)
    settings.CRAFTPATH_TODAY = dt.date(2025, 8, 29)
    worker_mends_it(worker, tmp_path)
    town_verifies_her_work(town)
    town_passes_it(town, serial)

    settings.CRAFTPATH_TODAY = dt.date(2025, 9, 11)
    official_enters_points(official)
    official_shares_out_places(official)
    worker_reads_in_english_that_she_has_a_place(worker)
    settings.CRAFTPATH_TODAY = dt.date(2025, 9, 17)
    official_writes_the_outcomes(official)
    worker_finds_her_record(worker)

    log_in(auditor, "auditor")
    auditor_finds_every_step(auditor)
    auditor_checks_the_chain(auditor)


# --- the employer ----------------------------------------------------------------------------


def employer_brings_in_staff(page: Page, folder: Path) -> None:
    """One good row and one with a wrong number and a day that is none."""
    sheet = folder / "花名册.xlsx"
    good = [WORKER, person_number(128, "19940312"), "焊工", "2018-07-01", "", "长安镇"]
    bad = ["赵国强", "44190019900307000X", "焊工", "去年夏天", "", "长安镇"]
    sheet.write_bytes(xlsx([STAFF, good, bad]))
    in_menu(page, "导入")
    page.locator("a[href='/imports/new/staff/']").click()
    page.get_by_label("文件", exact=True).set_input_files(sheet)
    press(page, "上传并核对")
    reads(page, "要改的单元格", "4419************0X", "去年夏天", "有误的行不会写入")

    with page.expect_download() as got:
        page.get_by_role("link", name="下载退回行").click()
    rejects = folder / "rejects.xlsx"
    got.value.save_as(rejects)
    press(page, "写入 1 行")
    reads(page, "已写入")

    employer_mends_the_rejects(page, rejects)


def employer_mends_the_rejects(page: Page, rejects: Path) -> None:
    """The file that came back holds the bad row alone; corrected, it goes in as it is."""
    book = calamine.CalamineWorkbook.from_path(str(rejects))
    heads, *rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["赵国强"]
    rows[0][heads.index("证件号码")] = person_number(77, "19900307")
    rows[0][heads.index("入职日期")] = "2024-07-01"
    rejects.write_bytes(xlsx([heads, *rows]))

    in_menu(page, "导入")
    page.locator("a[href='/imports/new/staff/']").click()
    page.get_by_label("文件", exact=True).set_input_files(rejects)
    press(page, "上传并核对")
    reads(page, "全部通过，尚未写入")
    press(page, "写入 1 行")
    in_menu(page, "我的员工")
    reads(page, WORKER, "赵国强")


# --- the city's official ---------------------------------------------------------------------


def official_sets_up_a_course(page: Page) -> None:
    """Ranked by points, one place, a document, the town's review, a record at the end."""
    in_menu(page, "项目")
    follow(page, "设立项目")
    follow(page, "从空白表开始")
    page.get_by_label("中文名称", exact=True).fill(COURSE)
    page.get_by_label("英文名称", exact=True).fill(COURSE_EN)
    page.get_by_label("申请条件").fill("四级/中级工申报条件")
    page.get_by_label("只办这一个").check()
    page.get_by_label("名称或代码").first.fill("焊工")
    page.get_by_label("受理从哪天起").fill("2025-08-20")
    page.get_by_label("最后一天").fill("2025-09-10")
    page.get_by_label("地区（申请人须在其内）").fill("东莞市")
    page.get_by_label("怎么分").select_option("ranked")
    page.get_by_label("名额（不限名额的留空）").fill("1")
    page.get_by_label("公示天数").fill("5")

    press(page, "加一份材料")
    page.locator("#documents").get_by_label("中文名称").fill("作品照片")
    page.locator("#documents").get_by_label("英文名称").fill("Photographs of work")
    press(page, "加一个环节")
    page.get_by_label("由谁审核").select_option("grassroots")
    page.get_by_label("几天内").fill("5")
    page.get_by_label("记录种类").select_option(label="专项职业能力证书")
    press(page, "列出它的栏目")
    page.get_by_label("申请的方向").check()
    # One button of the form is there for Enter alone, out of sight; this is the one that is seen.
    with page.expect_navigation():
        page.locator(".bar").get_by_role("button", name="保存", exact=True).click()
    reads(page, "已保存", COURSE, "草稿")


def official_publishes_it(page: Page) -> None:
    page.locator("#task-publish summary").click()
    page.get_by_label("我已核对: 发布").check()
    press(page, "发布")
    reads(page, "已发布")


def number_of_her_file(page: Page) -> str:
    in_menu(page, "人员与单位")
    page.get_by_label("姓名、单位名称的一部分").fill(WORKER)
    press(page, "查找")
    return page.locator("tr", has_text=WORKER).locator("td").last.inner_text().split()[-1]


def official_enters_points(page: Page) -> None:
    in_menu(page, "项目")
    follow(page, COURSE)
    follow(page, "录入分数")
    page.get_by_label(f"分数 {WORKER}").fill("91.5")
    press(page, "保存本页")
    in_menu(page, "项目")
    follow(page, COURSE)


def official_shares_out_places(page: Page) -> None:
    reads(page, "按分数排序，前 1 名获得名额", "公示 5天")
    page.get_by_label("我已核对: 分配名额").check()
    press(page, "分配名额")
    reads(page, "名额已分配", "已获名额", "公示期还没有结束")


def official_writes_the_outcomes(page: Page) -> None:
    page.reload()
    reads(page, "1 人写入记录并收到通知")
    page.get_by_label("我已核对: 写入成果").check()
    press(page, "写入成果")
    reads(page, "已办结")


# --- the operator ----------------------------------------------------------------------------


def operator_gives_a_login(page: Page, party: str) -> None:
    in_menu(page, "账号")
    follow(page, "开立")
    page.get_by_label("登录名").fill(LOGIN)
    page.get_by_label("姓名（新账号）").fill(WORKER)
    page.get_by_label("初始密码").fill(PASSWORD)
    page.get_by_label("身份", exact=True).select_option("worker")
    page.get_by_label("代表的主体编号").fill(party)
    press(page, "开立")
    reads(page, "已开立", LOGIN)


# --- the worker, on her phone ----------------------------------------------------------------


def worker_sees_her_path(page: Page) -> None:
    in_menu(page, "我的路径")
    reads(page, "我有什么", "焊工", "还不能定", "四级/中级工申报条件")
    assert fits(page)


def worker_applies(page: Page, folder: Path) -> str:
    """She opens the course, begins, is told what is missing, uploads it and hands in."""
    in_menu(page, "可报项目")
    follow(page, COURSE)
    reads(page, "我能申请吗", "作品照片", "基层")
    press(page, "开始申请")
    reads(page, "草稿", "还缺：作品照片")
    assert page.get_by_role("button", name="提交", exact=True).is_disabled()

    photograph = folder / "焊缝.pdf"
    photograph.write_bytes(PDF)
    page.get_by_label("选择文件: 作品照片").set_input_files(photograph)
    press(page, "上传", "作品照片")
    reads(page, "焊缝.pdf", "已交")
    press(page, "提交")
    reads(page, "审核中")
    assert fits(page)
    found = re.search(r"[A-Z]+\d+-2025-\d{6}", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def worker_adds_a_note(page: Page) -> None:
    page.get_by_label("给审核人的说明").fill("照片是今年六月的工件。")
    press(page, "保存修改")
    reads(page, "审核中")
    assert page.get_by_label("给审核人的说明").input_value() == "照片是今年六月的工件。"


def worker_mends_it(page: Page, folder: Path) -> None:
    in_menu(page, "我的申请")
    reads(page, "退回补正")
    follow(page, COURSE)
    reads(page, "退回原因：", "请补一张正面照片")
    photograph = folder / "正面.pdf"
    photograph.write_bytes(PDF)
    page.get_by_label("换一份: 作品照片").set_input_files(photograph)
    press(page, "上传", "作品照片")
    reads(page, "正面.pdf")
    press(page, "再次提交")
    reads(page, "审核中")


def worker_reads_in_english_that_she_has_a_place(page: Page) -> None:
    press(page, "English")
    assert page.locator("html").get_attribute("lang") == "en"
    in_menu(page, "My applications")
    follow(page, COURSE_EN)
    reads(page, "has a place", "How far it has come", "Photographs of work")
    assert fits(page)
    page.get_by_role("button", name="中文").click()
    page.wait_for_selector("html[lang=zh-CN]")


def worker_finds_her_record(page: Page) -> None:
    page.goto("/me/messages/")
    reads(page, COURSE, "获得名额", "未读")
    follow(page, "去看", COURSE)
    reads(page, COURSE, "已办结")
    in_menu(page, "我的记录")
    reads(page, "专项职业能力证书", "2025年9月17日知悉")
    assert fits(page)


# --- the town's official ---------------------------------------------------------------------


def town_returns_it(page: Page, serial: str) -> None:
    in_menu(page, "办件")
    reads(page, WORKER, serial, COURSE, "尚不能定")
    follow(page, WORKER)
    reads(page, "照片是今年六月的工件。", "焊缝.pdf")
    page.get_by_role("radio", name="退回补正").check()
    page.get_by_label("意见").fill("请补一张正面照片")
    press(page, "办理")
    in_menu(page, "办件")
    reads(page, "没有等您办理的申请")


def town_verifies_her_work(page: Page) -> None:
    """Until somebody has seen her contract, the employer's word only may count."""
    in_menu(page, "人员与单位")
    page.get_by_label("姓名、单位名称的一部分").fill(WORKER)
    press(page, "查找")
    follow(page, WORKER)
    press(page, "核实", "焊工")
    reads(page, "已核实")


def town_passes_it(page: Page, serial: str) -> None:
    in_menu(page, "办件")
    reads(page, "退回过")
    page.get_by_label(f"选中 {WORKER} {serial}").check()
    page.get_by_label("通过", exact=True).check()
    press(page, "核对后再办")
    reads(page, "还没有办理", WORKER)
    press(page, "通过 (1)")
    reads(page, "已办 1", "审核通过")


# --- the auditor -----------------------------------------------------------------------------


def auditor_finds_every_step(page: Page) -> None:
    page.locator("tr", has_text="application.submit").first.get_by_role(
        "link", name=re.compile("^主体")
    ).click()
    page.wait_for_load_state()
    said = page.locator("table").inner_text()
    assert [step for step in STEPS if step not in said] == []


def auditor_checks_the_chain(page: Page) -> None:
    press(page, "现在核对整条链")
    reads(page, "整条链完好。")
