"""Apply, change one's mind, hand in, withdraw.

    draft ──submit──▶ submitted ──▶ (reviews) ──▶ approved ──▶ done
      │                  │ ▲                        │
      │           return │ │ submit                 │
      │                  ▼ │                        │
      │               returned                      │
      └────────── withdraw: any of these ───────────┘

An application may be changed until its window closes, also after it was handed in. Every change
raises its version and sends it back to the first step, with the days of that step counted anew:
what a step has passed is not what is there now. A returned one may be mended until `due`, also
after the window has closed.

The serial is given at the start, the order of arrival when it is first handed in (whoever leaves a
draft lying holds no place in the line); both from the programme's count, under its lock, so that
neither begins at 1 nor is without gaps. Amending and handing in again keep the order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotThere, Refusal
from craftpath.access.may import require
from craftpath.access.roles import Actor, Role
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.actions.changing import (
    begin_review,
    changing,
    free_place,
    move_on_after,
    tell,
)
from craftpath.programmes.admission import (
    focus_for,
    group_for,
    require_admitted,
    require_documents,
    require_not_reached,
    require_taker,
)
from craftpath.programmes.checks import Checked, check_party
from craftpath.programmes.choices import LIVE, STATES, Place, Stage, State, Way
from craftpath.programmes.locking import hold, hold_rows
from craftpath.programmes.models import Application, Group, Programme
from craftpath.programmes.queries import application_written_by, programme_seen_by
from craftpath.programmes.taking import has_place_for
from craftpath.registry.models import Party
from craftpath.registry.queries import all_ids, holder, party_seen_by

__all__ = [
    "GroupLine",
    "amend",
    "apply_for",
    "may_amend",
    "renew",
    "require_may_amend",
    "start",
    "submit",
    "withdraw",
]

_OPEN_TO_CHANGE = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED)


@dataclass(frozen=True)
class GroupLine:
    """What became of one person of a group.

    serial   None: refused, and `refusal` says why
    state    "submitted" or "approved"; "draft" where documents have to be uploaded first
    place    "placed", "waiting" or "none", as it came to stand in the line
    """

    party: int
    serial: str | None
    state: str | None
    refusal: Label | None
    place: str = str(Place.NONE)


def start(
    actor: Actor,
    slug: str,
    *,
    party: int | None = None,
    focus: str = "",
    group: str = "",
    note: str = "",
) -> Application:
    """A draft. `party`: the actor's own where not given; `group`: by region where not given.

    NotThere: no such programme, or a party out of the actor's scope. Invalid by field. Conflict:
    the window is closed, there is a live application already, the level is held already, or all
    places are taken and nobody waits: what could not be handed in leaves no draft.
    """
    programme = programme_seen_by(actor, slug)
    who = _applicant(actor, party)
    require_taker(programme, who)
    focus, asked = focus_for(programme, focus), group_for(programme, who, group)
    with act(actor, "application.write", party=who.pk, told_as="application.start") as trace:
        programme = hold(programme.pk)
        _require_open(programme)
        _require_only_one(programme, who.pk, focus)
        require_not_reached(programme, who, focus)
        _require_not_full(programme, asked)
        number = _next_number(programme)
        application = Application(
            programme=programme,
            party=who,
            employer_id=actor.party
            if actor.role == Role.EMPLOYER and who.pk != actor.party
            else None,
            focus=focus,
            group=asked,
            serial=_serial(programme, number),
            order=number,
            note=note.strip(),
        )
        _save_only_one(application)
        trace.on(application)
        trace.details = {"serial": application.serial, "focus": focus, "group": group}
    return application


def amend(
    actor: Actor,
    serial: str,
    *,
    focus: str | None = None,
    group: str | None = None,
    note: str | None = None,
) -> Application:
    """Change what is given; the rest stays.

    A place that was taken is kept; asking for another group's takes one of those instead, and
    Conflict where there is none: the old one is kept then.
    """
    seen = application_written_by(actor, serial)
    programme, who = seen.programme, seen.party
    new_focus = seen.focus if focus is None else focus_for(programme, focus)
    new_group = seen.group if group is None else group_for(programme, who, group)
    checked = None
    if seen.state in (State.SUBMITTED, State.APPROVED):
        checked = check_party(programme, holder(who), new_focus, today())
    freed = False
    with changing(actor, "application.write", "application.amend", seen) as (trace, application):
        require_may_amend(application)
        if new_focus != application.focus:
            _require_only_one(programme, who.pk, new_focus, besides=application.pk)
            require_not_reached(programme, who, new_focus)
        freed = _ask_for(application, new_group)
        application.focus = new_focus
        application.note = application.note if note is None else note.strip()
        if checked is not None:
            require_admitted(actor, application, checked)
            application.check_first = checked.plain
        renew(application)
        _save_only_one(application)
        trace.details = {"focus": focus, "group": group, "note": note is not None}
        if freed:
            move_on_after(application.programme)
    return application


def submit(actor: Actor, serial: str) -> Application:
    """Hand in a draft, or a returned application that has been mended.

    Where first come is first served, the place is taken now. Invalid: a document is missing.
    Conflict: too late, not in a state to be handed in, the rule does not hold (with what is
    missing), or no place is left and no waiting list kept.
    """
    seen = application_written_by(actor, serial)
    return _submit(actor, seen, _check(seen))


def withdraw(actor: Actor, serial: str, *, why: str = "") -> Application:
    """Take an application back, until the programme is closed. A place it had goes to the next."""
    seen = application_written_by(actor, serial)
    with changing(actor, "application.withdraw", "application.withdraw", seen, why) as (
        _,
        application,
    ):
        if application.state not in _OPEN_TO_CHANGE:
            raise _not_now(application)
        if application.programme.stage == Stage.CLOSED:
            raise Conflict(
                "本项目已办结，不能再撤回。", "The programme is closed; too late to withdraw."
            )
        freed = free_place(application)
        application.state, application.due = State.WITHDRAWN, None
        application.save()
        if freed:
            move_on_after(application.programme)
        tell(application, "已撤回。", "withdrawn.")
    return application


def apply_for(
    actor: Actor, slug: str, parties: Sequence[int], *, focus: str = "", group: str = ""
) -> list[GroupLine]:
    """Apply for several people at once, each by themselves: one refused does not stop the others.

    Handed in at once, unless the programme asks for documents: then each stays a draft to which
    they are uploaded. Nothing is left behind of who is refused.
    """
    require(actor, "application.write")
    programme = programme_seen_by(actor, slug)
    return [
        _apply_for_one(actor, programme, party, focus, group) for party in dict.fromkeys(parties)
    ]


def may_amend(application: Application, day: dt.date) -> bool:
    """Whether its party may still change it."""
    if application.state not in _OPEN_TO_CHANGE:
        return False
    if application.programme.is_open(day):
        return True
    mending = application.state == State.RETURNED and application.programme.stage == Stage.PUBLISHED
    return mending and (application.due is None or day <= application.due)


# --- shared with documents.py --------------------------------------------------------------------


def require_may_amend(application: Application) -> None:
    if may_amend(application, today()):
        return
    if application.state not in _OPEN_TO_CHANGE:
        raise _not_now(application)
    if application.state == State.RETURNED and application.due is not None:
        raise Conflict(
            f"补正期限为{zh_day(application.due)}，已经过了。",
            f"It had to be corrected by {en_day(application.due)}.",
        )
    raise _closed(application.programme)


def renew(application: Application) -> None:
    """After a change: what was handed in is reviewed from the first step again."""
    if application.state in (State.SUBMITTED, State.APPROVED):
        begin_review(application)


# --- within ----------------------------------------------------------------------------------


def _applicant(actor: Actor, party: int | None) -> Party:
    wanted = actor.party if party is None else party
    if wanted is None:
        raise Invalid({"party": Label("请选择申请人。", "Choose who applies.")})
    if actor.role == Role.INSTITUTION and wanted != actor.party:
        raise NotThere  # it sees its learners, and applies for none of them
    return party_seen_by(actor, wanted, today())


def _apply_for_one(
    actor: Actor, programme: Programme, party: int, focus: str, group: str
) -> GroupLine:
    try:
        who = _applicant(actor, party)
        require_taker(programme, who)
        checked = check_party(programme, who.pk, focus_for(programme, focus), today())
        with transaction.atomic():
            application = start(actor, programme.slug, party=party, focus=focus, group=group)
            if not any(asked["required"] for asked in programme.documents):
                application = _submit(actor, application, checked)
    except Refusal as refusal:
        return GroupLine(party, None, None, refusal.label)
    place = str(application.place)
    return GroupLine(party, application.serial, str(application.state), None, place)


def _check(application: Application) -> Checked:
    return check_party(application.programme, holder(application.party), application.focus, today())


def _submit(actor: Actor, seen: Application, checked: Checked) -> Application:
    with changing(actor, "application.write", "application.submit", seen) as (trace, application):
        _require_may_submit(application)
        require_taker(application.programme, application.party)
        require_documents(application)
        require_admitted(actor, application, checked)
        application.check_first = checked.plain
        if application.submitted_at is None:
            _arrive(application)
        begin_review(application)
        trace.details = {"verdict": checked.verdict}
        _tell_submitted(application)
    return application


def _require_may_submit(application: Application) -> None:
    if application.state not in (State.DRAFT, State.RETURNED):
        raise Conflict(
            f"这份申请已经提交（{STATES[State(application.state)].zh}），不必再次提交。",
            f"This application is handed in already ({STATES[State(application.state)].en}).",
        )
    require_may_amend(application)


def _arrive(application: Application) -> None:
    application.submitted_at = now()
    application.order = _next_number(application.programme)
    if application.programme.way == Way.FIRST_COME:
        _take(application, application.group)


def _take(application: Application, group: Group | None) -> None:
    """A place, or the end of the waiting list."""
    programme = application.programme
    free = has_place_for(programme, group, besides=application.pk)
    if not free and not programme.waiting_list:
        raise _full()
    application.place = Place.PLACED if free else Place.WAITING


def _require_not_full(programme: Programme, group: Group | None) -> None:
    if programme.way != Way.FIRST_COME or programme.waiting_list:
        return
    if not has_place_for(programme, group):
        raise _full()


def _full() -> Conflict:
    return Conflict(
        "名额已满，通道已关闭，本项目不设候补。",
        "All places are taken and the channel is closed; there is no waiting list.",
    )


def _ask_for(application: Application, group: Group | None) -> bool:
    """Ask for another group's places; whether that has made an old place free."""
    old, application.group = application.group, group
    shared = application.programme.way == Way.FIRST_COME and application.submitted_at is not None
    if group == old or not shared:
        return False
    had = application.place == Place.PLACED
    if had and not has_place_for(application.programme, group, besides=application.pk):
        raise Conflict(
            "该组名额已满；您原有的名额仍然保留。",
            "No place is left in that group; you keep the one you have.",
        )
    _take(application, group)
    return had


def _require_open(programme: Programme) -> None:
    if not programme.is_open(today()):
        raise _closed(programme)


def _closed(programme: Programme) -> Conflict:
    last = programme.closes - dt.timedelta(days=1)
    return Conflict(
        f"现在不是受理时间（{zh_day(programme.opens)}至{zh_day(last)}）。",
        f"Applications are taken from {en_day(programme.opens)} to {en_day(last)}.",
    )


def _not_now(application: Application) -> Conflict:
    state = STATES[State(application.state)]
    return Conflict(
        f"申请{state.zh}，不能再改动。", f"The application is {state.en} and changes no more."
    )


def _require_only_one(
    programme: Programme, party: int, focus: str, besides: int | None = None
) -> None:
    """Of the party, whoever it went into and whoever went into that. The party is held, as who
    merges it holds it: what is counted here is counted there as well."""
    held = hold_rows(Party.objects.filter(pk=party)).get()
    live = Application.objects.filter(
        programme=programme, party__in=all_ids(holder(held)), focus=focus, state__in=LIVE
    )
    if other := (live if besides is None else live.exclude(pk=besides)).first():
        raise _already(other.serial)


def _save_only_one(application: Application) -> None:
    """The database holds it too, whatever is not locked."""
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as error:
        raise _already("") from error


def _already(serial: str) -> Conflict:
    return Conflict(
        f"本项目已有一份在办申请{serial}，请修改那一份。",
        f"There is a live application {serial} in this programme already; change that one."
        if serial
        else "There is a live application in this programme already; change that one.",
    )


def _next_number(programme: Programme) -> int:
    programme.last_number += 1
    programme.save(update_fields=["last_number"])
    return programme.last_number


def _serial(programme: Programme, number: int) -> str:
    """DG12-2025-000123: initials and number of the programme, its year, the count."""
    initials = "".join(word[0] for word in re.findall(r"[a-z]+", programme.slug.lower()))
    return f"{initials[:6].upper() or 'P'}{programme.pk}-{programme.opens.year}-{number:06d}"


def _tell_submitted(application: Application) -> None:
    if application.state == State.APPROVED:
        tell(application, "已提交并通过。", "handed in and approved.")
    elif application.place == Place.WAITING:
        tell(
            application,
            "已提交。名额已满，您在候补名单上；有名额空出会自动递补并通知您。",
            "handed in. All places are taken and you are on the waiting list; "
            "a freed place moves on by itself and you will be told.",
        )
    else:
        tell(
            application,
            "已提交。受理结束前可以修改或撤回。",
            "handed in. You can change or withdraw it until the window closes.",
        )
