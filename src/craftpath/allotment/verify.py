"""Recomputing a draw from its file: what does not agree, each named with its place.

A file can only be held against itself. That its commitment and its list are those that were
published at the time is for the reader to compare; `published` takes what the reader has seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from craftpath.allotment.draw import Draw, commitment, list_hash, lottery
from craftpath.allotment.draw_file import DrawProblem
from craftpath.allotment.nouns import Entrant
from craftpath.engine.rules import Label

__all__ = ["verify_draw"]


def verify_draw(draw: Draw, published: Mapping[str, str] | None = None) -> tuple[DrawProblem, ...]:
    """Every way in which a draw does not agree with its scheme; none: it does.

    published  `commitment` and `list_hash` (hex) as published at the time, as far as known
    """
    return (
        *_published(draw, published or {}),
        *_days(draw),
        *_commitment(draw),
        *_list(draw),
        *_result(draw),
    )


def _problem(id: str, place: str, what: Label, mend: Label) -> DrawProblem:
    return DrawProblem(id, place, what, mend)


def _published(draw: Draw, published: Mapping[str, str]) -> Iterator[DrawProblem]:
    for place, here in (("commitment", draw.commitment), ("list_hash", draw.list_hash)):
        said = published.get(place)
        if said is not None and said.strip().lower() != here:
            yield _problem(
                f"not-the-published-{place.replace('_', '-')}",
                place,
                Label(
                    f"与当时公布的不一致：公布的是 {said}",
                    f"It is not what was published at the time: {said}",
                ),
                Label(
                    "这份文件说的不是公布过的那次抽签，请向主办方询问",
                    "The file is about another draw than the one published; ask its organiser",
                ),
            )


def _days(draw: Draw) -> Iterator[DrawProblem]:
    terms, event = draw.terms, draw.terms.public
    if terms.committed_on >= terms.closes_on:
        yield _problem(
            "late-commitment",
            "committed_on",
            Label(
                f"承诺值公布于 {terms.committed_on}，受理期在 {terms.closes_on} 已结束",
                f"Committed on {terms.committed_on}, when the window was over on {terms.closes_on}",
            ),
            Label(
                "种子可能是见到名单后挑的，结果不可信",
                "The seed may have been chosen after seeing the list: do not trust the result",
            ),
        )
    if draw.listed_on < terms.closes_on:
        yield _problem(
            "early-list",
            "listed_on",
            Label(
                f"名单公布于 {draw.listed_on}，受理期到 {terms.closes_on} 才结束",
                f"The list is of {draw.listed_on}, before the window was over on {terms.closes_on}",
            ),
            Label("名单可能不全", "The list may not be whole"),
        )
    if event is not None and event.day <= draw.listed_on:
        yield _problem(
            "early-event",
            "public.day",
            Label(
                f"公开事件在 {event.day}，不晚于名单公布之日 {draw.listed_on}",
                f"The public event is of {event.day}, no later than the list, {draw.listed_on}",
            ),
            Label(
                "名单可能是知道结果后排的，结果不可信",
                "The list may have been made knowing it: do not trust the result",
            ),
        )


def _commitment(draw: Draw) -> Iterator[DrawProblem]:
    found = commitment(draw.terms, draw.seed)
    if found != draw.commitment:
        yield _problem(
            "commitment",
            "commitment",
            Label(
                f"由种子和事先公布的各项算得 {found}，与承诺值不一致",
                f"Seed and terms give {found}, which is not the commitment",
            ),
            Label(
                "种子、项目、日期、名额或公开事件在公布承诺值之后改过",
                "Seed, programme, days, places or public event were changed after the commitment",
            ),
        )


def _list(draw: Draw) -> Iterator[DrawProblem]:
    keys = [key for key, _ in draw.entrants]
    for key in [key for key, count in Counter(keys).items() if count > 1][:5]:
        yield _problem(
            "duplicate-key",
            "list",
            Label(f"编号 {key} 出现不止一次", f"The key {key} stands there more than once"),
            Label("每份申请只能抽一次", "An application takes part once"),
        )
    if keys != sorted(keys):
        yield _problem(
            "unsorted-list",
            "list",
            Label("名单没有按编号排序", "The list is not sorted by key"),
            Label("按编号排序后再发布", "Sort it by key before publishing it"),
        )
    found = list_hash(draw.terms.programme, draw.listed_on, draw.entrants)
    if found != draw.list_hash:
        yield _problem(
            "list-hash",
            "list_hash",
            Label(
                f"由名单算得 {found}，与名单哈希不一致",
                f"The list gives {found}, which is not its hash",
            ),
            Label(
                "名单、项目或名单日期在公布之后改过",
                "List, programme or the list's day were changed after it was published",
            ),
        )


def _result(draw: Draw) -> Iterator[DrawProblem]:
    """Order and places, recomputed. Not with doubled keys: they have no one outcome."""
    if len({key for key, _ in draw.entrants}) != len(draw.entrants):
        return
    entrants = [Entrant(i, key, group) for i, (key, group) in enumerate(draw.entrants)]
    found = lottery(entrants, draw.terms.quota, draw.seed, draw.list_hash, draw.public_value)
    for name, ids, said in (
        ("placed", found.placed, draw.placed),
        ("waiting", found.waiting, draw.waiting),
    ):
        keys = tuple(entrants[id].key for id in ids)
        place = f"result.{name}"
        if len(keys) != len(said):
            yield _problem(
                "places",
                place,
                Label(
                    f"应有 {len(keys)} 个，文件写了 {len(said)} 个",
                    f"There are to be {len(keys)}, and the file has {len(said)}",
                ),
                _RECOMPUTE,
            )
        at = next((i for i, (a, b) in enumerate(zip(keys, said, strict=False)) if a != b), None)
        if at is not None:
            yield _problem(
                "order",
                f"{place}[{at}]",
                Label(
                    f"第 {at + 1} 个应是 {keys[at]}，文件写了 {said[at]}",
                    f"Number {at + 1} is to be {keys[at]}, and the file has {said[at]}",
                ),
                _RECOMPUTE,
            )


_RECOMPUTE = Label("以重新计算的结果为准", "What was recomputed is the result")
