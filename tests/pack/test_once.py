"""Kinds of which a party has one record."""

from __future__ import annotations

from craftpath.pack.nouns import Pack
from tests.pack.small_pack import FILES, small_files
from tests.pack.test_check import problems_of


def test_says_which_kinds_a_party_has_once(guangdong: Pack) -> None:
    kinds = guangdong.vocabulary.kinds.values()
    assert [kind.id for kind in kinds if kind.once] == ["birth", "founded", "sex"]


def test_refuses_what_is_neither_yes_nor_no_and_a_second_birth() -> None:
    kinds = FILES["kinds.yaml"].replace("about: person\n", "about: person\n    once: false\n", 1)
    kinds = kinds.replace("open: true", "open: true\n    once: perhaps", 1)
    found = problems_of(small_files({"kinds.yaml": kinds}))
    assert [problem.id for problem in found] == ["born-twice", "not-a-yes-or-no"]
