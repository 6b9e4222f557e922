"""The nouns of a programme as a pack describes it, before anybody has set one up.

A value that is None was looked for and not found where `pending` has a word on it; otherwise there
is none. `pending` is keyed by the name of the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from craftpath.allotment.nouns import LeftOver
from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import About, Label

__all__ = [
    "ALLOTMENTS",
    "SORTS",
    "TIERS",
    "WITHDRAWALS",
    "Citation",
    "Document",
    "Groups",
    "Outcome",
    "ProgrammeTemplate",
    "ReviewStep",
    "Round",
    "Term",
]

SORTS = {
    "course": Label("课程", "course"),
    "sitting": Label("评价考核", "sitting"),
    "contest": Label("竞赛", "contest"),
    "degree-class": Label("学历班", "degree class"),
    "card": Label("优才卡", "card"),
    "grant": Label("补贴", "grant"),
    "designation": Label("认定", "designation"),
}

#: How places are shared out; `open`: whoever qualifies gets one.
ALLOTMENTS = {
    "open": Label("符合即得", "open to all who qualify"),
    "first-come": Label("先到先得", "first come, first served"),
    "ranked": Label("按分排名", "ranked by points"),
    "lottery": Label("抽签", "by lot"),
}

TIERS = {
    "grassroots": Label("基层", "grass roots"),
    "city": Label("市", "city"),
    "province": Label("省", "province"),
    "institution": Label("机构", "institution"),
}

#: Until when an applicant may change or take back an application.
WITHDRAWALS = {
    "until-close": Label("受理结束前可以修改、撤回", "until the window closes"),
    "never": Label("提交后不得修改、撤回", "not once handed in"),
}


@dataclass(frozen=True)
class Citation:
    """Where a value comes from: a key of sources.yaml, and the place in that text."""

    source: str
    clause: str | None = None


@dataclass(frozen=True)
class Term:
    """A number of days that an office has, calendar days or working days."""

    days: int
    working: bool = False

    @property
    def label(self) -> Label:
        zh, en = ("个工作日", "working ") if self.working else ("天", "")
        return Label(f"{self.days}{zh}", f"{self.days} {en}day{'' if self.days == 1 else 's'}")


@dataclass(frozen=True)
class Document:
    """A paper that an applicant is asked for."""

    label: Label
    required: bool
    cited: Citation | None = None


@dataclass(frozen=True)
class ReviewStep:
    """One step of review, in order. `within`: how long the office has."""

    tier: str
    label: Label | None
    within: Term | None
    cited: Citation | None = None
    pending: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """One intake window that has been published: [start, end), and its own places if it has any."""

    days: Interval
    places: int | None = None
    label: Label | None = None
    cited: Citation | None = None
    pending: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True)
class Groups:
    """Places shared out by group, a code of `list`.

    places    for each group, as far as stated
    left_over  what becomes of those that a group does not fill; None: as `pending` says
    """

    list: str
    places: Mapping[str, int]
    left_over: LeftOver | None
    cited: Citation | None = None
    pending: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The record that somebody gets who comes through.

    subject   a code of the kind's list, or "focus": what was applied for
    level     a code of the kind's scale
    levels    instead of it: for each route of the rule, the code that is written for who qualifies
              by it, as a subsidy for each level is
    quantity  a number in the kind's unit; "amount": the rule's amount; "marks", "place" or
              "percent": what the programme's marking comes to
    validity  how long it holds at the most; None: it is not ended
    """

    kind: str
    subject: str | None = None
    level: str | None = None
    quantity: float | str | None = None
    validity: Duration | None = None
    cited: Citation | None = None
    pending: Mapping[str, Label] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProgrammeTemplate:
    """A programme as its text describes it, for an official to set one up from.

    about        a person or an organisation, and the list of its focus, which the rule says
    rule         id of a rule of the pack
    region       code of the list `region`: for whom it is held
    cited        the text that all rests on which has no citation of its own
    documents    papers asked for
    places       in all; None and not pending: no limit
    review       steps in order
    notice       how long the outcome is put up for objections
    full_mark    how many marks there are to be had, where it is marked
    pay_within   how long the office has to pay once approved
    rounds       windows already published, in order; `always`: taken in all year instead
    once         how often one may take part, in words; the rule decides
    withdrawal   one of `WITHDRAWALS`
    citations    by the name of a value that rests on another text than `cited`
    """

    id: str
    label: Label
    sort: str
    about: About
    rule: str | None
    region: str | None
    cited: Citation
    documents: tuple[Document, ...] | None
    allotment: str | None
    places: int | None
    groups: Groups | None
    review: tuple[ReviewStep, ...] | None
    notice: Term | None
    pay_within: Term | None
    rounds: tuple[Round, ...] | None
    always: bool
    outcome: Outcome | None
    once: Label | None
    withdrawal: str
    remarks: Label | None
    citations: Mapping[str, Citation] = field(default_factory=dict)
    pending: Mapping[str, Label] = field(default_factory=dict)
    full_mark: Decimal = Decimal(100)

    @property
    def focus_needed(self) -> bool:
        """Whether an applicant has to say for which occupation, pairing … the application is."""
        return self.about.focus is not None

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of sources.yaml that any of it rests on, each once, the main one first."""
        return tuple(dict.fromkeys(one.source for one in self._cited()))

    def citation(self, name: str) -> Citation:
        """Where the value called `name` comes from."""
        return self.citations.get(name, self.cited)

    def _cited(self) -> Iterator[Citation]:
        yield self.cited
        yield from self.citations.values()
        parts: list[Document | ReviewStep | Round | Groups | Outcome | None] = [
            *(self.documents or ()),
            *(self.review or ()),
            *(self.rounds or ()),
            self.groups,
            self.outcome,
        ]
        yield from (part.cited for part in parts if part is not None and part.cited is not None)
