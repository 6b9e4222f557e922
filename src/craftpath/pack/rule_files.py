"""A rule file: `{rules: [RULE…], cases: [CASE…]}`, from its tree to rules, cases and places.

`build_rules` is pure and quick, so that a tool can change one word of a tree and build again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from typing import Any

from craftpath.engine.rules import About, Amount, Condition, Label, Route, Rule, Version
from craftpath.pack.language import Desk, read_amount, read_fields
from craftpath.pack.nodes import Mapping, Node, Path, Scalar, Sequence, plain, replaced
from craftpath.pack.nouns import Context, Place, PlainCase
from craftpath.pack.problems import Notes, Problem
from craftpath.pack.tables import read_source_key
from craftpath.pack.values import (
    Fields,
    fields_of,
    read_id,
    read_interval,
    read_items,
    read_label,
    read_one_of,
    read_text,
)

__all__ = ["Places", "RuleFile", "build_rules"]

Places = dict[tuple[str | int, ...], Place]


@dataclass(frozen=True)
class RuleFile:
    """What one file gives. Rules with problems are left out of `rules`.

    `tree` is kept so that `changed` can build the file again with one word changed.
    """

    file: str
    tree: Node
    rules: tuple[Rule, ...]
    cases: tuple[PlainCase, ...]
    problems: tuple[Problem, ...] = ()
    places: MappingOf[tuple[str | int, ...], Place] = field(default_factory=dict)

    def changed(self, path: Path, text: str, context: Context) -> RuleFile:
        """The file as it would be with `text` in place of the scalar at `path`."""
        return build_rules(replaced(self.tree, path, text), context, self.file)


def build_rules(
    tree: Node,
    context: Context,
    file: str,
    *,
    cases: bool = True,
    known: MappingOf[int, Rule] | None = None,
) -> RuleFile:
    """The rules of a tree.

    cases  False: the cases are not looked at
    known  rules by the `id` of the very node they were read from, which need not be read again
    """
    known = known or {}
    notes = Notes(file)
    places: Places = {}
    fields = fields_of(tree, notes, "the file")
    if fields is None:
        return RuleFile(file, tree, (), (), tuple(notes.problems))
    rules = fields.need("rules", "Begin the file with `rules:` and list the rules below it")
    written = fields.take("cases")
    fields.close()
    found = []
    for node in read_items(rules, notes, "`rules`") if rules is not None else ():
        rule = known.get(id(node)) or _read_rule(node, context, notes, places)
        if rule is not None:
            found.append(rule)
    case_nodes = _read_cases(written, notes) if cases and written is not None else ()
    return RuleFile(file, tree, tuple(found), case_nodes, tuple(notes.problems), places)


def _read_rule(node: Node, context: Context, notes: Notes, places: Places) -> Rule | None:
    before = len(notes)
    fields = fields_of(node, notes, "a rule")
    if fields is None:
        return None
    id_node = fields.need("rule", "Give the rule an id as `rule: skill-level.senior`")
    id = (read_id(id_node, notes, "a rule's id") if id_node else None) or ""
    about = _read_about(fields, context, notes)
    desk = Desk(context, about, notes)
    places[(id,)] = Place(notes.file, id_node.line if id_node else node.line)
    label = _label(fields, "label", f"the label of `{id}`", needed=True)
    day = fields.take("version_day")
    version_day = _read_version_day(day, desk) if day is not None else None
    versions = _read_versions(fields, id, desk, places)
    note = _label(fields, "note", "a rule's note")
    tags = fields.take("tags")
    words = read_items(tags, notes, "`tags`") if tags is not None else ()
    said = tuple(word for word in (read_text(w, notes, "a tag") for w in words) if word)
    fields.close()
    if len(notes) > before or label is None:
        return None
    return Rule(id, about, label, versions, version_day, note, said)


def _read_about(fields: Fields, context: Context, notes: Notes) -> About:
    node = fields.need("about", "Add `about: person`, `organisation` or `[person, LIST]`")
    if node is None:
        return About("person")
    parts = node.items if isinstance(node, Sequence) else (node,)
    if not 1 <= len(parts) <= 2:
        notes.add(
            node.line,
            "bad-about",
            f"`about` names {len(parts)} things",
            "Write `person`, `organisation`, or one of them and a code list",
        )
        return About("person")
    party = read_one_of(parts[0], ("person", "organisation"), notes, "`about`") or "person"
    if len(parts) == 1:
        return About(party)
    focus = read_one_of(parts[1], context.vocabulary.lists, notes, "the list in `about`")
    return About(party, focus)


def _read_version_day(node: Node, desk: Desk) -> str | None:
    if isinstance(node, Scalar) and node.text == "asked":
        return None
    kind = read_one_of(node, ("asked", *desk.context.vocabulary.kinds), desk.notes, "`version_day`")
    return None if kind == "asked" else kind


# --- versions and routes -------------------------------------------------------------------


def _read_versions(fields: Fields, rule: str, desk: Desk, places: Places) -> tuple[Version, ...]:
    node = fields.need("versions", "Add `versions:` with at least one `- from: DAY`")
    if node is None:
        return ()
    items = read_items(node, desk.notes, "`versions`")
    if isinstance(node, Sequence) and not items:
        desk.notes.add(
            node.line,
            "no-version",
            f"`{rule}` has no version",
            "Add one, with `from`, `source` and `any`",
        )
    found = [_read_version(item, (rule, i), desk, places) for i, item in enumerate(items)]
    return tuple(version for version in found if version)


def _read_version(
    node: Node, place: tuple[str | int, ...], desk: Desk, places: Places
) -> Version | None:
    notes = desk.notes
    fields = fields_of(node, notes, "a version")
    if fields is None:
        return None
    places[place] = Place(notes.file, node.line)
    if not fields.has("from"):
        notes.add(
            node.line,
            "missing-key",
            "the version has no `from`",
            "Add `from: DAY`, its first day in force",
        )
    in_force = read_interval(fields, name="the version")
    desk = replace(desk, days=in_force)
    source = fields.need("source", "Name a key of sources.yaml as `source: …`")
    key = read_source_key(source, desk.context.sources, notes) if source else None
    note, gap = _label(fields, "note", "a version's note"), _label(fields, "gap", "`gap`")
    ids: Counter[str] = Counter()
    conditions = _read_conditions(fields.take("all"), "all", place, ids, desk, places)
    any_node = fields.need("any", "List the routes as `any:`, each with an `id` and `all`")
    routes = [
        _read_route(item, place, ids, desk, places, bool(conditions))
        for item in (read_items(any_node, notes, "`any`") if any_node is not None else ())
    ]
    if isinstance(any_node, Sequence) and not any_node.items:
        notes.add(
            any_node.line,
            "no-route",
            "the version has no route: nobody can qualify",
            "List at least one way under `any:`",
        )
    amount = _amount(fields, desk)
    fields.close()
    _note_twins([route.id for route in routes if route], node.line, "route", notes)
    found = tuple(route for route in routes if route)
    return Version(in_force, key or "", found, conditions, amount, _join(note, gap))


def _read_route(
    node: Node,
    version: tuple[str | int, ...],
    ids: Counter[str],
    desk: Desk,
    places: Places,
    has_common: bool,
) -> Route | None:
    notes = desk.notes
    fields = fields_of(node, notes, "a route")
    if fields is None:
        return None
    id_node = fields.need("id", "Give the route an id, such as `id: work-10y`")
    id = (read_id(id_node, notes, "a route's id") if id_node else None) or "?"
    place = (*version, id)
    places.setdefault(place, Place(notes.file, node.line))
    clause, source = _clause(fields, notes), _source(fields, desk)
    label = _label(fields, "label", "a route's label")
    all_node = fields.take("all")
    conditions = _read_conditions(all_node, id, place, ids, desk, places)
    if not conditions and not has_common:
        notes.add(
            node.line,
            "asks-nothing",
            f"the route `{id}` asks nothing: everybody qualifies",
            "List its conditions under `all:`",
        )
    amount = _amount(fields, desk)
    fields.close()
    return Route(id, conditions, clause, label, source, amount)


def _read_conditions(
    node: Node | None,
    route: str,
    place: tuple[str | int, ...],
    ids: Counter[str],
    desk: Desk,
    places: Places,
) -> tuple[Condition, ...]:
    if node is None:
        return ()
    found = [
        _read_condition(item, route, place, ids, desk, places)
        for item in read_items(node, desk.notes, "`all`")
    ]
    return tuple(condition for condition in found if condition)


def _read_condition(
    node: Node,
    route: str,
    place: tuple[str | int, ...],
    ids: Counter[str],
    desk: Desk,
    places: Places,
) -> Condition | None:
    fields = fields_of(node, desk.notes, "a condition")
    if fields is None:
        return None
    id_node = fields.take("id")
    given = read_id(id_node, desk.notes, "a condition's id", within=route) if id_node else None
    clause, source = _clause(fields, desk.notes), _source(fields, desk)
    label = _label(fields, "label", "a condition's label")
    test, word = read_fields(fields, desk)
    base = given or f"{route}/{word}"
    ids[base] += 1
    if given and ids[base] > 1:
        desk.notes.add(
            node.line,
            "duplicate-id",
            f"two conditions are called `{given}`",
            "Give each its own id",
        )
    id = base if ids[base] == 1 else f"{base}-{ids[base]}"
    places[(*place, id)] = Place(desk.notes.file, node.line)
    return Condition(id, test, clause, label, source)


def _amount(fields: Fields, desk: Desk) -> Amount | None:
    node = fields.take("amount")
    return None if node is None else read_amount(node, desk)


def _clause(fields: Fields, notes: Notes) -> str | None:
    node = fields.take("clause")
    return None if node is None else read_text(node, notes, "a clause")


def _source(fields: Fields, desk: Desk) -> str | None:
    node = fields.take("source")
    return None if node is None else read_source_key(node, desk.context.sources, desk.notes)


def _label(fields: Fields, key: str, name: str, *, needed: bool = False) -> Label | None:
    node = fields.need(key, f"Add `{key}: {{zh: …, en: …}}`") if needed else fields.take(key)
    return None if node is None else read_label(node, fields.notes, name)


def _join(note: Label | None, gap: Label | None) -> Label | None:
    if note is None or gap is None:
        return note or gap
    return Label(f"{note.zh}{gap.zh}", f"{note.en} {gap.en}")


def _note_twins(ids: list[str], line: int, what: str, notes: Notes) -> None:
    for id, count in Counter(ids).items():
        if count > 1:
            notes.add(
                line, "duplicate-id", f"{count} {what}s are called `{id}`", "Give each its own id"
            )


# --- cases ---------------------------------------------------------------------------------


def _read_cases(node: Node, notes: Notes) -> tuple[PlainCase, ...]:
    found = []
    for item in read_items(node, notes, "`cases`"):
        if isinstance(item, Mapping):
            lines = dict(_lines(item, ()))
            found.append(PlainCase(plain(item), notes.file, item.line, lines))
        else:
            fields_of(item, notes, "a case")
    return tuple(found)


def _lines(node: Node, path: tuple[str | int, ...]) -> list[tuple[Any, int]]:
    found = []
    if isinstance(node, Mapping):
        for key, value in node.entries:
            found.append(((*path, key.text), key.line))
            found.extend(_lines(value, (*path, key.text)))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            found.append(((*path, index), item.line))
            found.extend(_lines(item, (*path, index)))
    return found
