"""The rule language: from YAML to the engine's nouns for conditions, filters and amounts.

A condition is a mapping with one verb and its modifiers:

    {age: {at_least: 16 years}}                                         Age
    {KIND: FILTER}            with `for` or `within`                    Holds, HeldFor, Within
    {worked: FILTER, at_least: 10 years}                                Accumulated
    {accumulated: {KIND: FILTER}, at_least: 12 months}                  Accumulated
    {count: {KIND: FILTER}, in: calendar year, at_most: 3}              Total
    {sum: {KIND: FILTER}, in: 3 full calendar years, at_least: 9 yuan}  Total
    {none: [CONDITION…]}  {any: […]}  {all: […]}                        NoneOf, AnyOf, AllOf
    {calendar: {from: DAY, until: DAY}}                                 Calendar
    {focus: {in: CODES}}  {focus: {not_in: CODES}}                      FocusIn
    {pending: {zh: …, en: …}}                                           Pending

Every reader notes what is off and goes on with a stand-in; a rule with notes is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import (
    About,
    Accumulated,
    Addition,
    Age,
    AllOf,
    Amount,
    AnyOf,
    AnySubject,
    Calendar,
    FocusIn,
    HeldFor,
    Holds,
    Label,
    NoneOf,
    OneOf,
    Pattern,
    Pending,
    RelatedToFocus,
    SameAsFocus,
    Subject,
    Test,
    Total,
    Window,
    WindowKind,
    Within,
)
from craftpath.engine.vocabulary import CodeList, Kind
from craftpath.pack.nodes import Mapping, Node, Scalar, Sequence
from craftpath.pack.nouns import CodeTree, Context
from craftpath.pack.problems import Notes, nearest
from craftpath.pack.tables import VERBS, read_code, read_codes_of, read_source_key
from craftpath.pack.values import (
    Fields,
    fields_of,
    in_our_units,
    read_duration,
    read_interval,
    read_items,
    read_label,
    read_number,
    read_one_of,
    read_quantity,
    read_text,
    same_unit,
)

__all__ = ["CONDITION_NAMES", "Desk", "read_amount", "read_test"]

#: Keys of a condition that name it rather than ask something.
CONDITION_NAMES = ("id", "clause", "label", "source")

_NOTHING: Test = AllOf(())  # stands in for a test that could not be read


@dataclass(frozen=True)
class Desk:
    """What a reader has before it: the pack's words, whom the rule is about, the notes.

    `days`: when the version that is being read is in force.
    """

    context: Context
    about: About
    notes: Notes
    days: Interval = Interval()  # noqa: RUF009 - frozen


# --- conditions ----------------------------------------------------------------------------


def read_test(node: Node, desk: Desk, name: str = "the condition") -> tuple[Test, str]:
    """The test of a condition, and a short word for it ("worked", "count-award") for its id.

    Keys that name the condition (`CONDITION_NAMES`) are the caller's to take out first.
    """
    fields = fields_of(node, desk.notes, name)
    if fields is None:
        return _NOTHING, "nothing"
    return read_fields(fields, desk)


def read_fields(fields: Fields, desk: Desk) -> tuple[Test, str]:
    """As `read_test`, from fields whose naming keys have been taken."""
    verb = _verb(fields, desk)
    if verb is None:
        return _NOTHING, "nothing"
    body = fields.take(verb)
    assert body is not None
    if verb in desk.context.vocabulary.kinds:
        test, word = _read_kind_test(verb, body, fields, desk), verb
    else:
        test, word = _READERS[verb](body, fields, desk)
    fields.close()
    return test, word


def _verb(fields: Fields, desk: Desk) -> str | None:
    kinds = desk.context.vocabulary.kinds
    words = [key.text for key, _ in fields.node.entries if fields.has(key.text)]
    verbs = [word for word in words if word in VERBS or word in kinds]
    if len(verbs) == 1:
        return verbs[0]
    if len(verbs) > 1:
        desk.notes.add(
            fields.line,
            "two-verbs",
            f"one condition asks two things, `{verbs[0]}` and `{verbs[1]}`",
            "Write two conditions, each behind its own `- `",
        )
        return None
    rest = [word for word in words if word not in _MODIFIERS]
    word = rest[0] if rest else ""
    near = nearest(word, [*kinds, *VERBS]) if word else None
    line = next((key.line for key, _ in fields.node.entries if key.text == word), fields.line)
    what = f"`{word}` is no kind of the pack and no verb" if word else "the condition asks nothing"
    desk.notes.add(
        line,
        "unknown-verb",
        what,
        f"Did you mean `{near}`?"
        if near
        else f"Begin with a kind from kinds.yaml or one of: {', '.join(VERBS)}",
    )
    return None


_MODIFIERS = ("at_least", "at_most", "for", "within", "in")


def _read_kind_test(kind: str, body: Node, fields: Fields, desk: Desk) -> Test:
    _check_party(kind, fields.line, desk)
    pattern = read_filter(kind, body, desk)
    held, within = fields.take("for"), fields.take("within")
    if held is not None and within is not None:
        desk.notes.add(
            fields.line,
            "two-verbs",
            "`for` and `within` stand in one condition",
            "Write two conditions, each behind its own `- `",
        )
    if held is not None:
        return HeldFor(pattern, read_duration(held, desk.notes, "`for`"))
    if within is not None:
        return Within(pattern, read_duration(within, desk.notes, "`within`"))
    return Holds(pattern)


def _read_age(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    ages = fields_of(body, desk.notes, "`age`")
    if ages is None:
        return _NOTHING, "age"
    bounds: dict[str, Duration] = {}
    for key in ("at_least", "under", "at_most"):
        value = ages.take(key)
        if value is not None:
            bounds[key] = read_duration(value, desk.notes, f"`{key}` of an age")
    if not bounds and not ages.node.entries:
        desk.notes.add(
            body.line,
            "asks-nothing",
            "`age` has no bound",
            "Add `at_least: 16 years`, `under: 35 years` or `at_most: 60 years`",
        )
    ages.close()
    return Age(bounds.get("at_least"), bounds.get("under"), bounds.get("at_most")), "age"


def _read_worked(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    work = desk.context.work
    if work is None:
        desk.notes.add(
            fields.line,
            "unknown-verb",
            "the pack does not say which kind is work",
            "Add `work: KIND` to pack.yaml, or use `accumulated`",
        )
        return _NOTHING, "worked"
    _check_party(work, fields.line, desk)
    return _accumulated(work, body, fields, desk), "worked"


def _read_accumulated(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    found = _one_kind(body, desk, "`accumulated`", also=("since",))
    if found is None:
        return _NOTHING, "accumulated"
    kind, inner = found
    _check_party(kind, body.line, desk)
    since = body.get("since") if isinstance(body, Mapping) else None
    if since is not None and isinstance(inner, Mapping) and inner.get("since") is not None:
        desk.notes.add(since.line, "duplicate-key", "`since` is given twice", "Keep one of the two")
    test = _accumulated(kind, inner, fields, desk, since)
    return test, f"accumulated-{kind}"


def _accumulated(
    kind: str, body: Node, fields: Fields, desk: Desk, since: Node | None = None
) -> Test:
    at_least = fields.need("at_least", "Add `at_least: 10 years`, beside the verb")
    length = read_duration(at_least, desk.notes, "`at_least`") if at_least else Duration()
    if isinstance(body, Mapping) and body.get("since") is not None:
        since = body.get("since")
        body = Mapping(tuple(e for e in body.entries if e[0].text != "since"), body.line)
    anchor = read_pattern(since, desk, "`since`") if since is not None else None
    return Accumulated(read_filter(kind, body, desk), length, anchor)


def _read_count(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    return _read_total("count", body, fields, desk)


def _read_sum(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    return _read_total("sum", body, fields, desk)


def _read_total(measure: str, body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    pattern = read_pattern(body, desk, f"`{measure}`")
    window = _read_window(fields, desk)
    kind = desk.context.vocabulary.kinds.get(pattern.kind) if pattern else None
    bounds: dict[str, float | None] = {}
    for key in ("at_least", "at_most"):
        value = fields.take(key)
        if value is None or kind is None:
            continue
        if measure == "count":
            bounds[key] = _read_count_bound(value, desk, key)
        else:
            bounds[key] = read_quantity(value, kind.unit, desk.notes, f"`{key}` of the sum")
    if pattern is None:
        return _NOTHING, measure
    if not bounds:
        example = "3" if measure == "count" else f"1000 {kind.unit if kind else 'yuan'}"
        desk.notes.add(
            fields.line,
            "asks-nothing",
            f"`{measure}` has no bound",
            f"Add `at_least: {example}` or `at_most: {example}`",
        )
    total = Total(pattern, measure, window, bounds.get("at_least"), bounds.get("at_most"))
    return total, f"{measure}-{pattern.kind}"


def _read_count_bound(node: Node, desk: Desk, key: str) -> float | None:
    number = read_number(node, desk.notes, f"`{key}` of a count")
    if number is not None and (number < 0 or not number.is_integer()):
        desk.notes.add(
            node.line, "not-a-number", f"`{key}` of a count is {number:g}", "Write a whole number"
        )
    return number


def _read_window(fields: Fields, desk: Desk) -> Window:
    node = fields.need(
        "in",
        "Say in which time: `in: life`, `in: 12 months`, "
        "`in: calendar year`, `in: 3 full calendar years`",
    )
    if node is None:
        return Window(WindowKind.LIFE)
    text = read_text(node, desk.notes, "`in`") or "life"
    if text == "life":
        return Window(WindowKind.LIFE)
    years = re.fullmatch(r"(?:(\d{1,2}) )?(full )?calendar years?", text)
    if years:
        number = int(years[1] or 1)
        if number < 1:
            desk.notes.add(node.line, "not-a-length", "`in` spans no year", "Write 1 or more")
        kind = WindowKind.FULL_YEARS if years[2] else WindowKind.CALENDAR_YEARS
        return Window(kind, years=number)
    if not re.match(r"\d+", text):
        near = nearest(text, ("life", "calendar year", "full calendar year"))
        desk.notes.add(
            node.line,
            "unknown-word",
            f"`in` is `{text}`",
            f"Did you mean `{near}`?"
            if near
            else "Write `life`, `12 months`, `calendar year` or `3 full calendar years`",
        )
        return Window(WindowKind.LIFE)
    length = read_duration(node, desk.notes, "`in`")
    return Window(WindowKind.ROLLING, length)


def _read_none(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    return NoneOf(_tests(body, desk, "none")), "none"


def _read_any(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    return AnyOf(_tests(body, desk, "any")), "any"


def _read_all(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    return AllOf(_tests(body, desk, "all")), "all"


def _tests(body: Node, desk: Desk, verb: str) -> tuple[Test, ...]:
    if isinstance(body, Mapping):
        return (read_test(body, desk)[0],)
    items = read_items(body, desk.notes, f"`{verb}`")
    if isinstance(body, Sequence) and not items:
        desk.notes.add(
            body.line,
            "asks-nothing",
            f"`{verb}` is an empty list",
            "List at least one condition, or delete it",
        )
    return tuple(read_test(item, desk)[0] for item in items)


def _read_calendar(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    items = body.items if isinstance(body, Sequence) else (body,)
    if not items:
        desk.notes.add(
            body.line, "asks-nothing", "`calendar` has no days", "Add `{from: DAY, until: DAY}`"
        )
    return Calendar(tuple(_read_days(item, desk, "`calendar`") for item in items)), "calendar"


def _read_days(node: Node, desk: Desk, name: str) -> Interval:
    fields = fields_of(node, desk.notes, name)
    if fields is None:
        return Interval()
    before = len(desk.notes)
    days = read_interval(fields, name=name)
    fields.close(also=("from", "until"))
    if days == Interval() and len(desk.notes) == before:
        desk.notes.add(
            node.line,
            "asks-nothing",
            f"{name} has no first and no last day",
            "Add `from: DAY`, `until: DAY` or both",
        )
    return days


def _read_focus(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    if desk.about.focus is None:
        desk.notes.add(
            fields.line,
            "no-focus",
            "the rule is not about a focus, but asks for one",
            "Write `about: [person, LIST]`, or delete the condition",
        )
        return _NOTHING, "focus"
    inner = fields_of(body, desk.notes, "`focus`")
    if inner is None:
        return _NOTHING, "focus"
    within, without = inner.take("in"), inner.take("not_in")
    inner.close()
    chosen = within if within is not None else without
    if chosen is None or (within is not None and without is not None):
        desk.notes.add(
            body.line,
            "asks-nothing",
            "`focus` needs one of `in` and `not_in`",
            "Write `focus: {in: {set: NAME}}`",
        )
        return _NOTHING, "focus"
    codes = desk.context.vocabulary.lists.get(desk.about.focus)
    subject = _read_subjects(chosen, codes, desk) if codes else None
    if subject is None:
        return _NOTHING, "focus"
    return FocusIn(subject.codes, within is None, subject.name), "focus"


def _read_pending(body: Node, fields: Fields, desk: Desk) -> tuple[Test, str]:
    why = read_label(body, desk.notes, "`pending`")
    return Pending(why or Label("", "")), "pending"


_READERS = {
    "age": _read_age,
    "worked": _read_worked,
    "accumulated": _read_accumulated,
    "count": _read_count,
    "sum": _read_sum,
    "none": _read_none,
    "any": _read_any,
    "all": _read_all,
    "calendar": _read_calendar,
    "focus": _read_focus,
    "pending": _read_pending,
}


# --- filters -------------------------------------------------------------------------------


def read_pattern(
    node: Node,
    desk: Desk,
    name: str,
    *,
    nested: bool = False,
    hop: bool = False,
    also: tuple[str, ...] = (),
) -> Pattern | None:
    """`{KIND: FILTER}` about the party itself, or with `hop` about the other party."""
    found = _one_kind(node, desk, name, also)
    if found is None:
        return None
    kind, body = found
    if not hop:
        _check_party(kind, node.line, desk)
    return read_filter(kind, body, desk, nested=nested)


def _one_kind(
    node: Node, desk: Desk, name: str, also: tuple[str, ...] = ()
) -> tuple[str, Node] | None:
    fields = fields_of(node, desk.notes, name)
    if fields is None:
        return None
    kinds = desk.context.vocabulary.kinds
    words = [(key, value) for key, value in fields.node.entries if key.text not in also]
    if len(words) != 1:
        desk.notes.add(
            node.line,
            "one-kind",
            f"{name} names {len(words)} kinds of record",
            "Write exactly one, as `{KIND: {…}}`",
        )
        return None
    key, value = words[0]
    if key.text not in kinds:
        near = nearest(key.text, kinds)
        desk.notes.add(
            key.line,
            "unknown-kind",
            f"`{key.text}` is no kind of the pack",
            f"Did you mean `{near}`?" if near else "Add it to kinds.yaml",
        )
        return None
    return key.text, value


def read_filter(kind: str, node: Node, desk: Desk, *, nested: bool = False) -> Pattern:
    """Which records of a kind: `any`, `{}` or a mapping of what is asked of them."""
    if isinstance(node, Scalar) and node.text == "any":
        return Pattern(kind)
    fields = fields_of(node, desk.notes, f"what is asked of `{kind}`")
    if fields is None:
        return Pattern(kind)
    noun = desk.context.vocabulary.kinds[kind]
    low, high = _read_levels(noun, fields, desk)
    other, on_start = _read_other(noun, fields, desk, nested)
    pattern = Pattern(
        kind,
        _read_subject(noun, fields, desk),
        level_at_least=low,
        level_at_most=high,
        quantity_at_least=_read_quantity(noun, fields, "quantity_at_least", desk),
        quantity_at_most=_read_quantity(noun, fields, "quantity_at_most", desk),
        started=_read_started(fields, desk),
        term_at_least=_read_term(fields, desk),
        other=other,
        other_on_start=on_start,
        already=_read_already(fields, desk, nested),
    )
    _explain_strangers(noun, fields, desk)
    fields.close()
    return pattern


def _read_subject(kind: Kind, fields: Fields, desk: Desk) -> Subject:
    node = fields.take(kind.codes) if kind.codes else None
    codes = desk.context.vocabulary.lists.get(kind.codes) if kind.codes else None
    if node is None or codes is None:
        return AnySubject()
    word = node.text if isinstance(node, Scalar) else None
    if word == "any":
        return AnySubject()
    if word in {"focus", "related"}:
        return _read_focal(word, node, codes, desk)
    return _read_subjects(node, codes, desk) or AnySubject()


def _read_focal(word: str | None, node: Node, codes: CodeList, desk: Desk) -> Subject:
    focus = desk.about.focus
    if focus is None:
        desk.notes.add(
            node.line,
            "no-focus",
            f"`{word}` looks to a focus, but the rule has none",
            f"Write `about: [{desk.about.party}, {codes.id}]`, or name the codes",
        )
        return AnySubject()
    if word == "focus":
        if focus != codes.id:
            desk.notes.add(
                node.line,
                "no-focus",
                f"the rule's focus is of the list `{focus}`, these codes are of `{codes.id}`",
                "Write `related`, or name the codes",
            )
        return SameAsFocus()
    if desk.context.vocabulary.relation(focus, codes.id) is None:
        desk.notes.add(
            node.line,
            "no-relation",
            f"the pack has no relation from `{focus}` to `{codes.id}`",
            f"Add relations/{focus}-{codes.id}.csv and its default in relations/defaults.yaml",
        )
    return RelatedToFocus()


def _read_subjects(node: Node, codes: CodeList, desk: Desk) -> OneOf | None:
    """CODE, [CODE…], {set: NAME} or {within: CODE}; None where none could be read."""
    if isinstance(node, Scalar):
        code = read_code(node, codes, desk.notes)
        return OneOf(frozenset({code})) if code is not None else None
    if isinstance(node, Sequence):
        found = read_codes_of(node, codes, desk.notes)
        if not node.items:
            desk.notes.add(
                node.line,
                "empty-set",
                "the list of codes is empty: nothing matches",
                "List at least one code, or write `any`",
            )
        return OneOf(found)
    fields = fields_of(node, desk.notes, "the codes")
    assert fields is not None
    named, top = fields.take("set"), fields.take("within")
    fields.close()
    if (named is None) == (top is None):
        desk.notes.add(
            node.line,
            "asks-nothing",
            "the codes are given by neither or both of `set` and `within`",
            "Write `{set: NAME}` or `{within: CODE}`",
        )
        return None
    if named is not None:
        return _read_set(named, codes, desk)
    code = read_code(top, codes, desk.notes) if top is not None else None
    if code is None:
        return None
    below = codes.and_below(code) if isinstance(codes, CodeTree) else frozenset({code})
    return OneOf(below, codes.codes[code].label)


def _read_set(node: Node, codes: CodeList, desk: Desk) -> OneOf | None:
    name = read_text(node, desk.notes, "a set")
    found = desk.context.sets.get(name) if name else None
    if name and found is None:
        near = nearest(name, desk.context.sets)
        desk.notes.add(
            node.line,
            "unknown-set",
            f"sets.yaml has no set `{name}`",
            f"Did you mean `{near}`?" if near else "Add it there: list, label, source, codes",
        )
    if found is None:
        return None
    if found.list != codes.id:
        desk.notes.add(
            node.line,
            "unknown-set",
            f"the set `{name}` is of the list `{found.list}`, not `{codes.id}`",
            f"Name a set of `{codes.id}`",
        )
    return OneOf(found.codes, found.label)


def _read_levels(kind: Kind, fields: Fields, desk: Desk) -> tuple[int | None, int | None]:
    nodes = {key: fields.take(key) for key in ("level", "level_at_least", "level_at_most")}
    ranks = {key: _read_rank(kind, node, desk) for key, node in nodes.items() if node is not None}
    if "level" in ranks and len(ranks) > 1:
        desk.notes.add(
            fields.line,
            "two-verbs",
            "`level` stands beside a bound of the level",
            "Keep `level`, or the bounds",
        )
    low = ranks.get("level", ranks.get("level_at_least"))
    high = ranks.get("level", ranks.get("level_at_most"))
    if low is not None and high is not None and low > high:
        desk.notes.add(
            fields.line,
            "no-such-level",
            "`level_at_least` lies above `level_at_most`: no record matches",
            "Swap the two; the scale runs low to high as in scales.yaml",
        )
    return low, high


def _read_rank(kind: Kind, node: Node, desk: Desk) -> int | None:
    scale = desk.context.vocabulary.scales.get(kind.scale) if kind.scale else None
    if scale is None and kind.scale:
        return None  # said where the kind names its scale
    if scale is None:
        desk.notes.add(
            node.line,
            "unknown-level",
            f"`{kind.id}` has no levels",
            "Give the kind a `scale` in kinds.yaml, or leave this out",
        )
        return None
    code = read_text(node, desk.notes, "a level")
    step = scale.by_code(code) if code else None
    if code and step is None:
        known = ", ".join(f"{s.code} ({s.label.zh})" for s in scale.steps)
        desk.notes.add(
            node.line,
            "unknown-level",
            f"the scale `{scale.id}` has no level `{code}`",
            f"Write one of: {known}",
        )
    return step.rank if step else None


def _read_quantity(kind: Kind, fields: Fields, key: str, desk: Desk) -> float | None:
    node = fields.take(key)
    if node is None:
        return None
    return read_quantity(node, kind.unit, desk.notes, f"`{key}` of `{kind.id}`")


def _read_started(fields: Fields, desk: Desk) -> Interval | None:
    node = fields.take("started")
    return None if node is None else _read_days(node, desk, "`started`")


def _read_term(fields: Fields, desk: Desk) -> Duration | None:
    node = fields.take("term_at_least")
    return None if node is None else read_duration(node, desk.notes, "`term_at_least`")


def _read_other(
    kind: Kind, fields: Fields, desk: Desk, nested: bool
) -> tuple[Pattern | None, bool]:
    """The other party's record, and whether it is asked for on the record's first day."""
    node = fields.take(kind.other) if kind.other else None
    if node is None:
        return None, False
    if nested:
        _refuse_nesting(node, kind.other or "", desk)
        return None, False
    on = node.get("on") if isinstance(node, Mapping) else None
    if on is not None:
        read_one_of(on, ("start",), desk.notes, "`on`")
    pattern = read_pattern(node, desk, f"`{kind.other}`", nested=True, hop=True, also=("on",))
    asked = desk.context.vocabulary.kinds.get(pattern.kind) if pattern else None
    if asked is not None and asked.about == "person":
        desk.notes.add(
            node.line,
            "wrong-party",
            f"`{asked.id}` is a fact about a person, and of another party an organisation's facts "
            "alone are read",
            f"Ask for a kind about an organisation, or leave `{kind.other}` out",
        )
    return pattern, on is not None


def _read_already(fields: Fields, desk: Desk, nested: bool) -> Pattern | None:
    node = fields.take("already")
    if node is None:
        return None
    if nested:
        _refuse_nesting(node, "already", desk)
        return None
    return read_pattern(node, desk, "`already`", nested=True)


def _refuse_nesting(node: Node, key: str, desk: Desk) -> None:
    desk.notes.add(
        node.line,
        "nested",
        f"`{key}` stands inside another party's records or an `already`",
        "Ask one step away only",
    )


def _explain_strangers(kind: Kind, fields: Fields, desk: Desk) -> None:
    """Keys that are sensible elsewhere get a better sentence than "unknown key"."""
    vocabulary = desk.context.vocabulary
    roles = {k.other for k in vocabulary.kinds.values() if k.other}
    for key, _ in fields.node.entries:
        if not fields.has(key.text):
            continue
        if kind.codes and kind.codes not in vocabulary.lists and key.text in vocabulary.lists:
            fields.take(key.text)  # said where the kind names its list
        elif key.text in vocabulary.lists:
            has = f"its codes are of the list `{kind.codes}`" if kind.codes else "it has no subject"
            fields.take(key.text)
            desk.notes.add(
                key.line,
                "wrong-list",
                f"`{kind.id}` has no `{key.text}`: {has}",
                f"Ask for `{kind.codes}`" if kind.codes else "Leave this out",
            )
        elif key.text in roles:
            fields.take(key.text)
            has = f"its other party is the `{kind.other}`" if kind.other else "it has none"
            desk.notes.add(
                key.line,
                "wrong-role",
                f"`{kind.id}` has no other party called `{key.text}`: {has}",
                f"Ask for `{kind.other}`"
                if kind.other
                else "Give the kind an `other` in kinds.yaml, or leave this out",
            )


def _check_party(kind: str, line: int, desk: Desk) -> None:
    about = desk.context.vocabulary.kinds[kind].about
    if about not in {"any", desk.about.party}:
        an = {"person": "a person", "organisation": "an organisation"}
        desk.notes.add(
            line,
            "wrong-party",
            f"`{kind}` is a fact about {an[about]}, but the rule is about {an[desk.about.party]}",
            "Ask it of the other party, or change `about`",
        )


# --- amounts -------------------------------------------------------------------------------


def read_amount(node: Node, desk: Desk) -> Amount | None:
    """What is paid: a table by level and day, one value, or cases; additions; a cap."""
    fields = fields_of(node, desk.notes, "the amount")
    if fields is None:
        return None
    table, value, cases = fields.take("table"), fields.take("value"), fields.take("cases")
    level, source, unit_node = fields.take("level"), fields.take("source"), fields.take("unit")
    if sum(part is not None for part in (table, value, cases)) != 1:
        desk.notes.add(
            node.line,
            "asks-nothing",
            "an amount is one of `table`, `value` and `cases`",
            "Write `{table: NAME, level: 5}` or `{value: 1500 yuan}`",
        )
        table = value = cases = None
    if level is not None and table is None:
        desk.notes.add(
            level.line,
            "unknown-key",
            "`level` stands without a `table`",
            "Name the table, or leave the level out",
        )
    key = read_source_key(source, desk.context.sources, desk.notes) if source else None
    said = read_text(unit_node, desk.notes, "a unit") if unit_node else None
    unit = said
    found: list[tuple[Test | None, float]] = []
    if table is not None:
        unit, found, from_table = _read_table(table, level, desk)
        key = key or from_table
    elif value is not None:
        unit, number = _read_money(value, said, desk)
        found = [(None, number)]
    elif cases is not None:
        unit, found = _read_cases(cases, said, desk)
    additions = _read_additions(fields.take("add"), desk)
    cap_node = fields.take("cap")
    cap = (
        read_quantity(cap_node, unit or None, desk.notes, "the cap", least=0) if cap_node else None
    )
    above = [number for _, number in found if cap is not None and number > cap]
    if above:
        desk.notes.add(
            cap_node.line if cap_node else node.line,
            "out-of-reach",
            f"the cap of {cap:g} is below the value {max(above):g}, which is never paid",
            "Correct the cap or the value",
        )
    fields.close()
    return Amount(unit or "", tuple(found), additions, cap, key)


def _read_money(node: Node, unit: str | None, desk: Desk) -> tuple[str, float]:
    """A value that names its own unit: "1500 yuan". The unit is any word the pack counts in."""
    text = node.text.strip() if isinstance(node, Scalar) else ""
    found = re.fullmatch(r"\d+(?:\.\d+)?\s*([^\W\d]\S*)", text)
    known = _units(desk.context)
    if unit is None and found:
        unit = next((u for u in known if same_unit(found[1], u)), None)
        if unit is None:
            near = in_our_units(text[: found.start(1)].strip(), found[1])
            near = near or nearest(found[1], known)
            desk.notes.add(
                node.line,
                "unknown-unit",
                f"nothing in the pack counts `{found[1]}`",
                f"Did you mean `{near}`?" if near else f"Write one of: {', '.join(known)}",
            )
            return "", 0.0
    return unit or "", read_quantity(node, unit or "yuan", desk.notes, "the value", least=0) or 0.0


def _units(context: Context) -> list[str]:
    kinds = (kind.unit for kind in context.vocabulary.kinds.values() if kind.unit)
    return list(dict.fromkeys(["yuan", *(t.unit for t in context.amounts.values()), *kinds]))


def _read_table(
    node: Node, level: Node | None, desk: Desk
) -> tuple[str, list[tuple[Test | None, float]], str | None]:
    name = read_text(node, desk.notes, "a table")
    table = desk.context.amounts.get(name) if name else None
    if name and table is None:
        near = nearest(name, desk.context.amounts)
        desk.notes.add(
            node.line,
            "unknown-table",
            f"amounts.yaml has no table `{name}`",
            f"Did you mean `{near}`?" if near else "Add it there: unit, values",
        )
    if table is None:
        return "", [], None
    asked = read_text(level, desk.notes, "a level") if level is not None else "any"
    values = [value for value in table.values if value.level == asked]
    if not values:
        known = ", ".join(dict.fromkeys(value.level for value in table.values))
        desk.notes.add(
            level.line if level else node.line,
            "unknown-level",
            f"the table `{name}` has no value for level {asked}",
            f"It has: {known}",
        )
        return table.unit, [], None
    cases: list[tuple[Test | None, float]] = [
        (None if value.days == Interval() else Calendar((value.days,)), value.value)
        for value in values
    ]
    # The source is that of the newest value which the version can come to.
    (first, end) = desk.days.bounds
    live = [v for v in values if v.days.bounds[0] < end and first < v.days.bounds[1]]
    return table.unit, cases, (live or values)[-1].source


def _read_cases(
    node: Node, unit: str | None, desk: Desk
) -> tuple[str, list[tuple[Test | None, float]]]:
    found: list[tuple[Test | None, float]] = []
    always = False
    for item in read_items(node, desk.notes, "the cases of an amount"):
        fields = fields_of(item, desk.notes, "a case of an amount")
        if fields is None:
            continue
        when = fields.take("when")
        value = fields.need("value", "Add `value: 1500 yuan`")
        fields.close()
        if always:
            desk.notes.add(
                item.line,
                "unreachable",
                "a case stands after one that always holds",
                "Put the case without `when` last",
            )
        always = always or when is None
        test = read_test(when, desk, "`when`")[0] if when is not None else None
        if value is not None:
            unit, number = _read_money(value, unit or None, desk)
            found.append((test, number))
    return unit or "", found


def _read_additions(node: Node | None, desk: Desk) -> tuple[Addition, ...]:
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else (node,)
    found = []
    for item in items:
        fields = fields_of(item, desk.notes, "an addition")
        if fields is None:
            continue
        percent = fields.need("percent", "Add `percent: 30`")
        when = fields.need("when", "Say on which days as `when: CONDITION`")
        source = fields.take("source")
        fields.close()
        number = read_number(percent, desk.notes, "`percent`", more_than=0) if percent else None
        test = read_test(when, desk, "`when`")[0] if when else _NOTHING
        key = read_source_key(source, desk.context.sources, desk.notes) if source else None
        found.append(Addition(number or 0.0, test, key))
    return tuple(found)
