"""The draw: recomputed from the decision's page alone, fair, and no word of its file can change."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftpath.allotment import draw_file
from craftpath.allotment.draw import Draw, commitment, hold_draw, list_hash, lottery
from craftpath.allotment.draw_file import DrawProblem, parse_draw, read_draw, write_draw
from craftpath.allotment.nouns import Entrant, Quota
from craftpath.allotment.verify import verify_draw
from tests.allotment.cast import SEED, TERMS, entrants, held


def problems_of(data: bytes) -> tuple[DrawProblem, ...]:
    draw, problems = parse_draw(data)
    return problems if draw is None else verify_draw(draw)


def ids(problems: tuple[DrawProblem, ...]) -> list[str]:
    return [problem.id for problem in problems]


# --- two roads, one answer -----------------------------------------------------------------


def by_the_page(d: dict[str, Any]) -> tuple[str, str, list[str], list[str]]:
    """Commitment, list hash, placed and waiting, by docs/decisions/0011 and nothing else."""

    def text(what: str, *lines: object) -> bytes:
        return "".join(f"{line}\n" for line in (f"craftpath-draw-1 {what}", *lines)).encode()

    q, p = d["quota"], d["public"] or {"source": "-", "day": "-", "value": "-"}
    total = "-" if q["places"] is None else q["places"]
    kept = [f"{g} {n}" for g, n in sorted(q["groups"].items())]
    days = (d["committed_on"], d["closes_on"], p["source"], p["day"])
    terms = (d["programme"], *days, f"{total} {q['left_over']}", *kept, d["seed"])
    rows = [f"{k}\t{g or '-'}" for k, g in sorted(d["list"])]
    listed = hashlib.sha256(text("list", d["programme"], d["listed_on"], *rows)).hexdigest()
    key, mac = bytes.fromhex(d["seed"]), lambda k: text("ticket", listed, p["value"], k)
    line = sorted(d["list"], key=lambda e: (hmac.new(key, mac(e[0]), "sha256").hexdigest(), e[0]))
    left, rest = dict(q["groups"]), 0 if q["groups"] else 10**9
    rest = rest if q["places"] is None else q["places"] - sum(left.values())
    won = {k for k, g in line if left.get(g, 0) > 0 and not left.update({g: left[g] - 1})}
    rest += sum(left.values()) if q["left_over"] == "everybody" else 0
    won |= set([k for k, _ in line if k not in won][:rest])
    placed = [k for k, _ in line if k in won]
    waiting = [k for k, _ in line if k not in won]
    return hashlib.sha256(text("commitment", *terms)).hexdigest(), listed, placed, waiting


@st.composite
def draws(draw: st.DrawFn) -> Draw:
    groups = draw(st.dictionaries(st.sampled_from(("e", "w")), st.integers(0, 3)))
    total = draw(st.none() | st.integers(0, 6).map(lambda n: n + sum(groups.values())))
    quota = Quota(total, groups, draw(st.sampled_from(list(draw_file.LeftOver))))
    people = [
        Entrant(i, f"n{i}", draw(st.sampled_from((None, "e", "w"))))
        for i in range(draw(st.integers(0, 9)))
    ]
    named = draw(st.booleans())
    terms = replace(TERMS, quota=quota, public=TERMS.public if named else None)
    seed = draw(st.binary(min_size=32, max_size=32))
    return hold_draw(terms, seed, people, dt.date(2024, 11, 9), "4 0 7" if named else None)[0]


@given(draws())
def test_agrees_with_the_page(draw: Draw):
    said = by_the_page(json.loads(write_draw(draw)))

    assert said == (draw.commitment, draw.list_hash, list(draw.placed), list(draw.waiting))


@given(draws())
def test_what_is_held_and_written_verifies(draw: Draw):
    back, problems = parse_draw(write_draw(draw).encode())

    assert (back, problems) == (draw, ())
    assert verify_draw(draw) == ()


def test_the_scheme_does_not_move():
    """Published once, checked for ever: these figures may never change."""
    draw = held()

    assert draw.commitment == "31aaf187f5cdaa5252d34b5dffaf02eab9b093951a37d91e1da4e1f55bf58d03"
    assert draw.list_hash == "a967dabfb76f0f254d9bed85f9b3fd8813b4e49a34114a15d4f86d9eb1801d67"
    assert " ".join(draw.placed) == "QX-00007 QX-00006 QX-00009 QX-00005 QX-00008"
    assert draw.waiting[:2] == ("QX-00003", "QX-00002")


# --- fair ----------------------------------------------------------------------------------


def test_each_is_placed_equally_often():
    """3 of 10 places over 4,000 seeds: 1,200 each. Chi-square with 9 degrees: 33.7 in 1 of 10,000.

    Places drawn without replacement vary less than the bound assumes, so it is wide.
    """
    people = [Entrant(i, f"n{i}") for i in range(10)]
    wins: Counter[int] = Counter()
    firsts: Counter[int] = Counter()
    for n in range(4000):
        seed = hashlib.sha256(str(n).encode()).digest()
        found = lottery(people, Quota(3), seed, "0" * 64)
        wins.update(found.placed)
        firsts[found.placed[0]] += 1

    assert sum((wins[e.id] - 1200) ** 2 / 1200 for e in people) < 33.7
    assert sum((firsts[e.id] - 400) ** 2 / 400 for e in people) < 33.7


def test_a_list_with_one_more_shuffles_everybody():
    """So the seed's owner cannot add an application and leave the rest as they stand."""
    people = [Entrant(i, f"n{i:03}") for i in range(100)]

    def line(of: list[Entrant]) -> list[int]:
        sum = list_hash("p", dt.date(2024, 1, 1), [(e.key, e.group) for e in of])
        return [e.id for e in lottery(of, Quota(1), SEED, sum).line if e.id < 100]

    before, after = line(people), line([*people, Entrant(100, "n100")])
    assert sum(a == b for a, b in zip(before, after, strict=True)) < 10


def test_the_public_value_shuffles_everybody():
    lines = [lottery(entrants(), Quota(1), SEED, "0" * 64, v).line for v in ("1 2 3", "1 2 4")]

    assert lines[0] != lines[1]


# --- no word can change --------------------------------------------------------------------


def changes(value: Any) -> Iterator[Any]:
    """Small changes of one JSON value, each of another meaning."""
    if isinstance(value, bool) or value is None:
        yield "x"
    elif isinstance(value, int):
        yield from (value + 1, value - 1, None)
    elif isinstance(value, str):
        yield from ("", value + "0", value[:-1] + ("1" if value[-1:] != "1" else "2"), None)
        yield value[1:2] + value[:1] + value[2:] if value[:1] != value[1:2] else value + " "
    elif isinstance(value, list):
        yield from (value[1:], value[:-1], [*value, "QX-99999"], None)
        yield value[1:2] + value[:1] + value[2:]
    else:
        yield {**value, "extra": 1}
        yield {k: v for i, (k, v) in enumerate(value.items()) if i}


def mutants(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for changed in changes(tree):
        yield path, changed
    for key in tree if isinstance(tree, dict) else range(len(tree) if type(tree) is list else 0):
        yield from mutants(tree[key], (*path, key))


def put(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    tree = copy.deepcopy(tree)
    at = tree
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return tree


def test_any_single_change_is_noticed():
    tree = json.loads(write_draw(held()))
    tried = 0
    for path, value in mutants(tree):
        changed = put(tree, path, value)
        if changed == tree:
            continue
        tried += 1
        assert problems_of(json.dumps(changed).encode()) != (), (path, value)

    assert tried > 150


def test_no_public_event_can_be_dropped_or_added():
    tree = json.loads(write_draw(held()))
    bare = hold_draw(replace(TERMS, public=None), SEED, entrants(), dt.date(2024, 11, 9))[0]
    other = json.loads(write_draw(bare))

    assert "commitment" in ids(problems_of(json.dumps({**tree, "public": None}).encode()))
    added = json.dumps({**other, "public": tree["public"]}).encode()
    assert "commitment" in ids(problems_of(added))


def resealed(**terms: Any) -> Draw:
    """A draw whose owner changed the terms and computed everything anew."""
    changed = replace(TERMS, **terms)
    return replace(held(), terms=changed, commitment=commitment(changed, SEED))


@pytest.mark.parametrize(
    ("draw", "id"),
    [
        (lambda: resealed(committed_on=dt.date(2024, 11, 8)), "late-commitment"),
        (lambda: resealed(closes_on=dt.date(2024, 11, 10)), "early-list"),
        (
            lambda: resealed(public=replace(TERMS.public, day=dt.date(2024, 11, 9))),
            "early-event",
        ),
        (lambda: replace(held(), commitment="0" * 64), "commitment"),
        (lambda: replace(held(), list_hash="0" * 64), "list-hash"),
        (lambda: replace(held(), seed=bytes(32)), "commitment"),
        (lambda: replace(held(), placed=held().placed[::-1]), "order"),
        (lambda: replace(held(), placed=held().placed[:-1]), "places"),
        (lambda: replace(held(), waiting=held().waiting[1:]), "places"),
        (lambda: replace(held(), entrants=held().entrants[::-1]), "unsorted-list"),
        (lambda: replace(held(), entrants=(*held().entrants, ("QX-00011", None))), "duplicate-key"),
    ],
)
def test_names_what_does_not_agree(draw, id: str):
    found = verify_draw(draw())

    assert id in ids(found)
    for problem in found:
        assert problem.place in problem.say("zh")
        assert problem.mend.zh
        assert problem.mend.en in problem.say("en")


def test_the_last_day_before_the_close_is_in_time():
    assert verify_draw(resealed(committed_on=dt.date(2024, 11, 7))) == ()


def test_compares_with_what_was_published():
    draw = held()
    seen = {"commitment": draw.commitment.upper(), "list_hash": draw.list_hash}

    assert verify_draw(draw, seen) == ()
    assert ids(verify_draw(draw, {"commitment": "0" * 64})) == ["not-the-published-commitment"]
    assert ids(verify_draw(draw, {"list_hash": "0" * 64})) == ["not-the-published-list-hash"]


# --- files that are no draw ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "id"),
    [
        (b"", "malformed"),
        (b"[]", "malformed"),
        (b"null", "malformed"),
        (b"\xff\xfe{}", "malformed"),
        (b'{"scheme": "craftpath-draw-1", "scheme": "craftpath-draw-1"}', "malformed"),
        (b'{"scheme": NaN}', "malformed"),
        (b'{"scheme": ' + b"9" * 5000 + b"}", "malformed"),
        (b"[" * 100_000, "malformed"),
        (b"{}", "unknown-scheme"),
        (b'{"scheme": "craftpath-draw-2"}', "unknown-scheme"),
        (b'{"scheme": ["craftpath-draw-1"]}', "unknown-scheme"),
        (b'{"scheme": "craftpath-draw-1"}', "missing-value"),
    ],
)
def test_says_why_a_file_is_no_draw(data: bytes, id: str):
    draw, found = parse_draw(data)

    assert draw is None
    assert set(ids(found)) == {id}


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("quota", "places"), True, "quota.places"),
        (("quota", "places"), 1.5, "quota.places"),
        (("quota", "places"), -1, "quota.places"),
        (("quota", "places"), 2, "quota"),
        (("quota", "groups", "440106"), 10**30, "quota.groups.440106"),
        (("quota", "left_over"), ["stay"], "quota.left_over"),
        (("closes_on"), "2024-02-30", "closes_on"),
        (("closes_on"), "20241108", "closes_on"),
        (("seed"), "00", "seed"),
        (("seed"), "A" * 64, "seed"),
        (("programme"), "a\nb", "programme"),
        (("programme"), "\ud800", "programme"),
        (("list", 0), ["张三", None], "list[0]"),
        (("list", 0), "QX-00001", "list[0]"),
        (("result", "placed", 1), 7, "result.placed[1]"),
        (("public", "value"), "-", "public.value"),
        (("extra"), 1, "extra"),
    ],
)
def test_names_the_value_that_has_not_its_shape(path, value, place: str):
    tree = json.loads(write_draw(held()))
    changed = put(tree, path if isinstance(path, tuple) else (path,), value)
    draw, found = parse_draw(json.dumps(changed).encode())

    assert draw is None
    assert [problem.place for problem in found] == [place]


def test_refuses_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "draw.json"
    file.write_text(write_draw(held()), encoding="utf-8")
    assert read_draw(file) == (held(), ())
    monkeypatch.setattr(draw_file, "LARGEST_FILE", file.stat().st_size - 1)

    assert ids(read_draw(file)[1]) == ["too-large"]


@pytest.mark.parametrize(
    "tree",
    [
        {"\x1b[2J\ud800": 1},
        {"quota": {"places": 1, "groups": {"\x1b]0;x\x07\u202e": 1}, "left_over": "stay"}},
    ],
)
def test_says_nothing_that_a_terminal_would_obey(tree: dict[str, Any]):
    whole = {**json.loads(write_draw(held())), **tree}
    for data in (json.dumps(whole), json.dumps(tree)[:-1] + "," + json.dumps(tree)[1:]):
        for problem in problems_of(data.encode()):
            said = problem.say("zh") + problem.say("en")
            assert said.isprintable()
            said.encode()


def test_a_great_many_slips_are_not_told_one_by_one():
    tree = json.loads(write_draw(held()))
    tree["list"] = [0] * 1000
    tree["result"]["placed"] = [0] * 1000
    tree["quota"]["groups"] = {f"g{i}": -1 for i in range(1000)}
    tree |= {f"x{i}": 0 for i in range(1000)}

    assert len(problems_of(json.dumps(tree).encode())) < 30


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_bytes_make_it_stumble(data: bytes):
    assert problems_of(data) != ()


# --- holding a draw ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        lambda: hold_draw(TERMS, SEED, entrants(), dt.date(2024, 11, 9)),
        lambda: hold_draw(TERMS, SEED, entrants(), dt.date(2024, 11, 7), "1"),
        lambda: hold_draw(TERMS, SEED, entrants(), dt.date(2024, 11, 12), "1"),
        lambda: hold_draw(TERMS, SEED, entrants(), dt.date(2024, 11, 9), " 1"),
        lambda: hold_draw(TERMS, b"short", entrants(), dt.date(2024, 11, 9), "1"),
        lambda: hold_draw(replace(TERMS, public=None), SEED, [], dt.date(2024, 11, 9), "1"),
    ],
)
def test_holds_no_draw_that_would_not_verify(broken):
    with pytest.raises(ValueError, match=r"\w"):
        broken()
