"""The closed lists of programmes and applications, in both languages."""

from __future__ import annotations

from enum import StrEnum

from craftpath.engine.rules import Label

__all__ = [
    "LIVE",
    "PLACES",
    "SORTS",
    "STAGES",
    "STATES",
    "TIERS",
    "WAYS",
    "Place",
    "Sort",
    "Stage",
    "State",
    "Tier",
    "Way",
]


class Sort(StrEnum):
    COURSE = "course"
    SITTING = "sitting"
    CONTEST = "contest"
    DEGREE_CLASS = "degree-class"
    CARD = "card"
    GRANT = "grant"
    DESIGNATION = "designation"


SORTS = {
    Sort.COURSE: Label("培训课程", "course"),
    Sort.SITTING: Label("等级认定考试", "assessment sitting"),
    Sort.CONTEST: Label("竞赛", "contest"),
    Sort.DEGREE_CLASS: Label("学历班", "degree class"),
    Sort.CARD: Label("人才卡", "talent card"),
    Sort.GRANT: Label("补贴", "grant"),
    Sort.DESIGNATION: Label("单位认定", "designation"),
}


class Way(StrEnum):
    """How places are shared out."""

    OPEN = "open"
    FIRST_COME = "first-come"
    RANKED = "ranked"
    LOTTERY = "lottery"


WAYS = {
    Way.OPEN: Label("不限名额", "no limit"),
    Way.FIRST_COME: Label("先到先得", "first come, first served"),
    Way.RANKED: Label("按分数排序", "ranked by marks"),
    Way.LOTTERY: Label("公开抽签", "public lottery"),
}


class Stage(StrEnum):
    """How far a programme has come. Whether its window is open is a question of the day."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SHARED = "shared"
    CLOSED = "closed"


STAGES = {
    Stage.DRAFT: Label("草稿", "draft"),
    Stage.PUBLISHED: Label("已发布", "published"),
    Stage.SHARED: Label("名额已分配", "places shared out"),
    Stage.CLOSED: Label("已办结", "closed"),
}


class Tier(StrEnum):
    """Who decides a review step."""

    GRASSROOTS = "grassroots"
    CITY = "city"
    PROVINCE = "province"
    INSTITUTION = "institution"


TIERS = {
    Tier.GRASSROOTS: Label("基层", "grass-roots"),
    Tier.CITY: Label("市级", "city"),
    Tier.PROVINCE: Label("省级", "province"),
    Tier.INSTITUTION: Label("主办单位", "host"),
}


class State(StrEnum):
    """Where an application stands in its review."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DONE = "done"


STATES = {
    State.DRAFT: Label("草稿", "draft"),
    State.SUBMITTED: Label("审核中", "under review"),
    State.RETURNED: Label("退回补正", "returned for completion"),
    State.APPROVED: Label("审核通过", "approved"),
    State.REFUSED: Label("不予通过", "refused"),
    State.WITHDRAWN: Label("已撤回", "withdrawn"),
    State.DONE: Label("已办结", "done"),
}

#: Of one party in one programme there is at most one application in these.
LIVE = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED, State.DONE)


class Place(StrEnum):
    """Whether an application has a place."""

    NONE = "none"
    PLACED = "placed"
    WAITING = "waiting"
    UNPLACED = "unplaced"


PLACES = {
    Place.NONE: Label("尚未分配", "not shared out yet"),
    Place.PLACED: Label("已获名额", "has a place"),
    Place.WAITING: Label("候补", "on the waiting list"),
    Place.UNPLACED: Label("未获名额", "no place"),
}
