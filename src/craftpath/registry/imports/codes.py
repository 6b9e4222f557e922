"""A code or its exact name → the code."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from craftpath.eligibility import search_codes
from craftpath.eligibility.kept import once_a_pack
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Code, Kind
from craftpath.pack.nouns import Pack
from craftpath.registry.imports.nouns import Wrong

__all__ = ["Coder", "coder_of"]

_REGION = "region"


class Coder:
    """Reads the codes, levels and kinds of one pack. What was read once is remembered."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._names = {id: _names(pack, id) for id in pack.vocabulary.lists}
        self.code = lru_cache(1 << 14)(self._code)
        self.level = lru_cache(1 << 12)(self._level)
        self.kind = lru_cache(1 << 12)(self._kind)

    def _code(self, list_id: str, text: str) -> str | Wrong:
        """The code of a list by itself, by that of another edition, or by its exact name."""
        codes = self.pack.vocabulary.lists[list_id]
        if text in codes.codes:
            return text
        if text in codes.aliases:
            return codes.aliases[text]
        for shorter in _shorter(text) if list_id == _REGION else ():
            if shorter in codes.codes:
                return shorter
        name = codes.label
        found = self._names[list_id].get(_folded(text), ())
        if len(found) == 1:
            return found[0]
        if found:
            return Wrong(
                Label(f"{name.zh}有重名", f"several codes have this name ({name.en})"),
                Label(
                    f"改填代码：{'、'.join(found[:6])}",
                    f"enter the code instead: {', '.join(found[:6])}",
                ),
            )
        near = search_codes(self.pack, list_id, text, limit=3) if len(text) > 1 else ()
        said_zh = "、".join(f"{one.label.zh} {one.code}" for one in near)
        said_en = ", ".join(f"{one.label.en or one.label.zh} {one.code}" for one in near)
        return Wrong(
            Label(f"{name.zh}代码表中没有", f"not in the list of codes ({name.en})"),
            Label(
                f"是否 {said_zh}？" if near else "填代码或代码表中的全名",
                f"perhaps {said_en}?" if near else "enter a code, or the exact name in the list",
            ),
        )

    def _level(self, scale_id: str, text: str) -> int | Wrong:
        """The rank of a step by its code (3), its name (三级/高级工) or one part of it (高级工)."""
        scale = self.pack.vocabulary.scales[scale_id]
        asked = _folded(text)
        for step in scale.steps:
            names = (*re.split("[/／]", step.label.zh), step.label.zh, step.label.en, step.code)
            if asked in {_folded(name) for name in names}:
                return step.rank
        steps = scale.steps
        return Wrong(
            Label("没有这个等级", "there is no such level"),
            Label(
                "填其中一级：" + "、".join(f"{s.label.zh}（{s.code}）" for s in steps),
                "enter one of: " + ", ".join(f"{s.label.en} ({s.code})" for s in steps),
            ),
        )

    def _kind(self, text: str) -> Kind | Wrong:
        kinds = self.pack.vocabulary.kinds
        if text in kinds:
            return kinds[text]
        asked = _folded(text)
        for kind in kinds.values():
            if asked in (_folded(kind.label.zh), _folded(kind.label.en)):
                return kind
        return Wrong(
            Label("没有这种记录", "there is no such kind of record"),
            Label("从说明表的记录类型中选一个", "choose one of the kinds in the second sheet"),
        )


@once_a_pack
def coder_of(pack: Pack) -> Coder:
    return Coder(pack)


def _names(pack: Pack, list_id: str) -> Mapping[str, tuple[str, ...]]:
    """Codes by folded name. A group and its only member often share one: the member is meant."""
    codes = pack.vocabulary.lists[list_id].codes
    parents = {code.parent for code in codes.values()}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code in codes.values():
        for name in {_folded(code.label.zh), _folded(code.label.en)} - {""}:
            found[name].append(code.code)
        for name in _within(codes, code) if list_id == _REGION else ():
            found[_folded(name)].append(code.code)
    meant = {}
    for name, several in found.items():
        leaves = [code for code in several if code not in parents]
        meant[name] = tuple(leaves or several)
    return meant


def _within(codes: Mapping[str, Code], code: Code) -> Iterator[str]:
    """A place as people write it, after those that it lies in: 广东省东莞市长安镇, with or without
    those between."""
    above, names = codes.get(code.parent or ""), [code.label.zh]
    while above is not None:
        names = [*names, *(above.label.zh + name for name in names)]
        above = codes.get(above.parent or "")
    yield from names[1:]


def _shorter(text: str) -> Iterator[str]:
    """The codes of statistics have twelve digits, the last of them noughts: 441900000000."""
    if len(text) == 12 and text.isdigit():
        for size in (9, 6):
            if not text[size:].strip("0"):
                yield text[:size]


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()
