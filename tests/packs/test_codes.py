"""The Guangdong pack's code lists and relations hold together; what was counted stays counted."""

from __future__ import annotations

import csv
import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import craftpath

PACK = Path(craftpath.__file__).parent / "packs" / "guangdong"
LISTS = sorted(p.stem for p in (PACK / "codes").glob("*.csv") if "." not in p.stem)
ALIASED = sorted(p.name.split(".")[0] for p in (PACK / "codes").glob("*.aliases.csv"))
RELATIONS = sorted(p.stem for p in (PACK / "relations").glob("*.csv"))
MARKS = {"A", "B", "C", "RECALL"}


@functools.cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `codes/NAME` or `relations/NAME`, strict about the number of fields."""
    with (PACK / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True, restkey="too many", restval="too few")
        found = tuple(reader)
    assert not [r for r in found if "too many" in r or "too few" in r.values()], name
    return found


def code_list(list_id: str) -> tuple[dict[str, str], ...]:
    return rows(f"codes/{list_id}.csv")


def codes(list_id: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in code_list(list_id)}


def ancestors(list_id: str, code: str) -> Iterator[str]:
    """The parents of a code, nearest first; stops after ten, so that a ring cannot hang a test."""
    known = codes(list_id)
    for _ in range(10):
        code = known[code]["parent"]
        if not code:
            return
        yield code
    raise AssertionError(f"{list_id}: the parents of a code go round in a ring")


def curated(name: str) -> dict[str, set[str]]:
    """What a relation lists for each focus, leaving out "alone in its group" rows."""
    found: dict[str, set[str]] = {}
    for row in rows(f"relations/{name}.csv"):
        if row["focus"] != row["subject"]:
            found.setdefault(row["focus"], set()).add(row["subject"])
    return found


# --- every list ------------------------------------------------------------------------------


@pytest.mark.parametrize("list_id", LISTS)
def test_begins_with_the_common_columns(list_id: str) -> None:
    header = list(code_list(list_id)[0])
    assert header[:5] == ["code", "name_zh", "name_en", "parent", "edition"]


@pytest.mark.parametrize("list_id", LISTS)
def test_lists_each_code_once(list_id: str) -> None:
    counted = Counter(row["code"] for row in code_list(list_id))
    assert [code for code, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("list_id", LISTS)
def test_names_every_code_in_chinese_and_gives_its_edition(list_id: str) -> None:
    for row in code_list(list_id):
        assert row["code"] and row["name_zh"] and row["edition"], row
        for value in row.values():
            assert value == value.strip(), row


@pytest.mark.parametrize("list_id", LISTS)
def test_has_every_parent_and_no_ring(list_id: str) -> None:
    known = codes(list_id)
    for row in code_list(list_id):
        assert not row["parent"] or row["parent"] in known, row
        list(ancestors(list_id, row["code"]))


@pytest.mark.parametrize("list_id", LISTS)
def test_marks_certainty_only_with_the_four_marks(list_id: str) -> None:
    assert {row["certainty"] for row in code_list(list_id) if "certainty" in row} <= MARKS


@pytest.mark.parametrize("list_id", LISTS)
def test_says_where_the_list_comes_from(list_id: str) -> None:
    assert f"`{list_id}`" in (PACK / "codes" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("list_id", ALIASED)
def test_aliases_lead_to_a_code_and_hide_none(list_id: str) -> None:
    known = codes(list_id)
    seen = set()
    for row in rows(f"codes/{list_id}.aliases.csv"):
        assert row["code"] in known, row
        assert row["alias"] not in known, f"{row['alias']} is a code of the list itself"
        assert row["alias"] not in seen, row
        assert row["edition"] and row["note"], row
        seen.add(row["alias"])


# --- occupations -----------------------------------------------------------------------------


def test_keeps_every_tier_of_the_2022_occupations() -> None:
    # The README beside the list explains each difference from the 1,636 of the printed edition.
    tiers = Counter(row["tier"] for row in code_list("occupation"))
    assert tiers == {"1": 8, "2": 72, "3": 335, "4": 1632}
    assert {row["edition"] for row in code_list("occupation")} == {"2022"}


def test_keeps_every_green_and_digital_mark() -> None:
    occupations = [row for row in code_list("occupation") if row["tier"] == "4"]
    assert sum(row["green"] == "1" for row in occupations) == 134
    assert sum(row["digital"] == "1" for row in occupations) == 95


def test_hangs_every_occupation_from_its_own_headings() -> None:
    known = codes("occupation")
    for code, row in known.items():
        up = list(ancestors("occupation", code))
        tiers = [known[parent]["tier"] for parent in up]
        assert tiers == sorted(tiers, reverse=True), code
        assert (row["tier"] == "1") == (not up), code
        for parent in up:
            assert known[parent]["tier"] < row["tier"], code
            assert code.startswith(parent.rstrip("0-")), f"{code} under {parent}"


def test_gives_no_occupation_below_an_occupation() -> None:
    known = codes("occupation")
    parents = {row["parent"] for row in known.values()} - {""}
    assert [parent for parent in parents if known[parent]["tier"] == "4"] == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("6-31-07-03", "工业机器人系统操作员"),
        ("6-31-07-01", "工业机器人系统运维员"),
        ("4-04-05-07", "服务机器人应用技术员"),
        ("6-31-01-03", "电工"),
        ("6-18-02-04", "焊工"),
        ("4-07-03-02", "劳动关系协调师"),
        ("6-23-03-15", "无人机装调检修工"),
        ("4-10-01-03", "保育师"),
    ],
)
def test_calls_the_occupations_of_the_rules_by_their_2022_codes(code: str, name: str) -> None:
    assert codes("occupation")[code]["name_zh"] == name


def test_reads_the_robot_operators_code_of_the_2020_standard() -> None:
    aliases = {row["alias"]: row["code"] for row in rows("codes/occupation.aliases.csv")}
    assert aliases["6-30-99-00"] == "6-31-07-03"


def test_does_not_take_a_2022_occupation_for_the_robot_maintainer_of_2020() -> None:
    # 6-31-01-10 was the maintainer in the 2020 standard and is another occupation in 2022.
    aliases = {row["alias"] for row in rows("codes/occupation.aliases.csv")}
    assert "6-31-01-10" not in aliases
    assert codes("occupation")["6-31-01-10"]["name_zh"] == "机电设备维修工"


# --- regions ---------------------------------------------------------------------------------


def test_keeps_every_province_and_guangdongs_21_cities() -> None:
    provinces = [row for row in code_list("region") if not row["parent"]]
    cities = [row for row in code_list("region") if row["parent"] == "440000"]
    assert len(provinces) == 34
    assert len(cities) == 21
    assert sum(row["edition"] == "GB/T 2260" for row in code_list("region")) == 3212


def test_gives_towns_to_the_two_cities_without_counties() -> None:
    towns = [row for row in code_list("region") if row["edition"] == "GB/T 10114"]
    assert {row["parent"] for row in towns} == {"441900", "442000"}
    for row in towns:
        assert len(row["code"]) == 9
        assert row["code"].startswith(row["parent"])
    assert codes("region")["441900119"]["name_zh"] == "长安镇"


def test_nests_six_digit_regions_by_their_digits() -> None:
    for row in code_list("region"):
        assert row["code"].isdigit(), row
        assert row["code"][:2] == (row["parent"] or row["code"])[:2], row


# --- the other lists -------------------------------------------------------------------------


def test_has_the_ten_pillar_and_ten_emerging_clusters() -> None:
    assert Counter(row["kind"] for row in code_list("cluster")) == {"pillar": 10, "emerging": 10}


def test_calls_a_major_by_its_directorys_digits_or_by_a_code_of_our_own() -> None:
    first_digits = {
        "higher-vocational": range(41, 60),
        "secondary-vocational": range(61, 80),
        "vocational-undergraduate": range(21, 40),
        "undergraduate": range(1, 13),
    }
    for row in code_list("major"):
        own = row["code"].startswith("x-")
        assert own == (row["edition"] == "pack"), row
        if not own:
            assert int(row["code"][:2]) in first_digits[row["directory"]], row


def test_pairs_the_same_schools_that_it_names() -> None:
    for row in code_list("pairing"):
        assert row["route"] in {"3+2", "3+4"}
        assert row["edition"] == row["year"]
        from_to = f"{row['from_school']} {row['from_major']} → {row['to_school']}"
        assert row["name_zh"].startswith(from_to)


# --- relations -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RELATIONS)
def test_relates_only_codes_that_exist_each_pair_once(name: str) -> None:
    focus, subject = name.split("-")
    pairs = [(row["focus"], row["subject"]) for row in rows(f"relations/{name}.csv")]
    assert len(pairs) == len(set(pairs))
    assert {f for f, _ in pairs} <= codes(focus).keys()
    assert {s for _, s in pairs} <= codes(subject).keys()


@pytest.mark.parametrize("name", RELATIONS)
def test_says_how_sure_each_pair_is_and_why(name: str) -> None:
    for row in rows(f"relations/{name}.csv"):
        assert row["certainty"] in MARKS, row
        assert row["source"], row


@pytest.mark.parametrize("name", RELATIONS)
def test_says_what_holds_where_nothing_is_listed(name: str) -> None:
    said = (PACK / "relations" / "defaults.yaml").read_text(encoding="utf-8")
    assert f"\n{name}:\n  default: " in said


def test_relates_at_least_40_occupations_to_occupations_and_majors() -> None:
    listed = curated("occupation-occupation").keys() & curated("occupation-major").keys()
    assert len(listed) >= 40


def test_relates_occupations_and_majors_never_headings() -> None:
    for name in RELATIONS:
        focus, subject = name.split("-")
        for row in rows(f"relations/{name}.csv"):
            assert codes(focus)[row["focus"]]["tier"] == "4", row
            if subject != "cluster":
                lowest = {"occupation": "4", "major": "3"}[subject]
                assert codes(subject)[row["subject"]]["tier"] == lowest, row


def test_leaves_an_occupation_alone_in_its_group_to_itself() -> None:
    """Its parent is a wider group, where "same parent" would join it to strangers."""
    known = codes("occupation")
    listed = {row["focus"] for row in rows("relations/occupation-occupation.csv")}
    for code, row in known.items():
        if row["tier"] == "4" and row["parent"] != f"{code[:7]}-00":
            assert code in listed, f"{code} {row['name_zh']} would take the default"


def test_repeats_the_welders_note_as_it_was_seen() -> None:
    majors = codes("major")
    noted = {
        majors[row["subject"]]["name_zh"]
        for row in rows("relations/occupation-major.csv")
        if row["focus"] == "6-18-02-04" and row["certainty"] == "C"
    }
    note = "焊接加工、焊接技术应用、金属热加工（焊接）、焊接技术与自动化、焊接技术与工程"
    assert set(note.split("、")) <= noted
