"""One rule for an application: what is missing, what it pays, and a receipt to keep."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest

from craftpath.eligibility import Check, Fact, UnknownRule, check
from craftpath.pack.nouns import Pack
from tests import cast

SUBSIDY, LEVEL_2 = "subsidy.unemployment-fund", "skill-level.technician"


def of_worker(pack: Pack, rule: str, day: dt.date = cast.DAY) -> Check:
    return check(pack, cast.records(), cast.WORKER, rule, cast.WELDER, day)


def test_it_says_what_a_rule_pays_and_by_which_route(guangdong: Pack):
    found = of_worker(guangdong, SUBSIDY)

    assert found.qualifies
    assert (found.amount, found.route, found.missing) == (2000.0, "level-3", ())


def test_it_says_what_is_missing(guangdong: Pack):
    found = of_worker(guangdong, LEVEL_2)

    assert not found.qualifies
    assert [condition.id for condition in found.lacking] == ["level3-then-5y/worked"]
    assert [label.zh for label in found.missing] == [
        "取得焊工或相关职业三级/高级工职业技能等级证书后，从事焊工或相关职业累计满5年"
    ]
    assert "2030年3月10日" in found.sentence.zh


def test_its_receipt_is_plain_and_sums_itself_up(guangdong: Pack):
    receipt = of_worker(guangdong, SUBSIDY).receipt

    kept = json.loads(json.dumps(receipt))
    assert kept == receipt
    assert receipt["receipt"]["pack_hash"] == guangdong.hash
    assert (receipt["verdict"], receipt["from"]) == ("qualifies", "2025-03-10")
    rest = {key: value for key, value in kept.items() if key != "hash"}
    written = json.dumps(rest, sort_keys=True, ensure_ascii=False)
    assert receipt["hash"] == hashlib.sha256(written.encode()).hexdigest()


def test_the_same_records_give_the_same_receipt_and_others_another(guangdong: Pack):
    table = cast.records()
    shuffled = table.take(list(reversed(range(table.num_rows))))

    def hash_of(records) -> str:
        found = check(guangdong, records, cast.WORKER, SUBSIDY, cast.WELDER, cast.DAY)
        return found.receipt["hash"]

    assert hash_of(shuffled) == hash_of(table)
    assert hash_of(table.slice(0, table.num_rows - 1)) != hash_of(table)


def test_an_occupation_that_no_record_names_is_not_decided(guangdong: Pack):
    table = cast.records()
    other = cast.ASSESSOR_TRADE
    named = check(guangdong, table, cast.WORKER, LEVEL_2, cast.WELDER, cast.DAY)

    found = check(guangdong, table, cast.WORKER, LEVEL_2, other, cast.DAY)

    assert named.answer is not None
    assert (found.verdict, found.answer, found.qualifies) == ("unknown", None, False)
    assert "没有任何记录涉及职业“机电设备维修工”" in found.sentence.zh
    assert found.receipt["verdict"] is None


def test_a_code_of_another_edition_is_the_same_occupation(guangdong: Pack):
    old, new = "6-30-99-00", "6-31-07-03"
    life = [
        Fact(1, "birth", dt.date(1990, 1, 1)),
        Fact(1, "employment", dt.date(2010, 1, 1), subject=old),
    ]

    found = [check(guangdong, life, 1, "skill-level.senior", code, cast.DAY) for code in (old, new)]

    assert found[0].answer is not None
    assert found[0].receipt == found[1].receipt
    assert found[0].focus == new


def test_a_rule_about_organisations_is_not_decided_for_a_person(guangdong: Pack):
    rule = "designation.industry-education"
    table = cast.records()
    employer = check(guangdong, table, cast.EMPLOYER, rule, None, cast.DAY)

    worker = check(guangdong, table, cast.WORKER, rule, None, cast.DAY)

    assert employer.answer is not None
    assert worker.answer is None
    assert "不适用于该主体" in worker.sentence.zh


@pytest.mark.parametrize("name", ["skill-level.*", "skill-level.techncian"])
def test_it_asks_for_one_rule_by_its_name(name: str, guangdong: Pack):
    assert of_worker(guangdong, LEVEL_2).answer is not None

    with pytest.raises(UnknownRule):
        of_worker(guangdong, name)
