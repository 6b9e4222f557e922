"""A draw file: one draw as JSON, to be published; read without trusting a byte of it.

    draw, problems = read_draw(path)
    problems = verify_draw(draw)
    text = write_draw(draw)

A value that is not of its shape is named by its place in the document ("quota.groups.east"), with
the mend. What has its shape and does not agree with the rest is for `craftpath.allotment.verify`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from craftpath.allotment.draw import SCHEME, SEED_BYTES, Draw, PublicEvent, Terms, is_line
from craftpath.allotment.nouns import LeftOver, Quota, is_word
from craftpath.engine.rules import Label

__all__ = ["LARGEST_FILE", "DrawProblem", "parse_draw", "read_draw", "write_draw"]

#: Bytes. A million entrants fit.
LARGEST_FILE = 64 * 1024 * 1024

_LARGEST_NUMBER = 10**9

#: So many problems of one sort say it all.
_ENOUGH = 5


@dataclass(frozen=True)
class DrawProblem:
    """One thing that is wrong with a draw file.

    id     the family of the problem ("list-hash"), for tests and tools
    place  where in the document; "" for the whole
    what   what is wrong; mend: what to look at or do
    """

    id: str
    place: str
    what: Label
    mend: Label

    def say(self, lang: str) -> str:
        stop, dash = ("。", "——") if lang == "zh" else (". ", " – ")
        where = f"{self.place}{dash}" if self.place else ""
        return f"{where}{self.what[lang]}{stop}{self.mend[lang]}{stop}".strip()


Found = tuple[Draw | None, tuple[DrawProblem, ...]]


# --- writing -------------------------------------------------------------------------------


def write_draw(draw: Draw) -> str:
    """The document: the same draw, the same bytes; one entrant to a line."""
    terms = draw.terms
    head: dict[str, Any] = {
        "scheme": SCHEME,
        "programme": terms.programme,
        "committed_on": terms.committed_on.isoformat(),
        "closes_on": terms.closes_on.isoformat(),
        "quota": {
            "places": terms.quota.places,
            "groups": dict(terms.quota.by_group),
            "left_over": terms.quota.left_over.value,
        },
        "public": None
        if terms.public is None
        else {
            "source": terms.public.source,
            "day": terms.public.day.isoformat(),
            "value": draw.public_value,
        },
        "commitment": draw.commitment,
        "listed_on": draw.listed_on.isoformat(),
        "list_hash": draw.list_hash,
        "seed": draw.seed.hex(),
    }
    lines = [f" {_json(key)}: {_json(value)}" for key, value in head.items()]
    lines.append(f' "list": {_json_lines(draw.entrants)}')
    placed, waiting = _json_lines(draw.placed), _json_lines(draw.waiting)
    lines.append(f' "result": {{"placed": {placed}, "waiting": {waiting}}}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json_lines(items: tuple[Any, ...]) -> str:
    return "[" + ",".join(f"\n  {_json(item)}" for item in items) + "]"


# --- reading -------------------------------------------------------------------------------


def read_draw(path: Path) -> Found:
    """The draw of a file, or None and every problem of shape. OSError: it cannot be opened."""
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    return parse_draw(data)


def parse_draw(data: bytes) -> Found:
    """The draw of a document given as bytes, or None and every problem of shape."""
    if len(data) > LARGEST_FILE:
        size = LARGEST_FILE // 1024 // 1024
        return None, (
            DrawProblem(
                "too-large",
                "",
                Label(f"文件超过 {size} MiB", f"The file is larger than {size} MiB"),
                Label("请确认这是一份抽签文件", "Make sure that it is a draw file"),
            ),
        )
    reader = _Reader()
    tree = reader.json(data)
    draw = reader.draw(tree) if isinstance(tree, dict) else None
    if not isinstance(tree, dict) and not reader.problems:
        reader.note("malformed", "", "文件不是一个 JSON 对象", "The file is no JSON object")
    return (None if reader.problems else draw), tuple(reader.problems)


def _shown(text: str) -> str:
    """A strange text, cut short and without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:40])


class _Broken(ValueError):
    """JSON that Python would read, and two readers would read differently."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.label = Label(zh, en)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        [(twice, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise _Broken(f"“{_shown(twice)}”写了两次", f"“{_shown(twice)}” is given twice")
    return found


def _no_constant(word: str) -> None:
    raise _Broken(f"{word} 不是 JSON 的数", f"{word} is no number of JSON")


_MISSING = object()
_WHOLE_MEND = Label(
    "请取回发布方的原件，不要改动", "Get the document as it was published, unchanged"
)


class _Reader:
    """Reads values by their place and notes what has not its shape."""

    def __init__(self) -> None:
        self.problems: list[DrawProblem] = []

    def note(self, id: str, place: str, zh: str, en: str, mend: Label = _WHOLE_MEND) -> None:
        self.problems.append(DrawProblem(id, place, Label(zh, en), mend))

    def json(self, data: bytes) -> Any:
        """The plain tree; None, and a note, where there is none."""
        try:
            text = data.decode("utf-8")
            return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        except UnicodeDecodeError:
            self.note("malformed", "", "文件不是 UTF-8", "The file is not UTF-8")
        except _Broken as broken:
            self.note("malformed", "", broken.label.zh, broken.label.en)
        except json.JSONDecodeError as error:
            n = error.lineno
            self.note("malformed", "", f"第 {n} 行不是 JSON", f"Line {n} is not JSON")
        except (
            ValueError,
            RecursionError,
        ):  # a number of thousands of digits; brackets without end
            self.note(
                "malformed", "", "文件不是能读的 JSON", "The file is no JSON that can be read"
            )
        return None

    # --- the parts ---

    def draw(self, tree: dict[str, Any]) -> Draw | None:
        if tree.get("scheme") != SCHEME:
            self.note(
                "unknown-scheme",
                "scheme",
                f"不认识的方案 {str(tree.get('scheme'))[:40]!r}，这里只会核对 {SCHEME}",
                f"The scheme {str(tree.get('scheme'))[:40]!r} is unknown; this checks {SCHEME}",
                Label("请用发布方所说的版本核对", "Use the version that its publisher names"),
            )
            return None
        take = dict(tree)
        take.pop("scheme")
        programme = self.line(take, "programme")
        committed_on, closes_on = self.day(take, "committed_on"), self.day(take, "closes_on")
        quota = self.quota(take)
        has_public = take.get("public", _MISSING) is not None
        public, value = self.public(take) if has_public else (take.pop("public"), None)
        sum = self.hex(take, "commitment", 32)
        listed_on, listed = self.day(take, "listed_on"), self.hex(take, "list_hash", 32)
        seed = self.hex(take, "seed", SEED_BYTES)
        entrants = self.entrants(take)
        placed, waiting = self.result(take)
        self.close(take, "")
        if (
            self.problems
            or programme is None
            or committed_on is None
            or closes_on is None
            or quota is None
            or sum is None
            or listed_on is None
            or listed is None
            or seed is None
        ):
            return None
        terms = Terms(programme, committed_on, closes_on, quota, public)
        seed_bytes = bytes.fromhex(seed)
        return Draw(terms, sum, listed_on, entrants, listed, seed_bytes, value, placed, waiting)

    def quota(self, tree: dict[str, Any]) -> Quota | None:
        take = self.object(tree, "quota")
        if take is None:
            return None
        places = self.number(take, "places", "quota", or_null=True)
        groups = self.object(take, "groups", "quota") or {}
        kept: dict[str, int] = {}
        for group in list(groups):
            if not is_word(group):
                self.note(
                    "bad-value",
                    "quota.groups",
                    f"组号“{_shown(group)}”只可用字母、数字和 . _ -",
                    f"The group “{_shown(group)}” may have letters, digits and . _ - only",
                )
                break
            kept[group] = self.number(groups, group, "quota.groups") or 0
            if len(self.problems) >= _ENOUGH:
                break
        left = take.pop("left_over", _MISSING)
        words = [word.value for word in LeftOver]
        if left not in words:
            self.note(
                "bad-value",
                "quota.left_over",
                f"应为 {'、'.join(words)} 之一",
                f"It is to be one of {', '.join(words)}",
            )
        self.close(take, "quota")
        if self.problems:
            return None
        if places is not None and places < (together := sum(kept.values())):
            self.note(
                "places",
                "quota",
                f"各组名额合计 {together}，超过总名额 {places}",
                f"The groups have {together} places together, more than the {places} there are",
            )
            return None
        return Quota(places, kept, LeftOver(left))

    def public(self, tree: dict[str, Any]) -> tuple[PublicEvent | None, str | None]:
        take = self.object(tree, "public")
        if take is None:
            return None, None
        source = self.line(take, "source", "public")
        day, value = self.day(take, "day", "public"), self.line(take, "value", "public")
        self.close(take, "public")
        return (PublicEvent(source, day) if source and day else None), value

    def entrants(self, tree: dict[str, Any]) -> tuple[tuple[str, str | None], ...]:
        found: list[tuple[str, str | None]] = []
        for place, item in self.items(tree, "list", ""):
            key, group = item if isinstance(item, list) and len(item) == 2 else (None, None)
            if is_word(key) and (group is None or is_word(group)):
                found.append((str(key), group))
            else:
                self.note(
                    "bad-value",
                    place,
                    "应为 [编号, 组号或 null]，只用字母、数字和 . _ -",
                    "It is to be [key, group or null], of letters, digits and . _ - only",
                )
        return tuple(found)

    def result(self, tree: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        take = self.object(tree, "result")
        if take is None:
            return (), ()
        found = {}
        for name in ("placed", "waiting"):
            keys = []
            for place, key in self.items(take, name, "result"):
                keys.append(str(key))
                if not is_word(key):
                    self.note("bad-value", place, "应为一个编号", "It is to be a key")
            found[name] = tuple(keys)
        self.close(take, "result")
        return found["placed"], found["waiting"]

    # --- single values ---

    def take(self, tree: dict[str, Any], key: str, place: str) -> tuple[str, Any]:
        where = f"{place}.{key}" if place else key
        value = tree.pop(key, _MISSING)
        if value is _MISSING:
            self.note("missing-value", where, "缺这一项", "It is missing")
        return where, value

    def object(self, tree: dict[str, Any], key: str, place: str = "") -> dict[str, Any] | None:
        where, value = self.take(tree, key, place)
        if isinstance(value, dict):
            return dict(value)
        self._bad(where, value, "应为一个对象", "It is to be an object")
        return None

    def items(self, tree: dict[str, Any], key: str, place: str) -> Iterator[tuple[str, Any]]:
        """Items with their places; stops after some bad ones, which say it all."""
        where, value = self.take(tree, key, place)
        if not isinstance(value, list):
            self._bad(where, value, "应为一个列表", "It is to be a list")
            return
        before = len(self.problems)
        for index, item in enumerate(value):
            if len(self.problems) - before >= _ENOUGH:
                return
            yield f"{where}[{index}]", item

    def line(self, tree: dict[str, Any], key: str, place: str = "") -> str | None:
        where, value = self.take(tree, key, place)
        if is_line(value):
            return str(value)
        zh, en = "应为一行文字，至多三百字", "It is to be one line of at most 300 characters"
        self._bad(where, value, zh, en)
        return None

    def day(self, tree: dict[str, Any], key: str, place: str = "") -> dt.date | None:
        where, value = self.take(tree, key, place)
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                pass
        self._bad(where, value, "应为日期，如 2025-06-30", "It is to be a day, as 2025-06-30")
        return None

    def hex(self, tree: dict[str, Any], key: str, size: int) -> str | None:
        where, value = self.take(tree, key, "")
        if isinstance(value, str) and re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", value):
            return value
        zh = f"应为 {2 * size} 位小写十六进制数"
        self._bad(where, value, zh, f"It is to be {2 * size} hexadecimal digits in lower case")
        return None

    def number(
        self, tree: dict[str, Any], key: str, place: str, *, or_null: bool = False
    ) -> int | None:
        where, value = self.take(tree, key, place)
        if value is None and or_null:
            return None
        if type(value) is int and 0 <= value <= _LARGEST_NUMBER:
            return value
        self._bad(where, value, "应为不小于零的整数", "It is to be a whole number from 0")
        return None

    def close(self, left: Mapping[str, Any], place: str) -> None:
        for key in list(left)[:_ENOUGH]:
            where = f"{place}.{_shown(key)}" if place else _shown(key)
            self.note("unknown-key", where, "方案中没有这一项", "The scheme has no such value")

    def _bad(self, where: str, value: Any, zh: str, en: str) -> None:
        if value is not _MISSING:
            self.note("bad-value", where, zh, en)
