"""The rules that single measurements run, built from the engine's nouns."""

from __future__ import annotations

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import (
    About,
    Accumulated,
    Age,
    Condition,
    HeldFor,
    Holds,
    Label,
    NoneOf,
    Pattern,
    Route,
    Rule,
    Test,
    Total,
    Version,
    Window,
    WindowKind,
    Within,
)

YEAR = 12
LEVEL_4, LEVEL_3, LEVEL_2 = 3, 4, 5  # ranks of 四级, 三级, 二级 on the skill scale


def years(n: int) -> Duration:
    return Duration(months=n * YEAR)


def rule(name: str, *routes: tuple[str, tuple[Test, ...]]) -> Rule:
    """A rule about persons, in force on every day."""
    made = tuple(
        Route(route, tuple(Condition(f"{route}/{n}", test) for n, test in enumerate(tests, 1)))
        for route, tests in routes
    )
    return Rule(
        id=name,
        about=About("person"),
        label=Label(name, name),
        versions=(Version(in_force=Interval(), source="benchmark", routes=made),),
    )


def service(since: bool) -> Rule:
    """Ten years of work; or four years of work since a certificate of level 4."""
    work = Pattern("employment")
    anchor = Pattern("certificate", level_at_least=LEVEL_4, level_at_most=LEVEL_4)
    test = Accumulated(work, years(4), since=anchor) if since else Accumulated(work, years(10))
    return rule("service", ("service", (test,)))


def benefit() -> Rule:
    """A snapshot benefit: three routes of three or four conditions.

    recent   16 to 60 years old; insured now; a certificate of level 3 or above within 12 months
    young    under 35; employed now; a certificate of level 4 or above; two certificates in a life
    senior   45 or older; employed for 5 years without a break; level 2 or above; no professional
             title
    """
    now_employed = Holds(Pattern("employment"))
    held = Pattern("certificate", level_at_least=LEVEL_3)
    return rule(
        "benefit",
        (
            "recent",
            (
                Age(at_least=years(16), at_most=years(60)),
                Holds(Pattern("insurance")),
                Within(held, Duration(months=12)),
            ),
        ),
        (
            "young",
            (
                Age(under=years(35)),
                now_employed,
                Holds(Pattern("certificate", level_at_least=LEVEL_4)),
                Total(Pattern("certificate"), "count", Window(WindowKind.LIFE), at_least=2),
            ),
        ),
        (
            "senior",
            (
                Age(at_least=years(45)),
                HeldFor(Pattern("employment"), years(5)),
                Holds(Pattern("certificate", level_at_least=LEVEL_2)),
                NoneOf((Holds(Pattern("title")),)),
            ),
        ),
    )
