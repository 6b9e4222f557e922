"""Nobody looks on at two places at a time, nor twice at one: which stands, where a merge shows two.

Asked of sessions whose roll is not taken; who looked on at the others stands as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from craftpath.access.act import act
from craftpath.access.roles import Actor
from craftpath.assessment.choices import ROLES, Role
from craftpath.assessment.models import Examiner, Seat
from craftpath.assessment.times import meets
from craftpath.assessment.words import session_label
from craftpath.engine.rules import Label
from craftpath.programmes.locking import hold
from craftpath.registry.settling import Choice, Contradiction, Settler

__all__ = ["EXAMINERS", "seats_told"]


def seats_told(application: int) -> list[Label]:
    """Where an application has a seat."""
    seats = Seat.objects.filter(application=application).select_related("session__room")
    return [
        Label(
            f"{session_label(seat.session).zh}{seat.number}号座",
            f"seat {seat.number} of {session_label(seat.session).en}",
        )
        for seat in seats.order_by("session__day", "session__starts")
    ]


def _ahead(parties: Sequence[int]) -> list[Examiner]:
    """Those of the parties who are put in a session whose roll is not taken, by day and hour."""
    found = Examiner.objects.filter(person__in=parties).select_related(
        "session__room", "session__sitting__programme"
    )
    taken = Seat.objects.filter(attended__isnull=False).values("session")
    return list(found.exclude(session__in=taken).order_by("session__day", "session__starts", "pk"))


def _together(parties: Sequence[int]) -> list[list[Examiner]]:
    """Those that meet, one after the other: the same session, or another at the same time."""
    groups: list[list[Examiner]] = []
    for one in _ahead(parties):
        if groups and any(_meet(one, other) for other in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [group for group in groups if len(group) > 1]


def _meet(one: Examiner, other: Examiner) -> bool:
    return one.session_id == other.session_id or meets(one.session, other.session)


def _find(parties: Sequence[int]) -> list[Contradiction]:
    return [
        Contradiction(
            f"examiner-{group[0].pk}",
            Label("同一时间的监考、考评", "looking on at the same time"),
            tuple(map(_choice, group)),
        )
        for group in _together(parties)
    ]


def _choice(one: Examiner) -> Choice:
    where, role = session_label(one.session), ROLES[Role(one.role)]
    return Choice(
        f"examiner-{one.pk}",
        one.person_id,
        Label(
            f"{where.zh}，{role.zh}（档案 {one.person_id}）",
            f"{where.en}, as {role.en} (file {one.person_id})",
        ),
        (one.pk,),
    )


def _hold(parties: Sequence[int]) -> None:
    groups = _together(parties)
    for programme in sorted({one.session.sitting.programme_id for g in groups for one in g}):
        hold(programme)


def _settle(actor: Actor, asked: Contradiction, stands: str, why: str) -> list[int]:
    losing = asked.losing(stands)
    for one in Examiner.objects.filter(pk__in=losing).select_related("session").order_by("pk"):
        with act(
            actor,
            "party.merge",
            on=one.session,
            party=one.person_id,
            why=why,
            told_as="examiner.take",
        ) as trace:
            trace.details = {"role": one.role}
            one.delete()
    return losing


EXAMINERS = Settler(_find, _settle, _hold)
