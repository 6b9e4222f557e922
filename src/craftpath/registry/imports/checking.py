"""Rows → what they say, and what is wrong with them. No database: what is registered is asked of
`Registered`, in bulk, once for each slice of rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from craftpath.access.masking import mask_number
from craftpath.access.regions import contains
from craftpath.access.roles import Actor
from craftpath.eligibility import Fact, check_fact
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Kind
from craftpath.pack.nouns import Pack
from craftpath.registry.identity import SCHEMES, birth_and_sex, digest_of, read_number
from craftpath.registry.imports.cells import (
    as_day,
    as_name,
    as_number_of,
    as_quantity,
    goes_on,
    no_value,
    plain,
    shown,
)
from craftpath.registry.imports.codes import coder_of
from craftpath.registry.imports.nouns import Cell, FactSaid, Line, PartySaid, Problem, Wrong
from craftpath.registry.imports.sorts import Heading, Sort
from craftpath.registry.kinds import BIRTH, FOUNDED
from craftpath.registry.names import name_key, no_name
from craftpath.registry.vouching import ONLY_OWN, Statement, Word, may_tell

__all__ = ["Checked", "Checker", "Known", "Registered"]

USCC = "uscc"
RIC = "ric"


@dataclass(frozen=True)
class Known:
    """A party that is registered, as far as a check asks. `id`: of whom it was merged into.

    names   keys of all that it is or was called (`registry.names`)
    contested  several days of birth (founding) stand, which contradict: `born` is the first
    facts   keys of its standing records; `starts`: the same without their ends
    """

    id: int
    names: frozenset[str]
    nature: str
    region: str
    born: dt.date | None
    contested: bool = False
    facts: frozenset[tuple[Any, ...]] = frozenset()
    starts: frozenset[tuple[Any, ...]] = frozenset()


class Registered(Protocol):
    def parties(self, digests: Iterable[str]) -> Mapping[str, Known]: ...


@dataclass
class Checked:
    """A slice of rows after the check.

    lines     rows that passed and say something new
    bad       rows set aside: (row, its cells as they stood, problems)
    known     rows that say only what stands already, or what an earlier row of the file said
    """

    lines: list[Line] = field(default_factory=list)
    bad: list[tuple[int, Sequence[Cell], list[Problem]]] = field(default_factory=list)
    known: int = 0
    rows: int = 0


class Checker:
    """Checks the rows of one file for one actor. It remembers the rows seen, by a hash of each,
    so that a row that comes twice is told.

    today  no birth, and no record, may begin after it
    home   region of the actor's own organisation: where somebody new is, for want of a region
    """

    def __init__(
        self,
        pack: Pack,
        sort: Sort,
        actor: Actor,
        today: dt.date,
        registered: Registered,
        home: str = "",
    ) -> None:
        self.pack, self.sort, self.actor, self.today = pack, sort, actor, today
        self.word = Word(actor)
        self.home = home
        self.registered = registered
        self.coder = coder_of(pack)
        self._read: Callable[[_Row], Line | None] = getattr(self, f"_{sort.id}")
        self._seen: set[bytes] = set()
        self._new: dict[str, tuple[str, dt.date | None]] = {}
        self._ends: dict[bytes, dt.date | None] = {}

    def check(
        self, sheet: str, heading: Heading, rows: Sequence[tuple[int, Sequence[Cell]]]
    ) -> Checked:
        """One slice. Every bad cell is told, not the first alone."""
        found = Checked(rows=len(rows))
        read = [_Row(sheet, heading, number, cells) for number, cells in rows]
        for row in read:
            row.note_cells_without_value()
            self._numbers(row)
        known = self.registered.parties(
            {d for row in read for d in (row.digest, row.other_digest) if d}
        )
        for row in read:
            row.party = known.get(row.digest)
            row.other = known.get(row.other_digest)
            line = self._read(row)
            if row.problems or line is None:
                found.bad.append((row.number, row.cells, row.problems))
            elif self._says_nothing_new(line, row.party):
                found.known += 1
            else:
                found.lines.append(line)
        return found

    # --- numbers ---

    def _numbers(self, row: _Row) -> None:
        """Read the numbers of a row, so that all of a slice are looked up at once."""
        scheme = self._scheme(row)
        row.scheme, row.number_text, row.digest = self._number(row, "number", scheme)
        if "other" in row.heading.at and plain(row.cell("other")):
            _, _, row.other_digest = self._number(row, "other", USCC)

    def _scheme(self, row: _Row) -> str | None:
        if self.sort.id == "organisations":
            return USCC
        text = plain(row.cell("scheme")).casefold()
        if not text:
            return RIC if self.sort.id != "records" else None
        for id, label in SCHEMES.items():
            if text in (id, label.zh, label.en, *_SHORT.get(id, ())):
                return id
        row.wrong(
            "scheme",
            Label("没有这种证件", "there is no such kind of number"),
            Label(
                "填：" + "、".join(label.zh for label in SCHEMES.values()),
                "enter one of: " + ", ".join(label.en for label in SCHEMES.values()),
            ),
        )
        return ""

    def _number(self, row: _Row, column: str, scheme: str | None) -> tuple[str, str, str]:
        """(scheme, number, digest), empty where it is no good."""
        nothing = ("", "", "")
        text = as_number_of(row.cell(column))
        if isinstance(text, Wrong):
            row.add(column, text)
            return nothing
        if not text:
            row.empty(column)
            return nothing
        if scheme == "":
            return nothing
        if scheme is None:
            # The third to eighth characters of a credit code name a place too; what tells them
            # apart is the check character, and that few identity numbers pass as both is enough.
            as_person = read_number(RIC, text)
            scheme = USCC if isinstance(as_person, Label) and _looks_like_uscc(text) else RIC
        read = read_number(scheme, text)
        if isinstance(read, Label):
            what = SCHEMES[scheme]
            row.wrong(
                column,
                Label(f"不是有效的{what.zh}", f"not a valid {what.en}"),
                Label(read.zh.rstrip("。"), read.en.rstrip(".")),
            )
            return nothing
        return scheme, read.text, digest_of(scheme, read.text)

    # --- the sorts ---

    def _people(self, row: _Row) -> Line | None:
        party = self._person(row, new=True)
        if party is not None and not party.region and row.party is None:
            row.empty("region")
        return None if party is None else Line(row.number, party)

    def _organisations(self, row: _Row) -> Line | None:
        name, name_en = self._name(row, asked=True)
        founded = self._day(row, "born", asked=True)
        region = self._region(row)
        if not region and row.party is None and not row.has_problem("region"):
            row.empty("region")
        if founded is not None and founded > self.today:
            row.wrong("born", *_LATER)
        self._same_party(row, name, founded, "organisation")
        if not row.digest:
            return None
        party = PartySaid(
            row.scheme,
            row.number_text,
            row.digest,
            name,
            name_en,
            founded,
            region,
            True,
            self._sure(row, FOUNDED),
        )
        facts: tuple[FactSaid, ...] = ()
        unknown = row.party is None or row.party.born is None
        if region and founded is not None and unknown:
            place = self.pack.registry.organisation_places[0]
            facts = (FactSaid(place, founded, region, verified=self._sure(row, place)),)
        return Line(row.number, party, facts)

    def _staff(self, row: _Row) -> Line | None:
        party = self._person(row, new=True)
        own = self.pack.registry
        employed = self.pack.vocabulary.kinds[own.employed or ""]
        subject = self._code(row, "subject", employed.codes or "")
        if subject is None and not row.has_problem("subject"):
            row.empty("subject")
        start, end = self._span(row)
        if party is None or start is None or row.problems:
            return None
        other = self.actor.party
        facts = [FactSaid(employed.id, start, subject, None, end, None, other)]
        region = self._region(row)
        if region:
            facts.append(FactSaid(own.person_places[0], start, region, None, end, None, other))
        self._facts(row, party, facts)
        return Line(row.number, party, tuple(facts))

    def _records(self, row: _Row) -> Line | None:
        about = "organisation" if row.scheme == USCC else "person"
        own_words = not self.actor.role.is_official
        if about == "person":
            party = self._person(row, new=bool(plain(row.cell("name"))), asked=own_words)
        else:
            party = self._organisation(row)
        kind = self._kind(row, about)
        start, end = self._span(row)
        level = self._level(row, kind)
        subject = None
        if kind is not None and plain(row.cell("subject")):
            if kind.codes is None:
                row.wrong("subject", *_NOT_READ)
            else:
                subject = self._code(row, "subject", kind.codes)
        quantity = self._quantity(row, kind)
        other = self._other(row, kind)
        verified = kind is not None and self._verified(
            row,
            Statement(row.party.id if row.party else None, kind.id, other, subject, level, start),
        )
        if party is None or kind is None or start is None or row.problems:
            return None
        if not may_tell(self.actor, row.party.id if row.party else None, other):
            row.wrong("other", ONLY_OWN, _OWN_MEND)
            return None
        fact = FactSaid(kind.id, start, subject, level, end, quantity, other, verified)
        self._facts(row, party, [fact])
        return Line(row.number, party, (fact,))

    # --- parties ---

    def _person(self, row: _Row, *, new: bool, asked: bool = True) -> PartySaid | None:
        name, name_en = self._name(row, asked=asked)
        born = self._day(row, "born")
        region = self._region(row)
        told = birth_and_sex(row.number_text) if row.scheme == RIC else None
        if told is not None:
            if born is not None and born != told[0]:
                row.wrong(
                    "born",
                    Label(f"与号码中的 {told[0]} 不符", f"the number says {told[0]}"),
                    Label("改其中一处，或不填出生日期", "mend one of the two, or leave it empty"),
                )
            born = told[0]
        if born is not None and born > self.today:
            row.wrong("born" if "born" in row.heading.at else "number", *_LATER)
        if not row.digest:
            return None
        if row.party is None and not new:
            row.wrong("number", *_NOT_REGISTERED)
            return None
        if row.party is None and born is None and not row.has_problem("born"):
            row.wrong(
                "born",
                Label("未填出生日期", "no date of birth given"),
                Label("这种证件号码里没有，请填写", "this kind of number has none: enter it"),
            )
        self._same_party(row, name, born, "person")
        if row.party is None:
            self._same_new(row, name, born)
        sure = self._sure(row, BIRTH, told=told is not None)
        return PartySaid(
            row.scheme,
            row.number_text,
            row.digest,
            name,
            name_en,
            born,
            region or self.home,
            new,
            sure,
        )

    def _sure(self, row: _Row, first: str, *, told: bool = False) -> bool:
        return self.word.is_sure(row.party.id if row.party else None, first, told=told)

    def _organisation(self, row: _Row) -> PartySaid | None:
        name = as_name(row.cell("name"))
        if not row.digest:
            return None
        if row.party is None:
            row.wrong("number", *_NOT_REGISTERED)
            return None
        self._same_party(row, name, None, "organisation")
        return PartySaid(row.scheme, row.number_text, row.digest, name)

    def _name(self, row: _Row, *, asked: bool) -> tuple[str, str]:
        name, name_en = as_name(row.cell("name")), as_name(row.cell("name_en"))
        if not name and asked:
            row.empty("name")
        if name and (why := no_name(name)) is not None:
            row.wrong("name", why, _NAME_MEND)
        if len(name) > 120:
            row.wrong("name", *_TOO_LONG)
        if len(name_en) > 160:
            row.wrong("name_en", *_TOO_LONG)
        return name, name_en

    def _same_party(self, row: _Row, name: str, born: dt.date | None, nature: str) -> None:
        """What is registered under the number has to be who the row says."""
        known = row.party
        if known is None:
            return
        if known.nature != nature or (name and name_key(name) not in known.names):
            row.wrong(
                "name" if name else "number",
                Label("与该号码登记的名称不符", "not the name registered under this number"),
                Label(
                    "核对号码和名称；改了名的请主管部门更正",
                    "check the number and the name; "
                    "if the name was changed, the authority corrects it",
                ),
            )
        elif born is not None and known.contested:
            row.wrong(
                "born",
                Label("登记有两个互相矛盾的日期", "two days are registered, which contradict"),
                Label(
                    "请主管部门先确定以哪个为准", "ask the authority to settle which of them stands"
                ),
            )
        elif born is not None and known.born is not None and born != known.born:
            row.wrong(
                "born",
                Label("与登记的日期不符", "not the day that is registered"),
                Label("核对；登记有误的请主管部门更正", "check it; the authority corrects its own"),
            )
        # A party left bare by an undone import is nobody's: whoever brings it in again has it.
        elsewhere = known.born is not None and not contains(self.actor.region, known.region)
        if self.actor.role.is_official and elsewhere:
            row.wrong(
                "number",
                Label("不在您的辖区", "not within your region"),
                Label("请所在地的经办导入", "ask the official of where they are"),
            )

    def _same_new(self, row: _Row, name: str, born: dt.date | None) -> None:
        """Two rows of one file that add one number have to agree."""
        said = (name_key(name), born)
        if self._new.setdefault(row.digest, said) != said:
            row.wrong(
                "name",
                Label(
                    "同一号码在前面的行里是另一个人", "an earlier row has this number for another"
                ),
                Label("核对两行的号码和姓名", "check the number and the name in both rows"),
            )

    def _region(self, row: _Row) -> str:
        region = self._code(row, "region", "region") or ""
        if region and self.actor.role.is_official and not contains(self.actor.region, region):
            row.wrong(
                "region",
                Label("不在您的辖区", "not within your region"),
                Label("填辖区内的地区", "enter a region within yours"),
            )
        return region

    # --- facts ---

    def _kind(self, row: _Row, about: str) -> Kind | None:
        text = plain(row.cell("kind"))
        if not text:
            row.empty("kind")
            return None
        kind = self.coder.kind(text)
        if isinstance(kind, Wrong):
            row.add("kind", kind)
            return None
        if kind.id in (BIRTH, FOUNDED, self.pack.registry.sex):
            row.wrong(
                "kind",
                Label(
                    "出生、成立和性别随登记写入", "birth, founding and sex come with registering"
                ),
                Label(
                    "用人员或单位表导入", "bring them in by the sheet of people or organisations"
                ),
            )
        elif kind.about not in ("any", about):
            row.wrong(
                "kind",
                Label(
                    "这种记录不是关于这类主体的", "such a record is not about this kind of party"
                ),
                Label("核对号码和记录类型", "check the number and the kind"),
            )
        return kind

    def _level(self, row: _Row, kind: Kind | None) -> int | None:
        text = plain(row.cell("level"))
        if kind is None or not text:
            return None
        if kind.scale is None:
            row.wrong("level", *_NOT_READ)
            return None
        level = self.coder.level(kind.scale, text)
        if isinstance(level, Wrong):
            row.add("level", level)
            return None
        return level

    def _quantity(self, row: _Row, kind: Kind | None) -> float | None:
        found = as_quantity(row.cell("quantity"))
        if isinstance(found, Wrong):
            row.add("quantity", found)
            return None
        if found is not None and kind is not None and kind.unit is None:
            row.wrong("quantity", *_NOT_READ)
        return found

    def _other(self, row: _Row, kind: Kind | None) -> int | None:
        if not plain(row.cell("other")):
            if self.actor.role.is_official or kind is None or kind.other is None:
                return None
            return self.actor.party
        if not row.other_digest:
            return None
        if row.other is None or row.other.nature != "organisation":
            row.wrong(
                "other",
                Label("没有登记这个单位", "no such organisation is registered"),
                Label("先登记该单位，或核对代码", "register it first, or check the code"),
            )
            return None
        if kind is not None and kind.other is None:
            row.wrong("other", *_NOT_READ)
        return row.other.id

    def _verified(self, row: _Row, said: Statement) -> bool:
        text = plain(row.cell("status")).casefold()
        if text in ("", "自述", "claimed"):
            return False
        if text not in ("已核实", "verified"):
            row.wrong(
                "status",
                Label("没有这种状态", "there is no such status"),
                Label("填 已核实 或 自述", "enter verified or claimed"),
            )
            return False
        if not self.word.vouches(said):
            row.wrong(
                "status",
                Label("这条记录须由主管部门核实", "an official has to verify this"),
                Label("填 自述", "enter claimed"),
            )
        return True

    def _span(self, row: _Row) -> tuple[dt.date | None, dt.date | None]:
        """(first day, first day after it)"""
        start = self._day(row, "start", asked=True)
        running = goes_on(row.cell("last"))
        if running is not None:
            row.add("last", running)
        last = None if running else self._day(row, "last")
        if start is not None and start > self.today:
            row.wrong("start", *_LATER)
        if start is not None and last is not None and last < start:
            row.wrong(
                "last",
                Label("早于开始的一天", "before the first day"),
                Label("核对两个日期", "check both days"),
            )
        if last is None or last >= dt.date.max:
            return start, None
        return start, last + dt.timedelta(days=1)

    def _facts(self, row: _Row, party: PartySaid, facts: Iterable[FactSaid]) -> None:
        """The rules of every record, in the pack's words, at the cell they speak of."""
        born = (row.party.born if row.party else None) or party.born
        for said in facts:
            fact = Fact(
                party=0,
                kind=said.kind,
                subject=said.subject,
                level=said.level,
                start=said.start,
                end=said.end,
                quantity=said.quantity,
                other=said.other,
                status="verified" if said.verified else "claimed",
                known=self.today,
                known_until=None,
            )
            for found in check_fact(self.pack, fact, born):
                column = "last" if found.field == "end" else found.field
                if found.blocking and not row.has_problem(column):
                    row.wrong(
                        column if column in row.heading.at else "start", found.text, found.mend
                    )
            stands = row.party
            differs = stands is not None and said.key not in stands.facts
            if differs and stands is not None and said.same_start in stands.starts:
                row.wrong("last" if "last" in row.heading.at else "start", *_OTHER_END)
            first = self._ends.setdefault(_mark(row.digest, said.same_start), said.end)
            if first != said.end and not row.has_problem("last"):
                row.wrong("last" if "last" in row.heading.at else "start", *_END_ABOVE)

    def _says_nothing_new(self, line: Line, known: Known | None) -> bool:
        """The registry has all of it, or an earlier row said it."""
        registered = known is not None and known.born is not None
        if registered and known and all(fact.key in known.facts for fact in line.facts):
            return True
        mark = _mark(line.party.digest, [fact.key for fact in line.facts])
        if mark in self._seen:
            return True
        self._seen.add(mark)
        return False

    # --- cells ---

    def _day(self, row: _Row, column: str, *, asked: bool = False) -> dt.date | None:
        cell = row.cell(column)
        if cell is None or cell == "":
            if asked:
                row.empty(column)
            return None
        day = as_day(cell)
        if isinstance(day, Wrong):
            row.add(column, day)
            return None
        if day is None and asked:
            row.empty(column)
        if day is not None and not _FIRST <= day <= _FINAL:
            row.wrong(
                column,
                Label("年份不合常理", "an unreasonable year"),
                Label(f"应在 {_FIRST} 与 {_FINAL} 之间", f"it lies between {_FIRST} and {_FINAL}"),
            )
            return None
        return day

    def _code(self, row: _Row, column: str, list_id: str) -> str | None:
        text = plain(row.cell(column))
        if not text:
            return None
        code = self.coder.code(list_id, text)
        if isinstance(code, Wrong):
            row.add(column, code)
            return None
        return code


class _Row:
    """A row while it is checked."""

    __slots__ = (
        "cells", "digest", "heading", "number", "number_text", "other", "other_digest", "party",
        "problems", "scheme", "sheet", "without_value",
    )  # fmt: skip

    def __init__(self, sheet: str, heading: Heading, number: int, cells: Sequence[Cell]) -> None:
        self.sheet, self.heading, self.number, self.cells = sheet, heading, number, cells
        self.problems: list[Problem] = []
        self.without_value: set[str] = set()
        self.scheme = self.number_text = self.digest = self.other_digest = ""
        self.party: Known | None = None
        self.other: Known | None = None

    def note_cells_without_value(self) -> None:
        """An error, or a formula whose value was not saved, is no empty cell in any column."""
        if not any(isinstance(cell, str) and "#" in cell for cell in self.cells):
            return  # as nearly every row
        for column in self.heading.at:
            found = no_value(self.cell(column))
            if found is not None:
                self.add(column, found)
                self.without_value.add(column)

    def cell(self, column: str) -> Cell:
        at = self.heading.at.get(column)
        return None if at is None or at >= len(self.cells) else self.cells[at]

    def add(self, column: str, wrong: Wrong) -> None:
        if column in self.without_value:
            return  # what else is wrong with it comes of that
        value = shown(self.cell(column))
        if (
            column == "number"
        ):  # a slip away from somebody's number; the file of rejects has it whole
            value = mask_number(value)
        self.problems.append(
            Problem(self.sheet, self.number, self.heading.text(column), value, wrong)
        )

    def wrong(self, column: str, text: Label, mend: Label) -> None:
        self.add(column, Wrong(text, mend))

    def empty(self, column: str) -> None:
        self.wrong(column, Label("没有填", "it is empty"), Label("请填写", "fill it in"))

    def has_problem(self, column: str) -> bool:
        return any(one.column == self.heading.text(column) for one in self.problems)


def _mark(*said: Any) -> bytes:
    return hashlib.blake2b(repr(said).encode(), digest_size=12).digest()


def _looks_like_uscc(text: str) -> bool:
    return not isinstance(read_number(USCC, text), Label) or not text[:17].isdigit()


_SHORT = {
    # The residence permit of people of Hong Kong, Macao and Taiwan bears such a number: 81, 82, 83.
    RIC: (
        "身份证",
        "居民身份证",
        "居民身份证号码",
        "公民身份证",
        "身份证号",
        "社会保障号码",
        "港澳台居民居住证",
        "港澳居民居住证",
        "台湾居民居住证",
    ),
    "passport": ("护照", "passport"),
    "hk-macao": ("港澳通行证", "回乡证"),
    "taiwan": ("台胞证",),
    "permit": ("永久居留身份证", "永居证"),
}
_FIRST, _FINAL = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
_LATER = (Label("在今天之后", "after today"), Label("核对日期", "check the day"))
_NAME_MEND = Label("照证件填写姓名或名称", "enter the name as on the card or licence")
_TOO_LONG = (Label("太长", "too long"), Label("核对内容", "check what it says"))
_NOT_READ = (
    Label("这种记录没有这一项", "this kind of record has no such thing"),
    Label("留空", "leave it empty"),
)
_NOT_REGISTERED = (
    Label("没有登记过这个号码", "nobody is registered under this number"),
    Label(
        "先登记，或核对号码；填上姓名即可新增人员",
        "register first, or check the number; with a name given, a person is added",
    ),
)
_OWN_MEND = Label("填本单位的信用代码，或留空", "enter your own credit code, or leave it empty")
_OTHER_END = (
    Label("已有同样的记录，截止日期不同", "the same record stands already, with another last day"),
    Label("在该人的记录页上更正原记录", "correct that record on the person's own page"),
)
_END_ABOVE = (
    Label("前面有同样的一行，截止日期不同", "an earlier row says the same with another last day"),
    Label("两行留一行", "keep one of the two rows"),
)
