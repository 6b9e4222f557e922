"""Whose word makes a record verified, kind by kind: the table of who may write what."""

from __future__ import annotations

from craftpath.engine.rules import Label
from craftpath.pack.nouns import VOUCHERS, Pack, SpokenKind

__all__ = ["show_writes"]

_WORDS = {
    "official": Label("各级主管部门", "any official"),
    "city": Label("市级以上主管部门", "an official of the city or above"),
    "province": Label("省级主管部门", "an official of the province"),
    "own": Label("记录所指的机构", "the institution it points to"),
    "filed": Label("已备案的评价机构", "an assessment body filed for it"),
    "number": Label("证件号码本身", "the identity number itself"),
    "programme": Label("主管部门设立的项目", "a programme that an official sets up"),
    "hosted": Label("机构自办的项目", "a programme that an institution sets up"),
}
_NOBODY = Label("谁都只能申报", "nobody: it is claimed")


def show_writes(pack: Pack, lang: str) -> str:
    """One line for each kind: its id, its name, and whose word makes it verified. Everybody else
    claims it, where they may say it at all."""
    kinds = pack.vocabulary.kinds
    width = max(map(len, kinds), default=0)
    comma, colon = ("、", "：") if lang == "zh" else (", ", ": ")
    lines = []
    for id, kind in kinds.items():
        said = kind.vouched if isinstance(kind, SpokenKind) else ()
        words = comma.join(_WORDS[one][lang] for one in VOUCHERS if one in said) or _NOBODY[lang]
        lines.append(f"{id:<{width}}  {kind.label[lang]}{colon}{words}")
    return "\n".join(lines)
