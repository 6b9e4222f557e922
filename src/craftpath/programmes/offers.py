"""Programmes as somebody meets them: what is open where they are, and how full it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from craftpath.access.regions import prefix
from craftpath.eligibility import Answer, Answers
from craftpath.programmes.choices import LIVE, Stage, State, Way
from craftpath.programmes.models import Application, Programme
from craftpath.registry.queries import selves

__all__ = [
    "Offer",
    "answered",
    "best_answer",
    "left_of",
    "offers",
    "outer_regions",
    "own_application",
    "places_left",
    "taken_of",
    "with_taken",
]

_BEST_FIRST = ("qualifies", "later", "unknown", "never")
_ASKED_FOR = [state.value for state in LIVE if state != State.DRAFT]


def outer_regions(region: str) -> list[str]:
    """A region and those that contain it: "441900119" → itself, its city, its province."""
    if not region:
        return []
    found = [region, region[:6], region[:4] + "00", region[:2] + "0000"]
    return [code for code in dict.fromkeys(found) if region.startswith(prefix(code))]


def with_taken(programmes: QuerySet[Programme]) -> QuerySet[Programme]:
    """Each with `taken`: how many applications have been handed in and stand."""
    # A correlated count: the join and GROUP BY over every column is slower on both databases.
    standing = (
        Application.objects.filter(programme=OuterRef("pk"), state__in=_ASKED_FOR)
        .order_by()
        .values("programme")
        .annotate(many=Count("pk"))
        .values("many")
    )
    return programmes.annotate(taken=Coalesce(Subquery(standing, output_field=IntegerField()), 0))


def taken_of(programme: Programme) -> int:
    """How many applications have been handed in and stand; asked anew where it was not read."""
    known: int | None = getattr(programme, "taken", None)
    if known is not None:
        return known
    return Application.objects.filter(programme=programme, state__in=_ASKED_FOR).count()


@dataclass(frozen=True)
class Offer:
    """One programme for one person.

    taken   applications handed in
    answer  the engine's best answer on the day that counts; None: no rule, or none of the
            person's records names a focus for it
    own     serial of their own live application
    gone    there is nothing more to be had of it: they have that level, or a higher one, in every
            occupation that they could apply for
    """

    programme: Programme
    taken: int
    answer: Answer | None
    own: str | None
    gone: bool = False

    @property
    def verdict(self) -> str:
        """As the engine's; a programme without a rule is open to anybody of its region."""
        if not self.programme.rule:
            return "qualifies"
        return "unknown" if self.answer is None else self.answer.verdict

    @property
    def left(self) -> int | None:
        return left_of(self.programme, self.taken)


def left_of(programme: Programme, taken: int) -> int | None:
    """Places not yet asked for, where the first to come has them; None otherwise."""
    if programme.way != Way.FIRST_COME or programme.places is None:
        return None
    return max(programme.places - taken, 0)


def places_left(programme: Programme) -> int | None:
    """As `left_of`, with how many have applied asked where it was not read."""
    return left_of(programme, taken_of(programme)) if programme.way == Way.FIRST_COME else None


def answered(offer: Offer, answers: Answers, gone: Collection[tuple[str, str | None]]) -> Offer:
    """The offer with the best answer of what there is still to be had."""
    if not offer.programme.rule:
        return offer
    answer = best_answer(answers, offer.programme, gone)
    nothing = answer is None and best_answer(answers, offer.programme) is not None
    return replace(offer, answer=answer, gone=nothing)


def offers(region: str, party: int, day: dt.date, *, counted: bool = True) -> list[Offer]:
    """Published programmes for people of a region whose window is open or still to come, without
    an answer; the first to close first.

    counted  with how many have applied; where it is not shown, the count is spared (`taken` is 0)
    """
    found = Programme.objects.filter(
        stage=Stage.PUBLISHED, about="person", closes__gt=day, region__in=outer_regions(region)
    ).order_by("closes", "pk")
    own = dict(_live_of(party).values_list("programme", "serial"))
    return [
        Offer(one, getattr(one, "taken", 0), None, own.get(one.pk))
        for one in (with_taken(found) if counted else found)
    ]


def own_application(party: int, programme: int) -> str | None:
    """The serial of a party's live application in a programme."""
    found = _live_of(party).filter(programme=programme).values_list("serial", flat=True)
    return found.first()


def _live_of(party: int) -> QuerySet[Application]:
    return Application.objects.filter(party__in=selves([party]), state__in=list(LIVE))


def best_answer(
    answers: Answers, programme: Programme, gone: Collection[tuple[str, str | None]] = ()
) -> Answer | None:
    """Of the answers for a programme's rule, the best among the foci that it takes.

    gone  (rule, focus) of which there is nothing more to be had (`eligibility.reached`)
    """
    chosen = [
        answer
        for answer in answers
        if answer.rule == programme.rule
        and programme.focus in ("", answer.focus)
        and (answer.rule, answer.focus) not in gone
    ]
    return min(
        chosen,
        key=lambda a: (_BEST_FIRST.index(a.verdict), a.since or dt.date.max),
        default=None,
    )
