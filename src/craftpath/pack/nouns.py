"""The nouns of a pack besides those of the engine: sources, named sets, amount tables, the pack.

All are frozen. `Context` is what a rule may refer to; `Pack` is one jurisdiction, read whole.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from craftpath.engine.days import Interval
from craftpath.engine.rules import Label, Rule
from craftpath.engine.vocabulary import CodeList, Kind, Vocabulary
from craftpath.pack.assessments import Assessments
from craftpath.pack.certificates import Certificates
from craftpath.pack.nodes import Node
from craftpath.pack.programmes import ProgrammeTemplate
from craftpath.pack.working_days import WorkingDays

__all__ = [
    "CERTAINTIES",
    "VOUCHERS",
    "AmountTable",
    "CodeSet",
    "CodeTree",
    "Context",
    "Ladder",
    "LadderRung",
    "Pack",
    "Place",
    "PlainCase",
    "RegistryKinds",
    "Source",
    "SpokenKind",
    "TableValue",
]

#: How sure a source is, and what the mark means in words.
CERTAINTIES = {
    "A": Label("见于政府、工会、学校官网或党报", "seen on an official page"),
    "B": Label("见于官方文本的转载", "seen in a repost of the official text"),
    "C": Label("仅见于商业或第三方页面，作线索用", "seen in a third-party page only: a lead"),
    "RECALL": Label("凭一般知识，未见原文", "from general knowledge, no text seen"),
}


@dataclass(frozen=True)
class Source:
    """Where a text comes from.

    number     the document's own number (人社厅发〔2023〕31号); None where it has none
    day        its day of issue; None where not found
    certainty  A, B, C or RECALL, see `CERTAINTIES`
    """

    id: str
    title: str
    number: str | None
    issuer: Label
    day: dt.date | None
    certainty: str
    note: Label | None = None


#: official, city, province   an official, of that tier or above
#: own        the institution to which the record points
#: filed      the same, where it is filed to assess that occupation at that level on that day
#: number     the identity number itself
#: programme  what comes of a programme that an official sets up; hosted: that an institution does
VOUCHERS = ("official", "city", "province", "own", "filed", "number", "programme", "hosted")


@dataclass(frozen=True)
class SpokenKind(Kind):
    """A kind with the words that sentences about it need; None: the label has to do.

    said   what having such a record is called, with `{subject}`: 从事{subject} / work in {subject}
    role   what the other party is called: 用人单位 / employer
    units  the unit of `quantity`: 元 / yuan
    vouched  whose word makes such a record verified, of `VOUCHERS`; whoever is not among them can
             only claim it
    """

    said: Label | None = None
    role: Label | None = None
    units: Label | None = None
    vouched: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeTree(CodeList):
    """A code list that knows what lies below a code."""

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The codes right below each parent."""
        below: dict[str, list[str]] = defaultdict(list)
        for code in self.codes.values():
            if code.parent:
                below[code.parent].append(code.code)
        return {parent: tuple(codes) for parent, codes in below.items()}

    def and_below(self, top: str) -> frozenset[str]:
        """A code and everything below it."""
        found, waiting = {top}, [top]
        while waiting:
            new = [code for code in self.children.get(waiting.pop(), ()) if code not in found]
            found.update(new)
            waiting.extend(new)
        return frozenset(found)


@dataclass(frozen=True)
class CodeSet:
    """Named codes of one list, such as the occupations of a shortage list."""

    id: str
    list: str
    label: Label
    codes: frozenset[str]
    source: str


@dataclass(frozen=True)
class TableValue:
    """One value of an amount table. `level` is a scale's code, or "any"."""

    level: str
    value: float
    days: Interval
    source: str


@dataclass(frozen=True)
class AmountTable:
    """Dated amounts by level, in one unit."""

    id: str
    unit: str
    values: tuple[TableValue, ...]
    label: Label | None = None


@dataclass(frozen=True)
class LadderRung:
    """A rank of the ladder's scale, and the rules that open it to somebody below; any will do."""

    level: int
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """The levels that a person climbs in one trade, low to high.

    codes  the code list of trades, one ladder for each: "occupation"
    held   kinds of record that put somebody on a rung
    """

    scale: str
    codes: str
    held: tuple[str, ...]
    rungs: tuple[LadderRung, ...]

    def rules_up_to(self, level: int) -> tuple[str, ...]:
        """The rules that open a rung at or below a level: who has it, has nothing more of them."""
        return tuple(rule for rung in self.rungs if rung.level <= level for rule in rung.rules)


@dataclass(frozen=True)
class RegistryKinds:
    """The kinds that a registry reads for itself, by the part they play.

    employed       somebody's job: the record points to the employer as `other`
    sex            read off an identity number where it tells; None: no such kind
    person_places, organisation_places   where a party is now: the first of these that runs
    learners       kinds by which somebody is a school's own; they point to the school as `other`
    filing         what an assessment body is filed for; `other` is the place, where it names one
    engaged        kinds by which somebody examines for an assessment body, their `other`
    shown          what employers and schools may see of their people besides what points to
                   themselves
    shares         by a kind that counts places: the kind that holds the same place as a share of
                   all who took part
    """

    employed: str | None = None
    sex: str | None = None
    person_places: tuple[str, ...] = ()
    organisation_places: tuple[str, ...] = ()
    learners: tuple[str, ...] = ()
    filing: str | None = None
    engaged: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    shares: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """A line of a pack file, counted from 1."""

    file: str
    line: int


@dataclass(frozen=True)
class PlainCase:
    """A case as written: dicts, lists, texts and None, for `craftpath.pack.cases` to read.

    lines  the line of each part by its path of keys and indices: ("life", 0), ("on", "2024-03-01")
    """

    data: dict[str, Any]
    file: str
    line: int
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Context:
    """What the rules of a pack may refer to. `work` is the kind that `worked:` accumulates."""

    vocabulary: Vocabulary
    sources: Mapping[str, Source] = field(default_factory=dict)
    sets: Mapping[str, CodeSet] = field(default_factory=dict)
    amounts: Mapping[str, AmountTable] = field(default_factory=dict)
    work: str | None = None


@dataclass(frozen=True)
class Pack:
    """One jurisdiction as data.

    rules       in the order of file names, then as written
    case_nodes  the cases beside the rules, still plain
    hash        sha256 (hex) over the names and bytes of all pack files
    path        the folder it was read from; None for a pack built in memory
    why         for each kind, why its absence means no, or settles nothing
    trees       the YAML of every file, for tools that change one word and build again
    places      where each rule, version, route and condition stands, by (rule, version index,
                route id, condition id), as far as the key goes
    ladder      the levels that a person climbs; None: the pack has none
    chapters    what the rules of a file are called together, by the file's name without `.yaml`
    registry    the kinds that a registry reads for itself
    programmes  templates of programmes, as written
    assessments how levels are assessed; None: the pack does not say
    certificates  numbers, papers and cards; None: the pack says nothing of them
    working_days  on which days offices work
    """

    id: str
    version: str
    label: Label
    vocabulary: Vocabulary
    rules: tuple[Rule, ...]
    sources: Mapping[str, Source]
    sets: Mapping[str, CodeSet]
    amounts: Mapping[str, AmountTable]
    case_nodes: tuple[PlainCase, ...]
    hash: str
    work_kind: str | None = None
    path: Path | None = None
    why: Mapping[str, Label] = field(default_factory=dict)
    trees: Mapping[str, Node] = field(default_factory=dict, repr=False)
    places: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict, repr=False)
    ladder: Ladder | None = None
    chapters: Mapping[str, Label] = field(default_factory=dict)
    registry: RegistryKinds = RegistryKinds()
    programmes: tuple[ProgrammeTemplate, ...] = ()
    assessments: Assessments | None = None
    certificates: Certificates | None = None
    working_days: WorkingDays = field(default_factory=WorkingDays)

    @property
    def context(self) -> Context:
        return Context(self.vocabulary, self.sources, self.sets, self.amounts, self.work_kind)

    def rule(self, id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == id), None)

    def programme(self, id: str) -> ProgrammeTemplate | None:
        return next((one for one in self.programmes if one.id == id), None)
