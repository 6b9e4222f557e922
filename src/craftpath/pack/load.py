"""Reading a pack: a folder (or a name, or bytes in memory) to a `Pack`, or every problem at once.

    pack = load_pack("guangdong")            # a pack that came with craftpath
    pack = load_pack("./my-province")        # a folder
    pack, problems = build_pack(files)       # {"pack.yaml": b"…", …}

`rebuild` gives the pack as it would be with one file's tree changed, without reading the rest
again; that is what trying a reform, or a slip, is made of.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from craftpath.engine.rules import Label, Rule
from craftpath.engine.vocabulary import CodeList, Kind, Relation, Scale, Vocabulary
from craftpath.pack import nodes
from craftpath.pack.assessment_files import read_assessments
from craftpath.pack.certificate_files import read_certificates
from craftpath.pack.codes import RELATION_DEFAULTS, read_aliases, read_codes, read_relation
from craftpath.pack.ladder import read_ladder
from craftpath.pack.nodes import Node, Scalar, read_yaml
from craftpath.pack.nouns import Context, Pack, RegistryKinds, Source, SpokenKind
from craftpath.pack.problems import Notes, PackError, Problem, nearest
from craftpath.pack.programme_files import read_programmes
from craftpath.pack.registry_kinds import read_registry_kinds
from craftpath.pack.rule_files import RuleFile, build_rules
from craftpath.pack.tables import (
    read_amounts,
    read_kinds,
    read_scales,
    read_sets,
    read_source_key,
    read_sources,
)
from craftpath.pack.values import fields_of, read_id, read_label, read_one_of, read_text
from craftpath.pack.working_day_files import read_working_days
from craftpath.pack.working_days import WorkingDays

__all__ = [
    "Reading",
    "build_pack",
    "find_pack",
    "installed_packs",
    "load_pack",
    "load_rules",
    "read_files",
    "read_pack",
    "rebuild",
]

_TABLES = ("pack.yaml", "scales.yaml", "sources.yaml", "kinds.yaml", "sets.yaml", "amounts.yaml")
_DEFAULTS = "relations/defaults.yaml"
_PROGRAMMES = "programmes.yaml"
_ASSESSMENTS = "assessments.yaml"
_CERTIFICATES = "certificates.yaml"
_WORKING_DAYS = "working-days.yaml"

#: What work is called in a sentence, and common code lists, where the pack does not say.
_WORK = Label("从事{subject}", "work in {subject}")
_COMMON_LISTS = {
    "occupation": Label("职业", "occupation"),
    "major": Label("专业", "major"),
    "region": Label("地区", "place"),
}

#: What is said of other files only because this one could not be read.
_FOLLOWS = {
    "sources.yaml": ("unknown-source",),
    "scales.yaml": ("unknown-level", "unknown-scale"),
    "sets.yaml": ("unknown-set",),
    "amounts.yaml": ("unknown-table",),
    "kinds.yaml": ("unknown-kind", "unknown-verb", "unknown-key", "two-verbs"),
    _DEFAULTS: ("no-relation",),
}


@dataclass(frozen=True)
class Reading:
    """What was read: the pack as far as it goes, and every problem found on the way.

    A rule or an entry with problems is left out of `pack`; None where there is no pack.yaml.
    """

    pack: Pack | None
    problems: tuple[Problem, ...] = ()


# --- doors ---------------------------------------------------------------------------------


def load_pack(path_or_name: str | os.PathLike[str]) -> Pack:
    """A pack by the name of one that came with craftpath, or by its folder.

    PackError, with every problem: the folder is not there, or the pack cannot be used.
    """
    place = find_pack(path_or_name)
    pack, problems = build_pack(read_files(place))
    if pack is None:
        raise PackError(problems)
    return replace(pack, path=Path(str(place)))


def build_pack(files: Mapping[str, bytes]) -> tuple[Pack | None, list[Problem]]:
    """The pack of these files (relative name → bytes), or None and every problem."""
    reading = read_pack(files)
    return (None if reading.problems else reading.pack), list(reading.problems)


def load_rules(text: str, pack: Pack, file: str = "rules/here.yaml") -> RuleFile:
    """The rules and cases of a rule file given as text, with the words of `pack`."""
    notes = Notes(file)
    tree = read_yaml(text, notes)
    if tree is None:
        return RuleFile(file, Scalar("", 1), (), (), tuple(notes.problems))
    found = build_rules(tree, pack.context, file)
    return replace(found, problems=(*notes.problems, *found.problems))


def rebuild(pack: Pack, file: str, tree: Node) -> tuple[Pack, tuple[Problem, ...]]:
    """The pack with `tree` in place of one YAML file's; code lists are never read again.

    A rule file costs that file's rules; amounts.yaml and sets.yaml cost all rules; other tables
    cannot be changed this way (ValueError). Rules with problems are left out, and noted. Cases
    and `hash` stay as they were.
    """
    trees = {**pack.trees, file: tree}
    if file.startswith("rules/"):
        known = _known_rules(pack, file)
        built = build_rules(tree, pack.context, file, cases=False, known=known)
        own = {key[0] for key, place in pack.places.items() if place.file == file}
        rules = _in_place(pack.rules, own, built.rules)
        places = {**pack.places, **built.places}
        return replace(pack, rules=rules, trees=trees, places=places), built.problems
    notes = Notes(file)
    if file == "amounts.yaml":
        found = read_amounts(tree, pack.sources, pack.vocabulary.scales, notes)
        changed = replace(pack, amounts=found, trees=trees)
    elif file == "sets.yaml":
        sets = read_sets(tree, pack.vocabulary.lists, pack.sources, notes)
        changed = replace(pack, sets=sets, trees=trees)
    else:
        raise ValueError(f"{file} cannot be changed in a pack that is already read")
    built_files = [
        build_rules(t, changed.context, name, cases=False)
        for name, t in trees.items()
        if name.startswith("rules/")
    ]
    rules = tuple(rule for built in built_files for rule in built.rules)
    problems = (*notes.problems, *(p for built in built_files for p in built.problems))
    return replace(changed, rules=rules), problems


def _known_rules(pack: Pack, file: str) -> dict[int, Rule]:
    """The rules of a file by the identity of the nodes that they were read from."""
    tree = pack.trees.get(file)
    items = tree.get("rules") if isinstance(tree, nodes.Mapping) else None
    rules = {rule.id: rule for rule in pack.rules}
    found = {}
    for node in items.items if isinstance(items, nodes.Sequence) else ():
        id_node = node.get("rule") if isinstance(node, nodes.Mapping) else None
        if isinstance(id_node, Scalar) and id_node.text in rules:
            found[id(node)] = rules[id_node.text]
    return found


def _in_place(
    rules: tuple[Rule, ...], old: set[str | int], new: tuple[Rule, ...]
) -> tuple[Rule, ...]:
    """The new rules of a file, at the place of its old ones."""
    at = next((i for i, rule in enumerate(rules) if rule.id in old), len(rules))
    return (
        *(rule for rule in rules[:at]),
        *new,
        *(rule for rule in rules[at:] if rule.id not in old),
    )


# --- finding files -------------------------------------------------------------------------


def installed_packs() -> dict[str, Traversable]:
    """The packs that came with craftpath, by name."""
    folder = resources.files("craftpath") / "packs"
    if not folder.is_dir():
        return {}
    return {
        item.name: item
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.is_dir() and (item / "pack.yaml").is_file()
    }


def find_pack(path_or_name: str | os.PathLike[str]) -> Traversable:
    """The folder of a pack. A bare word is looked for among the installed packs first."""
    said = os.fspath(path_or_name)
    installed = installed_packs()
    if said in installed:
        return installed[said]
    folder = Path(said)
    if folder.is_dir():
        return folder
    near = nearest(said, installed)
    mend = (
        f"Did you mean `{near}`?"
        if near
        else (f"Name a folder, or one of: {', '.join(installed) or 'none is installed'}")
    )
    what = f"there is no pack called `{said}` and no such folder"
    raise PackError([Problem(said, 0, what, mend, "no-pack")])


def read_files(place: Traversable) -> dict[str, bytes]:
    """Every YAML and CSV file of a folder, by its name relative to the folder with `/`."""
    found: dict[str, bytes] = {}
    waiting = [("", place)]
    while waiting:
        prefix, folder = waiting.pop()
        for item in folder.iterdir():
            name = f"{prefix}{item.name}"
            if item.name.startswith((".", "__")):
                continue
            if item.is_dir():
                waiting.append((f"{name}/", item))
            elif item.name.endswith((".yaml", ".yml", ".csv")):
                found[name] = item.read_bytes()
    return dict(sorted(found.items()))


# --- building ------------------------------------------------------------------------------


def read_pack(files: Mapping[str, bytes]) -> Reading:
    """As much of a pack as can be read, and every problem, sorted by file and line."""
    desk = _Desk(files)
    header = desk.tree("pack.yaml", needed=True)
    trees = {name: desk.tree(name) for name in _TABLES if name in files}
    rule_trees = {
        name: desk.tree(name)
        for name in sorted(files)
        if name.startswith("rules/") and name.endswith(".yaml")
    }
    if header is None:
        return Reading(None, desk.problems())
    sources = (
        read_sources(t, desk.notes("sources.yaml")) if (t := trees.get("sources.yaml")) else {}
    )
    top = _read_header(header, sources, desk.notes("pack.yaml"))
    lists = _read_lists(desk, top.list_labels)
    scales = read_scales(t, desk.notes("scales.yaml")) if (t := trees.get("scales.yaml")) else {}
    kinds, why = _read_kinds(desk, lists, scales)
    relations = _read_relations(desk, lists)
    work = _work_kind(top.work, kinds, desk.notes("pack.yaml"))
    if work and kinds[work].said is None:
        kinds[work] = replace(kinds[work], said=_WORK)
    vocabulary = Vocabulary(kinds, scales, lists, relations)
    sets = (
        read_sets(t, lists, sources, desk.notes("sets.yaml"))
        if (t := trees.get("sets.yaml"))
        else {}
    )
    amounts = (
        read_amounts(t, sources, scales, desk.notes("amounts.yaml"))
        if (t := trees.get("amounts.yaml"))
        else {}
    )
    context = Context(vocabulary, sources, sets, amounts, work)
    built = [build_rules(t, context, name) for name, t in rule_trees.items() if t is not None]
    for one in built:
        desk.notes(one.file).problems.extend(one.problems)
    rules = _unique_rules(built, desk)
    known = {rule.id: rule for rule in rules}
    header_notes = desk.notes("pack.yaml")
    chapters = _read_chapters(top.chapters, rule_trees, header_notes) if top.chapters else {}
    registry = (
        read_registry_kinds(top.registry, kinds, header_notes) if top.registry else RegistryKinds()
    )
    places = {key: place for one in reversed(built) for key, place in one.places.items()}
    waiting = {str(key[0]) for key in places} - {rule.id for rule in rules}
    whole = all(tree is not None for tree in rule_trees.values())
    ladder = (
        read_ladder(top.ladder, vocabulary, known, header_notes, waiting, whole=whole)
        if top.ladder
        else None
    )
    programmes = (
        read_programmes(tree, context, rules, desk.notes(_PROGRAMMES), waiting, whole=whole)
        if (tree := desk.tree(_PROGRAMMES)) is not None
        else ()
    )
    assessments = (
        read_assessments(tree, context, desk.notes(_ASSESSMENTS))
        if (tree := desk.tree(_ASSESSMENTS)) is not None
        else None
    )
    certificates = (
        read_certificates(tree, context, desk.notes(_CERTIFICATES))
        if (tree := desk.tree(_CERTIFICATES)) is not None
        else None
    )
    working_days = (
        read_working_days(tree, sources, desk.notes(_WORKING_DAYS))
        if (tree := desk.tree(_WORKING_DAYS)) is not None
        else WorkingDays()
    )
    desk.note_strangers()
    pack = Pack(
        id=top.id,
        version=top.version,
        label=top.label,
        vocabulary=replace(vocabulary, kinds=_without_strangers(kinds, lists, scales)),
        rules=rules,
        sources=sources,
        sets=sets,
        amounts=amounts,
        case_nodes=tuple(case for one in built for case in one.cases),
        hash=_hash(files),
        work_kind=work,
        why=why,
        trees={n: t for n, t in desk.trees().items() if t is not None},
        places=places,
        ladder=ladder,
        chapters=chapters,
        registry=registry,
        programmes=programmes,
        assessments=assessments,
        certificates=certificates,
        working_days=working_days,
    )
    return Reading(pack, desk.problems())


class _Desk:
    """The files of a pack and the notes on each, while it is read."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self._notes: dict[str, Notes] = {}
        self._trees: dict[str, Node | None] = {}
        self._read: set[str] = set()

    def notes(self, file: str) -> Notes:
        return self._notes.setdefault(file, Notes(file))

    def problems(self) -> tuple[Problem, ...]:
        """Every problem once. What only follows from a table that nobody could read is left out."""
        unread = [
            name
            for name, tree in self._trees.items()
            if tree is None and (name in self.files or name == "kinds.yaml")
        ]
        muted = {id for name in unread for id in _FOLLOWS.get(name, ())}
        found = {p for notes in self._notes.values() for p in notes.problems}
        return tuple(sorted(p for p in found if p.id not in muted))

    def text(self, file: str) -> str | None:
        """A file's text; None, and a note, where it is missing or not UTF-8."""
        self._read.add(file)
        data = self.files.get(file)
        if data is None:
            self.notes(file).add(
                0, "missing-file", "the file is missing", "Add it; see docs/rule-language.md"
            )
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.notes(file).add(
                line, "wrong-encoding", f"the file is not UTF-8{_guess(data)}", "Save it as UTF-8"
            )
            return None

    def tree(self, file: str, *, needed: bool = False) -> Node | None:
        if file not in self._trees:
            text = self.text(file) if needed or file in self.files else None
            self._trees[file] = None if text is None else read_yaml(text, self.notes(file))
        return self._trees[file]

    def trees(self) -> dict[str, Node | None]:
        return dict(sorted(self._trees.items()))

    def note_strangers(self) -> None:
        for file in self.files:
            if file not in self._read:
                self.notes(file).add(
                    0,
                    "stranger",
                    "nothing reads this file",
                    "Rules go to rules/NAME.yaml, code lists to codes/LIST.csv, "
                    "relations to relations/LIST-LIST.csv; else delete it",
                )


def _guess(data: bytes) -> str:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return " (it reads as GB18030)"


def _hash(files: Mapping[str, bytes]) -> str:
    """sha256 over sorted names and bytes, each with its length, so that no two packs agree."""
    sum = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            sum.update(len(part).to_bytes(8, "big"))
            sum.update(part)
    return sum.hexdigest()


# --- the header ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Header:
    id: str = "?"
    version: str = "?"
    label: Label = field(default_factory=lambda: Label("", ""))
    work: Scalar | None = None
    list_labels: Mapping[str, Label] = field(default_factory=dict)
    ladder: Node | None = None
    chapters: Node | None = None
    registry: Node | None = None


def _read_header(tree: Node, sources: Mapping[str, Source], notes: Notes) -> _Header:
    fields = fields_of(tree, notes, "the pack")
    if fields is None:
        return _Header()
    id = fields.need("pack", "Add the pack's id as `pack: guangdong`")
    version = fields.need("version", "Add `version: 2026.11.1`")
    label = fields.need("label", "Add `label: {zh: …, en: …}`")
    days = fields.need(
        "calendar", "Add `calendar: {months: clamp, broken-time: months-then-30-days, source: …}`"
    )
    work, lists = fields.take("work"), fields.take("lists")
    ladder, chapters = fields.take("ladder"), fields.take("chapters")
    registry = fields.take("registry")
    fields.close()
    if days is not None:
        _read_calendar(days, sources, notes)
    return _Header(
        (read_id(id, notes, "the pack's id") if id else None) or "?",
        (read_text(version, notes, "the version") if version else None) or "?",
        (read_label(label, notes, "the pack's label") if label else None) or Label("", ""),
        work if isinstance(work, Scalar) else None,
        _read_labels(lists, notes, "lists", "the list") if lists is not None else {},
        ladder,
        chapters,
        registry,
    )


def _read_calendar(node: Node, sources: Mapping[str, Source], notes: Notes) -> None:
    """The calendar has one convention so far; the pack states it, with its source."""
    fields = fields_of(node, notes, "`calendar`")
    if fields is None:
        return
    months = fields.need("months", "Add `months: clamp`")
    broken = fields.need("broken-time", "Add `broken-time: months-then-30-days`")
    source = fields.need("source", "Name a key of sources.yaml as `source: …`")
    fields.close()
    if months:
        read_one_of(months, ("clamp",), notes, "`months`")
    if broken:
        read_one_of(broken, ("months-then-30-days",), notes, "`broken-time`")
    if source:
        read_source_key(source, sources, notes)


def _read_labels(node: Node, notes: Notes, name: str, each: str) -> dict[str, Label]:
    fields = fields_of(node, notes, f"`{name}`")
    if fields is None:
        return {}
    labels = {}
    for key, value in fields.node.entries:
        label = read_label(value, notes, f"the label of {each} `{key.text}`")
        if label is not None:
            labels[key.text] = label
    return labels


def _read_chapters(node: Node, rule_files: Iterable[str], notes: Notes) -> dict[str, Label]:
    """What the rules of a file are called together: `chapters: {skill-level: {zh: …, en: …}}`."""
    labels = _read_labels(node, notes, "chapters", "the chapter")
    for id in labels:
        if f"rules/{id}.yaml" not in rule_files:
            notes.add(
                node.line,
                "unknown-chapter",
                f"there is no rule file `rules/{id}.yaml`",
                "Name a file of rules/ without `.yaml`, or delete the chapter",
            )
    return labels


def _work_kind(word: Scalar | None, kinds: Mapping[str, Kind], notes: Notes) -> str | None:
    """The kind that `worked:` accumulates: named in pack.yaml, else `employment`."""
    if word is None:
        return "employment" if "employment" in kinds else None
    return read_one_of(word, kinds, notes, "`work`") if word.text not in kinds else word.text


# --- lists, kinds, relations ---------------------------------------------------------------


def _read_lists(desk: _Desk, labels: Mapping[str, Label]) -> dict[str, CodeList]:
    lists: dict[str, CodeList] = {}
    names = [n for n in sorted(desk.files) if n.startswith("codes/") and n.endswith(".csv")]
    for name in names:
        id = name.removeprefix("codes/").removesuffix(".csv")
        if "." in id:
            continue
        text = desk.text(name)
        label = labels.get(id) or _COMMON_LISTS.get(id) or Label(id, id)
        lists[id] = read_codes(id, text or "code\n", label, desk.notes(name))
    for name in names:
        id = name.removeprefix("codes/").removesuffix(".aliases.csv")
        if id in lists and name.endswith(".aliases.csv"):
            text = desk.text(name)
            aliases = read_aliases(text or "alias,code\n", lists[id].codes, desk.notes(name))
            lists[id] = replace(lists[id], aliases=aliases)
    for id in labels:
        if id not in lists:
            desk.notes("pack.yaml").add(
                0,
                "unknown-list",
                f"there is no code list `{id}`",
                f"Add codes/{id}.csv, or delete its label",
            )
    return lists


def _without_strangers(
    kinds: Mapping[str, SpokenKind], lists: Mapping[str, CodeList], scales: Mapping[str, Scale]
) -> dict[str, SpokenKind]:
    """The kinds, without the lists and scales that were noted as missing."""
    return {
        id: replace(
            kind,
            codes=kind.codes if kind.codes in lists else None,
            scale=kind.scale if kind.scale in scales else None,
        )
        for id, kind in kinds.items()
    }


def _read_kinds(
    desk: _Desk, lists: Mapping[str, CodeList], scales: Mapping[str, Scale]
) -> tuple[dict[str, SpokenKind], dict[str, Label]]:
    tree = desk.tree("kinds.yaml", needed=True)
    return ({}, {}) if tree is None else read_kinds(tree, lists, scales, desk.notes("kinds.yaml"))


def _read_relations(desk: _Desk, lists: Mapping[str, CodeList]) -> tuple[Relation, ...]:
    defaults = _read_defaults(desk, lists)
    found = []
    for name, (focus, subject) in _relation_names(desk.files, lists).items():
        if name not in defaults:
            desk.notes(_DEFAULTS).add(
                0,
                "missing-key",
                f"`{name}` has no default for codes that it does not list",
                f"Add `{name}: {{default: same-parent}}` or one of: {', '.join(RELATION_DEFAULTS)}",
            )
        found.append((name, focus, subject, defaults.get(name, "none")))
    read = {name for name, *_ in found}
    for name, default in defaults.items():
        pair = _split(name, lists)
        if name not in read and pair:
            found.append((name, *pair, default))
    return tuple(
        read_relation(
            lists[focus],
            lists[subject],
            _relation_text(desk, name),
            default,
            desk.notes(f"relations/{name}.csv"),
        )
        for name, focus, subject, default in found
    )


def _relation_text(desk: _Desk, name: str) -> str:
    file = f"relations/{name}.csv"
    return (desk.text(file) if file in desk.files else None) or "focus,subject\n"


def _relation_names(
    files: Iterable[str], lists: Mapping[str, CodeList]
) -> dict[str, tuple[str, str]]:
    names = {}
    for file in sorted(files):
        if file.startswith("relations/") and file.endswith(".csv"):
            name = file.removeprefix("relations/").removesuffix(".csv")
            pair = _split(name, lists)
            if pair:
                names[name] = pair
    return names


def _split(name: str, lists: Mapping[str, CodeList]) -> tuple[str, str] | None:
    """ "occupation-major" as two lists; list ids may hold hyphens themselves."""
    parts = name.split("-")
    for at in range(1, len(parts)):
        focus, subject = "-".join(parts[:at]), "-".join(parts[at:])
        if focus in lists and subject in lists:
            return focus, subject
    return None


def _read_defaults(desk: _Desk, lists: Mapping[str, CodeList]) -> dict[str, str]:
    tree = desk.tree(_DEFAULTS)
    if tree is None:
        return {}
    notes = desk.notes(_DEFAULTS)
    fields = fields_of(tree, notes, "the file")
    found: dict[str, str] = {}
    for key, node in fields.node.entries if fields else ():
        inner = fields_of(node, notes, f"`{key.text}`")
        if inner is None:
            continue
        if _split(key.text, lists) is None:
            notes.add(
                key.line,
                "unknown-list",
                f"`{key.text}` does not join two code lists",
                "Write FOCUSLIST-SUBJECTLIST, such as `occupation-major`",
            )
        default = inner.need("default", f"Add one of: {', '.join(RELATION_DEFAULTS)}")
        for extra in ("note", "source"):
            inner.take(extra)
        inner.close()
        word = read_one_of(default, RELATION_DEFAULTS, notes, "the default") if default else None
        found[key.text] = word or "none"
    return found


def _unique_rules(built: list[RuleFile], desk: _Desk) -> tuple[Rule, ...]:
    """Rules by file, then as written; a second rule of the same id is noted and left out."""
    rules: dict[str, tuple[str, Rule]] = {}
    for one in built:
        for rule in one.rules:
            if rule.id in rules:
                place = one.places.get((rule.id,))
                desk.notes(one.file).add(
                    place.line if place else 0,
                    "duplicate-id",
                    f"the rule `{rule.id}` is already in {rules[rule.id][0]}",
                    "Give one of the two another id, or make it a version of the other",
                )
            else:
                rules[rule.id] = (one.file, rule)
    return tuple(rule for _, rule in rules.values())
