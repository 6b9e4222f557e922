"""How a sitting stands: counted for the pages that lead through it; nothing is decided here.

    levels_assessed() -> list[tuple[int, Label]]        which levels there are to plan
    standing_of(sitting) -> Standing                    each part from its sessions to its marks
    needs_of(sitting, lines) -> list[Need]              whom each session has and lacks
    unfiled_of(sitting) -> list[Label]                  sessions outside what the body is filed for
    expected(sitting) -> Expected                       what publication would say today
    sheets_of(sitting) -> list[SheetIn]                 sheets of marks that were brought in
    hand_of(sitting, user) -> Hand                      as which somebody typed here last
    said_by(sitting, sha256) -> list[MarkEntry]         what one of them said

Whose a sitting is, `queries` says: each takes one that somebody may see or run.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from craftpath.assessment.actions.results import result_of
from craftpath.assessment.choices import Hand
from craftpath.assessment.holding import assessments, parts_of
from craftpath.assessment.models import Mark, MarkEntry, Seat, Sitting
from craftpath.assessment.queries import SessionLine, candidates_of
from craftpath.assessment.staffing import counted, filings, short_of, unfiled
from craftpath.assessment.words import level_label
from craftpath.engine.rules import Label
from craftpath.pack.assessments import PartRules

__all__ = [
    "Expected",
    "Need",
    "PartStanding",
    "SheetIn",
    "Standing",
    "expected",
    "hand_of",
    "levels_assessed",
    "needs_of",
    "said_by",
    "sheets_of",
    "standing_of",
    "unfiled_of",
]

_Key = tuple[int, str]


def levels_assessed() -> list[tuple[int, Label]]:
    """The ranks that are assessed by a sitting, low to high, with their names."""
    ranks = sorted(frozenset().union(*assessments().levels.values()))
    return [(rank, level_label(rank)) for rank in ranks]


# --- sessions ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """Whom a session has who look on, and whom it lacks.

    holds   how many candidates its room and hours hold
    expects those seated; before that as many of those who sit the part as it holds
    there   how many of the role that the part asks for are put there
    enough  for how many candidates they are enough, at most `holds`
    needed  how many there must be for those expected
    lacks   what it lacks for those seated, or for anybody at all; None: nothing
    """

    line: SessionLine
    rules: PartRules
    holds: int
    expects: int
    there: int
    enough: int
    needed: int
    lacks: Label | None


def needs_of(sitting: Sitting, lines: Iterable[SessionLine]) -> list[Need]:
    """In the order of the lines, without sessions of a part that the level does not ask for."""
    return _needs(sitting, lines, _Facts(sitting))


def _needs(sitting: Sitting, lines: Iterable[SessionLine], facts: _Facts) -> list[Need]:
    rules = {one.id: one for one in parts_of(sitting)}
    return [
        _need(line, rules[line.session.part], facts.sits(line.session.part))
        for line in lines
        if line.session.part in rules
    ]


def _need(line: SessionLine, rules: PartRules, sits: int) -> Need:
    session, there = line.session, counted(rules, line.examiners)
    holds = rules.seats(session.room.seats, session.minutes)
    expects = line.seated or (min(holds, sits) if sits else holds)
    most = rules.staffing.most(there)
    return Need(
        line=line,
        rules=rules,
        holds=holds,
        expects=expects,
        there=there,
        enough=holds if most is None else min(holds, most),
        needed=rules.staffing.needed(expects),
        lacks=short_of(session, rules, there, line.seated or 1),
    )


def unfiled_of(sitting: Sitting, lines: Iterable[SessionLine]) -> list[Label]:
    """What the body is not filed for, of the places and days of these sessions."""
    own = filings(sitting)
    found = (unfiled(sitting, own, one.session.room.region, one.session.day) for one in lines)
    return list(dict.fromkeys(one for one in found if one is not None))


# --- parts ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartStanding:
    """How far one part has come.

    sits, carried   candidates who have to sit it, and those whose earlier pass stands; before they
                    are seated everybody is taken to sit it
    sessions, holds, enough   its sessions, the seats in them, and those that who looks on suffices
                    for
    seated          candidates with a seat
    present, absent by the rolls that are taken
    typed           how many marks either hand has typed
    settled         marks that stand, or are absences by the roll
    differs         marks on which the hands do not agree
    """

    rules: PartRules
    sits: int
    carried: int
    sessions: int
    holds: int
    enough: int
    seated: int
    present: int
    absent: int
    typed: dict[str, int]
    settled: int
    differs: int

    @property
    def unrolled(self) -> int:
        return self.seated - self.present - self.absent

    @property
    def unsettled(self) -> int:
        return self.seated - self.settled


@dataclass(frozen=True)
class Standing:
    candidates: int
    parts: tuple[PartStanding, ...]
    needs: tuple[Need, ...]

    @property
    def sessions(self) -> int:
        return len(self.needs)

    @property
    def lacking(self) -> list[Need]:
        """Sessions in which too few look on."""
        return [one for one in self.needs if one.lacks is not None]

    @property
    def differs(self) -> int:
        return sum(one.differs for one in self.parts)

    @property
    def unrolled(self) -> int:
        return sum(one.unrolled for one in self.parts)

    @property
    def unsettled(self) -> int:
        return sum(one.unsettled for one in self.parts)


def standing_of(sitting: Sitting, lines: Iterable[SessionLine]) -> Standing:
    """From its sessions, `queries.sessions_seen_by`, and its marks."""
    facts = _Facts(sitting)
    needs = tuple(_needs(sitting, lines, facts))
    parts = tuple(_part(rules, facts, needs) for rules in parts_of(sitting))
    return Standing(len(facts.people), parts, needs)


class _Facts:
    """What there is of each candidate and part, read once: the roll, the mark that stands, and
    which hands have typed one. Marks are counted here, and shown by `queries.mark_lines`."""

    def __init__(self, sitting: Sitting) -> None:
        self.people = set(candidates_of(sitting).values_list("pk", flat=True))
        theirs = {"application__programme": sitting.programme_id}
        self.attended: dict[_Key, bool | None] = {
            (pk, part): was
            for pk, part, was in Seat.objects.filter(**theirs).values_list(
                "application", "part", "attended"
            )
            if pk in self.people
        }
        self.stands: dict[_Key, Decimal | None] = {}
        self.carried: set[_Key] = set()
        marks = Mark.objects.filter(**theirs, replaced=False)
        for pk, part, value, carried in marks.values_list(
            "application", "part", "value", "carried"
        ):
            if pk in self.people:
                self.stands[pk, part] = value
                if carried is not None:
                    self.carried.add((pk, part))
        entries = MarkEntry.objects.filter(**theirs).values_list("application", "part", "hand")
        self.typed = {(pk, part, hand) for pk, part, hand in entries if pk in self.people}

    def sits(self, part: str) -> int:
        """How many have to sit a part."""
        return len(self.people) - sum(other == part for _, other in self.carried)

    def settled(self, key: _Key) -> bool:
        return key in self.stands or self.attended.get(key) is False

    def differs(self, key: _Key) -> bool:
        return key not in self.stands and all((*key, hand) in self.typed for hand in Hand)


def _part(rules: PartRules, facts: _Facts, all_needs: Iterable[Need]) -> PartStanding:
    needs = [one for one in all_needs if one.rules.id == rules.id]
    keys = [key for key in facts.attended if key[1] == rules.id]
    rolls = Counter(facts.attended[key] for key in keys)
    return PartStanding(
        rules=rules,
        sits=facts.sits(rules.id),
        carried=len(facts.people) - facts.sits(rules.id),
        sessions=len(needs),
        holds=sum(one.holds for one in needs),
        enough=sum(one.enough for one in needs),
        seated=len(keys),
        present=rolls[True],
        absent=rolls[False],
        typed={hand: sum((*key, hand) in facts.typed for key in keys) for hand in Hand},
        settled=sum(facts.settled(key) for key in keys),
        differs=sum(facts.differs(key) for key in keys),
    )


def hand_of(sitting: Sitting, user: int | None) -> Hand:
    """As which hand somebody typed in this sitting last; who typed nothing yet is the first."""
    own = MarkEntry.objects.filter(application__programme=sitting.programme_id, by=user)
    last = own.order_by("-pk").values_list("hand", flat=True).first()
    return Hand.FIRST if last is None else Hand(last)


# --- results -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """What publication would say today. `open`: candidates of whom a mark is not settled."""

    passed: int
    failed: int
    absent: int
    open: int


def expected(sitting: Sitting) -> Expected:
    facts, passes = _Facts(sitting), assessments().passes.value
    parts = [rules.id for rules in parts_of(sitting)]
    said: Counter[str] = Counter()
    for pk in facts.people:
        keys = [(pk, part) for part in parts]
        if not all(facts.settled(key) for key in keys):
            said["open"] += 1
            continue
        mark, attended = result_of([facts.stands.get(key) for key in keys])
        if not attended:
            said["absent"] += 1
        else:
            said["passed" if mark is not None and mark >= passes else "failed"] += 1
    return Expected(said["passed"], said["failed"], said["absent"], said["open"])


# --- sheets --------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetIn:
    """A sheet that one hand brought in. `marks`: what of it is that hand's last word; `open`: how
    many of those the other hand has not typed, nor confirmed."""

    sha256: str
    hand: str
    by: int | None
    name: str
    at: dt.datetime
    marks: int
    open: int


def sheets_of(sitting: Sitting) -> list[SheetIn]:
    """The last first."""
    found: dict[str, list[MarkEntry]] = {}
    last = _last(sitting)
    for one in sorted(last.values(), key=lambda entry: -entry.pk):
        if one.sheet:
            found.setdefault(one.sheet, []).append(one)
    return [_sheet(digest, said, last) for digest, said in found.items()]


def _sheet(
    digest: str, said: list[MarkEntry], last: dict[tuple[int, str, str], MarkEntry]
) -> SheetIn:
    # Who confirmed it is its other hand: the first entry is of those who brought it in.
    brought = min(said, key=lambda one: one.pk)
    own = [one for one in said if one.hand == brought.hand]
    other = Hand.SECOND if brought.hand == Hand.FIRST else Hand.FIRST
    still = sum((one.application_id, one.part, other) not in last for one in own)
    name = "" if brought.by is None else brought.by.shown_name
    return SheetIn(digest, brought.hand, brought.by_id, name, brought.at, len(own), still)


def said_by(sitting: Sitting, sha256: str) -> list[MarkEntry]:
    """What a sheet said that is still its hand's last word, in the order of the file."""
    said = sorted((one for one in _last(sitting).values() if one.sheet == sha256), key=_order)
    return [one for one in said if one.hand == said[0].hand]


def _order(entry: MarkEntry) -> int:
    return entry.pk


def _last(sitting: Sitting) -> dict[tuple[int, str, str], MarkEntry]:
    entries = (
        MarkEntry.objects.filter(application__in=candidates_of(sitting))
        .select_related("by", "application__party", "application__ticket")
        .order_by("pk")
    )
    return {(one.application_id, one.part, one.hand): one for one in entries}
