"""From a file to records and back: every step through the actions, as each role."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.conf import settings

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere, TooMuch
from craftpath.access.roles import Role
from craftpath.audit.chain import verify
from craftpath.audit.models import Entry
from craftpath.eligibility import pack_of
from craftpath.registry.actions import imports
from craftpath.registry.actions.imports import commit_batch, undo_batch, upload, write_slices
from craftpath.registry.actions.records import verify_record
from craftpath.registry.evidence import rows_of
from craftpath.registry.identity import digest_of
from craftpath.registry.imports.reading import open_file
from craftpath.registry.imports.sorts import SORTS, sorts_for
from craftpath.registry.imports.template import template_file
from craftpath.registry.imports.vault import kept
from craftpath.registry.models import Batch, Identifier, Party, Record
from craftpath.registry.queries import batches_seen_by, people_seen_by
from craftpath.registry.tasks import resume_batches
from tests.apps.city import CHANGAN, DONGGUAN, WELDER, City
from tests.apps.registry.sheets import (
    PEOPLE,
    RECORDS,
    STAFF,
    csv_bytes,
    organisation_number,
    person_number,
    staff_rows,
    xlsx,
)

DAY = dt.date(2025, 8, 27)
WORKER = "441900199205201225"


def number_of(party: Party) -> str:
    from craftpath.registry.identity import open_number

    return open_number(party.identifiers.get())


def check(city: City, who: str, sort: str, rows: list[list[Any]], name: str = "表.xlsx") -> Batch:
    content = xlsx(rows) if name.endswith("xlsx") else csv_bytes(rows)
    batch = upload(city.actor(who), sort, name, content)
    assert batch.state == Batch.State.CHECKED, batch.notes
    return batch


def bring_in(city: City, who: str, sort: str, rows: list[list[Any]]) -> Batch:
    batch = check(city, who, sort, rows)
    assert batch.bad == 0, batch.problems
    if batch.good:
        batch = commit_batch(city.actor(who), batch.pk)
        assert batch.state == Batch.State.COMMITTED
    return batch


def problems(batch: Batch) -> list[tuple[int, str, str]]:
    """(row, column, what is wrong)"""
    return [(one["row"], one["column"], one["text"][0]) for one in batch.problems]


# --- what is written -------------------------------------------------------------------------


def test_writes_staff_as_claimed_records_of_the_employer(city: City):
    batch = bring_in(city, "hr", "staff", staff_rows(3))

    assert (batch.rows, batch.good, batch.bad, batch.done) == (3, 3, 0, 3)
    record = Record.objects.get(batch=batch, kind="employment", party__name="员工1")
    assert (record.subject, record.other_id, record.status, record.origin) == (
        WELDER,
        city.works.pk,
        "claimed",
        "import",
    )
    assert (record.start, record.end, record.known) == (dt.date(2019, 7, 1), None, DAY)
    assert record.party.region == CHANGAN
    assert sorted(record.party.records.values_list("kind", flat=True)) == [
        "birth",
        "employment",
        "sex",
        "workplace",
    ]
    seen = people_seen_by(city.actor("hr"), DAY)
    assert seen.filter(name__startswith="员工").count() == 3
    assert list(verify()) == []


def test_ends_a_record_on_the_day_after_its_last(city: City):
    rows = [STAFF, ["员工甲", person_number(1), WELDER, "2019-07-01", dt.date(2025, 6, 30), ""]]
    batch = bring_in(city, "hr", "staff", rows)

    record = Record.objects.get(batch=batch, kind="employment")
    assert record.end == dt.date(2025, 7, 1)
    assert not Record.objects.filter(batch=batch, kind="workplace").exists()
    assert record.party.region == CHANGAN  # the employer's own, for want of another


def test_writes_people_and_organisations_of_the_region(city: City):
    bring_in(city, "city", "people", [PEOPLE, ["新人", person_number(7), "长安镇"]])
    head = ["单位名称", "统一社会信用代码", "成立日期", "地区"]
    bring_in(
        city,
        "city",
        "organisations",
        [head, ["新厂", organisation_number(9), "2015年4月1日", "东莞市"]],
    )

    person = Party.objects.get(name="新人")
    works = Party.objects.get(name="新厂")
    assert (person.nature, person.region) == ("person", CHANGAN)
    assert (works.nature, works.region) == ("organisation", DONGGUAN)
    assert list(works.records.order_by("pk").values_list("kind", "start", "status")) == [
        ("founded", dt.date(2015, 4, 1), "verified"),
        ("located", dt.date(2015, 4, 1), "verified"),
    ]
    assert Identifier.objects.get(party=works).masked.endswith(organisation_number(9)[-2:])


def test_writes_records_by_number_names_and_levels(city: City):
    row = [number_of(city.colleague), "陈志远", "职业技能等级证书（含职业资格证书）", "焊工",
           "高级工", "2024-06-15", "", number_of(city.school), "已核实"]  # fmt: skip
    batch = bring_in(city, "city", "records", [RECORDS, row])

    record = Record.objects.get(batch=batch)
    assert (record.kind, record.subject, record.level, record.other_id, record.status) == (
        "certificate",
        WELDER,
        4,
        city.school.pk,
        "verified",
    )


def test_an_institution_vouches_for_what_points_to_itself(city: City):
    row = [
        person_number(20),
        "新学员",
        "special-ability",
        "焊工",
        "",
        "2025-06-15",
        "",
        "",
        "已核实",
    ]
    batch = bring_in(city, "school", "records", [RECORDS, row])

    record = Record.objects.get(batch=batch, kind="special-ability")
    assert (record.other_id, record.status, record.party.name) == (
        city.school.pk,
        "verified",
        "新学员",
    )


def test_keeps_no_number_that_can_be_read(city: City):
    from django.core.files.storage import default_storage

    rows = staff_rows(2)
    rows.append(["无名", "44190019900307000X", "焊工", "2019-07-01", "", ""])
    batch = check(city, "hr", "staff", rows)
    number = rows[1][1].encode()

    for file in (batch.file, batch.staged, batch.rejects):
        with default_storage.open(file.name) as source:
            content = source.read()
        assert number not in content
        assert not content.startswith(b"PK")
    assert rows[3][1] not in str(batch.problems)
    assert kept(batch.file.name).startswith(b"PK")


# --- twice -----------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(city: City):
    rows = staff_rows(5)
    bring_in(city, "hr", "staff", rows)
    before = list(Record.objects.order_by("pk").values()), Party.objects.count()

    batch = bring_in(city, "hr", "staff", rows)

    assert (batch.rows, batch.good, batch.known) == (5, 0, 5)
    assert (list(Record.objects.order_by("pk").values()), Party.objects.count()) == before


def test_two_checked_batches_of_one_file_write_it_once(city: City):
    rows = staff_rows(5)
    first, second = check(city, "hr", "staff", rows), check(city, "hr", "staff", rows)
    commit_batch(city.actor("hr"), first.pk)
    before = Record.objects.count()

    commit_batch(city.actor("hr"), second.pk)

    assert Record.objects.count() == before


def test_a_row_twice_in_a_file_counts_once(city: City):
    rows = staff_rows(2)
    batch = bring_in(city, "hr", "staff", [*rows, rows[1], rows[1]])

    assert (batch.rows, batch.good, batch.known) == (4, 2, 2)
    assert Record.objects.filter(batch=batch, kind="employment").count() == 2


def test_knows_a_record_again_that_was_verified_meanwhile(city: City):
    bring_in(city, "hr", "staff", staff_rows(1))
    verify_record(city.actor("city"), Record.objects.get(party__name="员工0", kind="employment").pk)

    assert bring_in(city, "hr", "staff", staff_rows(1)).known == 1


# --- every bad cell at its place -------------------------------------------------------------

N = person_number(1)
BAD_STAFF = [
    (["", N, "焊工", "2019-07-01", "", ""], "姓名", "没有填"),
    (["甲乙", "", "焊工", "2019-07-01", "", ""], "证件号码", "没有填"),
    (["甲乙", N[:-1] + "?", "焊工", "2019-07-01", "", ""], "证件号码", "不是有效的公民身份号码"),
    (["甲乙", 4.41900199205201e17, "焊工", "2019-07-01", "", ""], "证件号码",
     "被表格软件当作数字，末几位已经丢失"),
    (["甲乙", N, "", "2019-07-01", "", ""], "职业", "没有填"),
    (["甲乙", N, "焊接大师", "2019-07-01", "", ""], "职业", "职业代码表中没有"),
    (["甲乙", N, "焊工", "", "", ""], "入职日期", "没有填"),
    (["甲乙", N, "焊工", "19-7-1", "", ""], "入职日期", "不是可以确定的日期"),
    (["甲乙", N, "焊工", "2019-02-30", "", ""], "入职日期", "日历上没有这一天"),
    (["甲乙", N, "焊工", "2026-01-01", "", ""], "入职日期", "在今天之后"),
    (["甲乙", N, "焊工", "2019-07-01", "2019-06-30", ""], "离职日期", "早于开始的一天"),
    (["甲乙", N, "焊工", "2019-07-01", "下月", ""], "离职日期", "不是可以确定的日期"),
    (["甲乙", N, "焊工", "2019-07-01", "", "朝阳区"], "地区", "地区有重名"),
    (["甲乙", N, "焊工", "1980-07-01", "", ""], "入职日期", "早于出生（成立）日1990年3月7日"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "column", "text"), BAD_STAFF)
def test_names_the_bad_cell(city: City, row: list[Any], column: str, text: str):
    good = staff_rows(1)
    batch = check(city, "hr", "staff", [*good, row])

    assert problems(batch) == [(3, column, text)]
    assert (batch.good, batch.bad) == (1, 1)
    (one,) = batch.problems
    assert one["sheet"] == "表"
    assert all(one["mend"]) and all(one["text"])


RECORD = [WORKER, "林晓", "certificate", "焊工", "高级工", "2024-06-15", "", "", ""]
BAD_RECORDS = [
    ({0: person_number(999)}, "证件号码", None),
    ({1: "别人"}, "姓名", "与该号码登记的名称不符"),
    ({2: ""}, "记录类型", "没有填"),
    ({2: "会飞"}, "记录类型", "没有这种记录"),
    ({2: "出生", 3: "", 4: ""}, "记录类型", "出生、成立和性别随登记写入"),
    ({2: "所在地", 3: "东莞市", 4: ""}, "记录类型", "这种记录不是关于这类主体的"),
    ({4: "大师傅"}, "等级", "没有这个等级"),
    ({2: "employment"}, "等级", "这种记录没有这一项"),
    ({7: organisation_number(777)}, "相对方信用代码", "没有登记这个单位"),
    ({7: "91441900"}, "相对方信用代码", "不是有效的统一社会信用代码"),
    ({8: "大概"}, "状态", "没有这种状态"),
]


@pytest.mark.parametrize(("changes", "column", "text"), BAD_RECORDS)
def test_names_the_bad_cell_of_a_record(
    city: City, changes: dict[int, str], column: str, text: str | None
):
    row = [number_of(city.worker), *RECORD[1:]]
    assert check(city, "city", "records", [RECORDS, row]).bad == 0

    batch = check(
        city, "city", "records", [RECORDS, [changes.get(at, c) for at, c in enumerate(row)]]
    )

    if text is None:  # somebody new is added under the name, so a strange number is no fault
        assert problems(batch) == []
    else:
        assert problems(batch) == [(2, column, text)]


def test_tells_all_bad_cells_of_a_row_at_once(city: City):
    batch = check(city, "hr", "staff", [STAFF, ["", "1", "?", "?", "?", "?"]])

    assert [column for _, column, _ in problems(batch)] == [
        "证件号码",
        "姓名",
        "地区",
        "职业",
        "入职日期",
        "离职日期",
    ]


def test_two_people_under_one_number_are_told(city: City):
    rows = [
        STAFF,
        ["甲乙", N, "焊工", "2019-07-01", "", ""],
        ["丙丁", N, "焊工", "2018-07-01", "", ""],
    ]

    assert problems(check(city, "hr", "staff", rows)) == [
        (3, "姓名", "同一号码在前面的行里是另一个人")
    ]


def test_another_end_for_a_standing_record_is_told(city: City):
    row = ["甲乙", N, "焊工", "2019-07-01", "", ""]
    bring_in(city, "hr", "staff", [STAFF, row])
    row[4] = "2025-06-30"

    batch = check(city, "hr", "staff", [STAFF, row])
    assert problems(batch) == [(2, "离职日期", "已有同样的记录，截止日期不同")]
    assert problems(check(city, "hr", "staff", [STAFF, ["丙丁", person_number(3), *row[2:]],
        ["丙丁", person_number(3), *row[2:4], "2025-07-31", ""]])) == [
        (3, "离职日期", "前面有同样的一行，截止日期不同")]  # fmt: skip


def test_keeps_the_first_problems_and_writes_all_into_the_rejects(city: City):
    rows = [
        STAFF,
        *(["", "x", "焊工", "2019-07-01", "", ""] for _ in range(300)),
    ]
    batch = check(city, "hr", "staff", rows)

    assert (batch.bad, len(batch.problems)) == (300, 500)
    sheets = open_file("r.xlsx", kept(batch.rejects.name), SORTS["staff"]).sheets
    assert sum(1 for sheet in sheets for _ in sheet.rows()) == 300


# --- rejects ---------------------------------------------------------------------------------


def test_rejects_are_mended_and_uploaded_as_they_are(city: City):
    rows = staff_rows(2)
    rows[1][3] = "19-7-1"
    batch = check(city, "hr", "staff", rows)
    sheet = next(open_file("r.xlsx", kept(batch.rejects.name), SORTS["staff"]).sheets)
    ((_, cells),) = list(sheet.rows())
    assert cells[: len(STAFF)] == rows[1]
    assert "不是可以确定的日期" in cells[len(STAFF)]
    assert cells[len(STAFF) + 1] == "表!2"

    cells[3] = "2019-07-01"
    again = check(city, "hr", "staff", [list(sheet.heading.texts), cells])

    assert (again.good, again.bad, again.notes) == (1, 0, [])


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t=", "\r="])
def test_nothing_in_the_rejects_runs(city: City, first: str):
    evil = first + 'HYPERLINK("http://x.example","x")'
    rows = [STAFF, [evil, evil, "焊工", "2019-07-01", "", ""]]
    batch = check(city, "hr", "staff", rows, "表.csv")

    book = zipfile.ZipFile(io.BytesIO(kept(batch.rejects.name)))
    sheet = book.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<hyperlink" not in sheet
    assert batch.bad == 1


# --- whose -----------------------------------------------------------------------------------


def test_each_role_finds_its_own_sorts():
    found = {role: [sort.id for sort in sorts_for(role)] for role in Role}

    assert found[Role.EMPLOYER] == ["staff"]
    assert found[Role.INSTITUTION] == ["records"]
    for role in (Role.TOWN, Role.CITY, Role.PROVINCE):
        assert found[role] == ["people", "organisations", "records"]
    for role in set(Role) - {Role.EMPLOYER, Role.INSTITUTION, Role.TOWN, Role.CITY, Role.PROVINCE}:
        assert found[role] == []


@pytest.mark.parametrize(
    ("who", "sort"),
    [("hr", "people"), ("hr", "records"), ("school", "staff"), ("city", "staff"),
     ("worker", "staff"),
     ("auditor", "people"), ("operator", "people"), ("expert", "records")],
)  # fmt: skip
def test_refuses_a_sheet_that_is_not_for_the_role(city: City, who: str, sort: str):
    with pytest.raises(NotAllowed):
        upload(city.actor(who), sort, "a.xlsx", xlsx(staff_rows(1)))
    assert not Batch.objects.exists()


def test_refuses_an_unknown_sort_and_too_large_a_file(city: City, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Invalid):
        upload(city.actor("hr"), "cats", "a.xlsx", b"x")
    monkeypatch.setattr(imports, "MAX_BYTES", 10)
    with pytest.raises(TooMuch):
        upload(city.actor("hr"), "staff", "a.xlsx", bytes(11))


def test_an_official_keeps_to_the_region(city: City):
    rows = [
        PEOPLE,
        ["新人", person_number(7), "清城区"],
        ["苏敏", number_of(city.stranger), "长安镇"],
    ]

    assert problems(check(city, "city", "people", rows)) == [
        (2, "地区", "不在您的辖区"),
        (3, "证件号码", "不在您的辖区"),
    ]
    assert check(city, "province", "people", rows).bad == 0


def test_an_institution_tells_nothing_that_points_elsewhere(city: City):
    row = [
        number_of(city.worker),
        "林晓",
        "certificate",
        "焊工",
        "4",
        "2024-06-15",
        "",
        number_of(city.works),
        "",
    ]

    assert [
        column for _, column, _ in problems(check(city, "school", "records", [RECORDS, row]))
    ] == ["相对方信用代码"]


def test_an_employer_learns_nothing_by_a_number_alone(city: City):
    """The name has to be known too; what is registered is not said."""
    rows = [STAFF, ["某某", number_of(city.stranger), "焊工", "2019-07-01", "", ""]]
    batch = check(city, "hr", "staff", rows)

    assert problems(batch) == [(2, "姓名", "与该号码登记的名称不符")]
    assert "苏敏" not in str(batch.problems)


def test_batches_are_seen_by_their_own(city: City):
    ours = check(city, "hr", "staff", staff_rows(1))
    town = check(city, "town", "people", [PEOPLE, ["新人", person_number(7), "长安镇"]])

    def seen(who: str) -> set[int]:
        return set(batches_seen_by(city.actor(who)).values_list("pk", flat=True))

    assert seen("hr") == {ours.pk}
    assert seen("town") == seen("city") == seen("province") == {town.pk}
    for who in ("rival-hr", "school", "other-city", "worker", "auditor", "operator"):
        assert seen(who) == set()
    with pytest.raises(NotThere):
        commit_batch(city.actor("rival-hr"), ours.pk)
    with pytest.raises(NotThere):
        undo_batch(city.actor("other-city"), town.pk, why="x")


# --- refused, resumed, undone ----------------------------------------------------------------


def test_says_why_a_file_cannot_be_read(city: City):
    batch = upload(city.actor("hr"), "staff", "a.xlsx", b"<html></html>")

    assert batch.state == Batch.State.REFUSED
    assert "扩展名" in batch.notes[0][0]
    with pytest.raises(Conflict):
        commit_batch(city.actor("hr"), batch.pk)


def test_every_slice_is_one_entry_of_the_audit(city: City, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("craftpath.registry.imports.staged.SLICE", 2)
    batch = bring_in(city, "hr", "staff", staff_rows(5))

    told = Entry.objects.filter(object=f"batch:{batch.pk}").order_by("number")
    assert [entry.action for entry in told] == [
        "import.upload", "import.check", "import.commit", *["import.slice"] * 3,
    ]  # fmt: skip
    assert [entry.details["rows"] for entry in told[3:]] == [2, 2, 1]
    assert list(verify()) == []


def test_goes_on_where_it_stopped(city: City, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("craftpath.registry.imports.staged.SLICE", 2)
    batch = check(city, "hr", "staff", staff_rows(5))
    stop = RuntimeError("stopped")
    write = imports._write_lines

    def stopping(at: Batch, lines: list) -> dict[str, int]:
        written = write(at, lines)
        if at.done == 2:
            raise stop
        return written

    monkeypatch.setattr(imports, "_write_lines", stopping)
    commit_batch(city.actor("hr"), batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.done) == (Batch.State.COMMITTING, 2)
    assert Record.objects.filter(batch=batch, kind="employment").count() == 2

    monkeypatch.setattr(imports, "_write_lines", write)
    assert resume_batches() == [batch.pk]
    batch.refresh_from_db()
    assert (batch.state, batch.done) == (Batch.State.COMMITTED, 5)
    assert Record.objects.filter(batch=batch, kind="employment").count() == 5
    write_slices(batch.pk)
    assert Record.objects.filter(batch=batch, kind="employment").count() == 5


def test_undo_leaves_the_evidence_as_it_was(city: City):
    known = ["陈志远", number_of(city.colleague), "焊工", "2024-07-01", "", "东莞市"]
    before = {party: standing(party) for party in (city.colleague, city.worker)}
    batch = bring_in(city, "hr", "staff", [*staff_rows(3), known])
    assert standing(city.colleague) != before[city.colleague]

    batch = undo_batch(city.actor("hr"), batch.pk, why="传错了文件")

    assert batch.state == Batch.State.UNDONE
    assert {party: standing(party) for party in before} == before
    voided = Record.objects.filter(batch=batch)
    assert voided.count() == 14
    assert set(voided.values_list("known_until", "why")) == {(DAY, "传错了文件")}
    city.colleague.refresh_from_db()
    assert city.colleague.region == CHANGAN
    assert people_seen_by(city.actor("province"), DAY).filter(name__startswith="员工").count() == 0
    assert list(verify()) == []


def standing(party: Party) -> list[Any]:
    return [row for row in rows_of([party.pk]) if row[10] is None]


def test_an_undone_file_can_be_brought_in_again(city: City):
    rows = staff_rows(3)
    batch = bring_in(city, "hr", "staff", rows)
    people = Party.objects.count()
    undo_batch(city.actor("hr"), batch.pk, why="再来一次")

    again = bring_in(city, "hr", "staff", rows)

    assert again.good == 3
    assert Party.objects.count() == people
    party = Party.objects.get(name="员工1")
    assert party.region == CHANGAN
    assert sorted(r[1] for r in standing(party)) == ["birth", "employment", "sex", "workplace"]


def test_undo_keeps_what_others_have_said_since(city: City):
    batch = bring_in(city, "hr", "staff", staff_rows(2))
    mine = Record.objects.get(party__name="员工0", kind="employment")
    verified = verify_record(city.actor("city"), mine.pk)

    undo_batch(city.actor("hr"), batch.pk, why="传错了文件")

    verified.refresh_from_db()
    assert verified.stands
    kinds = [row[1] for row in standing(verified.party)]
    assert sorted(kinds) == ["birth", "employment", "sex"]
    assert Party.objects.get(name="员工0").region == CHANGAN
    assert Party.objects.get(name="员工1").region == ""


def test_undo_asks_for_a_reason_and_a_written_batch(city: City):
    batch = check(city, "hr", "staff", staff_rows(1))
    with pytest.raises(Conflict):
        undo_batch(city.actor("hr"), batch.pk, why="x")
    commit_batch(city.actor("hr"), batch.pk)
    with pytest.raises(Invalid):
        undo_batch(city.actor("hr"), batch.pk, why="  ")
    undo_batch(city.actor("hr"), batch.pk, why="x")
    with pytest.raises(Conflict):
        undo_batch(city.actor("hr"), batch.pk, why="x")


# --- the template ----------------------------------------------------------------------------


@pytest.mark.parametrize("sort_id", sorted(SORTS))
def test_the_template_is_read_as_it_is(sort_id: str):
    sort = SORTS[sort_id]
    content = template_file(pack_of(settings.CRAFTPATH_PACK), sort)

    opened = open_file("模板.xlsx", content, sort)
    (sheet,) = opened.sheets

    assert list(sheet.heading.at) == [column.id for column in sort.columns]
    assert list(sheet.rows()) == []
    assert opened.notes == []


def test_asks_a_handful_of_times_whatever_the_number_of_rows(
    city: City, django_assert_max_num_queries: Any
):
    """Looking up identities and records, never a row."""
    rows = staff_rows(600)
    bring_in(city, "hr", "staff", staff_rows(300))
    with django_assert_max_num_queries(25):
        batch = check(city, "hr", "staff", rows)
    assert (batch.good, batch.known) == (300, 300)


def test_finds_a_number_whatever_its_width(city: City):
    rows = [STAFF, ["陈志远", " ".join(number_of(city.colleague)), "焊工", "2024-07-01", "", ""]]
    batch = bring_in(city, "hr", "staff", rows)

    assert Record.objects.get(batch=batch).party_id == city.colleague.pk
    assert digest_of("ric", number_of(city.colleague)) == city.colleague.identifiers.get().digest
