"""A small life as somebody types it on the page: its fields, read into facts, with what is wrong.

Nothing here is stored; a mistake is told at its own field, and all that was typed stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from craftpath.eligibility import Fact, FormFields, FoundCode, check_fact, form_fields
from craftpath.engine.rules import Label
from craftpath.pack.nouns import Pack
from craftpath.web.typed import read_code, read_day

__all__ = ["EXAMPLES", "MOST_ROWS", "SECTIONS", "Field", "Row", "SmallLife", "read_life"]

PARTY = 1
MOST_ROWS = 12
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Section:
    """Rows of one kind of record. `columns`: the fields of a row in their order."""

    key: str
    kind: str
    label: Label
    columns: tuple[str, ...]
    start: Label
    one: Label


SECTIONS = (
    Section(
        "job",
        "employment",
        Label("做过的工作", "Jobs"),
        ("subject", "start", "end"),
        Label("从哪天起", "First day"),
        Label("工作", "job"),
    ),
    Section(
        "certificate",
        "certificate",
        Label("技能等级证书", "Skill certificates"),
        ("subject", "level", "start"),
        Label("发证日期", "Day of issue"),
        Label("证书", "certificate"),
    ),
    Section(
        "study",
        "diploma",
        Label("学历", "Education"),
        ("level", "subject", "start"),
        Label("毕业日期", "Day of graduation"),
        Label("学历", "diploma"),
    ),
)


@dataclass
class Field:
    """One field of the form. `sort`: day, code, menu."""

    name: str
    sort: str
    label: Label
    typed: str = ""
    text: str = ""
    problem: Label | None = None
    help: Label | None = None
    list_id: str = ""
    choices: tuple[FoundCode, ...] = ()
    menu: tuple[tuple[str, Label], ...] = ()
    needed: bool = False

    @property
    def asks_which(self) -> bool:
        """Whether the suggestions are shown: something has to be chosen, or was among several."""
        if self.problem is not None:
            return True
        chosen = [one for one in self.choices if one.code == self.typed]
        return bool(chosen) and self.text not in (chosen[0].label.zh, chosen[0].label.en)


@dataclass
class Row:
    section: Section
    number: int
    fields: list[Field]

    @property
    def label(self) -> Label:
        """What a row is called: 工作 2."""
        n = self.number + 1
        return Label(f"{self.section.one.zh} {n}", f"{self.section.one.en} {n}")


@dataclass
class SmallLife:
    """The form with what was typed, and the facts that it came to.

    facts   empty while a field is wrong
    """

    single: dict[str, Field]
    rows: dict[str, list[Row]]
    facts: list[Fact] = field(default_factory=list)
    as_of: dt.date | None = None

    def fields(self) -> Iterator[tuple[Label, Field]]:
        """Every field with what it is called in full: “工作 2，从哪天起”."""
        for one in self.single.values():
            yield one.label, one
        for row in (row for rows in self.rows.values() for row in rows):
            for one in row.fields:
                zh, en = (
                    f"{row.label.zh}，{one.label.zh}",
                    f"{row.label.en}, {one.label.en.lower()}",
                )
                yield Label(zh, en), one

    @property
    def problems(self) -> list[tuple[str, Label, Label]]:
        """(the field's id, what it is called, what is wrong) in the order of the page."""
        return [
            (one.name, label, one.problem)
            for label, one in self.fields()
            if one.problem is not None
        ]


# --- reading -------------------------------------------------------------------------------


def read_life(pack: Pack, typed: Mapping[str, str], today: dt.date) -> SmallLife:
    """What was typed, read. A row of which nothing was filled in is no row."""
    reader = _Reader(pack, typed, today)
    return reader.life()


class _Reader:
    def __init__(self, pack: Pack, typed: Mapping[str, str], today: dt.date) -> None:
        self.pack, self.typed, self.today = pack, typed, today

    def life(self) -> SmallLife:
        single = self.single()
        rows = {section.key: self.rows(section) for section in SECTIONS}
        life = SmallLife(single, rows, as_of=self.today)
        born = self.day(single["born"])
        asked = self.day(single["day"])
        if born is None and not single["born"].problem:
            single["born"].problem = Label("请填写出生日期。", "Enter the date of birth.")
        if born is not None and born > self.today:
            single["born"].problem = Label("出生日期在今天之后。", "It is after today.")
        life.as_of = asked or self.today
        facts = self.facts(life, born)
        if not life.problems:
            life.facts = facts
        return life

    def facts(self, life: SmallLife, born: dt.date | None) -> list[Fact]:
        read = [self.row(row, born) for rows in life.rows.values() for row in rows]
        facts = [fact for fact in read if fact is not None]
        if born is not None:
            facts = [Fact(PARTY, "birth", born), *facts, *self.beside(life, born, facts)]
        return facts

    def beside(self, life: SmallLife, born: dt.date, rows: list[Fact]) -> list[Fact]:
        """Sex, place, insurance and union: one field each."""
        single, found = life.single, []
        if single["sex"].typed:
            found.append(Fact(PARTY, "sex", born, subject=single["sex"].typed))
        place = self.code(single["place"])
        works = [f.start for f in rows if f.kind == "employment" and f.end is None]
        if place is not None:
            since = min(works, default=self.today)
            found.append(Fact(PARTY, "workplace", since, subject=place))
        insured = self.day(single["insured"])
        if insured is not None:
            self.not_before(single["insured"], insured, born)
            kinds = ("social-insurance", "insurance")
            found += [Fact(PARTY, kind, insured, subject=place) for kind in kinds]
        union = self.day(single["union"])
        if union is not None:
            self.not_before(single["union"], union, born)
            found.append(Fact(PARTY, "union-member", union))
        return found

    def not_before(self, where: Field, day: dt.date, born: dt.date) -> None:
        if day < born:
            where.problem = Label("早于出生日期。", "It is before the date of birth.")

    def row(self, row: Row, born: dt.date | None) -> Fact | None:
        """The fact of a row; None where nothing was filled in, or something is wrong."""
        fields = dict(zip(row.section.columns, row.fields, strict=True))
        if not any(f.typed or f.text for f in row.fields):
            return None
        subject = self.code(fields["subject"])
        start = self.day(fields["start"])
        last = self.day(fields["end"]) if "end" in fields else None
        level = fields["level"].typed if "level" in fields else ""
        if "level" in fields and level and level not in dict(fields["level"].menu):
            fields["level"].problem = Label("请从列表中选一级。", "Choose a level of the list.")
        if start is None:
            if not fields["start"].problem:
                fields["start"].problem = Label("请填写日期。", "Enter the day.")
            return None
        if last is not None and last < start:
            fields["end"].problem = Label("最后一天早于第一天。", "It is before the first day.")
        if row.section.key != "study" and subject is None and not fields["subject"].problem:
            fields["subject"].problem = Label("请填写职业。", "Enter the occupation.")
        if any(f.problem for f in row.fields):
            return None
        fact = Fact(
            PARTY,
            row.section.kind,
            start,
            end=None if last is None else last + _DAY,
            subject=subject,
            level=int(level) if level else None,
        )
        for problem in check_fact(self.pack, fact, born, self.today):
            if problem.blocking:
                said = Label(
                    f"{problem.text.zh}：{problem.mend.zh}", f"{problem.text.en}: {problem.mend.en}"
                )
                fields.get(problem.field, fields["start"]).problem = said
        return fact

    def day(self, where: Field) -> dt.date | None:
        read = read_day(where.typed)
        if isinstance(read, Label):
            where.problem = read
            return None
        return read

    def code(self, where: Field) -> str | None:
        read = read_code(self.pack, where.list_id, where.text, where.typed)
        where.choices, where.problem = read.choices, read.problem
        where.typed = read.code or ""
        return read.code

    # --- the fields ---

    def single(self) -> dict[str, Field]:
        sexes = self.pack.vocabulary.lists["sex"].codes.values()
        fields = [
            Field("born", "day", Label("出生日期", "Date of birth"), needed=True),
            Field(
                "sex",
                "menu",
                Label("性别（可不填）", "Sex (may be left out)"),
                menu=tuple((code.code, code.label) for code in sexes),
            ),
            Field(
                "place",
                "code",
                Label("现在在哪里工作", "Where you work now"),
                list_id="region",
                help=Label(
                    "市、区或镇，如“东莞”。", "A city, district or town, such as “Dongguan”."
                ),
            ),
            Field(
                "insured",
                "day",
                Label("社会保险（含失业保险）从哪天起", "Insured (unemployment too) since"),
            ),
            Field("union", "day", Label("工会会员从哪天起", "Union member since")),
            Field(
                "day",
                "day",
                Label("问哪一天", "Which day to ask for"),
                help=Label("不填就是今天。", "Today where it is left empty."),
            ),
        ]
        for one in fields:
            one.typed = self.typed.get(one.name, "").strip()
            one.text = self.typed.get(f"{one.name}_text", "").strip()
        return {one.name: one for one in fields}

    def rows(self, section: Section) -> list[Row]:
        many = self.typed.get(f"{section.key}-rows", "1")
        count = min(int(many) if many.isdecimal() and len(many) < 4 else 1, MOST_ROWS)
        asked = form_fields(self.pack, section.kind)
        return [
            Row(section, n, [self.field(section, n, name, asked) for name in section.columns])
            for n in range(count)
        ]

    def field(self, section: Section, number: int, column: str, asked: FormFields) -> Field:
        name = f"{section.key}-{number}-{column}"
        typed = self.typed.get(name, "").strip()
        match column:
            case "subject":
                label = asked.codes_label or Label("名称", "Name")
                return Field(
                    name,
                    "code",
                    label,
                    typed,
                    text=self.typed.get(f"{name}_text", "").strip(),
                    list_id=asked.codes or "",
                )
            case "level":
                menu = tuple((str(step.rank), step.label) for step in asked.levels)
                return Field(name, "menu", Label("等级", "Level"), typed, menu=menu)
            case "end":
                return Field(
                    name,
                    "day",
                    Label("到哪天止", "Last day"),
                    typed,
                    help=Label("还在做就留空。", "Leave it empty if it goes on."),
                )
        return Field(name, "day", section.start, typed)


#: Lives to begin with. Nobody among them exists.
EXAMPLES: dict[str, tuple[Label, dict[str, str]]] = {
    "welder": (
        Label("焊工，33 岁，刚考到三级", "A welder of 33 with a new level 3"),
        {
            "born": "1992-05-20",
            "sex": "female",
            "place_text": "长安镇",
            "insured": "2016-03-01",
            "job-rows": "1",
            "job-0-subject_text": "焊工",
            "job-0-start": "2016-03-01",
            "certificate-rows": "2",
            "certificate-0-subject_text": "焊工",
            "certificate-0-level": "3",
            "certificate-0-start": "2020-06-15",
            "certificate-1-subject_text": "焊工",
            "certificate-1-level": "4",
            "certificate-1-start": "2025-03-10",
        },
    ),
    "electrician": (
        Label(
            "电工，23 岁，工作两年，没有证书",
            "An electrician of 23, two years at work, no certificate",
        ),
        {
            "born": "2002-09-01",
            "sex": "male",
            "place_text": "广州市",
            "insured": "2023-07-10",
            "union": "2023-09-01",
            "job-0-subject_text": "电工",
            "job-0-start": "2023-07-10",
        },
    ),
    "carer": (
        Label(
            "养老护理员，46 岁，中间停过两年",
            "An elderly-care worker of 46 who paused for two years",
        ),
        {
            "born": "1979-02-28",
            "sex": "female",
            "place_text": "深圳市",
            "insured": "2019-03-01",
            "job-rows": "2",
            "job-0-subject_text": "养老护理员",
            "job-0-start": "2012-05-01",
            "job-0-end": "2016-12-31",
            "job-1-subject_text": "养老护理员",
            "job-1-start": "2019-03-01",
            "certificate-0-subject_text": "养老护理员",
            "certificate-0-level": "2",
            "certificate-0-start": "2014-10-20",
        },
    ),
}
