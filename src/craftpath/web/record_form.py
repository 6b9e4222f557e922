"""The form of one record, drawn from the pack: which fields there are is the kind's to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from craftpath.eligibility import FormFields, FoundCode
from craftpath.engine.rules import Label
from craftpath.pack.nouns import Pack
from craftpath.registry.actions.records import Entered
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import organisations_named
from craftpath.web.typed import read_code, read_day, read_number

__all__ = ["MENU", "RecordForm", "filled", "read_form"]

#: A code list of at most so many codes is a menu; a longer one is searched.
MENU = 40
_DAY = dt.timedelta(days=1)
Typed = Mapping[str, str]


@dataclass
class RecordForm:
    """What was typed, what it came to, and what is wrong, field by field."""

    fields: FormFields
    typed: dict[str, str] = field(default_factory=dict)
    problems: dict[str, Label] = field(default_factory=dict)
    choices: tuple[FoundCode, ...] = ()
    others: tuple[Party, ...] = ()
    entered: Entered | None = None

    @property
    def is_menu(self) -> bool:
        return 0 < self.fields.choices <= MENU


def filled(pack: Pack, fields: FormFields, record: Record) -> RecordForm:
    """The form as it would have been typed for a record."""
    typed = {
        "subject": record.subject or "",
        "level": "" if record.level is None else str(record.level),
        "start": record.start.isoformat(),
        "end": "" if record.end is None else (record.end - _DAY).isoformat(),
        "quantity": "" if record.quantity is None else f"{record.quantity:g}",
        "other": "" if record.other_id is None else str(record.other_id),
        "other_text": record.other.name if record.other else "",
    }
    form = RecordForm(fields, typed)
    if fields.codes and record.subject and not form.is_menu:
        codes = pack.vocabulary.lists[fields.codes].codes
        typed["subject_text"] = codes[record.subject].label.zh if record.subject in codes else ""
        form.choices = read_code(pack, fields.codes, typed["subject_text"], record.subject).choices
    form.others = (record.other,) if record.other else ()
    return form


def read_form(pack: Pack, fields: FormFields, typed: Typed) -> RecordForm:
    """Read what was typed. `entered` is None where something is wrong."""
    form = RecordForm(fields, {name: value.strip() for name, value in typed.items()})
    start = _day(form, "start")
    if start is None and "start" not in form.problems:
        form.problems["start"] = Label("请填写日期。", "Enter the day.")
    last = _day(form, "end") if fields.has_end else None
    if start is not None and last is not None and last < start:
        form.problems["end"] = Label("最后一天早于第一天。", "It is before the first day.")
    subject, level = _subject(pack, form), _level(form)
    quantity, other = _quantity(form), _other(form)
    if start is not None and not form.problems:
        end = None if last is None else last + _DAY
        form.entered = Entered(fields.kind, start, subject, level, end, quantity, other)
    return form


def _day(form: RecordForm, name: str) -> dt.date | None:
    read = read_day(form.typed.get(name, ""))
    if isinstance(read, Label):
        form.problems[name] = read
        return None
    return read


def _subject(pack: Pack, form: RecordForm) -> str | None:
    if form.fields.codes is None:
        return None
    text, chosen = form.typed.get("subject_text", ""), form.typed.get("subject", "")
    read = read_code(pack, form.fields.codes, text, chosen)
    form.choices = read.choices
    if read.problem is not None:
        form.problems["subject"] = read.problem
    if read.code:
        form.typed["subject"] = read.code
    return read.code


def _level(form: RecordForm) -> int | None:
    text = form.typed.get("level", "")
    known = {str(step.rank): step.rank for step in form.fields.levels}
    if text and text not in known:
        form.problems["level"] = Label("请从列表中选一级。", "Choose a level of the list.")
    return known.get(text)


def _quantity(form: RecordForm) -> float | None:
    if form.fields.unit is None:
        return None
    read = read_number(form.typed.get("quantity", ""))
    if isinstance(read, Label):
        form.problems["quantity"] = read
        return None
    return read


def _other(form: RecordForm) -> int | None:
    """The organisation ticked; where none is and the name fits one alone, that one."""
    if form.fields.other is None:
        return None
    text, chosen = form.typed.get("other_text", ""), form.typed.get("other", "")
    form.others = tuple(organisations_named(text)) if text else ()
    if not text:
        return None
    ticked = next((one for one in form.others if str(one.pk) == chosen), None)
    exact = [one for one in form.others if one.name == text]
    only = ticked or (exact[0] if len(exact) == 1 else None)
    if only is None and len(form.others) == 1:
        only = form.others[0]
    if only is not None:
        form.typed["other"] = str(only.pk)
        return only.pk
    form.problems["other"] = (
        Label("请在下面选一个单位。", "Choose one of the organisations below.")
        if form.others
        else Label(
            "没有找到这个单位；写全称再找，或先留空。",
            "No such organisation; try its full name, or leave it empty for now.",
        )
    )
    return None
