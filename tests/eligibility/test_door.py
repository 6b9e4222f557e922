"""Promises of the door: no web, no clock, no rule; quick from the first request on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import craftpath.eligibility as door
from craftpath.eligibility.kept import once_a_pack
from craftpath.pack.nouns import Pack
from tests import cast
from tests.house.test_promises import CLOCKS, matches, modules_after, roots

FILES = sorted(Path(door.__file__).parent.glob("*.py"))


def test_it_reads_no_clock():
    assert len(FILES) > 5
    assert list(matches(CLOCKS, FILES)) == []


@pytest.mark.slow
def test_it_needs_no_web_framework():
    loaded = roots(modules_after("import craftpath.eligibility"))

    assert "craftpath" in loaded
    assert loaded & {"django", "click", "rich", "pyspark", "requests"} == set()


def test_it_names_no_rule_kind_or_code_of_a_pack(guangdong: Pack):
    """What is Guangdong's stands in its pack: the door has birth and founding alone."""
    words = {*(rule.id for rule in guangdong.rules), *guangdong.sources}
    words |= {kind for kind in guangdong.vocabulary.kinds if "-" in kind}
    found = {
        word for file in FILES for word in words if f'"{word}"' in file.read_text(encoding="utf-8")
    }

    assert found == set()


def test_every_public_name_is_there():
    assert all(hasattr(door, name) for name in door.__all__)


def test_a_pack_is_read_once_and_warm():
    pack = door.warm("guangdong", freeze=False)

    assert door.pack_of("guangdong") is pack
    assert door.rule_book(pack) is door.rule_book(pack)


def test_what_is_kept_for_a_pack_is_not_given_for_another(guangdong: Pack):
    made: list[str] = []

    @once_a_pack
    def name(pack: Pack) -> str:
        made.append(pack.id)
        return pack.id

    others = [Pack(**{**vars(guangdong), "id": f"other-{k}"}) for k in range(10)]
    assert [name(pack) for pack in (guangdong, *others)] == ["guangdong", *(p.id for p in others)]
    assert len(made) == 11
    assert name(others[-1]) == "other-9"
    assert len(made) == 11
    assert name(guangdong) == "guangdong"  # long put away
    assert len(made) == 12


def test_threads_may_ask_at_the_same_time(guangdong: Pack):
    expected = [a.sentence for a in door.ask(guangdong, cast.records(), cast.WORKER, cast.DAY)]
    found: list[list[object]] = []

    def many() -> None:
        for _ in range(5):
            answers = door.ask(guangdong, cast.records(), cast.WORKER, cast.DAY)
            found.append([answer.sentence for answer in answers])

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 20
    assert all(one == expected for one in found)
