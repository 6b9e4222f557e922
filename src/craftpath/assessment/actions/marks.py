"""Marks of each part, typed by two people who do not see each other's (decision 0021).

    enter(actor, slug, hand, rows) -> list[Told]
    enter_sheet(actor, slug, hand, name, content) -> Sheet
    confirm_sheet(actor, slug, sha256) -> int
    settle(actor, slug, key, part, mark, *, why) -> Mark

Where both hands agree the mark stands; where they differ none does, until one of them types anew or
a third person settles it. What stood before is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from craftpath.access.act import act, act_all
from craftpath.access.clock import now
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.choices import PARTS, Hand, Origin, Part, Stage
from craftpath.assessment.holding import assessments, hold_sitting, require_stage
from craftpath.assessment.models import Mark, MarkEntry, Seat, Sitting, Ticket
from craftpath.assessment.queries import candidates_of, last_entries, sitting_run_by
from craftpath.assessment.sheets import read_part_sheet
from craftpath.engine.rules import Label
from craftpath.programmes.actions.marks import Number, read_number
from craftpath.programmes.models import Application
from craftpath.registry.vouching import own_parties

__all__ = ["Row", "Sheet", "Told", "confirm_sheet", "enter", "enter_sheet", "settle"]

Row = tuple[str, str, Number | None]
"""(number of the ticket or serial of the application, part, mark; None: absent)"""

Key = tuple[int, str]
_SLICE = 200
_LONGEST = 300


@dataclass(frozen=True)
class Told:
    """What became of one row. `cell`: where it stands in a sheet, "" where it was typed. `problem`
    None: it was kept; `stands`: both hands agree; `differs`: they do not."""

    key: str
    part: str
    problem: Label | None
    stands: bool = False
    differs: bool = False
    cell: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet that was brought in. `sha256` names it for who confirms it; `notes`: what is odd
    about it, such as hidden rows."""

    sha256: str
    rows: list[Told]
    notes: list[Label]


def enter(actor: Actor, slug: str, hand: str, rows: Sequence[Row]) -> list[Told]:
    """Type marks as the first or the second hand.

    Each is 0 to 100 with at most one decimal place, None for absent, of somebody whose roll is
    taken and who was there by it; the other hand is another login, and nobody types their own.
    Typed anew, a hand's last word counts. One answer for each row; the good rows are kept.

    NotThere, NotAllowed, Invalid: no such hand. Conflict: not at marking.
    """
    require(actor, "sitting.mark")
    sitting = sitting_run_by(actor, slug)
    return _enter(actor, sitting, _hand(hand), [_Said(*row) for row in rows], "")


def enter_sheet(actor: Actor, slug: str, hand: str, name: str, content: bytes) -> Sheet:
    """Bring a sheet in (`sheets.part_sheet`) as one hand: good cells are kept, bad ones named.

    The other hand types, brings in its own, or confirms this one. NotThere, NotAllowed, Invalid,
    TooMuch, Conflict.
    """
    require(actor, "sitting.mark")
    sitting = sitting_run_by(actor, slug)
    which, digest = _hand(hand), hashlib.sha256(content).hexdigest()
    cells, notes = read_part_sheet(name, content)
    rows = [_Said(one.key, one.part, one.said, one.cell, one.problem) for one in cells]
    return Sheet(digest, _enter(actor, sitting, which, rows, digest), notes)


def confirm_sheet(actor: Actor, slug: str, sha256: str) -> int:
    """Confirm, as the other hand, what a sheet brought in, having held it against the papers.

    Covers what the sheet's hand said last and the other has not typed itself. Returns how many
    marks stand by it.

    NotThere: no such sheet. NotAllowed. Conflict: not at marking; it is one's own.
    """
    require(actor, "sitting.mark")
    seen = sitting_run_by(actor, slug)
    with act(actor, "sitting.mark", on=seen, told_as="mark.confirm-sheet") as trace:
        sitting = hold_sitting(seen)
        require_stage(sitting, Stage.MARKING)
        people = list(candidates_of(sitting).values_list("pk", flat=True))
        desk = _Desk(people)
        said = [one for one in desk.typed.values() if sha256 and one.sheet == sha256]
        if not said:
            raise NotThere
        if any(one.by_id == actor.user for one in said):
            raise Conflict(
                "成绩表由您导入，须由另一人核对确认。",
                "You brought this sheet in; somebody else confirms it.",
            )
        own = own_parties(actor)
        new = [
            MarkEntry(
                application_id=one.application_id,
                part=one.part,
                hand=_other(one),
                value=one.value,
                sheet=sha256,
                by_id=actor.user,
                at=now(),
            )
            for one in said
            if _confirms(actor, desk.typed.get((one.application_id, one.part, _other(one))))
            and desk.attended.get((one.application_id, one.part))
            and desk.parties[one.application_id] not in own
        ]
        MarkEntry.objects.bulk_create(new)
        for one in new:
            desk.typed[one.application_id, one.part, one.hand] = one
        keys = {(one.application_id, one.part) for one in new}
        stands = _settle_equal(actor, desk, keys)
        trace.details = {"sheet": sha256, "confirmed": len(stands)}
    return len(stands)


def settle(actor: Actor, slug: str, key: str, part: str, mark: Number | None, *, why: str) -> Mark:
    """Say what the mark is where both hands have typed, as a third person, with the reason.

    Also corrects a mark that stands, before publication. None: absent after all. NotThere,
    NotAllowed, Invalid by field. Conflict: not at marking; not typed twice; the actor typed one of
    the two, or it is their own.
    """
    require(actor, "sitting.mark")
    seen = sitting_run_by(actor, slug)
    why = why.strip()
    value = _read(mark)
    problems: dict[str, Label] = {}
    if isinstance(value, Label):
        problems["mark"] = value
    if not 0 < len(why) <= _LONGEST:
        problems["why"] = Label(
            f"请写明理由，至多 {_LONGEST} 字。", f"Give the reason, in {_LONGEST} characters."
        )
    if problems or isinstance(value, Label):
        raise Invalid(problems)
    with act(actor, "sitting.mark", why=why, told_as="mark.settle") as trace:
        sitting = hold_sitting(seen)
        require_stage(sitting, Stage.MARKING)
        found = _found(sitting, [key]).get(key)
        seat = Seat.objects.filter(application=found, part=part).first()
        if found is None or seat is None:
            raise NotThere
        trace.on(found, found.party_id)
        typed = last_entries([found.pk])
        hands = [typed.get((found.pk, part, hand)) for hand in Hand]
        if any(one is None for one in hands):
            raise Conflict(
                "两人都录入之后才能核定。", "It is settled once both hands have typed it."
            )
        if actor.user in [one.by_id for one in hands if one] or found.party_id in own_parties(
            actor
        ):
            raise Conflict(
                "须由录入人和考生之外的第三人核定。",
                "Somebody who typed neither, and is not the candidate, settles it.",
            )
        old = Mark.objects.filter(application=found, part=part, replaced=False).first()
        Mark.objects.filter(application=found, part=part).update(replaced=True)
        new = Mark.objects.create(
            application=found,
            part=part,
            value=value,
            origin=Origin.CORRECTED,
            why=why,
            by_id=actor.user,
            at=now(),
        )
        seat.attended = value is not None
        seat.save(update_fields=["attended"])
        trace.details = {
            "serial": found.serial,
            "part": part,
            "mark": value,
            "typed": [one.value for one in hands if one],
            "mark_before": old.value if old else None,
        }
    return new


# --- the parts -----------------------------------------------------------------------------

_OTHER = {Hand.FIRST: Hand.SECOND, Hand.SECOND: Hand.FIRST}


@dataclass(frozen=True)
class _Said:
    key: str
    part: str
    said: Number | None
    cell: str = ""
    problem: Label | None = None


class _Desk:
    """What there is of some candidates of a held sitting, read once.

    attended  by the roll: None before it is taken; no entry: no seat for the part
    """

    def __init__(self, people: Collection[int]) -> None:
        seats = Seat.objects.filter(application__in=people)
        self.attended: dict[Key, bool | None] = {
            (pk, part): was
            for pk, part, was in seats.values_list("application", "part", "attended")
        }
        self.parties = dict(Application.objects.filter(pk__in=people).values_list("pk", "party"))
        self.stands = {
            (one.application_id, one.part): one
            for one in Mark.objects.filter(application__in=people, replaced=False)
        }
        self.typed = last_entries(people)


def _hand(said: str) -> Hand:
    if said not in list(Hand):
        raise Invalid({"hand": Label("请选初录或复录。", "First or second entry.")})
    return Hand(said)


def _read(said: Number | None) -> Decimal | Label | None:
    if said is None:
        return None
    return read_number(said, places=1, most=Decimal(assessments().full.value))


def _found(sitting: Sitting, keys: Collection[str]) -> dict[str, Application]:
    """Candidates by what names them: the number of the ticket, or the serial."""
    people = candidates_of(sitting)
    found = {one.serial: one for one in people.filter(serial__in=keys)}
    tickets = Ticket.objects.filter(application__in=people, number__in=keys)
    found |= {one.number: one.application for one in tickets.select_related("application")}
    return found


def _enter(
    actor: Actor, sitting: Sitting, hand: Hand, rows: Sequence[_Said], sheet: str
) -> list[Told]:
    """In slices, each in a transaction of its own, so that no lock is held for long."""
    if not rows:
        require_stage(sitting, Stage.MARKING)
    told: list[Told] = []
    seen: set[Key] = set()
    own = own_parties(actor)
    for at in range(0, len(rows), _SLICE):
        with transaction.atomic():
            held = hold_sitting(sitting)
            require_stage(held, Stage.MARKING)
            slice = rows[at : at + _SLICE]
            found = _found(held, {row.key for row in slice})
            desk = _Desk([one.pk for one in found.values()])
            kept: dict[int, tuple[Key, Decimal | None]] = {}
            problems: list[Label | None] = []
            for index, row in enumerate(slice):
                one, value = found.get(row.key), _read(row.said)
                problem = row.problem or (
                    value
                    if isinstance(value, Label)
                    else _problem(actor, desk, one, row.part, value, hand, seen, own)
                )
                problems.append(problem)
                if problem is None and one is not None and not isinstance(value, Label):
                    seen.add((one.pk, row.part))
                    kept[index] = ((one.pk, row.part), value)
            stands = _write(actor, desk, hand, sheet, list(kept.values()))
            typed = {key for key, _ in kept.values()}
            differ = {key for key in typed if _both(desk, key) and key not in stands}
            for index, row in enumerate(slice):
                key = kept[index][0] if index in kept else None
                told.append(
                    Told(row.key, row.part, problems[index], key in stands, key in differ, row.cell)
                )
    return told


def _problem(
    actor: Actor,
    desk: _Desk,
    one: Application | None,
    part: str,
    value: Decimal | None,
    hand: Hand,
    seen: Collection[Key],
    own: Collection[int],
) -> Label | None:
    if one is None:
        return Label(
            "本次考试没有这个准考证号或申请编号。", "No candidate of this sitting has this number."
        )
    key = (one.pk, part)
    if part not in list(Part):
        return Label("没有这个部分。", "There is no such part.")
    if key in seen:
        return Label("这名考生的这一部分前面已有一行。", "There is a row for this part above.")
    name = PARTS[Part(part)]
    if key not in desk.attended:
        return Label(
            f"这名考生不考{name.zh}，或合格成绩已沿用。",
            f"They do not sit the {name.en}, or an earlier pass of it stands.",
        )
    if desk.parties[one.pk] in own:
        return Label("不能录入本人的成绩。", "Nobody types their own mark.")
    other = desk.typed.get((*key, _OTHER[hand]))
    if other is not None and other.by_id == actor.user:
        return Label(
            "另一次是您录入的，须换人。", "You typed it as the other hand; somebody else has to."
        )
    there = desk.attended[key]
    if there is None:
        return Label("本场还没有登记到场情况。", "The roll of the session is not taken yet.")
    if there and value is None:
        return Label("考场记录到场，不能写缺考，请核对。", "By the roll they were there; check it.")
    if not there and value is not None:
        return Label(
            "考场记录缺考，不能有成绩，请核对。", "By the roll they were absent; check it."
        )
    return None


def _other(entry: MarkEntry) -> Hand:
    return _OTHER[Hand(entry.hand)]


def _confirms(actor: Actor, other: MarkEntry | None) -> bool:
    """Whether the other hand has said nothing yet, or confirmed an earlier sheet itself."""
    return other is None or (bool(other.sheet) and other.by_id == actor.user)


def _both(desk: _Desk, key: Key) -> bool:
    return all((*key, hand) in desk.typed for hand in Hand)


def _write(
    actor: Actor,
    desk: _Desk,
    hand: Hand,
    sheet: str,
    kept: Sequence[tuple[Key, Decimal | None]],
) -> set[Key]:
    """Write what was typed, and the marks that stand by it; the keys of those that stand."""
    new: list[MarkEntry] = []
    for key, value in kept:
        if value is None:
            continue  # absent by the roll: nothing is to be typed
        before = desk.typed.get((*key, hand))
        if before is None or before.value != value or (sheet and before.sheet != sheet):
            pk, part = key
            new.append(
                MarkEntry(
                    application_id=pk,
                    part=part,
                    hand=hand,
                    value=value,
                    sheet=sheet,
                    by_id=actor.user,
                    at=now(),
                )
            )
    earlier = dict(desk.typed)
    MarkEntry.objects.bulk_create(new)
    for one in new:
        desk.typed[one.application_id, one.part, one.hand] = one
    with act_all(actor, "sitting.mark", told_as="mark.enter") as traces:
        for one in new:
            old = earlier.get((one.application_id, one.part, one.hand))
            traces.told(
                one,
                party=desk.parties[one.application_id],
                part=one.part,
                hand=one.hand,
                mark=one.value,
                mark_before=old.value if old else None,
                sheet=sheet,
            )
    changed = {(one.application_id, one.part) for one in new}
    _settle_equal(actor, desk, changed)
    return {key for key, _ in kept if key in desk.stands}


def _settle_equal(actor: Actor, desk: _Desk, keys: Collection[Key]) -> set[Key]:
    """Let the marks stand on which both hands agree, and none where they do not."""
    replaced: list[int] = []
    made: list[Mark] = []
    for key in sorted(keys):
        hands = [desk.typed.get((*key, hand)) for hand in Hand]
        first, second = hands
        old = desk.stands.get(key)
        if first is None or second is None:
            continue
        agreed = first.value == second.value
        if agreed and old is not None and old.value == first.value:
            continue
        if old is not None:
            replaced.append(old.pk)
            del desk.stands[key]
        if agreed:
            both = bool(first.sheet) and first.sheet == second.sheet
            made.append(
                Mark(
                    application_id=key[0],
                    part=key[1],
                    value=first.value,
                    origin=Origin.SHEET if both else Origin.TWO_HANDS,
                    by_id=actor.user,
                    at=now(),
                )
            )
    Mark.objects.filter(pk__in=replaced).update(replaced=True)
    for mark in Mark.objects.bulk_create(made):
        desk.stands[mark.application_id, mark.part] = mark
    return {(one.application_id, one.part) for one in made}
