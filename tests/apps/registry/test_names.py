"""Names are compared by what they come to, and shown as they were typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftpath.credentials.presented import _is_one_of
from craftpath.registry.actions.parties import add_person, rename
from craftpath.registry.duplicates import candidates, plain_name
from craftpath.registry.models import Party, Record
from craftpath.registry.names import name_key
from craftpath.registry.queries import search
from tests.apps.city import DAY, City
from tests.apps.registry.sheets import STAFF, organisation_number
from tests.apps.registry.test_importing import bring_in, check, problems

ALIKE = [
    ["买买提·艾力", "买买提•艾力", "买买提.艾力", "买买提艾力", "买买提・艾力", "买买提 艾力"],
    ["Nguyễn Thị Hồng Nhung", "NGUYỄN THỊ HỒNG NHUNG", "Nguyen Thi Hong Nhung",
     "ＮＧＵＹＥＮ　ＴＨＩ　ＨＯＮＧ　ＮＨＵＮＧ"],
    ["Đặng Văn Lâm", "Dang Van Lam", "Đặng  Văn Lâm"],
    ["东莞市某某（集团）有限公司", "东莞市某某(集团)有限公司", "东莞市某某 (集团) 有限公司"],
    ["O'Neil-Smith", "ONeil Smith", "O’NEIL SMITH"],
]  # fmt: skip


HEADS = [STAFF[0], "证件类型", *STAFF[1:]]
NHUNG = ["护照", "C1234567", "焊工", "2020-01-01", "", ""]


@pytest.mark.parametrize("names", ALIKE, ids=lambda names: names[0])
def test_comes_to_one_however_it_is_typed(names: list[str]) -> None:
    assert len({name_key(name) for name in names}) == 1
    assert all(_is_one_of((names[0], ""), name) for name in names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("陈大文", "陳大文"),
        ("王伟", "王芳"),
        ("Li Na", "Li Ne"),
        ("3M公司", "2M公司"),
        ("ガ", "カ"),
        ("राम", "रम"),
    ],
)
def test_keeps_apart_what_is_written_with_other_letters(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text(max_size=40))
def test_comes_to_itself(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


def abroad(city: City, name: str, number: str) -> Party:
    return add_person(
        city.actor("city"),
        name=name,
        scheme="passport",
        number=number,
        born=DAY.replace(year=1995),
        region=city.works.region,
    )


@pytest.fixture
def nhung(city: City) -> Party:
    return abroad(city, "Nguyễn Thị Hồng Nhung", "C1234567")


@pytest.mark.parametrize("typed", ALIKE[1])
def test_lets_a_sheet_name_somebody_as_it_likes(typed: str, nhung: Party, city: City) -> None:
    """First seen to be refused as another name."""
    bring_in(city, "hr", "staff", [HEADS, [typed, *NHUNG]])
    assert Record.objects.filter(party=nhung, kind="employment").exists()
    nhung.refresh_from_db()
    assert nhung.name == "Nguyễn Thị Hồng Nhung"


def test_still_refuses_somebody_else(nhung: Party, city: City) -> None:
    batch = check(city, "hr", "staff", [HEADS, ["阮氏", *NHUNG]])
    assert problems(batch) == [(2, "姓名", "与该号码登记的名称不符")]


def test_takes_a_firm_with_either_brackets(city: City) -> None:
    heads = ["单位名称", "统一社会信用代码", "成立日期", "地区"]
    number = organisation_number(41)
    bring_in(city, "city", "organisations", [heads, [ALIKE[3][0], number, "2015-04-01", "东莞市"]])
    stored = Party.objects.get(keys=name_key(ALIKE[3][0]))
    for name in ALIKE[3]:
        bring_in(city, "city", "organisations", [heads, [name, number, "2015-04-01", "东莞市"]])
    stored.refresh_from_db()
    assert stored.name == ALIKE[3][0]
    assert plain_name(ALIKE[3][1]) == plain_name(ALIKE[3][2])


@pytest.mark.parametrize("typed", ["nguyen thi", "HỒNG NHUNG", "ｎｇｕｙｅｎ", "Nhung"])
def test_is_found_however_it_is_typed(typed: str, nhung: Party) -> None:
    assert nhung in search(Party.objects.all(), typed)


def test_is_found_by_a_former_name_and_keeps_no_old_spelling(nhung: Party, city: City) -> None:
    renamed = rename(city.actor("city"), nhung.pk, name="阮氏红绒", name_en="", why="登记中文名")
    assert (renamed.name, renamed.name_en) == ("阮氏红绒", "")
    assert renamed.former == ["Nguyễn Thị Hồng Nhung"]
    for typed in ("阮氏", "hong nhung"):
        assert nhung in search(Party.objects.all(), typed)
    again = rename(city.actor("city"), nhung.pk, name="Nguyễn Thị Hồng Nhung", why="改回")
    assert again.former == ["阮氏红绒"]


def test_looks_for_namesakes_by_it(nhung: Party, city: City) -> None:
    twin = abroad(city, "NGUYEN THI HONG NHUNG", "C7654321")
    pairs = [(one.first, one.second) for one in candidates(city.actor("city"))]
    assert (nhung.pk, twin.pk) in pairs


def test_has_its_keys_however_it_is_written(city: City) -> None:
    (made,) = Party.objects.bulk_create([Party(nature="person", name="张·学", name_en="Zhang")])
    assert made.keys == "张学\nzhang"
    made.name = "张学文"
    made.save(update_fields=["name"])
    made.refresh_from_db()
    assert made.keys == "张学文\nzhang"
