"""A sheet is read as a person sees it: what is odd is told, and nothing that shows an error, or
stands for a value that nobody has, is taken for an empty cell or for a name."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
import xlsxwriter

from craftpath.access.errors import Invalid
from craftpath.access.numbers import read_decimal
from craftpath.assessment.sheets import read_part_sheet
from craftpath.programmes.mark_sheet import read_marks
from craftpath.registry.actions.parties import add_person
from craftpath.registry.identity import read_number
from craftpath.registry.imports.cells import goes_on, no_value
from craftpath.registry.imports.codes import coder_of
from craftpath.registry.imports.reading import Unreadable, open_file
from craftpath.registry.imports.sorts import SORTS
from craftpath.registry.models import Record
from craftpath.registry.names import no_name
from tests.apps.city import City
from tests.apps.registry.sheets import RECORDS, STAFF, csv_bytes, person_number, xlsx
from tests.apps.registry.test_importing import bring_in, check, problems

pytestmark = pytest.mark.slow  # a process for each file

ROW = [person_number(31), "罗工", "职业技能等级证书（含职业资格证书）", "焊工", "高级工",
       "2024-06-15", "", "", "自述"]  # fmt: skip


def with_cell(rows: list[list[Any]], cell: str, xml: str) -> bytes:
    """The workbook with one cell of its sheet as written by another program."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(rows))) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            part = given.read(name)
            if name.endswith("sheet1.xml"):
                put = re.sub(rf'<c r="{cell}"[^>]*?(/>|>.*?</c>)', "", part.decode())
                row = cell.lstrip("ABCDEFGHIJ")
                part = re.sub(
                    rf'(<row r="{row}"[^>]*>.*?)(</row>)', rf"\1{xml}\2", put, count=1, flags=re.S
                ).encode()
            made.writestr(name, part)
    return out.getvalue()


def cells(content: bytes, name: str = "表.xlsx") -> list[list[Any]]:
    return [row for sheet in open_file(name, content, SORTS["records"]).sheets
            for _, row in sheet.rows()]  # fmt: skip


NO_VALUES = [
    ('<c r="G2" t="e"><v>#N/A</v></c>', "#N/A"),
    ('<c r="G2" t="e"><f>VLOOKUP(A2,Sheet2!A:B,2,0)</f><v>#REF!</v></c>', "#REF!"),
    ("<c r='G2' s='1' t='e'><v>#DIV/0!</v></c>", "#DIV/0!"),
    ('<c r="G2"><f>TODAY()</f></c>', "#NO-VALUE!"),
    ('<c r="G2"><f>TODAY()</f><v></v></c>', "#NO-VALUE!"),
    ('<c r="G2" t="str"><f>A1&amp;"x"</f><v/></c>', "#NO-VALUE!"),
    ('<c r="G2"><f t="shared" si="0"/></c>', "#NO-VALUE!"),
]


@pytest.mark.parametrize(("xml", "read"), NO_VALUES)
def test_reads_no_error_as_an_empty_cell(xml: str, read: str) -> None:
    """First seen to fail: the certificate never ended."""
    (row,) = cells(with_cell([RECORDS, ROW], "G2", xml))
    assert row[6] == read
    assert row[:6] == ROW[:6] and row[8] == "自述"
    assert no_value(row[6]) is not None


def test_reads_a_formula_by_the_value_that_was_saved() -> None:
    xml = '<c r="G2" t="str"><f>B2</f><v>2030-01-01</v></c>'
    (row,) = cells(with_cell([RECORDS, ROW], "G2", xml))
    assert row[6] == "2030-01-01"


@pytest.mark.parametrize("at", range(len(RECORDS)))
def test_refuses_it_in_every_column_once(at: int, city: City) -> None:
    row = [*ROW]
    row[at] = "#N/A"
    batch = check(city, "city", "records", [RECORDS, row], "表.csv")
    assert [(column, what) for _, column, what in problems(batch)] == [
        (RECORDS[at], "单元格显示的是错误")
    ]


def test_refuses_it_among_marks() -> None:
    rows = [["申请编号", "成绩"], ["P1-2025-000001", "#N/A"], ["P1-2025-000002", 80]]
    first, second = read_marks("a.csv", csv_bytes(rows))
    assert first.problem is not None and "错误" in first.problem.zh and first.mark is None
    assert second.problem is None
    (part,) = read_part_sheet("a.csv", csv_bytes([["准考证号", "理论成绩"], ["1", "#REF!"]]))
    assert part.problem is not None and "错误" in part.problem.zh


# --- what a person sees --------------------------------------------------------------------------


def test_tells_what_is_hidden_struck_through_or_merged() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("表")
    struck = book.add_format({"font_strikeout": True})
    for at, row in enumerate([RECORDS, ROW, ROW, ROW, ROW]):
        sheet.write_row(at, 0, row, struck if at == 2 else None)
    sheet.merge_range("J1:K1", "标题")  # over columns: no matter
    sheet.merge_range("B4:B5", "罗工")
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.set_row(90, None, None, {"hidden": True})  # nothing in it
    book.close()

    opened = open_file("表.xlsx", out.getvalue(), SORTS["records"])
    rows = [number for found in opened.sheets for number, _ in found.rows()]

    assert rows == [2, 3, 4, 5]
    told = [note.zh for note in opened.notes]
    assert [one for one in told if "隐藏" in one] == [
        "第 2 行在表里是隐藏的（或被筛选掉），照样会写入；不要的请删去后重新上传。"
    ]
    assert any(one.startswith("第 3 行画了删除线") for one in told)
    assert any(one.startswith("第 5 行有与上面的行合并") for one in told)


def test_tells_it_before_anything_is_written(city: City) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("表")
    for at, row in enumerate([STAFF, ["罗工", person_number(31), "焊工", "2020-01-01", "", ""]]):
        sheet.write_row(at, 0, row)
    sheet.set_row(1, None, None, {"hidden": True})
    book.close()
    from craftpath.registry.actions.imports import upload

    batch = upload(city.actor("hr"), "staff", "表.xlsx", out.getvalue())

    assert batch.state == "checked" and any("隐藏" in zh for zh, _ in batch.notes)
    assert not Record.objects.filter(batch=batch).exists()


# --- what stands for something else --------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["#REF!", "0", "无", "13800138000", "张三?", "王\ufffd", "陈□明", "陈\ue863明", "—", "不详"],
)
def test_takes_no_placeholder_for_a_name(text: str, city: City) -> None:
    row = [text, person_number(31), "焊工", "2020-01-01", "", ""]
    batch = check(city, "hr", "staff", [STAFF, row], "表.csv")
    assert (batch.good, batch.bad) == (0, 1)
    assert [column for _, column, _ in problems(batch)] == ["姓名"]
    with pytest.raises(Invalid) as refused:
        add_person(city.actor("hr"), name=text, scheme="ric", number=person_number(31))
    assert list(refused.value.problems) == ["name"]


@pytest.mark.parametrize(
    "text", ["𬱖爷", "䶮小龙", "买买提·艾力", "Nguyễn Thị Hồng Nhung", "O'Neil", "3M 中国有限公司"]
)
def test_takes_the_names_that_people_have(text: str) -> None:
    assert no_name(text) is None


@pytest.mark.parametrize(
    "text", ["至今", "在职", "长期", "—", "/", "无", "9999-12-31", "2099-12-31", "present"]
)
def test_leaves_a_job_running_only_where_its_end_is_empty(text: str, city: City) -> None:
    """2099 was once taken as real, and the others as days written badly."""
    row = ["罗工", person_number(31), "焊工", "2020-01-01", text, ""]
    batch = check(city, "hr", "staff", [STAFF, row], "表.csv")
    (found,) = batch.problems
    assert found["column"] == "离职日期" and "留空" in str(found)


def test_does_not_take_a_day_for_no_end() -> None:
    assert goes_on("2098-12-31") is None and goes_on("") is None and goes_on("2024.06.15") is None


def test_reads_the_residence_permits_number(city: City) -> None:
    number = "810000199207061014"
    rows = [["姓名", "证件类型", "证件号码", "职业", "入职日期"],
            ["罗工", "港澳台居民居住证", number, "焊工", "2020-01-01"]]  # fmt: skip
    bring_in(city, "hr", "staff", rows)
    assert Record.objects.get(kind="birth", party__name="罗工").start.isoformat() == "1992-07-06"


def test_offers_the_longer_form_of_an_old_number() -> None:
    told = read_number("ric", "440803720229151")
    assert not hasattr(told, "text")
    assert "第 6 位后加 19，末尾加 X" in told.zh  # type: ignore[union-attr]
    assert read_number("ric", "44080319720229151X").text  # type: ignore[union-attr]
    assert "18 位，末位" in read_number("ric", "440803721329151").zh  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("广东省东莞市", "441900"),
        ("东莞市", "441900"),
        ("441900000000", "441900"),
        ("东莞市长安镇", "441900119"),
        ("广东省东莞市长安镇", "441900119"),
        ("广东省长安镇", "441900119"),
        ("441900119000", "441900119"),
    ],
)
def test_reads_a_region_as_people_write_it(text: str, code: str, guangdong: Any) -> None:
    assert coder_of(guangdong).code("region", text) == code


@pytest.mark.parametrize(
    "text", ["6_0", "1e1", "-0", "+5", "NaN", "0x10", "１_０", "--1", ".5", ""]
)
def test_reads_no_number_that_nobody_writes(text: str) -> None:
    assert read_decimal(text) is None


@pytest.mark.parametrize(("text", "read"), [("60", 60), (" 59.9 ", 59.9), ("６０", 60), ("-1", -1)])
def test_reads_numbers_as_they_are_written(text: str, read: float) -> None:
    found = read_decimal(text)
    assert found is not None and float(found) == read


def test_says_what_a_binary_workbook_is() -> None:
    with pytest.raises(Unreadable) as refused:
        open_file("表.xlsb", b"PK\x03\x04", SORTS["staff"])
    assert "xlsb" in refused.value.label.zh and "xlsx" in refused.value.label.zh
