"""Forms for records typed by hand, drawn from the pack; and what is off with one that was typed.

A field left empty is no fault: the engine then says what it cannot tell. It is noted all the same,
as a problem that does not block.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from craftpath.eligibility.facts import Fact
from craftpath.eligibility.kept import once_a_pack
from craftpath.engine.program import ORGANISATION, PERSON
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Kind, Step
from craftpath.evidence.reasons import FIRST_DAY, LAST_DAY
from craftpath.evidence.reasons import Reason as Fault
from craftpath.evidence.schema import STATUSES
from craftpath.pack.nouns import Pack, SpokenKind
from craftpath.pack.show import patterns_of
from craftpath.pack.tables import COMMON_ROLES, COMMON_UNITS
from craftpath.pack.words import say_day

__all__ = ["FactProblem", "FormFields", "check_fact", "form_fields", "kinds_for_person"]


@dataclass(frozen=True)
class FormFields:
    """What a form for one kind of record asks. None (or empty): the field is not there.

    about     "person", "organisation" or "any": whose record it is
    codes     id of the code list of `subject`, for `search_codes`; `codes_label` names it
    choices   how many codes it has: a few make a menu, many a search field
    levels    the steps of `level`, low to high: `rank` is what a `Fact` carries
    unit      id of the unit of `quantity`; `unit_label` says it: 元 / yuan
    other     id of the role of the other party: "employer"; `other_label` says it
    has_end   whether a last day is asked; of a birth or founding it is not (it would be the end
              of the party)
    open      absence settles nothing
    why       which register would show it, or why none does
    used_by   how many rules look at such records
    """

    kind: str
    label: Label
    about: str
    codes: str | None
    codes_label: Label | None
    choices: int
    levels: tuple[Step, ...]
    unit: str | None
    unit_label: Label | None
    other: str | None
    other_label: Label | None
    has_end: bool
    open: bool
    why: Label | None
    used_by: int


def form_fields(pack: Pack, kind_id: str) -> FormFields:
    """The form of one kind. KeyError: the pack has no such kind."""
    words = pack.vocabulary
    kind = words.kinds[kind_id]
    codes = None if kind.codes is None else words.lists[kind.codes]
    spoken = kind if isinstance(kind, SpokenKind) else None
    return FormFields(
        kind=kind.id,
        label=kind.label,
        about=kind.about,
        codes=kind.codes,
        codes_label=None if codes is None else codes.label,
        choices=0 if codes is None else len(codes.codes),
        levels=() if kind.scale is None else words.scales[kind.scale].steps,
        unit=kind.unit,
        unit_label=_named(kind.unit, spoken.units if spoken else None, COMMON_UNITS),
        other=kind.other,
        other_label=_named(kind.other, spoken.role if spoken else None, COMMON_ROLES),
        has_end=kind.id not in (PERSON, ORGANISATION),
        open=kind.open,
        why=pack.why.get(kind.id),
        used_by=_uses(pack)[kind.id],
    )


def _named(id: str | None, label: Label | None, common: dict[str, Label]) -> Label | None:
    if id is None:
        return None
    return label or common.get(id) or Label(id, id)


def kinds_for_person(pack: Pack) -> tuple[FormFields, ...]:
    """The kinds to offer for a small life typed by hand: birth, then every kind of a person's
    record that some rule looks at, the most looked at first."""
    kinds = pack.vocabulary.kinds
    uses = _uses(pack)
    wanted = [id for id, k in kinds.items() if k.about != "organisation" and uses[id]]
    wanted.sort(key=lambda id: -uses[id])  # stable: the pack's order among equals
    first = [PERSON] if PERSON in kinds else []
    return tuple(form_fields(pack, id) for id in (*first, *(id for id in wanted if id != PERSON)))


@once_a_pack
def _uses(pack: Pack) -> Counter[str]:
    """How many rules look at records of each kind."""
    return Counter(
        kind for rule in pack.rules for kind in {pattern.kind for pattern in patterns_of(rule)}
    )


# --- one record ----------------------------------------------------------------------------


@dataclass(frozen=True)
class FactProblem:
    """Something about one field of a record: what, and how to mend it.

    field     a column of the record: "kind", "subject", "level", "start", "end", "quantity", …
    blocking  the record cannot be used so; else it can, and this is to be known
    """

    field: str
    id: str
    text: Label
    mend: Label
    blocking: bool = True


def check_fact(
    pack: Pack, fact: Fact, birth: dt.date | None = None, as_of: dt.date | None = None
) -> list[FactProblem]:
    """What is off with one record, field by field; the blocking problems are those for which the
    engine (or the sense of it) would turn the record away.

    birth  the person's birth date (or the organisation's founding), where it is known
    as_of  the day asked: a record may start after it, and counts as sure to come if it is known by
           then (`known`; else it is known from its start only); that is noted, not blocked

    A field that the kind has and the record leaves empty is noted, not blocked.
    """
    kind = pack.vocabulary.kinds.get(fact.kind)
    if kind is None:
        return [_fault(Fault.NO_KIND if not fact.kind else Fault.UNKNOWN_KIND)]
    return [
        *_subject(pack, kind, fact),
        *_level(pack, kind, fact),
        *_quantity(kind, fact),
        *_days(kind, fact, birth, as_of),
        *_rest(kind, fact),
    ]


def _fault(fault: Fault, mend: Label | None = None, field: str | None = None) -> FactProblem:
    """A reason for which a records file would lose the row, in the same words."""
    return FactProblem(field or fault.column or "kind", fault.id, fault.text, mend or fault.mend)


def _note(field: str, id: str, text: Label, mend: Label) -> FactProblem:
    return FactProblem(field, id, text, mend, blocking=False)


def _subject(pack: Pack, kind: Kind, fact: Fact) -> Iterator[FactProblem]:
    if kind.codes is None:
        if fact.subject is not None:
            yield _fault(Fault.CODE_WITHOUT_LIST)
        return
    codes = pack.vocabulary.lists[kind.codes]
    if fact.subject is None:
        yield _note(
            "subject",
            "no-code",
            Label(f"未填{codes.label.zh}", f"no {codes.label.en} given"),
            Label(
                "知道就填上：不填的只能算可能符合",
                "fill it in where it is known: without it the record only may count",
            ),
        )
    elif fact.subject not in codes.codes and fact.subject not in codes.aliases:
        mend = Label(
            f"从{codes.label.zh}代码表中选一个",
            f"choose one from the list of codes ({codes.label.en})",
        )
        yield _fault(Fault.UNKNOWN_CODE, mend)


def _level(pack: Pack, kind: Kind, fact: Fact) -> Iterator[FactProblem]:
    if kind.scale is None:
        if fact.level is not None:
            yield _fault(Fault.LEVEL_WITHOUT_SCALE)
        return
    steps = pack.vocabulary.scales[kind.scale].steps
    if fact.level is None:
        yield _note(
            "level",
            "no-level",
            Label("未填等级", "no level given"),
            Label(
                "知道就填上：不填的只能算可能符合",
                "fill it in where it is known: without it the record only may count",
            ),
        )
    elif all(step.rank != fact.level for step in steps):
        mend = Label(
            f"选其中一级：{'、'.join(step.label.zh for step in steps)}",
            f"choose one of: {', '.join(step.label.en for step in steps)}",
        )
        yield _fault(Fault.LEVEL_OFF_SCALE, mend)


def _quantity(kind: Kind, fact: Fact) -> Iterator[FactProblem]:
    if kind.unit is None:
        if fact.quantity is not None:
            yield _note(
                "quantity",
                "quantity-not-read",
                Label("这种记录不带数量", "this kind has no quantity"),
                Label("留空：填了也不看", "leave it empty: it is not looked at"),
            )
        return
    if fact.quantity is None:
        yield _note(
            "quantity",
            "no-quantity",
            Label("未填数量", "no quantity given"),
            Label(
                "知道就填上：不填的只能算可能符合",
                "fill it in where it is known: without it the record only may count",
            ),
        )
    elif not math.isfinite(fact.quantity) or fact.quantity < 0:
        yield _fault(Fault.BAD_QUANTITY)


def _days(
    kind: Kind, fact: Fact, birth: dt.date | None, as_of: dt.date | None
) -> Iterator[FactProblem]:
    days = {name: getattr(fact, name) for name in ("start", "end", "known", "known_until")}
    given = {name: day for name, day in days.items() if day is not None}
    timed = {name for name, day in given.items() if isinstance(day, dt.datetime)}
    yield from (_fault(Fault.TIME_OF_DAY, field=name) for name in given if name in timed)
    if "start" not in given:
        yield _fault(Fault.NO_START)
    if timed or "start" not in given:
        return
    first, last = dt.date.fromisoformat(FIRST_DAY), dt.date.fromisoformat(LAST_DAY)
    for name, day in given.items():
        if not first <= day <= last:
            yield _fault(Fault.DAY_OUT_OF_RANGE, field=name)
    if fact.end is not None and fact.end <= fact.start:
        yield _fault(Fault.END_BEFORE_START)
    if fact.known_until is not None and fact.known_until < (fact.known or fact.start):
        yield _fault(Fault.UNKNOWN_BEFORE_KNOWN)
    if birth is not None and fact.start < birth and kind.id not in (PERSON, ORGANISATION):
        yield FactProblem(
            "start",
            "before-birth",
            Label(
                f"早于出生（成立）日{say_day(birth, 'zh')}",
                f"before the day of birth (founding), {say_day(birth, 'en')}",
            ),
            Label("核对这一天和出生（成立）日", "check this day and the day of birth (founding)"),
        )
    if as_of is not None and fact.start > as_of:
        yield _in_the_future(as_of, seen=(fact.known or fact.start) <= as_of)


def _in_the_future(as_of: dt.date, seen: bool) -> FactProblem:
    """A record that starts after the day asked; one without a day of its own is known from then."""
    zh, en = ("按届时必有计算", "counted as if sure to come") if seen else (
        "到那一天才知悉，现在不计", "known from then only, so not counted now"
    )  # fmt: skip
    return _note(
        "start",
        "after-day-asked",
        Label(
            f"晚于所问日{say_day(as_of, 'zh')}，{zh}",
            f"after the day asked, {say_day(as_of, 'en')}: {en}",
        ),
        Label("核对年份；确为打算的可保留", "check the year; keep it if it is a plan"),
    )


def _rest(kind: Kind, fact: Fact) -> Iterator[FactProblem]:
    if fact.status not in STATUSES:
        yield _fault(Fault.BAD_STATUS)
    if kind.other is None and fact.other is not None:
        yield _note(
            "other",
            "other-not-read",
            Label("这种记录不带相对方", "this kind has no other party"),
            Label("留空：填了也不看", "leave it empty: it is not looked at"),
        )
