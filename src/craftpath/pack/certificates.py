"""What a pack says of certificates and cards: the form of their numbers, what is printed on them,
what a card is good for, and where to ask about those that others issued.

A number is parts in a row. A part says how many characters it has, which ones, and where they come
from; some characters rest on a weaker source than the others (`also`), and whoever reads a number
with one of these is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from craftpath.engine.rules import Label

__all__ = [
    "ORIGINS",
    "PRINTED",
    "Benefit",
    "Card",
    "Certificates",
    "Elsewhere",
    "NumberForm",
    "NumberPart",
    "Paper",
    "PrintedFact",
    "ReadNumber",
    "check_digit",
]

#: Where the characters of a part come from.
ORIGINS = {
    "body": Label("评价机构代码", "code of the assessment body"),
    "region": Label("发卡地区", "region of the issuing office"),
    "year": Label("发证年份后两位", "last two digits of the year of issue"),
    "level": Label("等级", "level"),
    "serial": Label("流水号", "serial number"),
    "check": Label("校验码", "check digit"),
    "sign": Label("固定字符", "fixed character"),
}

#: The facts that can be printed, by key. `name` is the holder's.
PRINTED = (
    "name",
    "identity",
    "occupation",
    "level",
    "card",
    "number",
    "awarded",
    "issued",
    "until",
    "body",
    "replaces",
)


@dataclass(frozen=True)
class NumberPart:
    """One part of a number.

    characters   those that may stand in it, each as itself
    also         more of them, on a weaker source (`also_source`), with a word on it (`note`)
    """

    id: str
    label: Label
    origin: str
    length: int
    characters: str
    also: str = ""
    also_source: str | None = None
    note: Label | None = None


@dataclass(frozen=True)
class ReadNumber:
    """A number in its normal form, by the ids of its parts; `notes`: what is odd about it."""

    text: str
    parts: Mapping[str, str]
    notes: tuple[Label, ...] = ()


@dataclass(frozen=True)
class NumberForm:
    """The form of a number. Read and made by the same parts."""

    label: Label
    source: str
    parts: tuple[NumberPart, ...]

    @cached_property
    def length(self) -> int:
        return sum(part.length for part in self.parts)

    @cached_property
    def body_length(self) -> int:
        """How many characters a body's code has; 0: none is in it."""
        return sum(part.length for part in self.parts if part.origin == "body")

    @cached_property
    def most(self) -> int:
        """The last serial that there is room for."""
        return int("9" * sum(part.length for part in self.parts if part.origin == "serial"))

    def prefix(
        self, *, year: int, body: str = "", level: str = "", region: str = ""
    ) -> str | Label:
        """What consecutive numbers have in common: everything before the serial. A label: why
        there can be no such number, in words for whoever asked for one."""
        said = {"body": body, "region": region, "year": f"{year % 100:02}", "level": level}
        text = ""
        for part in self.parts:
            if part.origin in ("serial", "check"):
                break
            if part.origin == "body":
                value, body = said["body"][: part.length], said["body"][part.length :]
                said["body"] = body
            elif part.origin == "sign":
                value = part.characters
            else:
                value = said[part.origin]
            wrong = _wrong(part, value, len(text))
            if wrong is not None:
                return wrong
            text += value
        return text

    def number(self, prefix: str, serial: int) -> str:
        """The whole number. ValueError: there is no room for that serial."""
        if not 1 <= serial <= self.most:
            raise ValueError(f"serial {serial} of {self.most}")
        text = prefix
        for part in self.parts:
            if part.origin == "serial":
                text += f"{serial:0{part.length}}"
            elif part.origin == "check":
                text += check_digit(text)
        return text

    def read(self, typed: str) -> ReadNumber | Label:
        """A number as somebody typed it, or what is wrong with it, by position from 1."""
        text = _plain(typed)
        if len(text) != self.length:
            return Label(
                f"{self.label.zh}应为 {self.length} 个字符，现为 {len(text)} 个。",
                f"A {self.label.en} has {self.length} characters; this has {len(text)}.",
            )
        at, parts, notes = 0, {}, []
        for part in self.parts:
            value = text[at : at + part.length]
            wrong = _wrong(part, value, at)
            if wrong is not None:
                return wrong
            if part.origin == "check" and value != check_digit(text[:at]):
                return Label(
                    f"第 {at + 1} 位校验码不符，请逐位核对。",
                    f"The check digit at position {at + 1} does not fit; compare each character.",
                )
            if part.note is not None and any(one in part.also for one in value):
                notes.append(part.note)
            parts[part.id] = value
            at += part.length
        return ReadNumber(text, parts, tuple(notes))

    def read_body(self, typed: str) -> str | Label:
        """A body's code, which numbers begin with, or what is wrong with it."""
        text = _plain(typed)
        if len(text) != self.body_length:
            return Label(
                f"机构代码应为 {self.body_length} 个字符，现为 {len(text)} 个。",
                f"A body's code has {self.body_length} characters; this has {len(text)}.",
            )
        at = 0
        for part in self.parts:
            if part.origin != "body":
                break
            wrong = _wrong(part, text[at : at + part.length], at)
            if wrong is not None:
                return wrong
            at += part.length
        return text


def _plain(typed: str) -> str:
    """Full-width letters and digits, spaces and hyphens are how people type."""
    text = unicodedata.normalize("NFKC", typed[:200]).upper()
    return re.sub(r"[\s\-–—·.]", "", text)


def _wrong(part: NumberPart, value: str, at: int) -> Label | None:
    if len(value) != part.length:
        return Label(
            f"{part.label.zh}应为 {part.length} 个字符，现为“{value}”。",
            f"“{part.label.en}” has {part.length} characters, not “{value}”.",
        )
    for offset, one in enumerate(value):
        if one not in part.characters and one not in part.also:
            allowed = _said(part.characters + part.also)
            return Label(
                f"第 {at + offset + 1} 位是“{one}”，应为 {allowed}（{part.label.zh}）。",
                f"Position {at + offset + 1} is “{one}”; it should be {allowed} ({part.label.en}).",
            )
    return None


def _said(characters: str) -> str:
    """ "0123456789YS" → "0-9, Y, S"."""
    runs: list[str] = []
    for one in characters:
        if runs and ord(one) == ord(runs[-1][-1]) + 1 and one.isdigit() == runs[-1][-1].isdigit():
            runs[-1] = f"{runs[-1][0]}-{one}"
        else:
            runs.append(one)
    return ", ".join(f"{run[0]}, {run[2]}" if _is_pair(run) else run for run in runs)


def _is_pair(run: str) -> bool:
    return len(run) == 3 and ord(run[2]) - ord(run[0]) == 1


def check_digit(text: str) -> str:
    """ISO 7064 MOD 11,10 over the digits of a text; letters count as their place after 9 (A: 10),
    two digits each. It finds every wrong digit and nearly every exchange of two."""
    digits = "".join(one if one.isdigit() else str(ord(one) - 55) for one in text)
    sum = 10
    for digit in digits:
        sum = (sum + int(digit)) % 10 or 10
        sum = sum * 2 % 11
    return str((11 - sum) % 10)


@dataclass(frozen=True)
class PrintedFact:
    """A line of the paper: what it is called."""

    key: str
    label: Label


@dataclass(frozen=True)
class Paper:
    """A sort of paper.

    kind      the kind of record that it proves
    title     what stands on top
    number    the form of its number
    printed   what is printed, in order
    source    where the look of it comes from
    """

    kind: str
    title: Label
    number: NumberForm
    printed: tuple[PrintedFact, ...]
    source: str

    def label(self, key: str) -> Label:
        return next((fact.label for fact in self.printed if fact.key == key), Label(key, key))


@dataclass(frozen=True)
class Benefit:
    id: str
    label: Label
    source: str


@dataclass(frozen=True)
class Card:
    """What is known of one card. What was not found is in `pending`, by key."""

    code: str
    benefits: tuple[Benefit, ...] = ()
    pending: Mapping[str, Label] = field(default_factory=dict)

    def benefit(self, id: str) -> Benefit | None:
        return next((one for one in self.benefits if one.id == id), None)


@dataclass(frozen=True)
class Elsewhere:
    """Where others' certificates are asked about. `site` is a host name, never fetched."""

    label: Label
    site: str
    source: str


@dataclass(frozen=True)
class Certificates:
    """papers  by sort: "certificate", "card"; cards  by code"""

    papers: Mapping[str, Paper]
    cards: Mapping[str, Card] = field(default_factory=dict)
    elsewhere: Elsewhere | None = None

    def paper_of(self, kind: str) -> tuple[str, Paper] | None:
        """The sort and the paper that prove a kind of record."""
        return next(((sort, p) for sort, p in self.papers.items() if p.kind == kind), None)
