"""The few words that every template knows.

{% say "我的路径" "My path" %}      one text in the language asked
{{ label|told }}                    a Label in the language asked
{{ day|day }}                       2025年8月27日 / 27 August 2025
{{ entry.at|moment }}               2025年8月27日 09:05
{{ until|last_day }}                the last day of a stretch that ends, exclusively, on `until`
{{ party|named }}                   its name, in English where it has one
{{ session|hours }}                 09:00–11:00
{{ mark.value|mark }}               72.5, 80, 缺考
{{ name|masked }}                   王*明
{{ code|code:"occupation" }}        电工 6-31-01-03 by the pack's code list
{{ 12345|number }}  {{ 1500|yuan }} 12,345   1,500 元 / 1,500 yuan
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.utils.timezone import localtime

from craftpath.access.clock import day_of
from craftpath.access.masking import mask_name
from craftpath.access.roles import ROLES, Role
from craftpath.access.words import language, told
from craftpath.access.words import say as in_language
from craftpath.assessment.models import Session
from craftpath.assessment.times import span
from craftpath.eligibility.kept import pack_of
from craftpath.engine.rules import Label
from craftpath.pack.programmes import Term
from craftpath.pack.words import say_day
from craftpath.programmes.deadlines import RECKONED, is_reckoned
from craftpath.programmes.models import Application, Programme
from craftpath.programmes.offers import places_left
from craftpath.programmes.standings import standing_of
from craftpath.registry.models import Party
from craftpath.web.deeds import entry_label

register = template.Library()


@register.simple_tag
def say(zh: str, en: str) -> str:
    return in_language(zh, en)


@register.filter(name="told")
def _told(label: Label | None) -> str:
    return "" if label is None else told(label)


@register.filter
def day(value: dt.date | str | None) -> str:
    if not value:
        return ""
    if isinstance(value, str):  # of a receipt, or of anything else kept as JSON
        value = dt.date.fromisoformat(value)
    if isinstance(value, dt.datetime):
        value = day_of(value)
    return say_day(value, language())


@register.filter
def term(days: int, working: bool) -> str:
    """A number of days that somebody has: `5|term:True` is "5 working days"."""
    return told(Term(days, working).label)


@register.filter
def left(programme: Programme) -> int | None:
    return places_left(programme)


@register.filter
def full(programme: Programme) -> bool:
    """Whether nobody can apply any more, although its window is open."""
    return places_left(programme) == 0 and not programme.waiting_list


@register.filter
def due_day(application: Application) -> str:
    """By when it is due, and that the day was reckoned where it was."""
    if application.due is None:
        return ""
    return day(application.due) + (told(RECKONED) if is_reckoned(application) else "")


@register.filter
def moment(value: dt.datetime | None) -> str:
    """2025年8月27日 09:05, by the site's clock."""
    return "" if value is None else f"{day(value)} {localtime(value):%H:%M}"


@register.filter
def doer(actor: str) -> str:
    """Who an audit entry says acted, with the duty's name in the language asked."""
    name, _, role = actor.removesuffix(")").rpartition(" (")
    return f"{name}（{told(ROLES[Role(role)])}）" if name and role in set(Role) else actor


@register.filter
def done(action: str) -> str:
    """An audit entry's action in words."""
    return told(entry_label(action))


@register.filter
def last_day(until: dt.date | None) -> str:
    return "" if until is None else day(until - dt.timedelta(days=1))


@register.filter
def hours(session: Session) -> str:
    """From when to when a session is held."""
    first, last = span(session.day, session.starts, session.minutes)
    return f"{first:%H:%M}–{last:%H:%M}"


@register.filter
def mark(value: Decimal | None) -> str:
    """A mark as it is written by hand, 80 and 59.9; None is "absent"."""
    return in_language("缺考", "absent") if value is None else f"{value.normalize():f}"


@register.filter
def named(party: Party | None) -> str:
    """A party's name in the language asked, where it has one there."""
    return "" if party is None else party.shown(language())


@register.filter
def masked(name: str) -> str:
    return mask_name(name)


@register.filter
def code(value: str | None, list_id: str) -> str:
    if not value:
        return ""
    codes = pack_of(settings.CRAFTPATH_PACK).vocabulary.lists[list_id].codes
    found = codes.get(value)
    return value if found is None else told(found.label) or found.label.zh


@register.filter
def number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


@register.filter
def yuan(value: float | None) -> str:
    return "" if value is None else in_language(f"{number(value)} 元", f"{number(value)} yuan")


@register.filter
def labelled(value: str, choices: dict[str, Label]) -> str:
    """A word of one of the closed lists: {{ application.state|labelled:STATES }}"""
    found = choices.get(value)
    return value if found is None else told(found)


@register.filter
def percent(fraction: float) -> int:
    """0…1 as a whole number of hundredths, never rounded up to a full bar."""
    return int(fraction * 100)


_TONES = {"qualifies": "good", "later": "wait", "unknown": "accent", "never": ""}


@register.filter
def tone(verdict: str) -> str:
    """The colour of a verdict's chip; the chip says the verdict in words too."""
    return _TONES.get(verdict, "")


_STATE_TONES = {
    "submitted": "accent",
    "returned": "wait",
    "approved": "good",
    "done": "good",
    "refused": "bad",
}


@register.filter
def state_tone(state: str) -> str:
    """The colour of the chip of an application's state."""
    return _STATE_TONES.get(state, "")


@register.filter
def standing(application: Application) -> str:
    """What its state means to who applied."""
    return told(_standing(application)[0])


@register.filter
def standing_tone(application: Application) -> str:
    return _standing(application)[1]


def _standing(one: Application) -> tuple[Label, str]:
    return standing_of(one.state, one.place, one.programme.way, state_tone(one.state))


@register.filter
def alone(value: Any) -> tuple[Any, ...]:
    """One thing as a list of one, for a part that takes several."""
    return (value,)


@register.filter
def at(values: Any, key: Any) -> Any:
    """values[key], or None."""
    try:
        return values[key]
    except (KeyError, IndexError, TypeError):
        return None


@register.filter
def either(values: Any, names: str) -> Any:
    """The first of some names that is there: {{ problems|either:"last,closes" }}"""
    return next((values[name] for name in names.split(",") if name in values), None)
