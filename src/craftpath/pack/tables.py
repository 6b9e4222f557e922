"""Reading the tables of a pack: scales, sources, kinds, sets and amounts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from typing import TypeVar

from craftpath.engine.days import Interval
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import CodeList, Scale, Step
from craftpath.pack.nodes import Mapping, Node, Scalar
from craftpath.pack.nouns import (
    CERTAINTIES,
    VOUCHERS,
    AmountTable,
    CodeSet,
    Source,
    SpokenKind,
    TableValue,
)
from craftpath.pack.problems import Notes, nearest
from craftpath.pack.values import (
    Fields,
    fields_of,
    read_bool,
    read_day,
    read_id,
    read_interval,
    read_items,
    read_label,
    read_number,
    read_one_of,
    read_quantity,
    read_text,
)

__all__ = [
    "read_amounts",
    "read_code",
    "read_codes_of",
    "read_kinds",
    "read_scales",
    "read_sets",
    "read_source_key",
    "read_sources",
]

#: How a party comes to be: the engine's own two kinds.
_FIRST = ("birth", "founded")
#: Words of the rule language that no kind may be called by.
VERBS = (
    "age",
    "worked",
    "accumulated",
    "count",
    "sum",
    "none",
    "any",
    "all",
    "calendar",
    "focus",
    "pending",
)
MODIFIERS = (
    "at_least",
    "at_most",
    "under",
    "for",
    "within",
    "in",
    "id",
    "clause",
    "label",
    "source",
    "on",
)
FILTER_WORDS = (
    "level",
    "level_at_least",
    "level_at_most",
    "quantity_at_least",
    "quantity_at_most",
    "started",
    "term_at_least",
    "already",
    "since",
)

#: What common roles and units are called where the pack does not say.
COMMON_ROLES = {
    "employer": Label("用人单位", "employer"),
    "enterprise": Label("企业", "enterprise"),
    "school": Label("院校", "school"),
    "issuer": Label("发证单位", "issuer"),
    "host": Label("主办单位", "host"),
}
COMMON_UNITS = {
    "yuan": Label("元", "yuan"),
    "people": Label("人", "people"),
    "percent": Label("%", "%"),
    "place": Label("名", "place"),
    "hour": Label("学时", "hours"),
    "month": Label("个月", "months"),
}

_T = TypeVar("_T")


def read_scales(tree: Node, notes: Notes) -> dict[str, Scale]:
    """`scales: {skill: [{rank, code, label}, …]}`, low to high."""
    return _named(tree, "scales", _read_scale, notes)


def _read_scale(id: str, node: Node, notes: Notes) -> Scale:
    steps: list[Step] = []
    for item in read_items(node, notes, f"the scale `{id}`"):
        fields = fields_of(item, notes, f"a step of the scale `{id}`")
        if fields is None:
            continue
        rank = fields.need("rank", "Add `rank: 1`, counting from the lowest step")
        code = fields.need("code", 'Add what the law writes, as `code: "5"`')
        label = fields.need("label", "Add `label: {zh: …, en: …}`")
        fields.close()
        number = read_number(rank, notes, "a rank") if rank else None
        text = read_text(code, notes, "a step's code") if code else None
        name = read_label(label, notes, "a step's label") if label else None
        if number is None or text is None or name is None:
            continue
        if not number.is_integer() or not 0 <= number <= 127:
            notes.add(
                item.line,
                "bad-rank",
                f"the rank {number:g} is not a whole number to 127",
                "Count the steps from 1, low to high",
            )
        elif steps and number <= steps[-1].rank:
            notes.add(
                item.line,
                "bad-rank",
                f"the rank {number:g} does not rise above {steps[-1].rank}",
                "Write the steps from low to high, each rank once",
            )
        elif any(step.code == text for step in steps):
            notes.add(
                item.line,
                "duplicate-id",
                f"the step `{text}` is given twice",
                "Give each step its own code",
            )
        else:
            steps.append(Step(int(number), text, name))
    return Scale(id, tuple(steps))


def read_sources(tree: Node, notes: Notes) -> dict[str, Source]:
    """`sources: {id: {title, number, issuer, day, certainty, note}}`."""
    return _named(tree, "sources", _read_source, notes)


def _read_source(id: str, node: Node, notes: Notes) -> Source | None:
    fields = fields_of(node, notes, f"the source `{id}`")
    if fields is None:
        return None
    title = fields.need("title", "Add the official title as `title: …`")
    number = fields.need("number", "Add the document number, or `number: null` if it has none")
    issuer = fields.need("issuer", "Add `issuer: {zh: …, en: …}`")
    day = fields.need("day", "Add the day of issue, or `day: null` if it was not found")
    certainty = fields.need("certainty", f"Add one of {', '.join(CERTAINTIES)}")
    note = fields.take("note")
    fields.close()
    read_title = read_text(title, notes, "a source's title") if title else None
    read_issuer = read_label(issuer, notes, "an issuer") if issuer else None
    mark = read_one_of(certainty, CERTAINTIES, notes, "the certainty") if certainty else None
    return Source(
        id,
        read_title or id,
        _optional_text(number, notes, "a document number"),
        read_issuer or Label("", ""),
        read_day(day, notes, f"the day of `{id}`") if day else None,
        mark or "RECALL",
        read_label(note, notes, "a source's note") if note else None,
    )


def read_kinds(
    tree: Node, lists: Collection[str], scales: Collection[str], notes: Notes
) -> tuple[dict[str, SpokenKind], dict[str, Label]]:
    """`kinds: {id: {label, about, codes, other, open, why, scale, unit, said, vouched, once}}`;
    and each why.

    Beside `kinds:` may stand `roles:` and `units:`, what other parties and units are called.
    """
    whys: dict[str, Label] = {}
    top = fields_of(tree, notes, "the file")
    if top is None:
        return {}, {}
    roles = {**COMMON_ROLES, **_labels(top.take("roles"), "a role", notes)}
    units = {**COMMON_UNITS, **_labels(top.take("units"), "a unit", notes)}

    def read(id: str, node: Node, notes: Notes) -> SpokenKind | None:
        fields = fields_of(node, notes, f"the kind `{id}`")
        if fields is None:
            return None
        if id in (*VERBS, *MODIFIERS):
            notes.add(
                node.line,
                "reserved-word",
                f"`{id}` is a word of the rule language",
                "Give the kind another id",
            )
        kind, why = _read_kind(id, fields, lists, scales, notes)
        if why:
            whys[id] = why
        return replace(kind, role=roles.get(kind.other or ""), units=units.get(kind.unit or ""))

    return _entries(top, "kinds", read, notes), whys


def _labels(node: Node | None, name: str, notes: Notes) -> dict[str, Label]:
    fields = fields_of(node, notes, f"the names of {name}") if node is not None else None
    entries = fields.node.entries if fields else ()
    found = {key.text: read_label(value, notes, f"{name}'s name") for key, value in entries}
    return {key: label for key, label in found.items() if label}


def _read_kind(
    id: str, fields: Fields, lists: Collection[str], scales: Collection[str], notes: Notes
) -> tuple[SpokenKind, Label | None]:
    label = fields.need("label", "Add `label: {zh: …, en: …}`")
    about = fields.need("about", "Add `about: person`, `organisation` or `any`")
    openness = fields.need("open", "Add `open: true` if we may not have been told, else `false`")
    why = fields.need("why", "Say in `why: {zh: …, en: …}` why absence settles nothing, or no")
    codes, scale = fields.take("codes"), fields.take("scale")
    unit, other, said = fields.take("unit"), fields.take("other"), fields.take("said")
    vouched, once = fields.take("vouched"), fields.take("once")
    fields.close()
    role = _optional_text(other, notes, "the other party's role")
    if role and (role in lists or role in FILTER_WORDS):
        notes.add(
            fields.line,
            "reserved-word",
            f"the role `{role}` is already a key of filters",
            "Call the other party by another word",
        )
    kind = SpokenKind(
        id,
        (read_label(label, notes, "a kind's label") if label else None) or Label(id, id),
        (about and read_one_of(about, ("person", "organisation", "any"), notes, "`about`"))
        or "any",
        codes=_optional_key(codes, lists, notes, "the code list"),
        scale=_optional_key(scale, scales, notes, "the scale"),
        unit=_optional_text(unit, notes, "a unit"),
        other=role,
        open=read_bool(openness, notes, "`open`") if openness else False,
        said=read_label(said, notes, "`said`") if said else None,
        vouched=_vouched(vouched, notes) if vouched else (),
        once=_once(id, once, notes),
    )
    _check_vouched(kind, fields.line, notes)
    return kind, read_label(why, notes, "`why`") if why else None


def _once(id: str, node: Node | None, notes: Notes) -> bool:
    """Whoever comes to be does so once: the engine's own two are so without being said."""
    first = id in _FIRST
    once = read_bool(node, notes, "`once`") if node else first
    if first and node and not once:
        notes.add(
            node.line,
            "born-twice",
            f"`{id}` is how a party comes to be: once",
            "Leave `once` out, or write `once: true`",
        )
    return once or first


def _vouched(node: Node, notes: Notes) -> tuple[str, ...]:
    items = read_items(node, notes, "`vouched`")
    read = (read_one_of(item, VOUCHERS, notes, "`vouched`") for item in items)
    return tuple(one for one in read if one is not None)


def _check_vouched(kind: SpokenKind, line: int, notes: Notes) -> None:
    """An institution's word is about what points to it; a filing names occupation and level."""
    points = kind.other is not None
    needs = {"own": points, "filed": points and kind.codes and kind.scale, "number": not points}
    for word, fits in needs.items():
        if word in kind.vouched and not fits:
            notes.add(
                line,
                "no-such-word",
                f"`{kind.id}` cannot be vouched for as `{word}`",
                "`own` asks for `other`, `filed` for `other`, `codes` and `scale` as well",
            )


def read_sets(
    tree: Node, lists: MappingOf[str, CodeList], sources: Collection[str], notes: Notes
) -> dict[str, CodeSet]:
    """`sets: {id: {list, label, source, codes}}`."""

    def read(id: str, node: Node, notes: Notes) -> CodeSet | None:
        fields = fields_of(node, notes, f"the set `{id}`")
        if fields is None:
            return None
        of = fields.need("list", "Name the code list as `list: occupation`")
        label = fields.need("label", "Add `label: {zh: …, en: …}`")
        source = fields.need("source", "Name a key of sources.yaml as `source: …`")
        codes = fields.need("codes", "List the codes as `codes: […]`")
        fields.close()
        name = _optional_key(of, lists, notes, "the code list") if of else None
        key = read_source_key(source, sources, notes) if source else None
        title = read_label(label, notes, "a set's label") if label else None
        of_list = lists.get(name or "")
        found = read_codes_of(codes, of_list, notes) if codes and of_list else frozenset()
        if codes and of_list and not found:
            notes.add(
                codes.line,
                "empty-set",
                f"the set `{id}` has no codes",
                "List at least one code, or delete the set",
            )
        return CodeSet(id, name or "", title or Label(id, id), found, key or "")

    return _named(tree, "sets", read, notes)


def read_amounts(
    tree: Node, sources: Collection[str], scales: MappingOf[str, Scale], notes: Notes
) -> dict[str, AmountTable]:
    """`amounts: {id: {unit, values: [{level, value, from, until, source}]}}`."""
    steps = {step.code for scale in scales.values() for step in scale.steps}

    def read(id: str, node: Node, notes: Notes) -> AmountTable | None:
        fields = fields_of(node, notes, f"the amount table `{id}`")
        if fields is None:
            return None
        unit = fields.need("unit", "Add `unit: yuan`")
        values = fields.need("values", "List the values as `values: [{level, value, …}]`")
        label = fields.take("label")
        fields.close()
        name = (read_text(unit, notes, "a unit") if unit else None) or ""
        items = read_items(values, notes, f"the values of `{id}`") if values else ()
        read_values = [_read_value(id, item, name, steps, sources, notes) for item in items]
        found = tuple(value for value in read_values if value)
        return AmountTable(
            id, name, found, read_label(label, notes, "a table's label") if label else None
        )

    tables = _named(tree, "amounts", read, notes)
    for table in tables.values():
        _note_overlaps(table, tree, notes)
    return tables


def _read_value(
    table: str, node: Node, unit: str, steps: set[str], sources: Collection[str], notes: Notes
) -> TableValue | None:
    fields = fields_of(node, notes, f"a value of `{table}`")
    if fields is None:
        return None
    level = fields.need("level", "Add `level: 3` (the scale's code) or `level: any`")
    value = fields.need("value", f"Add `value: 1000 {unit}`")
    source = fields.need("source", "Name a key of sources.yaml as `source: …`")
    days = read_interval(fields, name="the value")
    fields.close()
    code = read_text(level, notes, "a level") if level else None
    if level and code and code != "any" and code not in steps:
        notes.add(
            level.line,
            "unknown-level",
            f"no scale of the pack has a level `{code}`",
            f"Write one of: {', '.join(sorted(steps))}, any",
        )
    number = read_amount_value(value, unit, notes) if value else None
    key = read_source_key(source, sources, notes) if source else None
    if code is None or number is None:
        return None
    return TableValue(code, number, days, key or "")


def read_amount_value(node: Node, unit: str, notes: Notes) -> float | None:
    """A value of a table, whose unit may be left to the table: "1000" or "1000 yuan"."""
    if isinstance(node, Scalar) and node.text.strip().replace(".", "", 1).isdigit():
        return read_number(node, notes, "the value")
    return read_quantity(node, unit, notes, "the value", least=0)


def _note_overlaps(table: AmountTable, tree: Node, notes: Notes) -> None:
    for index, later in enumerate(table.values):
        for earlier in table.values[:index]:
            if later.level == earlier.level and _overlap(later.days, earlier.days):
                notes.add(
                    tree.line,
                    "overlapping-values",
                    f"two values of `{table.id}` for level {later.level} hold on the same "
                    f"days ({earlier.value:g} and {later.value:g})",
                    "End the earlier one with `until:` on the day that the later begins",
                )


def _overlap(one: Interval, other: Interval) -> bool:
    (a, b), (c, d) = one.bounds, other.bounds
    return max(a, c) < min(b, d)


# --- shared --------------------------------------------------------------------------------


def read_source_key(node: Node, sources: Collection[str], notes: Notes) -> str | None:
    """A key of sources.yaml."""
    key = read_text(node, notes, "a source")
    if key is not None and key not in sources:
        near = nearest(key, sources)
        notes.add(
            node.line,
            "unknown-source",
            f"sources.yaml has no source `{key}`",
            f"Did you mean `{near}`?"
            if near
            else "Add it there: title, number, issuer, day, certainty",
        )
        return None
    return key


def read_code(node: Node, codes: CodeList, notes: Notes) -> str | None:
    """A code of a list, in the edition that the list is in."""
    code = read_text(node, notes, "a code")
    if code is None or code in codes.codes:
        return code
    if code in codes.aliases:
        notes.add(
            node.line,
            "other-edition",
            f"`{code}` is a code of another edition",
            f"Write `{codes.aliases[code]}`, the code of this pack's {codes.id} list",
        )
        return None
    near = nearest(code, codes.codes)
    mend = (
        f"Did you mean `{near}` ({codes.codes[near].label.zh})?"
        if near
        else f"Look it up in codes/{codes.id}.csv, or add it there"
    )
    notes.add(node.line, "unknown-code", f"the list `{codes.id}` has no code `{code}`", mend)
    return None


def read_codes_of(node: Node, codes: CodeList, notes: Notes) -> frozenset[str]:
    """A list of codes, each once."""
    found: set[str] = set()
    for item in read_items(node, notes, "the codes"):
        if isinstance(item, Scalar) and item.text in found:
            notes.add(
                item.line,
                "duplicate-code",
                f"the code `{item.text}` is listed twice",
                "Keep one of the two",
            )
        code = read_code(item, codes, notes)
        if code is not None:
            found.add(code)
    return frozenset(found)


def _named(
    tree: Node, name: str, read: Callable[[str, Node, Notes], _T | None], notes: Notes
) -> dict[str, _T]:
    """The entries of a file that is one mapping `name: {id: …}`."""
    fields = fields_of(tree, notes, "the file")
    return {} if fields is None else _entries(fields, name, read, notes)


def _entries(
    fields: Fields, name: str, read: Callable[[str, Node, Notes], _T | None], notes: Notes
) -> dict[str, _T]:
    body = fields.need(name, f"Begin the file with `{name}:`")
    fields.close()
    if body is None or (isinstance(body, Scalar) and body.is_null):
        return {}
    entries = fields_of(body, notes, f"`{name}`")
    if entries is None:
        return {}
    found = {}
    for key, node in entries.node.entries:
        if read_id(key, notes, f"an id of `{name}`") is None:
            continue
        if isinstance(node, Mapping):
            node = replace(node, line=key.line)  # what an entry lacks is said where it begins
        value = read(key.text, node, notes)
        if value is not None:
            found[key.text] = value
    return found


def _optional_text(node: Node | None, notes: Notes, name: str) -> str | None:
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return None
    return read_text(node, notes, name)


def _optional_key(node: Node | None, known: Collection[str], notes: Notes, name: str) -> str | None:
    text = _optional_text(node, notes, name)
    if node is None or text is None or text in known:
        return text
    near = nearest(text, known)
    notes.add(
        node.line,
        "unknown-word",
        f"{name} `{text}` is not in the pack",
        f"Did you mean `{near}`?" if near else f"Write one of: {', '.join(known)}",
    )
    return text
