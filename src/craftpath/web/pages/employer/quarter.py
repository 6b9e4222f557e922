"""Who becomes eligible for what in a quarter: on a page, and as a file."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

import xlsxwriter
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render

from craftpath.access.clock import today
from craftpath.access.roles import Actor
from craftpath.access.words import language, say, told
from craftpath.eligibility import Interval
from craftpath.engine.rules import Label, Rule
from craftpath.registry.kinds import site_pack
from craftpath.registry.outlook import lives_of, quarter
from craftpath.registry.staff import colleagues
from craftpath.web.page import Asked, page

__all__ = ["Coming", "coming", "download", "quarter_page"]

_ON_A_PAGE = 50


@dataclass(frozen=True)
class Coming:
    """Somebody who becomes eligible: for which rule and focus, from which day, until when."""

    party: int
    name: str
    rule: Rule
    focus: str | None
    focus_label: Label | None
    since: dt.date
    until: dt.date | None
    amount: float | None


@page("view.staff")
def quarter_page(request: HttpRequest) -> HttpResponseBase:
    between, found = _asked(request)
    rules = Counter(one.rule.id for one in found)
    rule = request.GET.get("rule", "")
    if rule:
        found = [one for one in found if one.rule.id == rule]
    by = "person" if request.GET.get("by") == "person" else "rule"
    order = _BY[by]
    found.sort(key=order)
    return render(
        request,
        "employer/quarter.html",
        {
            "between": between,
            "found": Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page")),
            "people": len({one.party for one in found}),
            "by": by,
            "which": _which(request),
            "rule": rule,
            "rules": [(one, rules[one.id]) for one in site_pack().rules if rules[one.id]],
        },
    )


@page("view.staff")
def download(request: HttpRequest) -> HttpResponseBase:
    """The whole list as .xlsx; every cell is text or a number, and nothing in it runs."""
    between, found = _asked(request)
    first = between.start or today()
    name = f"quarter-{first.year}-{(first.month + 2) // 3}.xlsx"
    return FileResponse(io.BytesIO(_file(found)), as_attachment=True, filename=name)


def coming(actor: Actor, between: Interval, day: dt.date) -> list[Coming]:
    """Who of the actor's people becomes eligible in an interval, by what is known on a day."""
    pack = site_pack()
    names = {one.party: one for one in colleagues(actor, day)}
    rules = {rule.id: rule for rule in pack.rules}
    rows = lives_of(actor, day).becoming(between, day)
    lang = language()
    return [
        Coming(
            row.party,
            (names[row.party].name_en or names[row.party].name)
            if lang == "en"
            else names[row.party].name,
            rules[row.rule],
            row.focus,
            _focus(rules[row.rule], row.focus),
            row.from_,
            row.until,
            row.amount,
        )
        for row in rows
        if row.party in names and row.from_ is not None
    ]


def _focus(rule: Rule, focus: str | None) -> Label | None:
    if focus is None or rule.about.focus is None:
        return None
    code = site_pack().vocabulary.lists[rule.about.focus].codes.get(focus)
    return None if code is None else code.label


def _by_rule(one: Coming) -> tuple[Any, ...]:
    return (_place(one.rule), one.since, one.name, one.party)


def _by_person(one: Coming) -> tuple[Any, ...]:
    return (one.name, one.party, one.since, _place(one.rule))


def _place(rule: Rule) -> int:
    return next(at for at, one in enumerate(site_pack().rules) if one.id == rule.id)


_BY = {"rule": _by_rule, "person": _by_person}


def _which(request: HttpRequest) -> str:
    return "next" if request.GET.get("which") == "next" else "this"


def _asked(request: HttpRequest) -> tuple[Interval, list[Coming]]:
    actor, day = cast(Asked, request).actor, today()
    between = quarter(day, 1 if _which(request) == "next" else 0)
    return between, coming(actor, between, day)


def _file(found: list[Coming]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(say("本季将符合", "Becoming eligible"))
    heads = (
        say("编号", "number"),
        say("姓名", "name"),
        say("事项", "for what"),
        say("职业", "occupation"),
        say("自", "from"),
        say("至（含当日）", "last day"),
    )
    for at, text in enumerate(heads):
        sheet.write_string(0, at, text, bold)
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 3, 36)
    sheet.set_column(4, 5, 14)
    sheet.freeze_panes(1, 0)
    for row, one in enumerate(sorted(found, key=_by_rule), 1):
        sheet.write_number(row, 0, one.party)
        sheet.write_string(row, 1, one.name)
        sheet.write_string(row, 2, told(one.rule.label))
        sheet.write_string(row, 3, told(one.focus_label) if one.focus_label else "")
        sheet.write_datetime(row, 4, dt.datetime.combine(one.since, dt.time()), day)
        if one.until is not None:
            last = one.until - dt.timedelta(days=1)
            sheet.write_datetime(row, 5, dt.datetime.combine(last, dt.time()), day)
    book.close()
    return out.getvalue()
