"""Words of the desk: decisions, deadlines, and what the audit's entries are called."""

from __future__ import annotations

from craftpath.engine.rules import Label

__all__ = ["DECISIONS", "DUE_WORDS", "ENTRIES", "entry_label"]

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

ENTRIES = {
    "application.start": Label("开始申请", "begun"),
    "application.amend": Label("修改", "changed"),
    "application.submit": Label("提交", "handed in"),
    "application.document": Label("上传材料", "document handed in"),
    "application.withdraw": Label("撤回", "withdrawn"),
    "application.pass": Label("审核通过这一环节", "step passed"),
    "application.return": Label("退回补正", "returned for completion"),
    "application.refuse": Label("不予通过", "refused"),
    "application.leave-out": Label("分配名额时未审结，不予通过", "left out: not decided in time"),
    "application.strike-out": Label("异议成立，不予通过", "struck out upon an objection"),
    "application.end": Label("项目办结时终止", "ended with its programme"),
    "application.override-ask": Label("申请例外", "override asked for"),
    "application.override-agree": Label("同意例外", "override agreed to"),
    "application.override-decline": Label("不同意例外", "override declined"),
    "application.points": Label("录入分数", "points entered"),
    "application.mark": Label("录入成绩", "mark entered"),
    "places.share": Label("分配名额", "places shared out"),
    "places.move": Label("由候补递补", "moved up from the waiting list"),
    "outcome.write": Label("办结", "finished"),
}


def entry_label(action: str) -> Label:
    """An audit entry's action in words; one that has none is shown as it is."""
    return ENTRIES.get(action, Label(action, action))
