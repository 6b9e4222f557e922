"""Every problem of a pack at once: what cannot be read, and what can be read but cannot be meant.

for problem in check_pack("my-province"):
    print(problem)          # rules/x.yaml:41 – what is off. How to mend it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from itertools import pairwise

from craftpath.engine.days import Interval
from craftpath.engine.rules import (
    AllOf,
    Amount,
    AnyOf,
    Calendar,
    Condition,
    Label,
    NoneOf,
    Route,
    Rule,
    Test,
    Total,
    Version,
)
from craftpath.pack.case_lines import read_cases
from craftpath.pack.load import find_pack, read_files, read_pack
from craftpath.pack.nodes import Mapping as MappingNode
from craftpath.pack.nodes import Node, Scalar, Sequence
from craftpath.pack.nouns import Pack, Place
from craftpath.pack.problems import PackError, Problem
from craftpath.pack.reach import conjuncts, contradiction, implies, intersection, patterns

__all__ = ["check_files", "check_pack", "check_read"]


def check_pack(path_or_name: str | os.PathLike[str]) -> tuple[Problem, ...]:
    """Every problem of a folder or an installed pack, by file and line."""
    try:
        place = find_pack(path_or_name)
    except PackError as error:
        return error.problems
    return check_files(read_files(place))


def check_files(files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Every problem of a pack given as names and bytes, by file and line."""
    reading = read_pack(files)
    found = set(reading.problems)
    if reading.pack is not None:
        # With tables that cannot be read, everything looks unused.
        whole = not any(p.id in {"broken-yaml", "wrong-encoding"} for p in found)
        found.update(p for p in check_read(reading.pack) if whole or p.id != "unused")
    return tuple(sorted(found))


def check_read(pack: Pack) -> tuple[Problem, ...]:
    """What is off with a pack that has been read: texts that make sense but cannot be meant."""
    found = [
        *_check_kinds(pack),
        *_check_names(pack),
        *(problem for rule in pack.rules for problem in _check_rule(rule, pack)),
        *_check_use(pack),
        *_check_cases(pack),
    ]
    return tuple(sorted(set(found)))


def _at(place: Place | None, id: str, what: str, mend: str) -> Problem:
    where = place or Place("rules", 0)
    return Problem(where.file, where.line, what, mend, id)


# --- kinds that the engine stands on -------------------------------------------------------


def _check_kinds(pack: Pack) -> Iterator[Problem]:
    for party, kind in (("person", "birth"), ("organisation", "founded")):
        if not any(rule.about.party == party for rule in pack.rules):
            continue
        noun = pack.vocabulary.kinds.get(kind)
        if noun is None or noun.about != party:
            an = "a person" if party == "person" else "an organisation"
            yield Problem(
                "kinds.yaml",
                0,
                f"there is no kind `{kind}` about {an}",
                f"Add it: {an}'s first record is its `{kind}`",
                "missing-kind",
            )


def _check_names(pack: Pack) -> Iterator[Problem]:
    """Words that sentences need in both languages: other parties, units, lists asked about."""
    for kind in pack.vocabulary.kinds.values():
        line = _line_of(pack, "kinds.yaml", kind.id)
        role, units = getattr(kind, "role", None), getattr(kind, "units", None)
        if kind.other and role is None:
            what = f"nothing says what the other party `{kind.other}` is called"
            mend = f"Add `roles: {{{kind.other}: {{zh: …, en: …}}}}` beside `kinds:`"
            yield Problem("kinds.yaml", line, what, mend, "no-name")
        if kind.unit and units is None:
            what = f"nothing says what the unit `{kind.unit}` is called"
            mend = f"Add `units: {{{kind.unit}: {{zh: …, en: …}}}}` beside `kinds:`"
            yield Problem("kinds.yaml", line, what, mend, "no-name")
    lists = {rule.about.focus for rule in pack.rules}
    lists |= {r.subject for r in pack.vocabulary.relations if r.focus in lists}
    for id in sorted(filter(None, lists)):
        if pack.vocabulary.lists[id].label == Label(id, id):
            what = f"nothing says what a code of the list `{id}` is called"
            mend = f"Add `lists: {{{id}: {{zh: …, en: …}}}}`"
            yield Problem("pack.yaml", 0, what, mend, "no-name")


# --- versions ------------------------------------------------------------------------------


def _check_rule(rule: Rule, pack: Pack) -> Iterator[Problem]:
    yield from _check_focus(rule, pack)
    yield from _check_days(rule, pack)
    for index, version in enumerate(rule.versions):
        place = (rule.id, index)
        yield from _check_ids(version, place, pack)
        yield from _check_version_day(rule, version, place, pack)
        yield from _check_reach(rule, version, place, pack)
        yield from _check_bounds(rule, version, place, pack)
        for amount in (version.amount, *(route.amount for route in version.routes)):
            if amount is not None and rule.version_day is None:
                yield from _check_amount(amount, version, pack.places.get(place))


def _check_focus(rule: Rule, pack: Pack) -> Iterator[Problem]:
    """A focus is found in records: some kind about the party must have codes of its list."""
    focus, party = rule.about.focus, rule.about.party
    an = "a person" if party == "person" else "an organisation"
    kinds = pack.vocabulary.kinds.values()
    if focus and not any(k.codes == focus and k.about in {party, "any"} for k in kinds):
        yield _at(
            pack.places.get((rule.id,)),
            "no-focus",
            f"no kind about {an} has codes of the list `{focus}`, so the rule `{rule.id}` is "
            "never decided",
            "Correct the list in `about`, or give a kind these codes",
        )


def _check_days(rule: Rule, pack: Pack) -> Iterator[Problem]:
    """Versions follow one another without a gap, unless the later one says why there is one."""
    order = sorted(range(len(rule.versions)), key=lambda i: rule.versions[i].in_force.bounds)
    for before, after in pairwise(order):
        end = rule.versions[before].in_force.end
        start = rule.versions[after].in_force.start
        place = pack.places.get((rule.id, after))
        if end is None or start is None or end > start:
            until = f"until {end}" if end else "without end"
            yield _at(
                place,
                "overlapping-versions",
                f"this version of `{rule.id}` begins on {start}, while an earlier one is in "
                f"force {until}",
                f"End the earlier version with `until: {start}`",
            )
        elif end < start and not _says_gap(rule.id, after, pack):
            yield _at(
                place,
                "gapped-versions",
                f"no version of `{rule.id}` is in force from {end} until {start}",
                "Move `from` or `until`, or say on this version why there was none as "
                "`gap: {zh: …, en: …}`",
            )


def _check_version_day(
    rule: Rule, version: Version, place: tuple[str, int], pack: Pack
) -> Iterator[Problem]:
    """A version that goes by the day of a record is bounded by that record alone: a route that
    does not ask for one would hold under every version."""
    kind = rule.version_day
    if kind is None or (len(rule.versions) == 1 and version.in_force.end is None):
        return
    for route in version.routes:
        tests = [one.test for one in (*version.conditions, *route.conditions)]
        if not any(pattern.kind == kind for test in tests for pattern in patterns(test)):
            yield _at(
                pack.places.get((*place, route.id)),
                "undated-route",
                f"the version goes by the day of `{kind}`, which the route `{route.id}` does not "
                "ask for: it would hold under every version",
                f"Ask for `{kind}` in the route, or write it as a rule of its own",
            )


def _says_gap(rule: str, version: int, pack: Pack) -> bool:
    place = pack.places.get((rule, version))
    tree = pack.trees.get(place.file) if place else None
    return tree is not None and any(
        node.get("gap") is not None
        for node in _mappings(tree)
        if place and node.line == place.line and node.get("source") is not None
    )


def _mappings(node: Node) -> Iterator[MappingNode]:
    if isinstance(node, MappingNode):
        yield node
        for _, value in node.entries:
            yield from _mappings(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _mappings(item)


def _check_ids(version: Version, place: tuple[str, int], pack: Pack) -> Iterator[Problem]:
    seen: set[str] = set()
    for owner, condition in _conditions(version):
        if condition.id in seen:
            at = _place(pack, place, owner, condition)
            yield _at(
                at,
                "duplicate-id",
                f"two conditions are called `{condition.id}`",
                "Give each its own id",
            )
        seen.add(condition.id)


def _conditions(version: Version) -> Iterator[tuple[Route | None, Condition]]:
    for condition in version.conditions:
        yield None, condition
    for route in version.routes:
        for condition in route.conditions:
            yield route, condition


def _place(
    pack: Pack, version: tuple[str, int], route: Route | None, condition: Condition
) -> Place | None:
    key = (*version, condition.id) if route is None else (*version, route.id, condition.id)
    return pack.places.get(key)


# --- routes that nobody can take -----------------------------------------------------------


def _check_reach(
    rule: Rule, version: Version, place: tuple[str, int], pack: Pack
) -> Iterator[Problem]:
    common = [condition.test for condition in version.conditions]
    whole = contradiction(common)
    if whole:
        yield _at(
            pack.places.get(place),
            "unreachable",
            f"nobody can meet this version: {whole}",
            "Correct its common conditions",
        )
    for index, route in enumerate(version.routes):
        at = pack.places.get((*place, route.id))
        tests = [*common, *(condition.test for condition in route.conditions)]
        why = None if whole else contradiction(tests) or _out_of_force(tests, rule, version)
        if why:
            yield _at(
                at,
                "unreachable",
                f"nobody can take the route `{route.id}`: {why}",
                "Correct its conditions, or delete the route",
            )
        earlier = _covered(route, version.routes[:index], tests, common)
        if earlier and not why:
            yield _at(
                at,
                "unreachable",
                f"whoever takes the route `{route.id}` takes `{earlier.id}` first: it asks "
                "no more and stands before",
                "Delete this route, or correct what it asks",
            )
        yield from _check_repeats(route, version, place, pack)


def _covered(
    route: Route, earlier: tuple[Route, ...], tests: list[Test], common: list[Test]
) -> Route | None:
    """An earlier route that holds whenever this one does, and pays the same."""
    own = conjuncts(tests)
    for other in earlier:
        wanted = conjuncts([*common, *(condition.test for condition in other.conditions)])
        if other.amount == route.amount and all(
            any(implies(test, want) for test in own) for want in wanted
        ):
            return other
    return None


def _out_of_force(tests: list[Test], rule: Rule, version: Version) -> str | None:
    if rule.version_day is None:
        days: tuple[Interval, ...] = (version.in_force,)
        for test in conjuncts(tests):
            if isinstance(test, Calendar):
                days = intersection(days, test.intervals)
        return None if days else "its calendar windows lie outside the version's days"
    for test in conjuncts(tests):
        for pattern in patterns(test) if not isinstance(test, NoneOf | AnyOf) else ():
            started = pattern.started if pattern.kind == rule.version_day else None
            if started is not None and not intersection((version.in_force,), (started,)):
                return "`started` lies outside the version's days"
    return None


def _check_repeats(
    route: Route, version: Version, place: tuple[str, int], pack: Pack
) -> Iterator[Problem]:
    seen: list[Condition] = list(version.conditions)
    for condition in route.conditions:
        twin = next((other for other in seen if other.test == condition.test), None)
        if twin is not None:
            yield _at(
                _place(pack, place, route, condition),
                "said-twice",
                f"the condition `{condition.id}` asks the same as `{twin.id}`",
                "Delete one of the two, or correct it",
            )
        seen.append(condition)


# --- bounds that ask nothing, windows that lie outside -------------------------------------


def _check_bounds(
    rule: Rule, version: Version, place: tuple[str, int], pack: Pack
) -> Iterator[Problem]:
    for route, condition in _conditions(version):
        at = _place(pack, place, route, condition)
        for what, mend in _idle(condition.test):
            yield _at(at, "asks-nothing", f"the condition `{condition.id}` {what}", mend)
        for span in _windows(condition.test) if rule.version_day is None else ():
            if not intersection((version.in_force,), (span,)):
                yield _at(
                    at,
                    "unreachable",
                    f"the calendar window from {span.start} until {span.end} of `{condition.id}` "
                    "lies outside the version's days",
                    "Move the window or the version's `from` and `until`, or delete the window",
                )
        inner = contradiction([condition.test]) if _nested(condition.test) else None
        if inner:
            yield _at(
                at,
                "unreachable",
                f"the condition `{condition.id}` has a part that nothing meets: {inner}",
                "Correct its bounds",
            )


def _windows(test: Test) -> Iterator[Interval]:
    """The windows on which a test may hold."""
    if isinstance(test, Calendar):
        yield from test.intervals
    elif isinstance(test, AllOf | AnyOf):
        for part in test.tests:
            yield from _windows(part)


def _nested(test: Test) -> bool:
    return isinstance(test, NoneOf)


def _idle(test: Test) -> Iterator[tuple[str, str]]:
    """Bounds that every day, or no record, meets."""
    if isinstance(test, AllOf | AnyOf | NoneOf):
        for part in test.tests:
            yield from _idle(part)
    if isinstance(test, Total) and test.at_least is not None and test.at_least <= 0:
        yield "asks for at least nothing", "Write `at_most: 0` if none is meant, or a number above"
    if isinstance(test, Total) and test.at_most is not None and test.at_most < 0:
        yield "allows less than nothing", "Write `at_most: 0` or more"


def _check_amount(amount: Amount, version: Version, place: Place | None) -> Iterator[Problem]:
    """Dated values that leave some of the version's days without an amount."""
    spans: list[Interval] = []
    for test, _ in amount.cases:
        if test is None:
            return
        if not isinstance(test, Calendar):
            return
        spans.extend(test.intervals)
    bare = _uncovered(version.in_force, spans)
    if bare is not None:
        yield _at(
            place,
            "amount-gap",
            f"the amount has no value on {bare}, a day on which the version is in force",
            "Give amounts.yaml a value for it, or end the version before",
        )


def _uncovered(days: Interval, spans: list[Interval]) -> dt.date | str | None:
    """The first day that no span covers; a word, where it lies before any date."""
    day, last = days.bounds
    for start, end in sorted(span.bounds for span in spans):
        if start > day:
            break
        day = max(day, end)
    if day >= last:
        return None
    date = dt.date(1970, 1, 1).toordinal() + day
    return dt.date.fromordinal(date) if date > 0 else "its first days"


# --- what nothing uses ---------------------------------------------------------------------


def _check_use(pack: Pack) -> Iterator[Problem]:
    used = _named(pack)
    for file, key, name, known in (
        ("sources.yaml", "source", "source", pack.sources),
        ("sets.yaml", "set", "set", pack.sets),
        ("amounts.yaml", "table", "amount table", pack.amounts),
    ):
        for id in known:
            if id not in used[key]:
                yield Problem(
                    file,
                    _line_of(pack, file, id),
                    f"nothing uses the {name} `{id}`",
                    "Delete it, or use it where it belongs",
                    "unused",
                )
    asked = used["table and level"]
    for table in pack.amounts.values():
        levels = {value.level for value in table.values}
        for level in sorted(levels):
            if table.id in used["table"] and f"{table.id} {level}" not in asked:
                yield Problem(
                    "amounts.yaml",
                    _line_of(pack, "amounts.yaml", table.id),
                    f"nothing asks `{table.id}` for level {level}",
                    "Delete these values, or ask for them in a rule",
                    "unused",
                )


def _named(pack: Pack) -> dict[str, set[str]]:
    """The words that stand behind `source:`, `set:` and `table:` anywhere in the pack."""
    found: dict[str, set[str]] = {
        "source": set(),
        "set": set(),
        "table": set(),
        "table and level": set(),
    }
    for tree in pack.trees.values():
        for node in _mappings(tree):
            for key in ("source", "set", "table"):
                value = node.get(key)
                if isinstance(value, Scalar):
                    found[key].add(value.text)
            several = node.get("sources")
            if isinstance(several, Sequence):
                found["source"].update(i.text for i in several.items if isinstance(i, Scalar))
            table, level = node.get("table"), node.get("level")
            if isinstance(table, Scalar):
                asked = level.text if isinstance(level, Scalar) else "any"
                found["table and level"].add(f"{table.text} {asked}")
    return found


def _line_of(pack: Pack, file: str, id: str) -> int:
    tree = pack.trees.get(file)
    for node in _mappings(tree) if tree is not None else ():
        for key, _ in node.entries:
            if key.text == id:
                return key.line
    return 0


# --- cases ---------------------------------------------------------------------------------


def _check_cases(pack: Pack) -> Iterator[Problem]:
    """Cases that cannot be read; those of a rule that has problems of its own must wait."""
    built = {rule.id for rule in pack.rules}
    waiting = {str(key[0]) for key in pack.places if len(key) == 1} - built
    plain = [case for case in pack.case_nodes if case.data.get("rule") not in waiting]
    yield from read_cases(plain, pack.rules, pack.vocabulary)[1]
