"""Everybody with a place gets a seat for each part still to sit, and a ticket.

seat(actor, slug, *, afresh=False) -> Seated
not_ready(sitting) -> list[Label]
unseat(actor, slug, *, why) -> Sitting
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.allotting import Hall, Key, Seating, Sitter, allot
from craftpath.assessment.carrying import carried_over
from craftpath.assessment.choices import Origin, Stage
from craftpath.assessment.holding import hold_sitting, parts_of, require_stage
from craftpath.assessment.models import Mark, Room, Seat, Session, Sitting, Ticket
from craftpath.assessment.queries import candidates_of, sitting_run_by
from craftpath.assessment.refusals import NotReady
from craftpath.assessment.staffing import (
    counted,
    filings,
    looking_on,
    short_of,
    ties_of,
    unfiled,
)
from craftpath.assessment.tickets import new_numbers
from craftpath.assessment.ties import THEMSELVES, employers_of
from craftpath.assessment.times import meets, span
from craftpath.assessment.words import listed, session_label
from craftpath.engine.rules import Label
from craftpath.pack.assessments import PartRules
from craftpath.programmes.choices import Place, State
from craftpath.programmes.choices import Stage as ProgrammeStage
from craftpath.programmes.locking import hold_rows
from craftpath.programmes.models import Application
from craftpath.programmes.telling import tell_all
from craftpath.registry.models import Party
from craftpath.registry.queries import holder, selves

__all__ = ["Seated", "not_ready", "seat", "unseat"]


@dataclass(frozen=True)
class Seated:
    """What a seating came to.

    candidates  with a place; `seats` given anew and `kept`; `carried`: parts that need none;
                `freed`: seats of those who have left, or do not sit the part any more
    """

    candidates: int
    seats: int
    kept: int
    carried: int
    freed: int


def seat(actor: Actor, slug: str, *, afresh: bool = False) -> Seated:
    """Seat everybody who has a place, once the places are shared out; again, until the first roll.

    Parts passed before are carried over as the plan says, and not sat. Who has a seat that still
    fits keeps it, unless `afresh`; those who have left lose theirs, and those who moved up get one.
    Everybody whose seats changed is told. The order is shuffled by the sitting's seed, and
    neighbours do not work for the same employer as far as others can sit between them.

    NotThere, NotAllowed. NotReady, a Conflict with every reason: seats, invigilators, assessors or
    panels that do not suffice, ties, missing filings; nothing is changed then.
    """
    require(actor, "sitting.seat")
    seen = sitting_run_by(actor, slug)
    with act(actor, "sitting.seat", on=seen) as trace:
        sitting = hold_sitting(seen)
        require_stage(sitting, Stage.PLANNED, Stage.SEATED)
        if sitting.programme.stage != ProgrammeStage.SHARED:
            raise Conflict(
                "名额分配之后才能编排考场。", "Candidates are seated once places are shared out."
            )
        people = list(candidates_of(sitting))
        if not people:
            raise Conflict("没有考生。", "There are no candidates.")
        _require_not_begun(sitting)
        desk = _Desk(sitting, people)
        seating = allot(desk.sitters, desk.halls, sitting.seed, {} if afresh else desk.kept())
        reasons = desk.reasons(seating)
        if reasons:
            raise NotReady(reasons)
        seated = desk.write(actor, seating)
        sitting.stage = Stage.SEATED
        sitting.save(update_fields=["stage"])
        trace.details = {**asdict(seated), "afresh": afresh}
    return seated


def not_ready(sitting: Sitting) -> list[Label]:
    """What `seat` would refuse for, worked out without seating anybody."""
    desk = _Desk(sitting, list(candidates_of(sitting)))
    return desk.reasons(allot(desk.sitters, desk.halls, sitting.seed, desk.kept()))


def unseat(actor: Actor, slug: str, *, why: str) -> Sitting:
    """Back to the plan, so that sessions can be changed: every seat is taken back, with a reason
    that the candidates are told. Tickets keep their numbers. NotThere, Invalid, Conflict."""
    require(actor, "sitting.seat")
    seen = sitting_run_by(actor, slug)
    why = why.strip()
    if not 0 < len(why) <= 200:
        raise Invalid(
            {"why": Label("请写明理由，至多 200 字。", "Give the reason, in 200 characters.")}
        )
    with act(actor, "sitting.seat", on=seen, why=why, told_as="sitting.unseat") as trace:
        sitting = hold_sitting(seen)
        require_stage(sitting, Stage.SEATED)
        freed, _ = Seat.objects.filter(session__sitting=sitting).delete()
        trace.details = {"freed": freed}
        sitting.stage = Stage.PLANNED
        sitting.save(update_fields=["stage"])
        label = Label(
            f"考场安排有变（{why}），原座位作废，重新编排后另行通知。",
            f"the seating is withdrawn ({why}); you will be told the new one.",
        )
        tell_all(sitting.programme, ((one, label) for one in candidates_of(sitting)))
    return sitting


def _require_not_begun(sitting: Sitting) -> None:
    begun = Seat.objects.filter(session__sitting=sitting, session__day__lt=today()).first()
    if begun is not None:
        label = session_label(Session.objects.select_related("room").get(pk=begun.session_id))
        raise Conflict(
            f"{label.zh}的日期已过：请登记到场情况；没有考成的，请先撤回编排、另定时间。",
            f"The day of {label.en} is over: take its roll; or, if it was not held, withdraw the "
            "seating and move it.",
        )


class _Desk:
    """All that a seating is worked out from, read once."""

    def __init__(self, sitting: Sitting, people: Sequence[Application]) -> None:
        self.sitting, self.people = sitting, people
        self.rules = {one.id: one for one in parts_of(sitting)}
        # Held, so that no room loses seats meanwhile.
        rooms = sitting.sessions.values_list("room", flat=True)
        list(hold_rows(Room.objects.filter(pk__in=list(rooms)).order_by("pk")))
        own = sitting.sessions.select_related("room")
        self.sessions = {one.pk: one for one in own if one.day >= today()}
        first = min((one.day for one in self.sessions.values()), default=today())
        self.carried = carried_over(sitting, people, first)
        self.looking_on = looking_on(self.sessions.values())
        self.there = {
            pk: counted(self.rules[one.part], self.looking_on[pk])
            for pk, one in self.sessions.items()
        }
        self.room = {
            pk: self.rules[one.part].seats(one.room.seats, one.minutes)
            for pk, one in self.sessions.items()
        }
        self.halls = [self._hall(one) for one in self.sessions.values()]
        self.ties: dict[tuple[dt.date, int], set[Label]] = defaultdict(set)
        self.sitters = self._sitters(first)
        self.by_pk = {one.pk: one for one in people}

    def _hall(self, session: Session) -> Hall:
        rules = self.rules[session.part]
        most = rules.staffing.most(self.there[session.pk])
        room = self.room[session.pk]
        begins, ends = span(session.day, session.starts, session.minutes)
        return Hall(
            session.pk, session.part, begins, ends, room if most is None else min(room, most)
        )

    def _sitters(self, day: dt.date) -> list[Sitter]:
        parties = [one.party_id for one in self.people]
        employers = employers_of(parties, day)
        barred = self._elsewhere(parties)
        for day_of_ties, on_day in ties_of(list(self.sessions.values()), parties).items():
            for (examiner, party), why in on_day.items():
                self.ties[day_of_ties, examiner].add(why)
                barred[party] |= {
                    pk
                    for pk, session in self.sessions.items()
                    if session.day == day_of_ties and examiner in self._people(pk)
                }
        return [
            Sitter(
                one.pk,
                tuple(part for part in self.rules if (one.pk, part) not in self.carried),
                employers.get(one.party_id),
                frozenset(barred[one.party_id]),
            )
            for one in self.people
        ]

    def _people(self, session: int) -> set[int]:
        return {one.person_id for one in self.looking_on[session]}

    def _elsewhere(self, parties: Sequence[int]) -> dict[int, set[int]]:
        """The sessions in which people cannot be: they have a seat in another sitting then."""
        found: dict[int, set[int]] = defaultdict(set)
        people = Party.objects.filter(pk__in=parties)
        roots = {one.pk: holder(one) for one in people}
        others = (
            Seat.objects.filter(
                application__party__in=selves(roots.values()),
                application__place=Place.PLACED,
                application__state__in=(State.APPROVED, State.DONE),
                session__day__in={one.day for one in self.sessions.values()},
            )
            .exclude(session__sitting=self.sitting)
            .select_related("session", "application__party")
        )
        for seat in others:
            found[holder(seat.application.party)] |= {
                pk for pk, one in self.sessions.items() if meets(one, seat.session)
            }
        return {party: found[root] for party, root in roots.items()}

    # --- what there was --------------------------------------------------------------------

    def kept(self) -> dict[Key, tuple[int, int]]:
        """The seats given before that still fit: the candidate sits the part, the session holds
        them, nobody looks on who must not."""
        sitters = {one.id: one for one in self.sitters}
        halls = {one.id: one for one in self.halls}
        found: dict[Key, tuple[int, int]] = {}
        taken: Counter[int] = Counter()
        for seat in self._seats():
            sitter, hall = sitters.get(seat.application_id), halls.get(seat.session_id)
            if sitter is None or hall is None or seat.part not in sitter.parts:
                continue
            if hall.id in sitter.barred or taken[hall.id] >= hall.seats:
                continue
            found[sitter.id, seat.part] = (hall.id, seat.number)
            taken[hall.id] += 1
        return found

    def _seats(self) -> list[Seat]:
        return list(
            Seat.objects.filter(session__sitting=self.sitting).order_by("session", "number")
        )

    # --- what stands in the way ------------------------------------------------------------

    def reasons(self, seating: Seating) -> list[Label]:
        found = [*self._unfiled(seating), *self._both()]
        for part, rules in self.rules.items():
            left = [id for id, other in seating.left if other == part]
            if left:
                found += self._short(part, rules, left)
        return found

    def _unfiled(self, seating: Seating) -> list[Label]:
        used = {hall for hall, _ in seating.seats.values()}
        own = filings(self.sitting)
        missing = (
            unfiled(self.sitting, own, one.room.region, one.day)
            for pk, one in self.sessions.items()
            if pk in used
        )
        return list(dict.fromkeys(one for one in missing if one is not None))

    def _both(self) -> list[Label]:
        """Those who look on and are candidates themselves, in whichever session."""
        names = {
            one.person.name
            for pk, examiners in self.looking_on.items()
            for one in examiners
            if THEMSELVES in self.ties.get((self.sessions[pk].day, one.person_id), ())
        }
        return [
            Label(
                f"{name}是本次考试的考生，不能任考官。",
                f"{name} is a candidate; put somebody else.",
            )
            for name in sorted(names)
        ]

    def _short(self, part: str, rules: PartRules, left: Sequence[int]) -> list[Label]:
        """Why so many of a part have no seat: rooms, people who look on, else ties and hours."""
        need = sum(part in one.parts for one in self.sitters)
        sessions = [one for one in self.sessions.values() if one.part == part]
        room = sum(self.room[one.pk] for one in sessions)
        found: list[Label] = []
        if room < need:
            found.append(
                Label(
                    f"{rules.label.zh}：{need} 人应试，各场共 {room} 个座位，"
                    f"还差 {need - room} 个。",
                    f"The {rules.label.en}: {need} candidates, {room} seats in all its sessions; "
                    f"{need - room} are lacking.",
                )
            )
        seats = sum(hall.seats for hall in self.halls if hall.part == part)
        if seats < need:
            for one in sessions:
                lacks = short_of(one, rules, self.there[one.pk], min(self.room[one.pk], need))
                if lacks is not None:
                    found.append(lacks)
        if found:
            return found
        serials = listed([self.by_pk[id].serial for id in left])
        return [
            Label(
                f"{rules.label.zh}：{len(left)} 人因考官回避或时间冲突排不下：{serials.zh}。"
                "请增加场次、调整时间或更换人员。",
                f"The {rules.label.en}: {len(left)} cannot be seated for ties or hours that meet "
                f"({serials.en}); add a session, move one, or put other people.",
            )
        ]

    # --- writing ---------------------------------------------------------------------------

    def write(self, actor: Actor, seating: Seating) -> Seated:
        moment = now()
        before = {(one.application_id, one.part): one for one in self._seats()}
        same = {
            key
            for key, one in before.items()
            if seating.seats.get(key) == (one.session_id, one.number)
        }
        gone = [one.pk for key, one in before.items() if key not in same]
        Seat.objects.filter(pk__in=gone).delete()
        new = {key: place for key, place in seating.seats.items() if key not in same}
        Seat.objects.bulk_create(
            Seat(session_id=hall, application_id=id, part=part, number=number)
            for (id, part), (hall, number) in sorted(new.items())
        )
        self._carry(actor, moment)
        self._tickets(moment)
        self._tell({id for id, _ in new}, seating.seats)
        freed = sum(key not in seating.seats for key in before)
        return Seated(len(self.people), len(new), len(same), len(self.carried), freed)

    def _carry(self, actor: Actor, moment: dt.datetime) -> None:
        stands = {
            (one.application_id, one.part): one
            for one in Mark.objects.filter(
                application__programme=self.sitting.programme, replaced=False
            )
        }
        held = {key: one for key, one in stands.items() if one.carried_id is not None}
        lapsed = [
            one.pk
            for key, one in held.items()
            if key not in self.carried or self.carried[key].pk != one.carried_id
        ]
        Mark.objects.filter(pk__in=lapsed).update(replaced=True)
        kept = {key for key, one in held.items() if one.pk not in lapsed}
        Mark.objects.bulk_create(
            Mark(
                application_id=id,
                part=part,
                value=mark.value,
                origin=Origin.CARRIED,
                carried=mark,
                by_id=actor.user,
                at=moment,
            )
            for (id, part), mark in sorted(self.carried.items())
            if (id, part) not in kept
        )

    def _tickets(self, moment: dt.datetime) -> None:
        have = set(
            Ticket.objects.filter(application__in=self.by_pk).values_list("application", flat=True)
        )
        new = [pk for pk in self.by_pk if pk not in have]
        numbers = new_numbers(len(new), today())
        Ticket.objects.bulk_create(
            Ticket(application_id=pk, number=number, at=moment)
            for pk, number in zip(new, numbers, strict=True)
        )

    def _when(self, hall: int) -> tuple[dt.date, dt.time]:
        session = self.sessions[hall]
        return session.day, session.starts

    def _tell(self, changed: Collection[int], seats: Mapping[Key, tuple[int, int]]) -> None:
        """A line to everybody whose seats changed, with all that they have."""
        places: dict[int, list[Label]] = defaultdict(list)
        # In the order in which they are sat.
        for (id, _), (hall, number) in sorted(seats.items(), key=lambda one: self._when(one[1][0])):
            if id not in changed:
                continue
            label = session_label(self.sessions[hall])
            places[id].append(Label(f"{label.zh}第 {number} 座", f"{label.en}, seat {number}"))
        for id, part in self.carried:
            label = self.rules[part].label
            if id in changed:
                places[id].append(
                    Label(f"{label.zh}沿用上次合格成绩", f"{label.en}: your earlier pass stands")
                )
        tell_all(
            self.sitting.programme,
            (
                (
                    self.by_pk[id],
                    Label(
                        f"考场已编排：{'；'.join(one.zh for one in said)}。",
                        f"you are seated: {'; '.join(one.en for one in said)}.",
                    ),
                )
                for id, said in places.items()
            ),
        )
