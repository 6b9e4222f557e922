"""The form of a programme: what was typed, what it comes to, and what is wrong, field by field.

Groups, documents and review steps are rows, which a button adds or takes away without script.
Names of fields are those of `programmes.fields.ProgrammeFields`; `last` is the last day of the
window, the day before `closes`; `other` is the host.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from craftpath.access.numbers import read_decimal
from craftpath.eligibility import FoundCode, rule_book
from craftpath.engine.rules import Label, Rule
from craftpath.engine.vocabulary import Step as Level
from craftpath.programmes.choices import Sort, Way
from craftpath.programmes.fields import (
    AskedDocument,
    GroupFields,
    ProgrammeFields,
    StepFields,
)
from craftpath.programmes.outcome_fields import BY_ROUTE, OutcomeFields
from craftpath.registry.models import Party
from craftpath.registry.queries import organisations_named
from craftpath.registry.vouching import may_come_of
from craftpath.web.life import the_pack
from craftpath.web.typed import read_code, read_day, read_number

__all__ = [
    "ROWS",
    "ProgrammeForm",
    "Row",
    "blank",
    "chapters",
    "code_name",
    "filled",
    "outcome_kinds",
    "read",
]

_DAY = dt.timedelta(days=1)
#: Stands where a day cannot be read, so that the rest can be looked at; never saved.
_SOME_DAY = dt.date(2000, 1, 1)
_FIELD_OF = {"last": "closes"}
#: What a row of each sort holds.
ROWS: dict[str, tuple[str, ...]] = {
    "groups": ("key", "zh", "en", "places", "region", "region_text"),
    "documents": ("id", "zh", "en", "required"),
    "steps": ("tier", "days", "working"),
}
#: More rows than anybody fills in by hand.
_MOST_ROWS = 60
_ROW = re.compile(r"(groups|documents|steps)-(\d{1,3})-([a-z_]+)")
_NEW_ROW: dict[str, dict[str, str]] = {
    "groups": {},
    "documents": {"required": "yes"},
    "steps": {"tier": "city", "working": "yes"},
}
Typed = Mapping[str, str]


@dataclass
class Row:
    """One row as typed. `choices`: codes that its region may mean."""

    at: int
    typed: dict[str, str]
    problems: dict[str, Label] = field(default_factory=dict)
    choices: tuple[FoundCode, ...] = ()

    @property
    def number(self) -> str:
        return str(self.at)


@dataclass
class ProgrammeForm:
    """`fields` is None before anything is read.

    unread  the fields of which something typed cannot be read; `fields` has a stand-in there
    """

    typed: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in ROWS})
    problems: dict[str, Label] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    choices: dict[str, tuple[FoundCode, ...]] = field(default_factory=dict)
    hosts: tuple[Party, ...] = ()
    levels: tuple[Level, ...] = ()
    unread: set[str] = field(default_factory=set)
    fields: ProgrammeFields | None = None

    def refuse(self, problems: Mapping[str, Label]) -> None:
        """Put each problem where it belongs: "groups.1.places" is of the second group."""
        self.problems.update(problems)
        for name, problem in problems.items():
            part, _, rest = name.partition(".")
            at, _, column = rest.partition(".")
            if part in self.rows and at.isdecimal() and int(at) < len(self.rows[part]):
                self.rows[part][int(at)].problems[column] = problem

    def quiet(self) -> None:
        """Somebody looks something up or changes the rows: nothing is wrong yet."""
        self.problems = {}
        for rows in self.rows.values():
            for row in rows:
                row.problems = {}

    def change_rows(self, add: str, remove: str) -> None:
        """`add` is a sort of row, `remove` one row: "groups-1"."""
        if add in self.rows and len(self.rows[add]) < _MOST_ROWS:
            self.rows[add].append(Row(len(self.rows[add]), dict(_NEW_ROW[add])))
        part, _, at = remove.partition("-")
        if part in self.rows and at.isdecimal() and len(at) < 4:
            kept = [row for row in self.rows[part] if row.at != int(at)]
            self.rows[part] = [
                Row(place, row.typed, row.problems, row.choices) for place, row in enumerate(kept)
            ]


def blank() -> ProgrammeForm:
    return ProgrammeForm(
        {
            "sort": "course",
            "about": "person",
            "way": "open",
            "spare_open": "yes",
            "waiting_list": "yes",
            "notice_days": "0",
        }
    )


def filled(fields: ProgrammeFields, host: Party | None) -> ProgrammeForm:
    """The form as it would have been typed for a programme."""
    pack = the_pack()
    rule = pack.rule(fields.rule) if fields.rule else None
    outcome = fields.outcome
    form = ProgrammeForm(
        {
            "slug": fields.slug,
            "template": fields.template,
            "name_zh": fields.name_zh,
            "name_en": fields.name_en,
            "summary_zh": fields.summary_zh,
            "summary_en": fields.summary_en,
            "sort": fields.sort,
            "about": fields.about,
            "rule": fields.rule,
            "rule_text": rule.label.zh if rule else fields.rule,
            "focus_list": fields.focus_list or (rule.about.focus if rule else None) or "",
            "focus_mode": "fixed" if fields.focus else "asked" if fields.focus_list else "",
            "focus": fields.focus,
            "opens": fields.opens.isoformat(),
            "last": (fields.closes - _DAY).isoformat(),
            "judged_on": "" if fields.judged_on is None else fields.judged_on.isoformat(),
            "region": fields.region,
            "region_text": code_name("region", fields.region),
            "other": "" if host is None else str(host.pk),
            "other_text": "" if host is None else host.name,
            "way": fields.way,
            "places": "" if fields.places is None else str(fields.places),
            "spare_open": "yes" if fields.spare_open else "",
            "waiting_list": "yes" if fields.waiting_list else "",
            "marked": "yes" if fields.marked else "",
            "pass_mark": "" if fields.pass_mark is None else f"{fields.pass_mark:f}",
            "full_mark": f"{fields.full_mark.normalize():f}",
            "notice_days": str(fields.notice_days),
            "notice_working": "yes" if fields.notice_working else "",
            **_outcome_typed(outcome),
        },
        hosts=() if host is None else (host,),
    )
    form.typed["focus_text"] = code_name(form.typed["focus_list"], fields.focus)
    form.rows["groups"] = [
        Row(
            at,
            {
                "key": one.key,
                "zh": one.zh,
                "en": one.en,
                "places": str(one.places),
                "region": one.region,
                "region_text": code_name("region", one.region),
            },
        )
        for at, one in enumerate(fields.groups)
    ]
    form.rows["documents"] = [
        Row(at, {"id": d.id, "zh": d.zh, "en": d.en, "required": "yes" if d.required else ""})
        for at, d in enumerate(fields.documents)
    ]
    form.rows["steps"] = [
        Row(
            at,
            {
                "tier": s.tier,
                "days": "" if s.days is None else str(s.days),
                "working": "yes" if s.working else "",
            },
        )
        for at, s in enumerate(fields.steps)
    ]
    form.levels = _levels(form.typed["outcome_kind"])
    return form


def _outcome_typed(outcome: OutcomeFields | None) -> dict[str, str]:
    if outcome is None:
        return {"outcome_kind": ""}
    kind = the_pack().vocabulary.kinds.get(outcome.kind)
    code = "" if outcome.subject in (None, "focus") else str(outcome.subject)
    number = isinstance(outcome.quantity, (int, float))
    return {
        "outcome_kind": outcome.kind,
        "outcome_subject": "focus" if outcome.subject == "focus" else "code" if code else "",
        "outcome_code": code,
        "outcome_code_text": code_name((kind.codes if kind else None) or "", code),
        "outcome_level": "" if outcome.level is None else str(outcome.level),
        "outcome_quantity": "number" if number else str(outcome.quantity or ""),
        "outcome_number": f"{outcome.quantity:g}" if number else "",
        "outcome_months": "" if outcome.months is None else str(outcome.months),
    }


def code_name(list_id: str, code: str) -> str:
    """The Chinese name of a code, to be typed for it; the code where namesakes share the name."""
    codes = the_pack().vocabulary.lists.get(list_id)
    if codes is None or code not in codes.codes:
        return ""
    found = codes.codes[code].label
    namesakes = sum(one.label.zh == found.zh for one in codes.codes.values())
    return found.zh if namesakes == 1 else code


# --- reading ---------------------------------------------------------------------------------


def read(post: Typed) -> ProgrammeForm:
    """Read what was typed. Everything typed is kept, also where it cannot be."""
    form = ProgrammeForm({k: v.strip() for k, v in post.items() if not _ROW.fullmatch(k)})
    form.rows = {name: _rows(post, name) for name in ROWS}
    rule = _rule(form)
    focus, focus_list = _focus(form, rule)
    region = _code(form, "region", "region")
    opens, last = _day(form, "opens", needed=True), _day(form, "last", needed=True)
    judged_on = _day(form, "judged_on")
    host = _host(form)
    places, notice = _whole(form, "places"), _whole(form, "notice_days")
    pass_mark, full_mark = _decimal(form, "pass_mark"), _decimal(form, "full_mark")
    groups, documents, steps = _groups(form), _documents(form), _steps(form)
    outcome = _outcome(form)
    typed = form.typed
    form.unread = {_FIELD_OF.get(name, name.partition(".")[0]) for name in form.problems}
    opens = _SOME_DAY if opens is None else opens
    last = opens if last is None else last
    form.fields = ProgrammeFields(
        sort=typed.get("sort", Sort.COURSE),
        about=typed.get("about", ""),
        name_zh=typed.get("name_zh", ""),
        name_en=typed.get("name_en", ""),
        region=region or "",
        opens=opens,
        closes=last + _DAY,
        way=typed.get("way", Way.OPEN),
        slug=typed.get("slug", ""),
        summary_zh=typed.get("summary_zh", ""),
        summary_en=typed.get("summary_en", ""),
        rule=rule.id if rule else "",
        focus=focus,
        focus_list=focus_list,
        host=host,
        judged_on=judged_on,
        places=places,
        spare_open=bool(typed.get("spare_open")),
        waiting_list=bool(typed.get("waiting_list")),
        documents=documents,
        marked=bool(typed.get("marked")),
        pass_mark=pass_mark,
        full_mark=Decimal(100) if full_mark is None else full_mark,
        notice_days=notice or 0,
        notice_working=bool(typed.get("notice_working")),
        outcome=outcome,
        groups=groups,
        steps=steps,
        template=typed.get("template", ""),
    )
    return form


def _rows(post: Typed, name: str) -> list[Row]:
    """The rows of one sort in their order, numbered anew; a hidden field tells of an empty row."""
    found: dict[int, dict[str, str]] = {}
    for key, value in post.items():
        match = _ROW.fullmatch(key)
        if match and match[1] == name:
            found.setdefault(int(match[2]), {})[match[3]] = value.strip()
    return [Row(at, found[old]) for at, old in enumerate(sorted(found)[:_MOST_ROWS])]


def _refuse(form: ProgrammeForm, name: str, problem: Label) -> None:
    form.refuse({name: problem})


def _day(form: ProgrammeForm, name: str, needed: bool = False) -> dt.date | None:
    said = read_day(form.typed.get(name, ""))
    if isinstance(said, Label):
        _refuse(form, name, said)
        return None
    if said is None and needed:
        _refuse(form, name, Label("请填写日期。", "Enter the day."))
    return said


_LEVEL = re.compile(r"-?[0-9]{1,4}")
_WHOLE = Label("请填写整数。", "Enter a whole number.")


def _whole_in(text: str) -> int | Label | None:
    said = read_number(text)
    if said is None or isinstance(said, Label):
        return said
    return int(said) if said == int(said) and said < 10**9 else _WHOLE


def _whole(form: ProgrammeForm, name: str) -> int | None:
    said = _whole_in(form.typed.get(name, ""))
    if isinstance(said, Label):
        _refuse(form, name, said)
        return None
    return said


def _decimal(form: ProgrammeForm, name: str) -> Decimal | None:
    text = form.typed.get(name, "")
    if not text:
        return None
    said = read_decimal(text)
    if said is None or abs(said) > 10**4 or said != round(said, 1):
        _refuse(form, name, Label("请填写最多一位小数的数。", "A number with one decimal at most."))
        return None
    return said


def _code(form: ProgrammeForm, name: str, list_id: str) -> str | None:
    said = read_code(
        the_pack(), list_id, form.typed.get(f"{name}_text", ""), form.typed.get(name, "")
    )
    form.choices[name] = said.choices
    if said.problem is not None:
        _refuse(form, name, said.problem)
    if said.code:
        form.typed[name] = said.code
    return said.code


def _rule(form: ProgrammeForm) -> Rule | None:
    """The rule ticked; else the one whose name or id was typed, or that alone holds the text."""
    text, chosen = form.typed.get("rule_text", ""), form.typed.get("rule", "")
    if not text:
        return None
    pack = the_pack()
    folded = text.casefold()
    exact = [r for r in pack.rules if text in (r.id, r.label.zh, r.label.en)]
    holding = [
        r
        for r in pack.rules
        if folded in r.id.casefold()
        or folded in r.label.zh.casefold()
        or folded in r.label.en.casefold()
    ]
    found = exact or holding
    ticked = [rule for rule in found if rule.id == chosen]
    form.rules = tuple(found)
    only = ticked or found
    if len(only) == 1:
        form.typed["rule"] = only[0].id
        return only[0]
    _refuse(
        form,
        "rule",
        Label("请在下面选一条规则。", "Choose one of the rules below.")
        if found
        else Label(
            f"规则手册里没有“{text[:20]}”，换个说法再找。",
            f"The rule book has no “{text[:20]}”; try other words.",
        ),
    )
    return None


def _focus(form: ProgrammeForm, rule: Rule | None) -> tuple[str, str]:
    """(the code that it is for, the list from which each applicant names one)"""
    mode = form.typed.get("focus_mode", "")
    list_id = (rule.about.focus if rule else None) or form.typed.get("focus_list", "")
    if list_id not in the_pack().vocabulary.lists:
        list_id = ""
    form.typed["focus_list"] = list_id
    if not mode:
        return "", ""
    if list_id not in the_pack().vocabulary.lists:
        _refuse(
            form,
            "focus",
            Label(
                "所选规则不分方向；没有规则时请先选代码表。",
                "The rule is decided without a code; where there is none, choose a list first.",
            ),
        )
        return "", ""
    if mode == "asked":
        return "", list_id
    code = _code(form, "focus", list_id)
    if code is None and "focus" not in form.problems:
        _refuse(form, "focus", Label("请写明是哪一个。", "Say which one."))
    return code or "", "" if rule and rule.about.focus else list_id


def _host(form: ProgrammeForm) -> int | None:
    text, chosen = form.typed.get("other_text", ""), form.typed.get("other", "")
    if not text:
        return None
    form.hosts = tuple(organisations_named(text))
    exact = [one for one in form.hosts if one.name == text]
    only = [one for one in form.hosts if str(one.pk) == chosen] or exact or list(form.hosts)
    if len(only) == 1:
        form.typed["other"] = str(only[0].pk)
        return only[0].pk
    _refuse(
        form,
        "host",
        Label("请在下面选一个单位。", "Choose one of the organisations below.")
        if form.hosts
        else Label("没有找到这个单位。", "No such organisation was found."),
    )
    return None


def _groups(form: ProgrammeForm) -> tuple[GroupFields, ...]:
    found = []
    for row in form.rows["groups"]:
        places = _whole_in(row.typed.get("places", ""))
        if not isinstance(places, int):
            wrong = places or Label("请填写名额数。", "Enter how many places.")
            _refuse(form, f"groups.{row.at}.places", wrong)
            places = 0
        said = read_code(
            the_pack(), "region", row.typed.get("region_text", ""), row.typed.get("region", "")
        )
        row.choices = said.choices
        if said.problem is not None:
            _refuse(form, f"groups.{row.at}.region", said.problem)
        row.typed["region"] = said.code or ""
        found.append(
            GroupFields(
                row.typed.get("key", ""),
                row.typed.get("zh", ""),
                row.typed.get("en", ""),
                places,
                said.code or "",
            )
        )
    keys = _keyed([one.key for one in found], "group")
    for row, key in zip(form.rows["groups"], keys, strict=True):
        row.typed["key"] = key
    return tuple(
        GroupFields(key, one.zh, one.en, one.places, one.region)
        for key, one in zip(keys, found, strict=True)
    )


def _documents(form: ProgrammeForm) -> tuple[AskedDocument, ...]:
    rows = form.rows["documents"]
    keys = _keyed([row.typed.get("id", "") for row in rows], "document")
    for row, key in zip(rows, keys, strict=True):
        row.typed["id"] = key
    return tuple(
        AskedDocument(
            key,
            row.typed.get("zh", ""),
            row.typed.get("en", ""),
            bool(row.typed.get("required")),
        )
        for key, row in zip(keys, rows, strict=True)
    )


def _keyed(keys: Iterable[str], word: str) -> list[str]:
    """Those that have no key yet get one that no other has: nobody has to think of it."""
    found = list(keys)
    taken = set(found)
    for at, key in enumerate(found):
        if not key:
            number = next(n for n in range(1, 1000) if f"{word}-{n}" not in taken)
            found[at] = f"{word}-{number}"
            taken.add(found[at])
    return found


def _steps(form: ProgrammeForm) -> tuple[StepFields, ...]:
    found = []
    for row in form.rows["steps"]:
        days = _whole_in(row.typed.get("days", ""))
        if isinstance(days, Label):
            _refuse(form, f"steps.{row.at}.days", days)
            days = None
        found.append(StepFields(row.typed.get("tier", ""), days, bool(row.typed.get("working"))))
    return tuple(found)


def _outcome(form: ProgrammeForm) -> OutcomeFields | None:
    typed = form.typed
    kind_id = typed.get("outcome_kind", "")
    form.levels = _levels(kind_id)
    if not kind_id:
        return None
    kind = the_pack().vocabulary.kinds.get(kind_id)
    subject: str | None = None
    mode = typed.get("outcome_subject", "")
    if mode == "focus":
        subject = "focus"
    elif mode == "code" and kind is not None and kind.codes:
        subject = _code(form, "outcome_code", kind.codes)
        if "outcome_code" in form.problems:
            _refuse(form, "outcome.subject", form.problems.pop("outcome_code"))
        elif subject is None:
            _refuse(form, "outcome.subject", Label("请写明是哪一个。", "Say which one."))
    level = typed.get("outcome_level", "")
    quantity: float | str | None = typed.get("outcome_quantity", "") or None
    if quantity == "number":
        said = read_number(typed.get("outcome_number", ""))
        if isinstance(said, Label) or said is None:
            wrong = said or Label("请填写数量。", "Enter the quantity.")
            _refuse(form, "outcome.quantity", wrong)
            said = None
        quantity = said
    months = _whole_in(typed.get("outcome_months", ""))
    if isinstance(months, Label):
        _refuse(form, "outcome.months", months)
        months = None
    return OutcomeFields(
        kind_id,
        subject,
        int(level) if _LEVEL.fullmatch(level) else BY_ROUTE if level == BY_ROUTE else None,
        quantity,
        months,
    )


def _levels(kind_id: str) -> tuple[Level, ...]:
    words = the_pack().vocabulary
    kind = words.kinds.get(kind_id)
    return () if kind is None or kind.scale is None else words.scales[kind.scale].steps


def chapters() -> list[tuple[Label, list[tuple[str, Label]]]]:
    """The rule book's chapters with their rules, to choose from."""
    return [
        (chapter.label, [(rule.id, rule.label) for rule in chapter.rules])
        for chapter in rule_book(the_pack()).chapters
    ]


def outcome_kinds() -> list[tuple[str, Label]]:
    """The kinds of record that a programme may give, in the pack's order."""
    kinds: Mapping[str, Any] = the_pack().vocabulary.kinds
    return [(id, kind.label) for id, kind in kinds.items() if may_come_of(id, hosted=False)]
