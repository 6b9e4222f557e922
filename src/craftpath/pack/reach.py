"""Can anybody get there? What a test rules out by itself, and which tests follow from others.

Both are judged from the words alone, without anybody's records, and only where it is certain: a
silence here is no promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import (
    Accumulated,
    Age,
    AllOf,
    AnyOf,
    AnySubject,
    Calendar,
    FocusIn,
    HeldFor,
    Holds,
    NoneOf,
    OneOf,
    Pattern,
    RelatedToFocus,
    SameAsFocus,
    Subject,
    Test,
    Total,
    Within,
)

__all__ = ["conjuncts", "contradiction", "implies", "intersection", "patterns"]


def conjuncts(tests: Iterable[Test]) -> tuple[Test, ...]:
    """The tests that must all hold, with every "all of" opened."""
    found: list[Test] = []
    for test in tests:
        if isinstance(test, AllOf):
            found.extend(conjuncts(test.tests))
        else:
            found.append(test)
    return tuple(found)


def patterns(test: Test) -> tuple[Pattern, ...]:
    """The patterns that a test asks of the party's own records, anchors not included."""
    if isinstance(test, AllOf | AnyOf | NoneOf):
        return tuple(pattern for part in test.tests for pattern in patterns(part))
    if isinstance(test, Holds | HeldFor | Accumulated | Total | Within):
        return (test.pattern,)
    return ()


# --- nothing is left -----------------------------------------------------------------------


def contradiction(tests: Sequence[Test]) -> str | None:
    """Why no day can satisfy all of these tests, whoever is asked; None where some may."""
    all_tests = conjuncts(tests)
    return (
        _no_age(all_tests)
        or _no_day(all_tests)
        or _no_focus(all_tests)
        or _denied(all_tests)
        or next((why for test in all_tests if (why := _empty(test))), None)
    )


def _empty(test: Test) -> str | None:
    if isinstance(test, Total) and None not in (test.at_least, test.at_most):
        assert test.at_least is not None and test.at_most is not None
        if test.at_least > test.at_most:
            return f"`at_least` {test.at_least:g} lies above `at_most` {test.at_most:g}"
    if isinstance(test, AnyOf):
        whys = [contradiction([part]) for part in test.tests]
        return whys[0] if whys and all(whys) else None
    if isinstance(test, NoneOf):
        return None
    for pattern in patterns(test):
        low, high = pattern.quantity_at_least, pattern.quantity_at_most
        if low is not None and high is not None and low > high:
            return f"`quantity_at_least` {low:g} lies above `quantity_at_most` {high:g}"
    return None


def _no_age(tests: Sequence[Test]) -> str | None:
    ages = [test for test in tests if isinstance(test, Age)]
    lows = [age.at_least for age in ages if age.at_least]
    unders = [age.under for age in ages if age.under]
    highs = [age.at_most for age in ages if age.at_most]
    low = max(lows, key=_months, default=None)
    under, high = min(unders, key=_months, default=None), min(highs, key=_months, default=None)
    if low and under and _months(low) >= _months(under):
        return f"nobody is at least {low} and under {under} old"
    if low and high and _months(low) > _months(high):
        return f"nobody is at least {low} and at most {high} old"
    return None


def _no_day(tests: Sequence[Test]) -> str | None:
    left: tuple[Interval, ...] = (Interval(),)
    for test in tests:
        if isinstance(test, Calendar):
            left = intersection(left, test.intervals)
    return None if left else "the calendar windows share no day"


def _no_focus(tests: Sequence[Test]) -> str | None:
    wanted: frozenset[str] | None = None
    refused: frozenset[str] = frozenset()
    for test in tests:
        if isinstance(test, FocusIn) and test.negate:
            refused |= test.codes
        elif isinstance(test, FocusIn):
            wanted = test.codes if wanted is None else wanted & test.codes
    if wanted is None or wanted - refused:
        return None
    return "no focus is left after `in` and `not_in`"


def _denied(tests: Sequence[Test]) -> str | None:
    """A test and, beside it, "none of" something that follows from it."""
    refused = [part for test in tests if isinstance(test, NoneOf) for part in test.tests]
    for test in tests:
        if not isinstance(test, NoneOf) and any(implies(test, part) for part in refused):
            return "one condition asks for what another rules out by `none`"
    return None


def intersection(some: Iterable[Interval], others: Iterable[Interval]) -> tuple[Interval, ...]:
    """The days in both, as non-empty intervals."""
    others = tuple(others)
    found = []
    for one in some:
        for other in others:
            start = max(filter(None, (one.start, other.start)), default=None)
            end = min(filter(None, (one.end, other.end)), default=None)
            if start is None or end is None or start < end:
                found.append(Interval(start, end))
    return tuple(found)


def _months(length: Duration) -> float:
    return length.months + length.days / 30.4


# --- one follows from another --------------------------------------------------------------


def implies(one: Test, other: Test) -> bool:
    """Whether every day of `one` is certainly a day of `other`, for everybody."""
    if one == other:
        return True
    if isinstance(other, AllOf):
        return all(implies(one, part) for part in other.tests)
    if isinstance(one, AnyOf):
        return all(implies(part, other) for part in one.tests)
    if isinstance(other, AnyOf) and any(implies(one, part) for part in other.tests):
        return True
    if isinstance(one, AllOf):
        return any(implies(part, other) for part in one.tests)
    if isinstance(one, NoneOf) and isinstance(other, NoneOf):
        return all(any(implies(p, q) for q in one.tests) for p in other.tests)
    return _same_family(one, other)


def _same_family(one: Test, other: Test) -> bool:
    if isinstance(one, Age) and isinstance(other, Age):
        return _age_within(one, other)
    if isinstance(one, Calendar) and isinstance(other, Calendar):
        return all(any(_inside(day, span) for span in other.intervals) for day in one.intervals)
    if isinstance(one, FocusIn) and isinstance(other, FocusIn):
        if one.negate != other.negate:
            return not one.negate and not one.codes & other.codes
        return one.codes >= other.codes if one.negate else one.codes <= other.codes
    if isinstance(one, HeldFor | Within) and isinstance(other, Holds):
        return _narrower(one.pattern, other.pattern) and one.pattern.other is None
    if isinstance(one, Holds) and isinstance(other, Holds):
        return _narrower(one.pattern, other.pattern)
    if isinstance(one, HeldFor) and isinstance(other, HeldFor):
        return _narrower(one.pattern, other.pattern) and _longer(one.at_least, other.at_least)
    if isinstance(one, Within) and isinstance(other, Within):
        return _narrower(one.pattern, other.pattern) and _longer(other.within, one.within)
    if isinstance(one, Accumulated) and isinstance(other, Accumulated):
        return _more_time(one, other)
    if isinstance(one, Total) and isinstance(other, Total):
        return _more_in_all(one, other)
    return False


def _age_within(one: Age, other: Age) -> bool:
    return (
        (
            other.at_least is None
            or (one.at_least is not None and _longer(one.at_least, other.at_least))
        )
        and (other.under is None or (one.under is not None and _longer(other.under, one.under)))
        and (
            other.at_most is None
            or (one.at_most is not None and _longer(other.at_most, one.at_most))
        )
    )


def _more_time(one: Accumulated, other: Accumulated) -> bool:
    since = other.since is None or (one.since is not None and _narrower(one.since, other.since))
    return since and _narrower(one.pattern, other.pattern) and _longer(one.at_least, other.at_least)


def _more_in_all(one: Total, other: Total) -> bool:
    if one.measure != other.measure or one.window != other.window:
        return False
    enough = other.at_least is None or (
        one.at_least is not None
        and one.at_least >= other.at_least
        and _narrower(one.pattern, other.pattern)
    )
    few = other.at_most is None or (
        one.at_most is not None
        and one.at_most <= other.at_most
        and _narrower(other.pattern, one.pattern)
    )
    return enough and few


def _longer(one: Duration, other: Duration) -> bool:
    return one.months >= other.months and one.days >= other.days


def _inside(one: Interval, other: Interval) -> bool:
    (a, b), (c, d) = one.bounds, other.bounds
    return c <= a and b <= d


def _narrower(one: Pattern, other: Pattern) -> bool:
    """Whether every record that matches `one` matches `other`."""
    return (
        one.kind == other.kind
        and _subject_within(one.subject, other.subject)
        and _at_least(one.level_at_least, other.level_at_least)
        and _at_least(_minus(one.level_at_most), _minus(other.level_at_most))
        and _at_least(one.quantity_at_least, other.quantity_at_least)
        and _at_least(_minus(one.quantity_at_most), _minus(other.quantity_at_most))
        and (other.started is None or one.started == other.started)
        and (
            other.term_at_least is None
            or (one.term_at_least is not None and _longer(one.term_at_least, other.term_at_least))
        )
        and (
            other.other is None
            or (one.other == other.other and one.other_on_start == other.other_on_start)
        )
        and (other.already is None or one.already == other.already)
    )


def _subject_within(one: Subject, other: Subject) -> bool:
    if isinstance(other, AnySubject) or one == other:
        return True
    if isinstance(one, SameAsFocus) and isinstance(other, RelatedToFocus):
        return True
    return isinstance(one, OneOf) and isinstance(other, OneOf) and one.codes <= other.codes


def _at_least(one: float | None, other: float | None) -> bool:
    return other is None or (one is not None and one >= other)


def _minus(bound: float | None) -> float | None:
    return None if bound is None else -bound
