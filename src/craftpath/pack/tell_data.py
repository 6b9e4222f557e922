"""An explanation as plain data: what `craftpath explain --json` prints.

Decisions carry the columns of a decisions file by the same names. Days are YYYY-MM-DD; a stretch
is [first day, first day after it], null where it has no such end. `holds` is true, false or null
for "may hold".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from craftpath.engine.days import DaySet, as_date
from craftpath.engine.explain import ConditionReason, Explanation, Reason, VersionReason
from craftpath.engine.receipt import Receipt
from craftpath.engine.rules import Label
from craftpath.pack.nouns import Pack
from craftpath.pack.words import say_test

__all__ = ["told_data"]


def told_data(found: Explanation, pack: Pack, receipt: Receipt) -> dict[str, Any]:
    used = {v.version.source for r in found.reasons for v in r.versions}
    used |= {
        x.route.source
        for r in found.reasons
        for v in r.versions
        for x in v.routes
        if x.route.source
    }
    return {
        "party": found.party,
        "as_of": found.as_of.isoformat(),
        "known_on": found.known_on.isoformat(),
        "receipt": asdict(receipt),
        "decisions": [_decision(reason, pack) for reason in found.reasons],
        "sources": {key: _source(pack, key) for key in pack.sources if key in used},
    }


def _decision(reason: Reason, pack: Pack) -> dict[str, Any]:
    return {
        "rule": reason.rule.id,
        "label": _label(reason.rule.label),
        "focus": reason.focus,
        "focus_label": _focus(reason, pack),
        "verdict": reason.verdict,
        "route": reason.route,
        "from": _iso(reason.start),
        "until": _iso(reason.end),
        "amount": reason.amount,
        "missing": list(reason.missing),
        "versions": [_version(version, reason, pack) for version in reason.versions],
    }


def _version(found: VersionReason, reason: Reason, pack: Pack) -> dict[str, Any]:
    version = found.version
    return {
        "from": _iso(version.in_force.start),
        "until": _iso(version.in_force.end),
        "source": version.source,
        "note": _label(version.note),
        "conditions": [_condition(c, reason, pack) for c in found.conditions],
        "routes": [
            {
                "id": route.route.id,
                "clause": route.route.clause,
                "label": _label(route.route.label),
                "source": route.route.source or version.source,
                "amount_unit": amount.unit
                if (amount := route.route.amount or version.amount) is not None
                else None,
                "conditions": [_condition(c, reason, pack) for c in route.conditions],
            }
            for route in found.routes
        ],
    }


def _condition(found: ConditionReason, reason: Reason, pack: Pack) -> dict[str, Any]:
    condition, party = found.condition, reason.rule.about.party
    return {
        "id": condition.id,
        "clause": condition.clause,
        "label": _label(condition.label),
        "text": {
            lang: say_test(condition.test, pack.vocabulary, lang, reason.focus, party=party)
            for lang in ("zh", "en")
        },
        "holds": found.holds,
        "sure": _days(found.sure),
        "may": _days(found.may),
        "so_far": _progress(found),
    }


def _progress(found: ConditionReason) -> dict[str, Any] | None:
    if found.progress is None:
        return None
    time, total = found.progress
    if time is None:
        return {"total": total}
    return {"months": time.months, "days": time.days}


def _source(pack: Pack, key: str) -> dict[str, Any]:
    source = pack.sources[key]
    return {
        "title": source.title,
        "number": source.number,
        "issuer": _label(source.issuer),
        "day": _iso(source.day),
        "certainty": source.certainty,
    }


def _days(days: DaySet) -> list[list[str | None]]:
    return [[_iso(as_date(start)), _iso(as_date(end))] for start, end in days]


def _focus(reason: Reason, pack: Pack) -> dict[str, str] | None:
    if reason.focus is None or reason.rule.about.focus is None:
        return None
    return _label(pack.vocabulary.lists[reason.rule.about.focus].codes[reason.focus].label)


def _label(label: Label | None) -> dict[str, str] | None:
    return None if label is None else {"zh": label.zh, "en": label.en}


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
