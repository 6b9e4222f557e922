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
from craftpath.eligibility.facts import Fact, Facts, facts_to_table
from craftpath.eligibility.kept import pack_of
from craftpath.library import UnknownRule

__all__ = [
    "Answer",
    "AnsweredCondition",
    "AnsweredRoute",
    "AnsweredVersion",
    "Answers",
    "Check",
    "CitedSource",
    "Fact",
    "Facts",
    "HowFar",
    "LeftOut",
    "Row",
    "UnknownRule",
    "ask",
    "ask_many",
    "becoming",
    "check",
    "facts_to_table",
    "pack_of",
]
