"""Words of the desk: decisions and deadlines."""

from __future__ import annotations

from craftpath.engine.rules import Label

__all__ = ["DECISIONS", "DUE_WORDS"]

DECISIONS = {
    "pass": Label("通过", "pass"),
    "return": Label("退回补正", "return for completion"),
    "refuse": Label("不予通过", "refuse"),
}

DUE_WORDS = {
    "overdue": Label("已超期", "overdue"),
    "soon": Label("即将到期", "due soon"),
    "later": Label("未到期", "due later"),
    "none": Label("没有期限", "no deadline"),
}
