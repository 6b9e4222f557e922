"""The closed lists of sittings, in both languages."""

from __future__ import annotations

from enum import StrEnum

from craftpath.engine.rules import Label

__all__ = [
    "HANDS",
    "ORIGINS",
    "PARTS",
    "ROLES",
    "STAGES",
    "Hand",
    "Origin",
    "Part",
    "Role",
    "Stage",
]


class Part(StrEnum):
    """What a level is assessed by. Which levels ask for which is the pack's."""

    THEORY = "theory"
    SKILL = "skill"
    REVIEW = "review"


PARTS = {
    Part.THEORY: Label("理论知识考试", "theory paper"),
    Part.SKILL: Label("技能考核", "skill test"),
    Part.REVIEW: Label("综合评审", "comprehensive review"),
}


class Stage(StrEnum):
    """How far a sitting has come. Registration is its programme's window and review."""

    PLANNED = "planned"
    SEATED = "seated"
    MARKING = "marking"
    PUBLISHED = "published"
    ARCHIVED = "archived"


STAGES = {
    Stage.PLANNED: Label("计划与报名", "plan and registration"),
    Stage.SEATED: Label("已编排考场", "seated"),
    Stage.MARKING: Label("登分", "marking"),
    Stage.PUBLISHED: Label("成绩已公布", "results published"),
    Stage.ARCHIVED: Label("已归档", "archived"),
}


class Role(StrEnum):
    """What somebody does in a session. Policy: the standard's ratios, by part."""

    INVIGILATOR = "invigilator"
    ASSESSOR = "assessor"
    REVIEWER = "reviewer"


ROLES = {
    Role.INVIGILATOR: Label("监考员", "invigilator"),
    Role.ASSESSOR: Label("考评员", "assessor"),
    Role.REVIEWER: Label("评审专家", "reviewer"),
}


class Hand(StrEnum):
    """Marks are typed twice, by two people; where they differ nothing is settled."""

    FIRST = "first"
    SECOND = "second"


HANDS = {
    Hand.FIRST: Label("初录", "first entry"),
    Hand.SECOND: Label("复录", "second entry"),
}


class Origin(StrEnum):
    """How a mark came to stand."""

    TWO_HANDS = "two-hands"
    SHEET = "sheet"
    CARRIED = "carried"
    CORRECTED = "corrected"
    APPEAL = "appeal"
    ROLL = "roll"


ORIGINS = {
    Origin.TWO_HANDS: Label("双人录入一致", "typed twice alike"),
    Origin.SHEET: Label("成绩表导入并经核对", "brought in as a sheet and confirmed"),
    Origin.CARRIED: Label("沿用上次合格成绩", "carried over from an earlier pass"),
    Origin.CORRECTED: Label("更正", "corrected"),
    Origin.APPEAL: Label("复核改正", "put right on appeal"),
    Origin.ROLL: Label("考场记录缺考", "absent by the roll"),
}
