"""Write, verify, correct and void records. Nothing is edited: what was known stays known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.access.roles import Actor, Role
from craftpath.eligibility import Fact, check_fact
from craftpath.engine.rules import Label
from craftpath.registry.actions.places import is_place, refresh_regions
from craftpath.registry.following import tell_followers
from craftpath.registry.kinds import BIRTH, FOUNDED, kind_of, site_pack
from craftpath.registry.models import Party, Record
from craftpath.registry.once import contradicting, differ
from craftpath.registry.queries import is_ours, party_seen_by, records_of, records_seen_by
from craftpath.registry.settling import Contradiction, Settler
from craftpath.registry.vouching import NOT_OWN, ONLY_OWN, Statement, Word, may_tell, own_parties

__all__ = [
    "RECORDS",
    "Entered",
    "correct_record",
    "enter_again",
    "enter_record",
    "take_back",
    "verify_record",
    "void_record",
]


@dataclass(frozen=True)
class Entered:
    """A record as typed or sent: the columns that somebody can say. `end` is the first day on
    which it no longer holds."""

    kind: str
    start: dt.date
    subject: str | None = None
    level: int | None = None
    end: dt.date | None = None
    quantity: float | None = None
    other: int | None = None


def enter_record(
    actor: Actor, party_id: int, entered: Entered, *, verified: bool = False, origin: str = "form"
) -> Record:
    """A new record of a party within the actor's scope.

    verified  the actor vouches for it, as the pack says of the kind who may; what others say is
              claimed until one of those verifies it
    NotThere, NotAllowed, Invalid by field.
    """
    party = party_seen_by(actor, party_id, today())
    _require_kind(actor, party, entered)
    if verified and not Word(actor).vouches(_statement(party, entered)):
        if party.pk in own_parties(actor):
            raise NotAllowed(NOT_OWN.zh, NOT_OWN.en)
        raise NotAllowed(
            "这条记录须由主管部门核实，您可以先按自述录入。",
            "An official has to verify this; enter it as claimed.",
        )
    _check(party, entered)
    with act(actor, "record.claim", party=party.pk, told_as="record.enter") as trace:
        record = _write(party, entered, verified=verified, origin=origin)
        trace.on(record)
        trace.details = _plain(record)
    return record


def _statement(party: Party, said: Entered) -> Statement:
    return Statement(party.pk, said.kind, said.other, said.subject, said.level, said.start)


def verify_record(actor: Actor, record_id: int, *, why: str = "") -> Record:
    """The claimed record is superseded by the same one, verified. Returns the new record."""
    old = _standing(actor, record_id)
    if old.status == Record.Status.VERIFIED:
        raise Conflict("这条记录已经核实。", "This record is verified already.")
    holder = old.party.merged_into_id or old.party_id
    if holder in own_parties(actor):
        raise NotAllowed(NOT_OWN.zh, NOT_OWN.en)
    if not Word(actor).vouches(
        Statement(holder, old.kind, old.other_id, old.subject, old.level, old.start)
    ):
        raise NotAllowed(
            "这种记录不由您核实，请转有权核实的部门。",
            "Such a record is not yours to verify; pass it on to whoever may.",
        )
    if _says_otherwise(holder, _said(old), old, (Record.Status.VERIFIED,)):
        told = _only_one(old.kind)
        raise Conflict(told.zh, told.en)
    with act(actor, "record.verify", party=old.party_id, why=why) as trace:
        new = _supersede(old, _said(old), status=Record.Status.VERIFIED, why=why or "核实")
        trace.on(new)
        trace.details = {"superseded": old.pk, **_plain(new)}
    return new


def correct_record(actor: Actor, record_id: int, entered: Entered, *, why: str) -> Record:
    """Supersede a record by what it should have said. A reason is asked for.

    Whoever could not have vouched for the new one leaves it claimed.
    """
    old = _standing(actor, record_id)
    party = party_seen_by(actor, old.party.merged_into_id or old.party_id, today())
    _require_kind(actor, party, entered)
    _require_own(actor, old)
    _check(party, entered, old)
    _require_reason(why)
    keeps = old.status == Record.Status.VERIFIED and Word(actor).vouches(_statement(party, entered))
    status = Record.Status.VERIFIED if keeps else Record.Status.CLAIMED
    with act(actor, "record.correct", party=party.pk, why=why) as trace:
        new = _supersede(old, entered, status=status, why=why)
        tell_followers(actor, [old.pk], why)
        trace.on(new)
        trace.details = {"superseded": old.pk, **_plain(new)}
    return new


def void_record(actor: Actor, record_id: int, *, why: str) -> Record:
    """Withdraw a record: it stays to be seen, and counts no more. A reason is asked for.

    Conflict: it is the only record of how its party came to be."""
    old = _standing(actor, record_id)
    if old.kind in (BIRTH, FOUNDED) and not _is_contested(old):
        raise Conflict(
            "出生（成立）记录不能作废，只能更正。",
            "A record of birth (founding) cannot be voided, only corrected.",
        )
    _require_own(actor, old)
    _require_reason(why)
    take_back(actor, old, why=why)
    return old


def take_back(actor: Actor, record: Record, *, why: str) -> None:
    """Withdraw a record without asking whose it is: for an action that has asked whether what it
    wrote may be taken back, such as the outcome of a programme. Conflict: it stands no more."""
    with act(actor, "record.void", on=record, party=record.party_id, why=why) as trace:
        _end_knowledge(record, why)
        _replace_places(record)
        tell_followers(actor, [record.pk], why)
        trace.details = _plain(record)
    record.refresh_from_db()


def enter_again(actor: Actor, record: Record, *, why: str) -> Record:
    """A record that was taken back stands again, as a new one that supersedes it: for an action
    that has asked whether it may. Nobody else has superseded it."""
    with act(actor, "record.claim", party=record.party_id, why=why, told_as="record.enter") as told:
        new = _in_place_of(record, _said(record), record.status)
        told.on(new)
        told.details = {"superseded": record.pk, **_plain(new)}
    return new


# --- who may say what ----------------------------------------------------------------------


def _require_kind(actor: Actor, party: Party, entered: Entered) -> None:
    if not may_tell(actor, party.pk, entered.other):
        raise NotAllowed(ONLY_OWN.zh, ONLY_OWN.en)


def _require_own(actor: Actor, record: Record) -> None:
    """A worker takes back what she said herself, an employer what points to it."""
    if actor.role.is_official:
        return
    if actor.role == Role.WORKER and record.status == Record.Status.CLAIMED:
        return
    if actor.role in (Role.EMPLOYER, Role.INSTITUTION):
        claimed = record.status == Record.Status.CLAIMED
        if is_ours(actor, record.other_id) and (claimed or actor.role == Role.INSTITUTION):
            return
    raise NotAllowed(
        "已核实的记录请联系主管部门更正。",
        "A verified record is corrected by the authority; please ask there.",
    )


def _is_contested(record: Record) -> bool:
    """Whether another day of birth (founding) stands as well: one of them has to go."""
    every = records_of(record.party.merged_into_id or record.party_id)
    there = every.filter(kind=record.kind, known_until=None).exclude(pk=record.pk)
    return any((one.start, one.end) != (record.start, record.end) for one in there)


def _require_reason(why: str) -> None:
    if not why.strip():
        raise Invalid({"why": Label("请写明理由。", "Give the reason.")})


def _standing(actor: Actor, record_id: int) -> Record:
    record = Record.objects.select_related("party").filter(pk=record_id).first()
    if record is None:
        raise NotThere
    party = party_seen_by(actor, record.party.merged_into_id or record.party_id, today())
    seen = records_seen_by(actor, party).filter(pk=record_id).first()
    if seen is None:
        raise NotThere
    if not seen.stands:
        raise Conflict(
            "这条记录已被更正或作废，请刷新后再看。",
            "This record was corrected or voided already; reload the page.",
        )
    return seen


# --- writing -------------------------------------------------------------------------------


def _check(party: Party, entered: Entered, old: Record | None = None) -> None:
    """Invalid by field, in the pack's words. `old`: what it is to supersede."""
    pack = site_pack()
    born = (
        records_of(party.pk)
        .filter(kind__in=(BIRTH, FOUNDED), known_until=None)
        .values_list("start", flat=True)
        .first()
    )
    fact = Fact(
        party=party.pk,
        kind=entered.kind,
        subject=entered.subject,
        level=entered.level,
        start=entered.start,
        end=entered.end,
        quantity=entered.quantity,
        other=entered.other,
        status=Record.Status.CLAIMED,
        known=today(),
        known_until=None,
    )
    problems = {
        problem.field: Label(
            f"{problem.text.zh}：{problem.mend.zh}", f"{problem.text.en}: {problem.mend.en}"
        )
        for problem in check_fact(pack, fact, born)
        if problem.blocking
    }
    kind = kind_of(entered.kind)
    if _says_otherwise(party.pk, entered, old):
        problems["start" if entered.subject is None else "subject"] = _only_one(entered.kind)
    if kind is not None and kind.about not in ("any", party.nature):
        problems["kind"] = Label(
            "这种记录不是关于这类主体的。", "Such a record is not about this kind of party."
        )
    if entered.other is not None and not _is_organisation(entered.other):
        problems["other"] = Label("没有这个单位。", "There is no such organisation.")
    if problems:
        raise Invalid(problems)


def _says_otherwise(
    party: int, entered: Entered, old: Record | None, status: tuple[str, ...] = ()
) -> bool:
    """Whether it is of a kind that a party has once, and one that stands says something else."""
    kind = kind_of(entered.kind)
    if kind is None or not kind.once:
        return False
    there = records_of(party).filter(kind=entered.kind, known_until=None)
    if status:
        there = there.filter(status__in=status)
    new = Record(**_columns(entered))
    return any(differ(one, new) for one in there if old is None or one.pk != old.pk)


def _only_one(kind: str) -> Label:
    label = site_pack().vocabulary.kinds[kind].label
    return Label(
        f"“{label.zh}”只能有一条，已登记的与此不同；登记有误的，请更正那一条。",
        f"There is one record of “{label.en}”, and the one that stands says otherwise; if it is "
        "wrong, it is corrected.",
    )


def _is_organisation(party_id: int) -> bool:
    return Party.objects.filter(pk=party_id, nature=Party.Nature.ORGANISATION).exists()


def _write(party: Party, entered: Entered, *, verified: bool, origin: str) -> Record:
    status = Record.Status.VERIFIED if verified else Record.Status.CLAIMED
    record = Record.objects.create(
        party=party, status=status, known=today(), origin=origin, **_columns(entered)
    )
    _replace_places(record)
    return record


def _supersede(old: Record, entered: Entered, *, status: str, why: str) -> Record:
    _end_knowledge(old, why)
    return _in_place_of(old, entered, status)


def _in_place_of(old: Record, entered: Entered, status: str) -> Record:
    new = Record.objects.create(
        party=old.party,
        status=status,
        known=max(today(), old.known),
        origin="form",
        supersedes=old,
        **_columns(entered),
    )
    _replace_places(new)
    return new


def _end_knowledge(record: Record, why: str) -> None:
    """The only change a record ever sees. Two at once: the second finds nothing to change."""
    until = max(today(), record.known)
    changed = Record.objects.filter(pk=record.pk, known_until=None).update(
        known_until=until, why=why[:300]
    )
    if not changed:
        raise Conflict(
            "这条记录刚被别人更正或作废，请刷新后再看。",
            "Somebody has just corrected or voided this record; reload the page.",
        )


def _replace_places(record: Record) -> None:
    if is_place(record.kind):
        party = record.party
        refresh_regions([party.merged_into_id or party.pk], today())


def _said(record: Record) -> Entered:
    return Entered(
        kind=record.kind,
        start=record.start,
        subject=record.subject,
        level=record.level,
        end=record.end,
        quantity=record.quantity,
        other=record.other_id,
    )


def _columns(entered: Entered) -> dict[str, Any]:
    return {
        "kind": entered.kind,
        "subject": entered.subject,
        "level": entered.level,
        "start": entered.start,
        "end": entered.end,
        "quantity": entered.quantity,
        "other_id": entered.other,
    }


def _plain(record: Record) -> dict[str, Any]:
    """A record for the audit."""
    columns = _columns(_said(record))
    return {"record": record.pk, "status": record.status, **columns}


# --- one of two ----------------------------------------------------------------------------


def _settle(actor: Actor, one: Contradiction, stands: str, why: str) -> list[int]:
    losing = one.losing(stands)
    for record in Record.objects.select_related("party").filter(pk__in=losing).order_by("pk"):
        take_back(actor, record, why=why)
    return losing


RECORDS = Settler(contradicting, _settle)
