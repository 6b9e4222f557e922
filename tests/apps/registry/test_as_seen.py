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
from craftpath.eligibility import search_codes
from craftpath.programmes.mark_sheet import read_marks
from craftpath.registry.actions.imports import upload
from craftpath.registry.actions.parties import add_person
from craftpath.registry.identity import read_number
from craftpath.registry.imports.cells import goes_on, no_value
from craftpath.registry.imports.codes import coder_of
from craftpath.registry.imports.nouns import Wrong
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


def with_part(content: bytes, ending: str, old: str, new: str) -> bytes:
    """The workbook with a text of the part whose name ends so put otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            part = given.read(name)
            if name.endswith(ending):
                assert old.encode() in part
                part = part.replace(old.encode(), new.encode())
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
    ('<c r="G2" t="e"/>', "#NO-VALUE!"),
    ('<c r="G2" t="e"><v><![CDATA[#N/A]]></v></c>', "#N/A"),
    ('<c r="G2" t="e"><!-- <v>#N/A</v> --></c>', "#NO-VALUE!"),
    ('<c r="G2" x="a>b" t="e"><v>#NUM!</v></c>', "#NUM!"),
    ('<c r="G2" x="a &gt; &quot;b&quot;"><f>TODAY()</f></c>', "#NO-VALUE!"),
    ('<c r="G2"><f>TODAY()</f><!-- <v>1</v> --></c>', "#NO-VALUE!"),
    ('<c r="G2"><f>TODAY()</f><v> </v ></c >', "#NO-VALUE!"),
]


@pytest.mark.parametrize(("xml", "read"), NO_VALUES)
def test_reads_no_error_as_an_empty_cell(xml: str, read: str) -> None:
    """First seen to fail: the certificate never ended."""
    (row,) = cells(with_cell([RECORDS, ROW], "G2", xml))
    assert row[6] == read
    assert row[:6] == ROW[:6] and row[8] == "自述"
    assert no_value(row[6]) is not None


@pytest.mark.parametrize(
    ("xml", "read"),
    [
        ('<c r="G2" t="str"><v><![CDATA[2030-01-01]]></v></c>', "2030-01-01"),
        ('<c r="G2" t="str"><f>A1&amp;B1</f><v><![CDATA[a<b & c]]></v></c>', "a<b & c"),
        ('<c r="G2"><v>203<!-- not the end -->00101</v></c>', 20300101.0),
        ('<c r="G2"><v>2030<?pi?>0101</v></c>', 20300101.0),
        ('<c r="G2" t="inlineStr"><is><t>2030-<!-- x -->01-01</t></is></c>', "2030-01-01"),
        ('<c r="G2" x="a>b" t="str"><v>2030-01-01</v></c>', "2030-01-01"),
        ('<c r="G2" t="s"><v><![CDATA[0]]></v></c>', RECORDS[0]),
    ],
)
def test_reads_a_value_whole_however_it_is_written(xml: str, read: object) -> None:
    """The reader gives nothing for a value in CDATA, and of one with a comment the first piece."""
    (row,) = cells(with_cell([RECORDS, ROW], "G2", xml))
    assert row[6] == read
    assert row[:6] == ROW[:6] and row[8] == "自述"


def test_reads_no_error_as_empty_where_cells_bear_no_place() -> None:
    """A cell without its place follows the one before it; `t` is then its only attribute."""
    made = with_cell([RECORDS, ROW], "I2", '<c t="e"><v>#N/A</v></c>')
    (row,) = cells(made)
    assert "#N/A" in row


def test_refuses_a_last_day_whose_formula_was_never_saved(city: City) -> None:
    content = with_cell([RECORDS, ROW], "G2", '<c r="G2"><f>EDATE(F2,36)</f></c>')
    batch = upload(city.actor("city"), "records", "表.xlsx", content)
    batch.refresh_from_db()
    assert [(column, what) for _, column, what in problems(batch)] == [
        ("截止日期", "公式没有存下结果")
    ]


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
    (first, second), _ = read_marks("a.csv", csv_bytes(rows))
    assert first.problem is not None and "错误" in first.problem.zh and first.mark is None
    assert second.problem is None
    (part,), _ = read_part_sheet("a.csv", csv_bytes([["准考证号", "理论成绩"], ["1", "#REF!"]]))
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
        "工作表“表”第 2 行在表里是隐藏的（或被筛选掉），照样读入；请核对，不对的改好后重新上传。"
    ]
    assert any(one.startswith("工作表“表”第 3 行画了删除线") for one in told)
    assert any(one.startswith("工作表“表”第 5 行有与上面的行合并") for one in told)


def test_says_which_sheet_is_odd_and_nothing_of_those_it_does_not_read() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, hidden in (("一部", 1), ("二部", 2), ("说明", 0)):
        sheet = book.add_worksheet(name)
        for at, row in enumerate([RECORDS, ROW, ROW] if hidden else [["怎么填"], ["照证件"]]):
            sheet.write_row(at, 0, row)
        sheet.set_row(hidden or 1, None, None, {"hidden": True})
    book.close()

    opened = open_file("表.xlsx", out.getvalue(), SORTS["records"])
    for sheet_read in opened.sheets:
        assert list(sheet_read.rows())

    told = [(note.zh.partition("在")[0], note.en.partition(" are")[0]) for note in opened.notes]
    assert told == [
        ("工作表“一部”第 2 行", "Sheet “一部”: rows 2"),
        ("工作表“二部”第 3 行", "Sheet “二部”: rows 3"),
    ]


@pytest.mark.parametrize("strike", ["<strike/>", '<strike val="1"/>', '<strike val="0"/>'])
@pytest.mark.parametrize("shared", [True, False])
def test_tells_of_a_text_of_which_a_part_is_struck_through(strike: str, shared: bool) -> None:
    text = f"<r><t>罗</t></r><r><rPr>{strike}</rPr><t>工</t></r>"
    if shared:
        content = with_part(xlsx([RECORDS, ROW]), "sharedStrings.xml", "<t>罗工</t>", f"{text}")
    else:
        xml = f'<c r="B2" t="inlineStr"><is>{text}</is></c>'
        content = with_cell([RECORDS, ROW], "B2", xml)

    opened = open_file("表.xlsx", content, SORTS["records"])
    ((_, row),) = [one for found in opened.sheets for one in found.rows()]

    assert row[1] == "罗工"
    told = [note.zh for note in opened.notes if "删除线" in note.zh]
    assert [one.partition("画")[0] for one in told] == (
        [] if "0" in strike else ["工作表“表”第 2 行"]
    )


def test_tells_what_is_odd_about_a_sheet_of_marks() -> None:
    def hidden(rows: list[list[Any]]) -> bytes:
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        sheet = book.add_worksheet("成绩")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
        sheet.set_row(1, None, None, {"hidden": True})
        book.close()
        return out.getvalue()

    (mark,), notes = read_marks("a.xlsx", hidden([["申请编号", "成绩"], ["P1-2025-000001", 80]]))
    (part,), more = read_part_sheet("a.xlsx", hidden([["准考证号", "理论成绩"], ["1", 80]]))

    assert (mark.mark, part.said) == ("80", "80")
    assert [note.zh.partition("在")[0] for note in (*notes, *more)] == ["工作表“成绩”第 2 行"] * 2


def test_tells_it_before_anything_is_written(city: City) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("表")
    for at, row in enumerate([STAFF, ["罗工", person_number(31), "焊工", "2020-01-01", "", ""]]):
        sheet.write_row(at, 0, row)
    sheet.set_row(1, None, None, {"hidden": True})
    book.close()
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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("东莞南城", "441900004"),
        ("东莞市南城", "441900004"),
        ("广东东莞南城", "441900004"),
        ("dongguan nancheng", "441900004"),
    ],
)
def test_suggests_the_place_that_a_short_name_within_another_means(
    text: str, code: str, guangdong: Any
) -> None:
    """All of them had no suggestion: no name holds the text as a whole."""
    assert [one.code for one in search_codes(guangdong, "region", text)] == [code]
    told = coder_of(guangdong).code("region", text)
    assert isinstance(told, Wrong) and code in told.mend.zh


@pytest.mark.parametrize("text", ["东莞朝阳", "不知何处", "东莞" * 40])
def test_suggests_no_place_that_is_not_within_the_other(text: str, guangdong: Any) -> None:
    assert search_codes(guangdong, "region", text) == ()


def packed(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


_TYPES = '<Types><Override PartName="/{0}.xml" ContentType="application/vnd.{1}.main+xml"/></Types>'
SHEET = "openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (packed({"[Content_Types].xml": "", "xl/workbook.bin": "x"}), "二进制工作簿（.xlsb）"),
        (packed({"mimetype": "x", "content.xml": "x"}), "另一种文档"),
        (packed({"[Content_Types].xml": _TYPES.format("word/document", TEXT)}), "另一种文档"),
        (packed({"[Content_Types].xml": _TYPES.format("book", SHEET)}), "不在通常的位置"),
        (packed({"a.txt": "x"}), "不是 .xlsx 工作簿"),
        (b"\xef\xbb\xbf\r\n<html><table>", "网页"),
        ("姓名,证件号码".encode(), "不是 .xlsx 工作簿"),
    ],
)
def test_says_what_a_file_that_is_named_xlsx_is(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        list(open_file("表.xlsx", content, SORTS["staff"]).sheets)
    assert said in refused.value.label.zh


def test_says_what_a_binary_workbook_is() -> None:
    with pytest.raises(Unreadable) as refused:
        open_file("表.xlsb", b"PK\x03\x04", SORTS["staff"])
    assert "xlsb" in refused.value.label.zh and "xlsx" in refused.value.label.zh
