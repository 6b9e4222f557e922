"""The nouns of a rule: what has to be true of whose records, and from when a text says so.

A `Rule` has `Version`s in force on given days; a version is *any* of several `Route`s; a route is
*all* of several `Condition`s; a condition holds one `Test`. Every test stands for **a set of
days**, so that "and" is intersection and "or" is union (see `docs/decisions/0002`).

Nothing here knows YAML, files or kernels. A pack builds these nouns; `engine.program` turns them
into arrays for the kernels; `tests/laws/reference.py` reads them as they stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from craftpath.engine.days import Duration, Interval

__all__ = [
    "About",
    "Accumulated",
    "Addition",
    "Age",
    "AllOf",
    "Amount",
    "AnyOf",
    "AnySubject",
    "Calendar",
    "Condition",
    "FocusIn",
    "HeldFor",
    "Holds",
    "Label",
    "NoneOf",
    "OneOf",
    "Pattern",
    "Pending",
    "RelatedToFocus",
    "Route",
    "Rule",
    "SameAsFocus",
    "Subject",
    "Test",
    "Total",
    "Version",
    "Window",
    "WindowKind",
    "Within",
]


@dataclass(frozen=True)
class Label:
    """One text in both languages; Chinese is the language of the law."""

    zh: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


# --- which records -------------------------------------------------------------------------


@dataclass(frozen=True)
class AnySubject:
    """Whatever the subject, and where there is none."""


@dataclass(frozen=True)
class SameAsFocus:
    """The very code that the rule is being decided for."""


@dataclass(frozen=True)
class RelatedToFocus:
    """A code that the pack's relation joins to the focus (本职业或相关职业 includes the focus)."""


@dataclass(frozen=True)
class OneOf:
    """One of these codes; `name` is how a person calls the set."""

    codes: frozenset[str]
    name: Label | None = None


Subject = AnySubject | SameAsFocus | RelatedToFocus | OneOf


@dataclass(frozen=True)
class Pattern:
    """Which records a test looks at. Every bound that is None asks nothing.

    Levels are ranks on the kind's scale, low to high; bounds are inclusive. A record without a
    level (subject, quantity) that a bound asks for *may* match; it never surely does.

    started      the record's first day lies in this interval
    term_at_least the record's own length, `end` minus `start`; a running record is long enough
    other        the other party (employer, school, issuer) has such a record: day by day for
                 Holds, HeldFor and Accumulated, on the record's first day for all else and where
                 `other_on_start`. A null other, or one of which nothing at all is visible, may.
    already      on the day before this record's start, such a record of the same party held
    """

    kind: str
    subject: Subject = AnySubject()
    level_at_least: int | None = None
    level_at_most: int | None = None
    quantity_at_least: float | None = None
    quantity_at_most: float | None = None
    started: Interval | None = None
    term_at_least: Duration | None = None
    other: Pattern | None = None
    other_on_start: bool = False
    already: Pattern | None = None


# --- tests: each is a set of days ----------------------------------------------------------


@dataclass(frozen=True)
class Age:
    """Days on which the party's age lies in bounds, counted from birth (or founding).

    at_least  from the day the age is reached
    under     up to, not including, the day the age is reached
    at_most   up to and including the day the age is reached
    """

    at_least: Duration | None = None
    under: Duration | None = None
    at_most: Duration | None = None


@dataclass(frozen=True)
class Holds:
    """Days on which at least one matching record holds: the union of [start, end)."""

    pattern: Pattern


@dataclass(frozen=True)
class HeldFor:
    """Days on which matching records have held without a break for `at_least`.

    Overlapping and adjacent records make one stretch [s, e); it gives [s + at_least, e).
    """

    pattern: Pattern
    at_least: Duration


@dataclass(frozen=True)
class Accumulated:
    """Days on which matching time adds up to `at_least`, broken or not.

    Overlapping and adjacent spells make one stretch and count once; on day d the days before d
    count. One unbroken stretch is measured by the calendar alone: ten years end on the exact
    anniversary, and 30 days of a 31-day month are not yet a month. Several stretches add up by
    the pack's convention: the whole calendar months of each (counted from its own first day) and
    its left-over days, then 30 days to a month: sum(30 * months + days) >= 30 * months + days
    asked. Time after `since`: only days from the start of an anchor record count (clipped before
    stretches are told apart), and the set is cut to the days on which that anchor holds; with
    several anchors, the union.
    """

    pattern: Pattern
    at_least: Duration
    since: Pattern | None = None


class WindowKind(Enum):
    LIFE = "life"  # everything up to and including the day
    ROLLING = "rolling"  # starts in (day - length, day]: counts for [start, start + length)
    CALENDAR_YEARS = "calendar years"  # this year and the n - 1 before, up to the day
    FULL_YEARS = "full calendar years"  # the n whole years before this one


@dataclass(frozen=True)
class Window:
    """Which records count on a day, by their start: `length` for ROLLING, `years` for others."""

    kind: WindowKind
    length: Duration | None = None
    years: int = 0


@dataclass(frozen=True)
class Total:
    """Days on which the number of matching records (or the sum of quantities) lies in bounds.

    A record counts from its start, whether or not it still holds; records of no length do not
    count. Bounds are inclusive.
    """

    pattern: Pattern
    measure: str  # "count" or "sum"
    window: Window
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Within:
    """Days from a matching record's start up to and including the day `within` later.

    Civil Code of the PRC, art. 202: the corresponding day is the last day of the period. The
    record must still hold.
    """

    pattern: Pattern
    within: Duration


@dataclass(frozen=True)
class Calendar:
    """Fixed days: intake rounds, policy periods. The intervals do not depend on the party."""

    intervals: tuple[Interval, ...]


@dataclass(frozen=True)
class FocusIn:
    """Every day or none, by the focus. `negate`: every day where the focus is not listed."""

    codes: frozenset[str]
    negate: bool = False
    name: Label | None = None


@dataclass(frozen=True)
class AllOf:
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class AnyOf:
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class NoneOf:
    """Days on which none of the tests holds. What may hold makes this unsure, never sure."""

    tests: tuple[Test, ...]


@dataclass(frozen=True)
class Pending:
    """The text was looked for and not found: holds surely on no day, may hold on every day."""

    why: Label


Test = (
    Age
    | Holds
    | HeldFor
    | Accumulated
    | Total
    | Within
    | Calendar
    | FocusIn
    | AllOf
    | AnyOf
    | NoneOf
    | Pending
)


# --- rules ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """A test with its name and clause. `id`, unique within the rule, is what `missing` lists."""

    id: str
    test: Test
    clause: str | None = None
    label: Label | None = None
    source: str | None = None


@dataclass(frozen=True)
class Addition:
    """`percent` of the base on top, on days when `when` surely holds (30 for +30 %)."""

    percent: float
    when: Test
    source: str | None = None


@dataclass(frozen=True)
class Amount:
    """Money on the day of the verdict: the first case whose test surely holds, plus additions.

    cases      ((test or None, value), …) in order; None always holds
    additions  percentages of that base, summed
    cap        the most that may come out
    """

    unit: str
    cases: tuple[tuple[Test | None, float], ...]
    additions: tuple[Addition, ...] = ()
    cap: float | None = None
    source: str | None = None


@dataclass(frozen=True)
class Route:
    id: str
    conditions: tuple[Condition, ...]
    clause: str | None = None
    label: Label | None = None
    source: str | None = None
    amount: Amount | None = None


@dataclass(frozen=True)
class Version:
    """One text of a rule. `in_force` bounds the day that the rule names (`Rule.version_day`)."""

    in_force: Interval
    source: str
    routes: tuple[Route, ...]
    conditions: tuple[Condition, ...] = ()  # asked of every route
    amount: Amount | None = None  # for routes that have none of their own
    note: Label | None = None


@dataclass(frozen=True)
class About:
    """Whom a rule is decided for.

    party  "person" or "organisation"
    focus  a code list (such as "occupation"): decided once for every code of that list in which
           the party has a visible record; None: decided once
    """

    party: str
    focus: str | None = None


@dataclass(frozen=True)
class Rule:
    """Says on which days a party qualifies.

    version_day  None: the version in force on the day asked applies. A kind: the version in force
                 on the day a record of that kind began applies, so in each version the patterns
                 of that kind (outside `since`, `already`, `other`) match only records that began
                 while it was in force, and its days are not cut.
    """

    id: str
    about: About
    label: Label
    versions: tuple[Version, ...]
    version_day: str | None = None
    note: Label | None = None
    tags: tuple[str, ...] = field(default=())
