"""An employer takes people on, says which level they have in their post, and lets them go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.registry.actions.parties import add_person
from craftpath.registry.actions.records import Entered, enter_record
from craftpath.registry.identity import digest_of, read_number
from craftpath.registry.kinds import BIRTH, kind_of, own_kinds, site_pack
from craftpath.registry.models import Message, Party, Record
from craftpath.registry.names import name_key
from craftpath.registry.queries import (
    all_ids,
    is_running,
    ours,
    party_by_digest,
    party_seen_by,
    records_of,
    staff_of,
)
from craftpath.registry.staff import level_kinds

__all__ = ["let_go", "set_level", "take_on"]


def take_on(
    actor: Actor,
    *,
    name: str,
    scheme: str,
    number: str,
    occupation: str,
    start: dt.date | None,
    workplace: str,
    born: dt.date | None = None,
    name_en: str = "",
    origin: str = "form",
) -> Party:
    """Somebody joins the actor's organisation: found by their number, or added; with the records
    of the job and of the workplace, as claimed. All or nothing.

    Invalid by field; also where the number is another's: whoever does not know both name and
    number learns nothing of anybody. Conflict: they work here already.
    """
    require(actor, "staff.change")
    require(actor, "record.claim")
    read = read_number(scheme, number)
    problems: dict[str, Label] = {} if not isinstance(read, Label) else {"number": read}
    if not name.strip():
        problems["name"] = Label("请填写姓名。", "Enter the name.")
    if start is None:
        problems["start"] = Label("请填写入职日期。", "Enter the first day of work.")
    if occupation not in _occupations():
        problems["occupation"] = Label("请选择职业。", "Choose the occupation.")
    if not workplace:
        problems["workplace"] = Label("请选择工作地。", "Choose the place of work.")
    if problems or isinstance(read, Label) or start is None:
        raise Invalid(problems)
    with transaction.atomic():
        found = party_by_digest(digest_of(read.scheme, read.text))
        if found is None:
            party = add_person(
                actor,
                name=name,
                scheme=scheme,
                number=number,
                born=born,
                name_en=name_en,
                region=workplace,
            )
        else:
            party = _the_same(found, name)
            if staff_of(actor.party or 0, today()).filter(pk=party.pk).exists():
                raise Conflict("该人员已在本单位名册中。", "They are on your staff already.")
        _join(actor, party, start, occupation, workplace, origin)
        if found is not None:
            _tell_joined(actor, party, start)
    return party


def set_level(
    actor: Actor,
    party_id: int,
    *,
    kind: str,
    subject: str,
    level: int | None,
    start: dt.date | None,
    origin: str = "form",
) -> Record:
    """Say which level somebody has in their post, from a day on; the one they had until then ends.

    Invalid by field. What an official has verified stays as it is.
    """
    require(actor, "staff.change")
    party = party_seen_by(actor, party_id, today())
    problems: dict[str, Label] = {}
    if kind not in {one.id for one in level_kinds()}:
        problems["kind"] = Label("请选择记录种类。", "Choose the kind of record.")
    if not subject:
        problems["subject"] = Label("请选择职业。", "Choose the occupation.")
    if level is None:
        problems["level"] = Label("请选择等级。", "Choose the level.")
    if start is None:
        problems["start"] = Label("请填写开始日期。", "Enter the first day.")
    if problems or start is None:
        raise Invalid(problems)
    entered = Entered(kind, start, subject=subject, level=level, other=actor.party)
    with transaction.atomic():
        before = records_of(party.pk).filter(
            is_running(start),
            kind=kind,
            subject=subject,
            other__in=ours(actor),
            status=Record.Status.CLAIMED,
        )
        for old in before:
            _end(actor, old, start, "岗位等级调整 post level changed", origin)
        return enter_record(actor, party.pk, entered, origin=origin)


def let_go(
    actor: Actor, party_id: int, *, last: dt.date | None, why: str, origin: str = "form"
) -> int:
    """Somebody leaves on the day after `last`: their job here ends, and with it the workplace and
    the levels of the post. Returns how many records were ended.

    What was verified until that day stays verified; the person is told, so that they can object.
    Invalid by field. NotThere: nobody of the actor's.
    """
    require(actor, "staff.change")
    party = party_seen_by(actor, party_id, today())
    problems: dict[str, Label] = {}
    if not why.strip():
        problems["why"] = Label("请写明理由。", "Give the reason.")
    running = [*_told_by(actor, party)]
    jobs = [record for record in running if record.kind == own_kinds().employed]
    if not jobs:
        raise NotThere
    if last is None:
        problems["last"] = Label("请填写最后一个工作日。", "Enter the last day of work.")
    elif last > today():
        problems["last"] = Label(
            "最后一天不能在今天之后，请到期后再办。",
            "The last day lies ahead; come back once it is over.",
        )
    elif any(record.start > last for record in jobs):
        problems["last"] = Label(
            f"早于入职日期{zh_day(jobs[0].start)}；如从未入职，请作废该记录。",
            f"That is before they began, {en_day(jobs[0].start)}; "
            "void the record if they never did.",
        )
    if problems or last is None:
        raise Invalid(problems)
    end = last + dt.timedelta(days=1)
    with transaction.atomic():
        for record in running:
            _end(actor, record, end, why.strip(), origin)
        _tell_left(actor, party, last)
    return len(running)


# --- within ----------------------------------------------------------------------------------


def _occupations() -> Collection[str]:
    pack = site_pack()
    kind = kind_of(own_kinds().employed or "")
    codes = None if kind is None or kind.codes is None else pack.vocabulary.lists.get(kind.codes)
    return () if codes is None else codes.codes.keys()


def _the_same(found: Party, name: str) -> Party:
    """Invalid unless the name is that of whom the number belongs to, however it is typed."""
    if not found.is_person or name_key(name) not in found.keys.split("\n"):
        raise Invalid(
            {
                "name": Label(
                    "姓名与该证件号码的登记不一致，请对照证件核对。",
                    "This is not the name registered under the number; compare it with the card.",
                )
            }
        )
    return found


def _join(
    actor: Actor, party: Party, start: dt.date, occupation: str, workplace: str, origin: str
) -> None:
    employed, place = own_kinds().employed, own_kinds().person_places[0]
    assert employed is not None
    born = records_of(party.pk).filter(kind=BIRTH, known_until=None).first()
    if born is not None and start < born.start:
        raise Invalid({"start": Label("入职日期早于出生日期。", "They were not born by that day.")})
    if start > today():
        raise Invalid(
            {
                "start": Label(
                    "入职日期在今天之后，请到岗后再录入。", "The day lies ahead; enter it then."
                )
            }
        )
    # They are nobody of ours until this record stands, so the action on records cannot see them.
    with act(actor, "record.claim", party=party.pk, told_as="staff.take-on") as trace:
        job = Record.objects.create(
            party=party,
            kind=employed,
            subject=occupation,
            other_id=actor.party,
            **_new(start, origin),
        )
        trace.on(job)
        trace.details = {"kind": employed, "subject": occupation, "start": start}
    works_at = Entered(place, start, subject=workplace, other=actor.party)
    enter_record(actor, party.pk, works_at, origin=origin)


def _new(start: dt.date, origin: str) -> dict[str, Any]:
    return {
        "start": start,
        "status": Record.Status.CLAIMED,
        "known": today(),
        "origin": origin,
    }


def _told_by(actor: Actor, party: Party) -> list[Record]:
    """The running records by which the employer says that somebody works there, where, as what."""
    own = own_kinds()
    kinds = [own.employed, own.person_places[0], *(kind.id for kind in level_kinds())]
    return list(
        records_of(party.pk).filter(
            is_running(today()), kind__in=kinds, other__in=all_ids(actor.party or 0)
        )
    )


def _end(actor: Actor, old: Record, end: dt.date, why: str, origin: str) -> None:
    """Supersede a record by one that ends on a day; one that would have begun later is voided.

    It says less than before and nothing new, so it keeps its status: nobody loses by leaving what
    had been verified until then.
    """
    with act(actor, "record.correct", party=old.party_id, why=why, told_as="record.end") as trace:
        until = max(today(), old.known)
        changed = Record.objects.filter(pk=old.pk, known_until=None).update(
            known_until=until, why=why[:300]
        )
        if not changed:
            raise Conflict(
                "这条记录刚被更正或作废，请刷新后再看。",
                "This record has just been corrected or voided; reload the page.",
            )
        trace.on(old)
        trace.details = {"superseded": old.pk, "end": end}
        if old.start < end:
            new = Record.objects.create(
                **_columns_of(old), end=end, known=until, origin=origin, supersedes=old
            )
            trace.details["record"] = new.pk


def _columns_of(old: Record) -> Mapping[str, Any]:
    names = ("party_id", "kind", "subject", "level", "start", "quantity", "other_id", "status")
    return {name: getattr(old, name) for name in names}


def _tell_joined(actor: Actor, party: Party, start: dt.date) -> None:
    employer = Party.objects.get(pk=actor.party or 0)
    Message.objects.create(
        party=party,
        zh=(
            f"{employer.name} 登记您自 {start} 起在该单位工作，待经办部门核实。"
            "如有不符，请联系经办部门。"
        )[:300],
        en=f"{employer.name_en or employer.name} noted that you work there since {start}; an "
        "official has yet to verify it. If that is wrong, tell the office."[:400],
        link="/me/records/",
    )


def _tell_left(actor: Actor, party: Party, last: dt.date) -> None:
    employer = Party.objects.get(pk=actor.party or 0)
    Message.objects.create(
        party=party,
        zh=f"{employer.name} 登记您的最后工作日为{zh_day(last)}。"[:250]
        + "如有不符，请联系单位或经办部门。",
        en=f"{employer.name_en or employer.name} noted {en_day(last)} as your last day of work. "
        "If that is wrong, ask them or the office."[:400],
        link="/me/records/",
    )
