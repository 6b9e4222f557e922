"""What everybody may ask: the rule book, codes, forms, and what a small life qualifies for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from craftpath.access.clock import today
from craftpath.access.errors import Invalid, NotThere
from craftpath.api.call import get, post
from craftpath.api.schemas.answers import Answers, SmallLife
from craftpath.api.schemas.book import FoundCode, KindFields, Rule, RuleLine
from craftpath.api.schemas.common import Code, Paged, Paging, paged
from craftpath.eligibility import (
    Answers as Answered,
)
from craftpath.eligibility import (
    BookRule,
    Fact,
    FormFields,
    ask,
    check_fact,
    form_fields,
    rule_book,
    search_codes,
)
from craftpath.eligibility import (
    FoundCode as Found,
)
from craftpath.engine.program import ORGANISATION, PERSON
from craftpath.engine.rules import Label
from craftpath.registry.kinds import site_pack

__all__ = ["router"]

router = Router(tags=["公开 / open to all"])
#: The only party there is in a life that is tried.
_PARTY = 1


@get(router, "/rules", "view.public", Paged[RuleLine], Label("规则列表", "The list of rules"))
def list_rules(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    lines = [
        {
            "id": rule.id,
            "chapter": chapter.id,
            "chapter_label": chapter.label,
            "label": rule.label,
            "about": rule.about,
            "focus": rule.focus,
            "pending": rule.pending,
        }
        for chapter in rule_book(site_pack()).chapters
        for rule in chapter.rules
    ]
    return paged(lines, paging)


@get(
    router,
    "/rules/{rule_id}",
    "view.public",
    Rule,
    Label("一条规则的各个版本、条件、出处和用例", "A rule: versions, conditions, sources, cases"),
)
def one_rule(request: HttpRequest, rule_id: Code) -> BookRule:
    found = rule_book(site_pack()).rule(rule_id)
    if found is None:
        raise NotThere("没有这条规则。", "There is no such rule.")
    return found


@get(
    router,
    "/codes/{list_id}",
    "view.public",
    list[FoundCode],
    Label("按名称或代码查找", "Find a code by its name or first digits"),
)
def find_codes(
    request: HttpRequest,
    list_id: Code,
    text: Code = "",
    limit: Annotated[int, Field(ge=1, le=100)] = 20,
) -> Sequence[Found]:
    pack = site_pack()
    if list_id not in pack.vocabulary.lists:
        known = ", ".join(pack.vocabulary.lists)
        raise NotThere(
            f"没有这张代码表；有：{known}。", f"There is no such list; there are: {known}."
        )
    return search_codes(pack, list_id, text, limit)


@get(
    router,
    "/kinds",
    "view.public",
    list[KindFields],
    Label("各种记录及其字段", "The kinds of records and their fields"),
)
def list_kinds(request: HttpRequest) -> list[FormFields]:
    pack = site_pack()
    return [form_fields(pack, id) for id in pack.vocabulary.kinds]


@get(
    router,
    "/kinds/{kind_id}",
    "view.public",
    KindFields,
    Label("一种记录的字段", "The fields of one kind of record"),
)
def one_kind(request: HttpRequest, kind_id: Code) -> FormFields:
    pack = site_pack()
    if kind_id not in pack.vocabulary.kinds:
        raise NotThere("没有这种记录。", "There is no such kind of record.")
    return form_fields(pack, kind_id)


@post(
    router,
    "/try",
    "view.public",
    Answers,
    Label("试一试：一段经历符合哪些规则", "Try it: what a small life qualifies for"),
    Label(
        "不保存任何内容。事实里要有一条出生（birth）记录；等级用序号（见 /kinds）。",
        "Nothing is kept. Among the facts there is one of birth; levels are ranks (see /kinds).",
    ),
    reads=True,
)
def try_life(request: HttpRequest, sent: SmallLife) -> Answered:
    pack = site_pack()
    facts = [Fact(party=_PARTY, **one.model_dump()) for one in sent.facts]
    born = next((fact.start for fact in facts if fact.kind in (PERSON, ORGANISATION)), None)
    problems = {
        f"facts.{at}.{problem.field}": Label(
            f"{problem.text.zh}：{problem.mend.zh}", f"{problem.text.en}: {problem.mend.en}"
        )
        for at, fact in enumerate(facts)
        for problem in check_fact(pack, fact, born)
        if problem.blocking
    }
    if born is None:
        problems["facts"] = Label(
            "请加一条出生（birth）记录。", "Add a fact of birth, kind “birth”."
        )
    if problems:
        raise Invalid(problems)
    return ask(pack, facts, _PARTY, sent.as_of or today())
