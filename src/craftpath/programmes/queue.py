"""The queue of whoever reviews: what is due, narrowed and counted; and what a decision would do.

It reads only. The decision itself, and whether it may be made, is `actions.reviews`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from craftpath.access.regions import contains, within
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.programmes.choices import TIERS, Stage, State, Tier, Way
from craftpath.programmes.models import Application, Override, Review, Step
from craftpath.programmes.queries import (
    applications_due_for,
    applications_seen_by,
    decides,
    overdue,
)
from craftpath.registry.queries import named as party_named

__all__ = [
    "SOON",
    "Chosen",
    "Counted",
    "Foreseen",
    "Sought",
    "chosen_of",
    "counts_of",
    "due_counts",
    "foci_of",
    "foresee",
    "named",
    "overrides_waiting_for",
    "queue_of",
    "regions_of",
    "verdicts_for",
]

#: Days within which something is due soon.
SOON = 3
#: So many are decided at once at the most; a page of the queue holds no more.
MOST = 100


@dataclass(frozen=True)
class Sought:
    """What of the queue is wanted. What is empty asks nothing.

    text      part of a name or of a serial; every word of it
    due       "overdue", "soon" (within `SOON` days), "later" or "none" (no deadline)
    verdict   what the engine said when it was handed in
    returned  only those that were returned before
    """

    text: str = ""
    programme: str = ""
    region: str = ""
    focus: str = ""
    verdict: str = ""
    due: str = ""
    returned: bool = False


@dataclass(frozen=True)
class Counted:
    """How many of something wait; `key` is a slug, a code."""

    key: str
    label: Label
    count: int
    overdue: int = 0


@dataclass(frozen=True)
class Foreseen:
    """One application that was selected, and what the decision would do to it.

    application  as it is now, None: it is not in the queue (decided meanwhile, or not yours)
    seen         the version that was selected
    happens      what will come of it; `stopped`: why nothing will
    """

    serial: str
    seen: int
    application: Application | None
    happens: Label | None
    stopped: Label | None


Chosen = tuple[str, int]


def named(found: QuerySet[Application], text: str) -> QuerySet[Application]:
    """Narrow by serial or by the applicant's name: any part of it, every word of the text."""
    for word in text.split():
        found = found.filter(Q(serial__icontains=word) | party_named(word, "party__"))
    return found


def queue_of(actor: Actor, sought: Sought, day: dt.date) -> QuerySet[Application]:
    """The actor's queue, what is due first at the top; what has no deadline comes last.

    Each has `was_returned`: it was returned for completion before.
    """
    before = Review.objects.filter(application=OuterRef("pk"), verdict=Review.Verdict.RETURN)
    found = (
        applications_due_for(actor)
        .select_related("employer", "group")
        .annotate(was_returned=Exists(before))
    )
    if sought.programme:
        found = found.filter(programme__slug=sought.programme)
    if sought.region:
        found = found.filter(within(sought.region, "party__region"))
    if sought.focus:
        found = found.filter(focus=sought.focus)
    if sought.verdict:
        found = found.filter(check_first__verdict=sought.verdict)
    if sought.returned:
        found = found.filter(was_returned=True)
    if sought.due:
        found = found.filter(_due(sought.due, day))
    return named(found, sought.text).order_by(F("due").asc(nulls_last=True), "submitted_at", "pk")


def _due(word: str, day: dt.date) -> Q:
    soon = day + dt.timedelta(days=SOON)
    return {
        "overdue": overdue(day),
        "soon": Q(due__gte=day, due__lte=soon),
        "later": Q(due__gt=soon),
        "none": Q(due=None),
    }.get(word, Q())


def counts_of(actor: Actor, day: dt.date) -> list[Counted]:
    """How many wait in each programme, what closes first at the top."""
    rows = (
        applications_due_for(actor)
        .values("programme__slug", "programme__name_zh", "programme__name_en", "programme__closes")
        .annotate(count=Count("pk"), late=Count("pk", filter=overdue(day)))
        .order_by("programme__closes", "programme__slug")
    )
    return [
        Counted(
            row["programme__slug"],
            Label(row["programme__name_zh"], row["programme__name_en"]),
            row["count"],
            row["late"],
        )
        for row in rows
    ]


def due_counts(actor: Actor, day: dt.date) -> dict[str, int]:
    """How many are overdue, due soon, due later, without a deadline."""
    words = ("overdue", "soon", "later", "none")
    return applications_due_for(actor).aggregate(
        **{word: Count("pk", filter=_due(word, day)) for word in words}
    )


def regions_of(actor: Actor) -> list[str]:
    """The regions that those in the queue are of."""
    rows = applications_due_for(actor).exclude(party__region="").order_by("party__region")
    return list(rows.values_list("party__region", flat=True).distinct())


def foci_of(actor: Actor) -> list[tuple[str, str, str]]:
    """What those in the queue apply for, as (code, rule, list of codes)."""
    rows = applications_due_for(actor).exclude(focus="").order_by("focus")
    return list(rows.values_list("focus", "programme__rule", "programme__focus_list").distinct())


def overrides_waiting_for(actor: Actor) -> list[Override]:
    """Overrides that somebody else asked for and that this official may answer."""
    open_ = (
        Override.objects.filter(application__in=applications_seen_by(actor), answered_by=None)
        .exclude(asked_by=actor.user)
        .select_related("application__programme", "application__party")
        .order_by("asked_at")
    )
    return [one for one in open_ if contains(actor.region, one.verdict.get("asked_for", ""))]


def verdicts_for(actor: Actor, application: Application, day: dt.date) -> tuple[str, ...]:
    """The verdicts that this actor can give at the present step; none where it is not theirs.

    What was returned and not mended in time can be refused, and nothing else.
    """
    step = Step.objects.filter(programme=application.programme_id, number=application.step).first()
    if step is None or not decides(actor, application, step.tier):
        return ()
    if application.programme.stage != Stage.PUBLISHED:
        return ()
    if application.state == State.SUBMITTED:
        return tuple(Review.Verdict.values)
    lapsed = application.due is not None and application.due < day
    if application.state == State.RETURNED and lapsed:
        return (Review.Verdict.REFUSE.value,)
    return ()


# --- what a decision would do ----------------------------------------------------------------


def chosen_of(texts: Sequence[str]) -> list[Chosen]:
    """(serial, version seen) of each "SERIAL@VERSION", each serial once; what is neither is left
    out, and so is what is more than a page holds."""
    found: dict[str, int] = {}
    for text in texts[:MOST]:
        serial, _, version = text.rpartition("@")
        if serial and version.isdecimal() and len(version) < 10:
            found.setdefault(serial, int(version))
    return list(found.items())


def foresee(actor: Actor, chosen: Sequence[Chosen], verdict: str) -> list[Foreseen]:
    """What the decision would do to each that was selected, in the order selected."""
    serials = [serial for serial, _ in chosen]
    there = {
        one.serial: one
        for one in applications_due_for(actor).select_related("group").filter(serial__in=serials)
    }
    programmes = {one.programme_id for one in there.values()}
    steps: dict[tuple[int, int], Step] = {
        (step.programme_id, step.number): step
        for step in Step.objects.filter(programme__in=programmes)
    }
    return [_foreseen(serial, seen, there.get(serial), verdict, steps) for serial, seen in chosen]


def _foreseen(
    serial: str,
    seen: int,
    application: Application | None,
    verdict: str,
    steps: dict[tuple[int, int], Step],
) -> Foreseen:
    stopped = None
    if application is None:
        stopped = Label(
            "已不在您的待办中（可能刚由他人办理）。",
            "It is no longer in your queue; somebody may just have decided it.",
        )
    elif application.version != seen:
        stopped = Label(
            "您选中之后它又有变动，请回到列表重新查看。",
            "It has changed since you selected it; look at it again in the queue.",
        )
    if application is None or stopped is not None:
        return Foreseen(serial, seen, application, None, stopped)
    following = steps.get((application.programme_id, application.step + 1))
    return Foreseen(serial, seen, application, _happens(application, verdict, following), None)


def _happens(application: Application, verdict: str, following: Step | None) -> Label:
    if verdict == Review.Verdict.PASS and following is not None:
        tier = TIERS[Tier(following.tier)]
        return Label(f"转入{tier.zh}审核。", f"It goes on to the review of the {tier.en}.")
    if verdict == Review.Verdict.PASS:
        return Label(
            "按今天的记录再核对一次；符合就审核通过，不符合则留在原处。",
            "The rule is asked again as of today: approved if it holds, left as it is if not.",
        )
    if verdict == Review.Verdict.RETURN:
        return Label(
            "退回申请人补正，并把您写的理由告诉对方。",
            "It goes back to the applicant with your reason, to be mended.",
        )
    if application.place == "placed" and application.programme.way == Way.FIRST_COME:
        return Label(
            "不予通过，告知理由；占用的名额自动递补给下一位。",
            "It is refused with your reason; its place goes to the next by itself.",
        )
    return Label("不予通过，并告知理由。", "It is refused, and the applicant is told your reason.")
