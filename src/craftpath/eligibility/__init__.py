"""The door from the web to the engine: facts in, answers ready for a page out.

It needs no Django, holds no rule and reads no clock; all that it says is read off the engine's
explanation.

    pack = pack_of("guangdong")
    answers = ask(pack, facts, party, as_of=date(2026, 11, 25))
    for answer in answers.qualifies():
        answer.label.zh, answer.sentence.zh, answer.conditions
"""

from __future__ import annotations

from craftpath.eligibility.answers import (
    Answer,
    AnsweredCondition,
    AnsweredRoute,
    AnsweredVersion,
    Answers,
    CitedSource,
    HowFar,
    LeftOut,
)
from craftpath.eligibility.asking import Check, Row, ask, ask_many, becoming, check
from craftpath.eligibility.book import (
    BookCase,
    BookChapter,
    BookCondition,
    BookDay,
    BookRoute,
    BookRule,
    BookVersion,
    Change,
    RuleBook,
    VersionChange,
    compare,
    rule_book,
    say_fact,
)
from craftpath.eligibility.climbing import Climb, Rung, ladder, reached
from craftpath.eligibility.codes import FoundCode, search_codes
from craftpath.eligibility.facts import Fact, Facts, facts_to_table
from craftpath.eligibility.forms import (
    FactProblem,
    FormFields,
    check_fact,
    form_fields,
    kinds_for_person,
)
from craftpath.eligibility.kept import pack_of
from craftpath.eligibility.plain import plain
from craftpath.eligibility.warming import warm
from craftpath.engine.days import Interval
from craftpath.engine.rules import Label
from craftpath.library import UnknownRule

__all__ = [
    "Answer",
    "AnsweredCondition",
    "AnsweredRoute",
    "AnsweredVersion",
    "Answers",
    "BookCase",
    "BookChapter",
    "BookCondition",
    "BookDay",
    "BookRoute",
    "BookRule",
    "BookVersion",
    "Change",
    "Check",
    "CitedSource",
    "Climb",
    "Fact",
    "FactProblem",
    "Facts",
    "FormFields",
    "FoundCode",
    "HowFar",
    "Interval",
    "Label",
    "LeftOut",
    "Row",
    "RuleBook",
    "Rung",
    "UnknownRule",
    "VersionChange",
    "ask",
    "ask_many",
    "becoming",
    "check",
    "check_fact",
    "compare",
    "facts_to_table",
    "form_fields",
    "kinds_for_person",
    "ladder",
    "pack_of",
    "plain",
    "reached",
    "rule_book",
    "say_fact",
    "search_codes",
    "warm",
]
