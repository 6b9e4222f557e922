"""Try it: a small life in, answers with their reasons out. No account, and nothing is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from craftpath.access.clock import today
from craftpath.eligibility import ask, ladder
from craftpath.web.digest import digest
from craftpath.web.life import the_pack
from craftpath.web.page import page
from craftpath.web.pages.public.try_form import (
    EXAMPLES,
    MOST_ROWS,
    PARTY,
    SECTIONS,
    SmallLife,
    read_life,
)

__all__ = ["try_it"]


@page("view.public")
@sensitive_post_parameters()
def try_it(request: HttpRequest) -> HttpResponseBase:
    """What is typed comes by POST, so that no address, log or history holds it."""
    example = EXAMPLES.get(request.GET.get("example", ""))
    typed = request.POST.dict() if request.method == "POST" else example[1] if example else {}
    doing = request.POST.get("do", "ask")
    changed = dict(typed)
    if doing != "ask":
        _change_rows(changed, doing)
    life = read_life(the_pack(), changed, today())
    asked = bool(typed) and doing == "ask"
    context = {"life": life, "sections": _sections(life), "examples": EXAMPLES, "asked": asked}
    if not asked:
        for _, one in life.fields():  # nothing was asked yet: nothing is wrong
            one.problem = None
    elif life.facts:
        context |= _answered(life)
    status = 422 if asked and life.problems else 200
    response = render(request, "public/try.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _answered(life: SmallLife) -> dict[str, object]:
    pack, day = the_pack(), life.as_of or today()
    # Told now, whatever the day asked: what somebody types is known from the start.
    answers = ask(pack, life.facts, PARTY, day)
    climbs = ladder(pack, life.facts, PARTY, day, answers=answers)
    worked = [fact.subject for fact in reversed(life.facts) if fact.kind == pack.work_kind]
    return {
        "digest": digest(pack, answers, climbs, worked),
        "climbs": climbs[:4],
        "answered_for": day,
        "left_out": answers.left_out,
    }


def _sections(life: SmallLife) -> list[dict[str, object]]:
    return [
        {
            "section": section,
            "rows": life.rows[section.key],
            "full": len(life.rows[section.key]) >= MOST_ROWS,
        }
        for section in SECTIONS
    ]


def _change_rows(typed: dict[str, str], doing: str) -> None:
    """Add a row ("add-job") or take one away ("remove-job-1"); the others keep what they hold."""
    verb, _, rest = doing.partition("-")
    key, _, number = rest.partition("-")
    if key not in {section.key for section in SECTIONS}:
        return
    many = typed.get(f"{key}-rows", "1")
    count = min(int(many), MOST_ROWS) if many.isdecimal() and len(many) < 4 else 1
    if verb == "add":
        typed[f"{key}-rows"] = str(count + 1)
    elif verb == "remove" and number.isdecimal() and len(number) < 4 and int(number) < count:
        _take_away(typed, key, int(number), count)


def _take_away(typed: dict[str, str], key: str, gone: int, count: int) -> None:
    for n in range(gone, count):
        here = f"{key}-{n}-"
        for name in [name for name in typed if name.startswith(here)]:
            del typed[name]
        there = f"{key}-{n + 1}-"
        for name in [name for name in typed if name.startswith(there)]:
            typed[here + name.removeprefix(there)] = typed[name]
    typed[f"{key}-rows"] = str(max(count - 1, 0))
