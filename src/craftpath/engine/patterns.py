"""The patterns inside a test, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator

from craftpath.engine.rules import (
    Accumulated,
    AllOf,
    AnyOf,
    HeldFor,
    Holds,
    NoneOf,
    Pattern,
    Test,
    Total,
    Within,
)

__all__ = ["patterns_in"]


def patterns_in(test: Test) -> Iterator[Pattern]:
    """Every pattern that a test looks at, those inside patterns too."""
    match test:
        case AllOf() | AnyOf() | NoneOf():
            for child in test.tests:
                yield from patterns_in(child)
        case Accumulated():
            yield from _with_inner(test.pattern)
            if test.since is not None:
                yield from _with_inner(test.since)
        case Holds() | HeldFor() | Total() | Within():
            yield from _with_inner(test.pattern)


def _with_inner(pattern: Pattern) -> Iterator[Pattern]:
    yield pattern
    for inner in (pattern.other, pattern.already):
        if inner is not None:
            yield from _with_inner(inner)
