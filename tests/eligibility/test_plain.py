"""Nouns as plain data: the same after a round through JSON, nothing private, nothing lost."""

from __future__ import annotations

import json

import pytest

from craftpath.eligibility import ask, check, compare, form_fields, ladder, plain, rule_book
from craftpath.pack.nouns import Pack
from tests import cast


def test_an_answer_is_plain_with_its_sentences_and_days(guangdong: Pack):
    answer = ask(guangdong, cast.records(), cast.WORKER, cast.DAY).of("skill-level.technician")
    assert answer is not None

    data = plain(answer)

    assert json.loads(json.dumps(data)) == data
    assert data["sentence"] == {"zh": answer.sentence.zh, "en": answer.sentence.en}
    assert (data["verdict"], data["since"]) == ("later", "2030-03-10")
    assert data["conditions"][0]["so_far"]["fraction"] == answer.conditions[0].so_far.fraction
    assert [source["id"] for source in data["sources"]] == [s.id for s in answer.sources]
    assert not [name for name in data if name.startswith("_")]


def test_every_route_comes_only_where_it_is_asked_for(guangdong: Pack):
    answer = ask(guangdong, cast.records(), cast.WORKER, cast.DAY).of("skill-level.technician")
    assert answer is not None

    assert "versions" not in plain(answer)
    (version,) = plain(answer, routes=True)["versions"]
    assert [route["id"] for route in version["routes"]] == [
        route.id for route in answer.versions[0].routes
    ]


def test_everything_that_a_page_shows_is_plain(guangdong: Pack):
    table = cast.records()
    book = rule_book(guangdong)
    rule = book.rule("skill-level.senior")
    assert rule is not None
    nouns = [
        check(guangdong, table, cast.WORKER, "skill-level.senior", cast.WELDER, cast.DAY),
        ladder(guangdong, table, cast.WORKER, cast.DAY),
        form_fields(guangdong, "certificate"),
        compare(rule),
        book,
    ]

    for noun in nouns:
        data = plain(noun)
        assert json.loads(json.dumps(data)) == data


def test_what_is_no_noun_is_refused():
    assert plain((1, None, "x")) == [1, None, "x"]

    with pytest.raises(TypeError, match="not plain data"):
        plain(object())
