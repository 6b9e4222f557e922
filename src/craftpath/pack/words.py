"""Rules in words: what a test, a pattern, an amount or a length of time says, in zh or en.

    say_test(test, vocabulary, "zh")     从事本职业或相关职业累计满10年
    say_test(test, vocabulary, "en")     10 years of work in this or a related occupation

The pack supplies the words: labels of kinds, codes, levels and sets; in kinds.yaml what having a
record is called in a sentence (`said`), what other parties (`roles`) and units (`units`) are
called. Each language then has its own grammar: `words_zh`, `words_en`.
"""

from __future__ import annotations

import datetime as dt

from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import Amount, Pattern, Test
from craftpath.engine.vocabulary import Vocabulary
from craftpath.pack import words_en, words_zh
from craftpath.pack.speech import Speech

__all__ = [
    "en_day",
    "say_amount",
    "say_day",
    "say_days",
    "say_duration",
    "say_money",
    "say_pattern",
    "say_test",
    "zh_day",
]


def say_test(
    test: Test,
    vocabulary: Vocabulary,
    lang: str,
    focus: str | None = None,
    *,
    party: str = "person",
) -> str:
    """A condition as a person reads it.

    focus  the code that the rule is decided for, to be named instead of "this occupation"
    party  "person" or "organisation": an organisation's age is counted from its founding
    """
    return _speech(vocabulary, lang, focus, party).test(test)


def say_pattern(
    pattern: Pattern, vocabulary: Vocabulary, lang: str, focus: str | None = None
) -> str:
    """The records that a pattern looks at, as a noun: "level 4 certificate in this occupation"."""
    return _speech(vocabulary, lang, focus).noun(pattern)


def say_amount(
    amount: Amount,
    vocabulary: Vocabulary,
    lang: str,
    focus: str | None = None,
    *,
    within: Interval | None = None,
) -> str:
    """What is paid; with `within`, only what is paid on some of those days."""
    return _speech(vocabulary, lang, focus).amount(amount, within or Interval())


def say_duration(duration: Duration, lang: str) -> str:
    """A length of time: 2年6个月, 2 years 6 months."""
    return words_en.duration(duration) if lang == "en" else words_zh.duration(duration)


def say_day(day: dt.date, lang: str) -> str:
    return words_en.day(day) if lang == "en" else words_zh.day(day)


def zh_day(day: dt.date | None) -> str:
    """A day within a Chinese sentence; a dash where there is none."""
    return "–" if day is None else words_zh.day(day)


def en_day(day: dt.date | None) -> str:
    """A day within an English sentence; a dash where there is none."""
    return "–" if day is None else words_en.day(day)


def say_days(days: Interval, lang: str) -> str:
    """The days of an interval, its last day included: 2024年10月28日至11月7日."""
    return words_en.days(days) if lang == "en" else words_zh.days(days)


def say_money(value: float, unit: str, lang: str, vocabulary: Vocabulary | None = None) -> str:
    """A number with its unit: 1500元, 1,500 yuan."""
    return _speech(vocabulary or Vocabulary({}, {}, {}), lang).money(value, unit)


def _speech(
    vocabulary: Vocabulary, lang: str, focus: str | None = None, party: str = "person"
) -> Speech:
    """The grammar of a language. ValueError: a language that is neither "zh" nor "en"."""
    if lang not in {"zh", "en"}:
        raise ValueError(f"{lang!r} is not a language here: zh or en")
    grammar = words_en.English if lang == "en" else words_zh.Chinese
    return grammar(vocabulary, focus, party)
