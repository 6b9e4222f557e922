"""Two parties side by side, what differs marked; and what is decided about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from craftpath.access.clock import today
from craftpath.access.errors import Invalid
from craftpath.access.roles import Actor
from craftpath.access.words import language, say
from craftpath.engine.rules import Label
from craftpath.pack.words import en_day, zh_day
from craftpath.registry.actions.merges import contradictions_between, dismiss, merge
from craftpath.registry.duplicates import REASONS, reasons_for
from craftpath.registry.identity import SCHEMES
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Party, Record
from craftpath.registry.queries import party_seen_by, records_seen_by
from craftpath.registry.settling import Contradiction
from craftpath.web.page import Asked, page

__all__ = ["compare", "decide"]


@dataclass(frozen=True)
class Side:
    """One line of the comparison: what the left says, and the right."""

    label: Label
    left: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def same(self) -> bool:
        return self.left == self.right


@page("party.merge")
def compare(request: HttpRequest, left: int, right: int) -> HttpResponseBase:
    """With `keep` in the address, the second click: what is about to be done, to be confirmed, and
    which stands of what there can be only once."""
    return _side_by_side(request, left, right, request.GET.get("keep", ""))


def _side_by_side(
    request: HttpRequest,
    left: int,
    right: int,
    keep: str,
    *,
    problems: Mapping[str, Label] | None = None,
) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    parties = [party_seen_by(actor, id, today()) for id in (left, right)]
    if left == right:
        raise Invalid({"": Label("两边是同一个主体。", "Both sides are the same party.")})
    asked = contradictions_between(actor, left, right)
    shown = {
        "left": parties[0],
        "right": parties[1],
        "keep": next((party for party in parties if str(party.pk) == keep), None),
        "absorb": next((party for party in parties if str(party.pk) != keep), None),
        "reasons": [REASONS[reason] for reason in reasons_for(*parties)],
        "lines": _lines(parties),
        "records": _records(actor, parties),
        "contradictions": [
            (one, request.POST.get(_field(one), ""), (problems or {}).get(_field(one)))
            for one in asked
        ],
        "problems": problems or {},
        "why": request.POST.get("why", ""),
    }
    return render(request, "duplicates/compare.html", shown, status=422 if problems else 200)


def _field(one: Contradiction) -> str:
    return f"stands.{one.key}"


@page("party.merge")
@require_POST
def decide(request: HttpRequest, left: int, right: int) -> HttpResponseBase:
    actor = cast(Asked, request).actor
    keep = request.POST.get("keep", "")
    why = request.POST.get("why", "")
    if keep == "both":
        dismiss(actor, left, right, why=why)
        messages.success(
            request,
            say("已记下：两者不同，不再提示。", "Noted: they are two, and not asked again."),
        )
    elif keep in (str(left), str(right)):
        kept = int(keep)
        stands = {
            name.removeprefix("stands."): value
            for name, value in request.POST.items()
            if name.startswith("stands.") and isinstance(value, str)
        }
        try:
            merge(actor, keep=kept, absorb=left + right - kept, why=why, stands=stands)
        except Invalid as refused:
            if not any(name.startswith("stands.") for name in refused.problems):
                raise
            return _side_by_side(request, left, right, keep, problems=refused.problems)
        messages.success(request, say("已合并；可在下方撤销。", "Merged; it can be undone below."))
    else:
        raise Invalid({"keep": Label("请选择保留哪一方。", "Choose which one to keep.")})
    return redirect("duplicates")


def _lines(parties: list[Party]) -> list[Side]:
    """Name, English name, numbers (masked), region."""

    def side(label: Label, of: Any) -> Side:
        left, right = (tuple(text for text in of(party) if text) for party in parties)
        return Side(label, left, right)

    regions = site_pack().vocabulary.lists["region"].codes
    lang = language()

    def numbers(party: Party) -> list[str]:
        found = party.identifiers.order_by("scheme")
        return [f"{SCHEMES[one.scheme][lang]} {one.masked}" for one in found]

    def region(party: Party) -> list[str]:
        found = regions.get(party.region)
        return [party.region if found is None else found.label[lang] or found.label.zh]

    return [
        side(Label("姓名或名称", "name"), lambda party: [party.name]),
        side(Label("英文名", "name in English"), lambda party: [party.name_en]),
        side(Label("证件", "numbers"), numbers),
        side(Label("所在地区", "region"), region),
    ]


def _records(actor: Actor, parties: list[Party]) -> list[tuple[str, bool, bool]]:
    """(what a standing record says, the left has it, the right has it), by kind and day."""
    said: dict[tuple[Any, ...], list[bool]] = {}
    for at, party in enumerate(parties):
        found = records_seen_by(actor, party).filter(known_until=None).select_related("other")
        for record in found:
            key = (record.kind, record.start, _sentence(record))
            said.setdefault(key, [False, False])[at] = True
    order = list(site_pack().vocabulary.kinds)
    ranked = sorted(said.items(), key=lambda one: (order.index(one[0][0]), one[0][1], one[0][2]))
    return [(key[2], left, right) for key, (left, right) in ranked]


def _sentence(record: Record) -> str:
    """从业 · 焊工 · 2016-03-01 起 · 东江精工"""
    words, lang = site_pack().vocabulary, language()
    kind = words.kinds[record.kind]
    parts = [kind.label[lang]]
    if record.subject and kind.codes:
        code = words.lists[kind.codes].codes.get(record.subject)
        parts.append(record.subject if code is None else code.label[lang] or code.label.zh)
    if record.level is not None and kind.scale:
        step = words.scales[kind.scale].by_rank(record.level)
        parts.append("" if step is None else step.label[lang])
    if record.end is None:
        parts.append(say(f"{zh_day(record.start)}起", f"from {en_day(record.start)}"))
    else:
        parts.append(
            say(
                f"{zh_day(record.start)}至{zh_day(record.end)}前",
                f"{en_day(record.start)} until {en_day(record.end)}",
            )
        )
    if record.other is not None:
        parts.append(record.other.shown(lang))
    return " · ".join(part for part in parts if part)
