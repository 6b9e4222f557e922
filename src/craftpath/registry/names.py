"""Names of people and organisations: what may stand as one, and when two are the same.

A name is kept, shown and printed as it was typed. Compared, searched and looked for twice it is by
its key (decision 0032).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from craftpath.engine.rules import Label

__all__ = ["keys_of", "name_key", "no_name"]

#: What people and programs write where they have no name.
_NOTHING = frozenset(
    [
        "无",
        "无名",
        "没有",
        "空",
        "不详",
        "未知",
        "暂无",
        "待补",
        "待定",
        "测试",
        "none",
        "null",
        "nil",
        "n/a",
        "unknown",
        "tbd",
        "xxx",
    ]
)
_LOST = re.compile("[?？\ufffd□■◇]")


def name_key(text: str) -> str:
    """What a name comes to without width, case, marks on letters, dots, blanks and brackets:
    买买提·艾力 and 买买提•艾力, Nguyễn Thị Hồng Nhung and NGUYEN THI HONG NHUNG are one."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    bare, marked = [], False
    for one in apart:
        category = unicodedata.category(one)[0]
        if category in "LN":
            marked = unicodedata.name(one, "").startswith(_ALPHABETS)
            bare.append(one)
        elif category == "M" and not marked:
            bare.append(one)  # elsewhere a mark is a letter: ガ is not カ
    return unicodedata.normalize("NFC", "".join(bare))


def keys_of(names: Iterable[str]) -> str:
    """The keys of several names, each on a line of its own, to be searched in."""
    keys = dict.fromkeys(name_key(name) for name in names)
    return "\n".join(key for key in keys if key)


#: Where a letter with a mark is often typed without it.
_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC")
#: Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


def no_name(text: str) -> Label | None:
    """Why this cannot be anybody's name; None: it can."""
    if text.strip().casefold() in _NOTHING or text.lstrip().startswith("#"):
        return Label("不是姓名或名称", "this is no name")
    if _LOST.search(text):
        return Label("有看不清或没有转换成功的字", "it has characters that were lost or doubted")
    if any(unicodedata.category(one) in ("Co", "Cn", "Cc") for one in text):
        return Label(
            "有只在某台电脑上才有的自造字", "it has characters that only one machine can show"
        )
    if not any(unicodedata.category(one).startswith("L") for one in text):
        return Label("姓名或名称里没有文字", "a name has letters")
    return None
