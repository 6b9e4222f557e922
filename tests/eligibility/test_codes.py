"""Finding codes by name, by digits and by the codes of other editions."""

from __future__ import annotations

import pytest

from craftpath.eligibility import search_codes
from craftpath.pack.nouns import Pack


def found(pack: Pack, list_id: str, text: str, **how: object) -> list[str]:
    return [one.code for one in search_codes(pack, list_id, text, **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("list_id", "text", "first"),
    [
        ("occupation", "焊工", "6-18-02-04"),
        ("occupation", "Welder", "6-18-02-04"),
        ("occupation", "  wELDER ", "6-18-02-04"),
        ("occupation", "ｗelder", "6-18-02-04"),
        ("occupation", "6-18-02-04", "6-18-02-04"),
        ("occupation", "heat treater", "6-18-02-03"),
        ("occupation", "treater metal", "6-18-02-03"),
        ("region", "东莞", "441900"),
        ("region", "441900", "441900"),
        ("region", "dongguan", "441900"),
        ("honour", "全国劳动模范", "model-worker.national"),
    ],
)
def test_the_likeliest_code_comes_first(list_id: str, text: str, first: str, guangdong: Pack):
    assert found(guangdong, list_id, text)[0] == first


def test_the_exact_comes_before_what_begins_so_and_that_before_what_holds_it(guangdong: Pack):
    labels = [one.label.zh for one in search_codes(guangdong, "occupation", "焊工", 50)]

    assert labels[0] == "焊工"
    starts = [label.startswith("焊工") for label in labels]
    assert starts == sorted(starts, reverse=True)
    assert False in starts


def test_a_code_of_another_edition_leads_to_the_one_used_here(guangdong: Pack):
    (one,) = search_codes(guangdong, "occupation", "4-01-02-07", 1)

    assert (one.code, one.alias) == ("4-01-06-02", "4-01-02-07")


def test_namesakes_are_told_apart_by_what_is_above_them(guangdong: Pack):
    same = [one for one in search_codes(guangdong, "region", "城区") if one.within]

    assert len({one.code for one in same}) == len(same) > 1
    assert all(one.within.zh for one in same if one.within)


def test_headings_can_be_left_out(guangdong: Pack):
    with_them = search_codes(guangdong, "occupation", "6-18-02")
    without = search_codes(guangdong, "occupation", "6-18-02", headings=False)

    assert with_them[0].heading
    assert [one for one in with_them if not one.heading] == list(without)


def test_each_code_is_found_once_and_no_more_than_asked_for(guangdong: Pack):
    codes = found(guangdong, "occupation", "工", limit=7)

    assert len(codes) == len(set(codes)) == 7
    assert len(found(guangdong, "region", "", limit=3)) == 3
    assert found(guangdong, "occupation", "没有这种职业") == []


def test_every_code_is_found_by_itself_and_by_its_name(guangdong: Pack):
    for list_id in ("honour", "designation", "grant", "post"):
        for code in guangdong.vocabulary.lists[list_id].codes.values():
            assert found(guangdong, list_id, code.code)[0] == code.code
            assert code.code in found(guangdong, list_id, code.label.zh)
            assert code.code in found(guangdong, list_id, code.label.en)


def test_a_list_that_the_pack_does_not_have_is_refused(guangdong: Pack):
    assert found(guangdong, "honour", "")

    with pytest.raises(KeyError):
        found(guangdong, "honor", "")
