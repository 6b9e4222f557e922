"""The rule book: every rule with its versions side by side, clauses, sources and cases."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.eligibility import (
    BookCondition,
    BookRoute,
    BookRule,
    BookVersion,
    Change,
    compare,
    rule_book,
)
from craftpath.web.life import the_pack
from craftpath.web.page import page

__all__ = ["rule", "rules"]


@dataclass(frozen=True)
class _Condition:
    said: BookCondition
    change: Change | None


@dataclass(frozen=True)
class _Route:
    said: BookRoute
    change: Change | None
    amount_change: Change | None
    conditions: list[_Condition]


@dataclass(frozen=True)
class _Version:
    """A column of the page: a text, with what it has otherwise than the one before marked.

    gone  what the text before had and this one has not
    """

    said: BookVersion
    in_force: bool
    first: bool
    conditions: list[_Condition]
    routes: list[_Route]
    amount_change: Change | None
    gone: list[Change]


@page("view.public")
def rules(request: HttpRequest) -> HttpResponseBase:
    book = rule_book(the_pack())
    return render(
        request,
        "public/rules.html",
        {"book": book, "pack": the_pack(), "count": sum(1 for _ in book.rules())},
    )


@page("view.public")
def rule(request: HttpRequest, rule_id: str) -> HttpResponseBase:
    found = rule_book(the_pack()).rule(rule_id)
    if found is None:
        raise NotThere("规则手册里没有这条规则。", "There is no such rule in the book.")
    return render(request, "public/rule.html", {"rule": found, "versions": _side_by_side(found)})


def _side_by_side(rule: BookRule) -> list[_Version]:
    changes = {id(pair.after): pair.changes for pair in compare(rule)}
    return [_version(version, changes.get(id(version))) for version in rule.versions]


def _version(version: BookVersion, changes: tuple[Change, ...] | None) -> _Version:
    day, found = today(), changes or ()
    marked = {(c.what, c.route, c.id): c for c in found if c.how != "gone"}
    return _Version(
        said=version,
        in_force=(version.start is None or version.start <= day)
        and (version.end is None or day < version.end),
        first=changes is None,
        conditions=[
            _Condition(c, marked.get(("condition", None, c.id))) for c in version.conditions
        ],
        routes=[
            _Route(
                route,
                marked.get(("route", route.id, route.id)),
                marked.get(("amount", route.id, route.id)),
                [
                    _Condition(c, marked.get(("condition", route.id, c.id)))
                    for c in route.conditions
                ],
            )
            for route in version.routes
        ],
        amount_change=marked.get(("amount", None, None)),
        gone=[c for c in found if c.how == "gone"],
    )
